"""The network that comes with the package: an ONNX file and its card.

Comes in: nothing. Goes out: where the file lies, and what its card says: how it was trained and
what it reaches. `benchmarks/ship.py` makes both from a finished run.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any, cast

SHIPPED = "shipped"


def shipped_network() -> Path:
    """Return the file of the network that comes with the package.

    Example:
        >>> shipped_network().name
        'model.onnx'
    """
    return _file("model.onnx")


def read_card() -> dict[str, Any]:
    """Return the network's card.

    Returns:
        "command" that trained it, "seed", "data" with its SHA-256, "machine", "seconds" of
        training, "sha256" of the file, "began_with" (the network whose weights it began with, if
        these were not drawn at random), and "figures": what `inkdigits evaluate shipped --suite
        all --json` prints.

    Example:
        >>> sorted(read_card()["figures"]["test"])[:2]
        ['accuracy', 'brier']
    """
    card: dict[str, Any] = json.loads(_file("card.json").read_bytes())
    return card


def _file(name: str) -> Path:
    return cast(Path, resources.files("inkdigits.recognition.shipped") / name)
