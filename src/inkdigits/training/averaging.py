"""Averaged weights: what an optimiser that keeps a moving average of them has in hand.

Comes in: a model and its optimiser. Goes out: the same model, with the averages in place of its
latest weights, for good or for a while. It does not know when they are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras


def take_averages(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, averaging: float
) -> None:
    """Give the model its averaged weights; a second time changes nothing.

    Args:
        model: Whose weights change.
        optimizer: Keeps their averages.
        averaging: Share of the old value in the averages, 0 to below 1; at 0 there are none, and
            the weights stay.
    """
    if not averaging:
        return
    variables = model.trainable_variables
    optimizer.finalize_variable_values(variables)
    # Each its own copy: on JAX an assignment shares memory, which `predict` then gives away.
    for variable in variables:
        variable.assign(keras.ops.copy(variable))


@contextmanager
def averages_for_a_while(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, averaging: float
) -> Iterator[None]:
    """Give the model its averages within a `with` block; arguments as for `take_averages`."""
    if not averaging:
        yield
        return
    latest = [variable.numpy() for variable in model.trainable_variables]
    take_averages(model, optimizer, averaging)
    try:
        yield
    finally:
        for variable, value in zip(model.trainable_variables, latest, strict=True):
            variable.assign(value)
