"""Adam with one pass over a variable's values where Keras makes ten.

Comes in: gradients. Goes out: changed variables, the same as Keras's Adam makes them. On
TensorFlow a step is one fused operation; on every other backend it is Keras's own.
"""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="inkdigits")
class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, as Keras has it."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable and its two means."""
        if not self._can_fuse(variable):
            super().update_step(gradient, variable, learning_rate)
            return
        from inkdigits.networks.tensorflow_ops import apply_adam

        index = self._get_variable_index(variable)
        apply_adam(
            variable,
            self._momentums[index],
            self._velocities[index],
            gradient,
            step=self.iterations + 1,
            learning_rate=learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )

    def _can_fuse(self, variable: Any) -> bool:
        return (
            keras.backend.backend() == "tensorflow"
            and keras.backend.standardize_dtype(variable.dtype) == "float32"
            and not self.amsgrad
            and not self.gradient_accumulation_steps
        )
