"""A teacher: finished networks whose answers another network learns in place of labels.

Comes in: one network or several. Goes out: what these answer to a batch of images, as a tensor of
the backend. What it knows reaches the pupil through the very images that the pupil sees, changed as
it sees them (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; Beyer
et al., "Knowledge distillation: A good teacher is patient and consistent", 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

from inkdigits.networks.architecture import Architecture
from inkdigits.networks.build import build
from inkdigits.networks.network import Network
from inkdigits.networks.precision import Precision
from inkdigits.networks.weights import set_weights

# Of each network the trainable variables and the others: tensors of the backend.
Values: TypeAlias = list[tuple[list[Any], list[Any]]]


@dataclass(frozen=True, eq=False)
class Teacher:
    """Finished networks that answer together, with the mean of their logits.

    Attributes:
        members: Each network, at least one; all read the same images and tell the same classes
            apart.
    """

    members: Sequence[Network]

    @property
    def architecture(self) -> Architecture:
        """The layers of the first, whose images and classes are those of all."""
        return self.members[0].architecture


class Lesson:
    """A teacher that answers batch by batch, for a pupil with certain outputs."""

    def __init__(self, teacher: Teacher, outputs: int, precision: Precision) -> None:
        """Build the teacher's networks.

        Args:
            teacher: Who answers; its classes are the first of the pupil's outputs.
            outputs: Values that the pupil answers with: the classes and perhaps one more, which
                stands for none of them.
            precision: What the teacher's layers compute in.
        """
        self._classes = teacher.architecture.classes
        self._outputs = outputs
        self._networks = [_logits(each, precision) for each in teacher.members]

    @property
    def values(self) -> Values:
        """The variables' values; a compiled loop takes them as an argument, not as constants."""
        return [
            (
                [each.value for each in network.trainable_variables],
                [each.value for each in network.non_trainable_variables],
            )
            for network in self._networks
        ]

    def answers(self, inputs: Any, values: Values) -> Any:
        """Return what the teacher answers.

        Args:
            inputs: Tensor of shape (batch, height, width, channels), float32, 0 to 1.
            values: As `values` gave them.

        Returns:
            Tensor of shape (batch, outputs), float32, rows summing to 1: the probabilities of the
            classes among themselves; none of them is never the answer to an image of a class.
        """
        ops = keras.ops
        total = 0.0
        for network, (learnt, other) in zip(self._networks, values, strict=True):
            logits, _ = network.stateless_call(learnt, other, inputs, training=False)
            total = total + ops.cast(logits[:, : self._classes], "float32")
        probabilities = ops.softmax(total / len(self._networks), axis=-1)
        return ops.pad(probabilities, [[0, 0], [0, self._outputs - self._classes]])


def _logits(network: Network, precision: Precision) -> keras.Model:
    model = build(network.architecture, precision=precision)
    set_weights(model, network.weights)
    return keras.Model(model.inputs, model.layers[-1].input)
