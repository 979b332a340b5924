"""Layers that keep their weights while the others learn.

Comes in: a model. Goes out: the same model, some of its layers frozen. A frozen batch
normalisation uses its moving statistics, and keeps them.
"""

from __future__ import annotations

import keras


def freeze_features(model: keras.Sequential) -> None:
    """Freeze every layer but the last dense one.

    To be called before the optimiser is built, which then has no state for them.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> from inkdigits.networks.build import build
        >>> model = build(TUTORIAL)
        >>> freeze_features(model)
        >>> [variable.path for variable in model.trainable_variables]
        ['tutorial/dense2/kernel', 'tutorial/dense2/bias']
    """
    last = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][-1]
    for layer in model.layers:
        if layer is not last:
            layer.trainable = False
