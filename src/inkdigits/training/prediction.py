"""Running a Keras model over many images, on any backend.

Comes in: a model and images. Goes out: probabilities. It knows no engine.
"""

from __future__ import annotations

import keras
import numpy as np

from inkdigits.arrays import Inputs, Probabilities
from inkdigits.training.task import PREDICT_BATCH


def predict_with(model: keras.Model, inputs: Inputs) -> Probabilities:
    """Return a Keras model's probabilities for these images, in their order."""
    if len(inputs) == 0:
        return np.zeros((0, model.output_shape[-1]), np.float32)
    probabilities = model.predict(inputs, batch_size=PREDICT_BATCH, verbose=0)
    return np.asarray(probabilities, dtype=np.float32)
