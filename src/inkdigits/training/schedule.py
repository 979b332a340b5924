"""The learning rate over the steps of a run.

Comes in: a recipe and the number of steps. Goes out: what a Keras optimiser takes as its learning
rate. One-cycle is a linear climb from a tenth of the peak, then a cosine down to `final_rate`
of the peak, which is zero unless the recipe says otherwise, after
Smith and Topin, "Super-Convergence", 2018 (https://arxiv.org/abs/1708.07120).
"""

from __future__ import annotations

import keras

from inkdigits.training.recipe import Recipe

START_FRACTION = 0.1  # of the peak, where the climb begins


def learning_rate(
    recipe: Recipe, total_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return the recipe's learning rate, constant or as a function of the step.

    Args:
        recipe: Names the schedule, its peak and the share of steps that climb.
        total_steps: Steps of the whole run.

    Example:
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> rate = learning_rate(TUTORIAL.replace(learning_rate=0.003, final_rate=0.0), 1000)
        >>> [round(float(rate(step)), 6) for step in (0, 200, 600, 1000)]
        [0.0003, 0.003, 0.0015, 0.0]
    """
    if recipe.schedule == "constant":
        return recipe.learning_rate
    climb = min(round(recipe.warmup * total_steps), total_steps - 1)
    if climb == 0:
        return keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate, total_steps, alpha=recipe.final_rate
        )
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=START_FRACTION * recipe.learning_rate,
        warmup_target=recipe.learning_rate,
        warmup_steps=climb,
        decay_steps=total_steps - climb,
        alpha=recipe.final_rate,
    )
