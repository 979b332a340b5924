"""A network that has learnt: its layers with their weights.

Comes in: both. Goes out: the two as one value. It needs no Keras, and does not know who trained it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from inkdigits.networks.architecture import Architecture


@dataclass(frozen=True, eq=False)
class Network:
    """A network that has learnt.

    Attributes:
        architecture: Its layers.
        weights: Its float32 arrays by "layer/variable", as `get_weights` returns them.
    """

    architecture: Architecture
    weights: Mapping[str, np.ndarray]
