"""A recipe's optimiser.

Comes in: a recipe, a model and the number of steps. Goes out: a Keras optimiser, built for the
model's variables, its learning rate following the recipe's schedule.
"""

from __future__ import annotations

from typing import Any

import keras

from inkdigits.training.adam import FusedAdam
from inkdigits.training.muon import HiddenMuon
from inkdigits.training.recipe import Recipe
from inkdigits.training.schedule import learning_rate


class _CountsSteps(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Lets rate and averaging follow steps; where it accumulates, Keras counts micro-batches."""

    def _get_current_learning_rate(self) -> Any:
        if isinstance(self._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            return self._learning_rate(self.iterations)
        return super()._get_current_learning_rate()

    def _update_model_variables_moving_average(self, variables: Any) -> None:
        ops, parts = keras.ops, self.gradient_accumulation_steps or 1
        first_step = ops.equal(self.iterations, 0)
        last_part = ops.equal(self._iterations % parts, parts - 1)
        # Numbers rather than a condition around the assignments: JAX forbids those.
        kept = ops.where(last_part, ops.where(first_step, 0.0, self.ema_momentum), 1.0)
        for variable, average in zip(variables, self._model_variables_moving_average, strict=True):
            average.assign(kept * average + (1.0 - kept) * variable)


class _Adam(_CountsSteps, FusedAdam):
    pass


class _Muon(_CountsSteps, HiddenMuon):
    pass


def make_optimizer(
    recipe: Recipe, model: keras.Sequential, total_steps: int, *, accumulate: bool = False
) -> keras.optimizers.Optimizer:
    """Make the optimiser that a recipe asks for.

    Args:
        recipe: Names the optimiser, its rates and the averaging.
        model: What it will train; its last layer with weights gives the scores of the classes.
        total_steps: Steps of the whole run.
        accumulate: Let the optimiser itself average gradients over a step's micro-batches.

    Returns:
        Adam or Muon, its variables made.

    Example:
        >>> from inkdigits.networks.architecture import FAST
        >>> from inkdigits.networks.build import build
        >>> from inkdigits.training.recipes import find_recipe
        >>> make_optimizer(find_recipe("fast"), build(FAST), 100).name
        'muon'
    """
    common: dict[str, Any] = {"use_ema": recipe.averaging > 0, "ema_momentum": recipe.averaging}
    if accumulate and recipe.micro_batches > 1:
        common["gradient_accumulation_steps"] = recipe.micro_batches
    rate = learning_rate(recipe, total_steps)
    if recipe.optimizer == "muon":
        optimizer: keras.optimizers.Optimizer = _Muon(
            rate,
            momentum=recipe.momentum,
            ns_steps=recipe.muon_iterations,
            rms_rate=None,
            adam_lr_ratio=recipe.adam_share,
            adam_beta_1=recipe.momentum,
            adam_beta_2=recipe.adam_beta_2,
            weight_decay=None,
            adam_weight_decay=None,
            exclude_layers=[_scores_layer(model)],
            name="muon",
            **common,
        )
    else:
        optimizer = _Adam(
            rate, beta_1=recipe.momentum, beta_2=recipe.adam_beta_2, name="adam", **common
        )
    optimizer.build(model.trainable_variables)
    return optimizer


def _scores_layer(model: keras.Sequential) -> str:
    return str([layer.name for layer in model.layers if layer.weights][-1])
