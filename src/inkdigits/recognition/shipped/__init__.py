"""The networks that come with the package: ONNX files and their cards.

Comes in: nothing. Goes out: where the files lie, and what the cards say: how each was trained and
what it reaches. `ship.py` and its like in `benchmarks` make them from finished runs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

SHIPPED = "shipped"


def is_shipped(path: Path) -> bool:
    """Return whether a network's path is the word `shipped`, and nothing there has that name.

    Example:
        >>> is_shipped(Path("shipped")), is_shipped(Path("runs/fast-1"))
        (True, False)
    """
    return path == Path(SHIPPED) and not path.exists()


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
        "members", for each of the networks in the file: the name of its layers ("network"), the
        "command" that trained it, "seed", "data" with its SHA-256, "machine", "seconds" of
        training, "taught_by" (the network whose answers it learnt in place of labels, if there is
        one), "began_with" (the network whose weights it began with, if these were not drawn at
        random), "towards" (another one, if it began between the two, and the "share" of the way).
        Besides "sha256" and "bytes" of the file, and "figures": what `inkdigits evaluate shipped
        --suite all --json` prints.

    Example:
        >>> sorted(read_card()["figures"]["test"])[:2]
        ['accuracy', 'brier']
    """
    return _card("card.json")


def shipped_counter() -> Path:
    """Return the file of the network that tells one digit from two that touch.

    Example:
        >>> shipped_counter().name
        'strips.onnx'
    """
    return _file("strips.onnx")


def read_counter_card() -> dict[str, Any]:
    """Return that network's card.

    Returns:
        As a member of `read_card`, with "sha256" and "bytes" of the file and "test": how many
        strips of digits that it did not learn from it knows.

    Example:
        >>> read_counter_card()["data"]["train_images"] > 50_000
        True
    """
    return _card("strips.json")


def shipped_quick() -> Path:
    """Return the file of the small network that answers what is clear.

    Example:
        >>> shipped_quick().name
        'quick.onnx'
    """
    return _file("quick.onnx")


def read_quick_card() -> dict[str, Any]:
    """Return that network's card.

    Returns:
        As `read_counter_card`; "test" are its figures on MNIST's test images.

    Example:
        >>> read_quick_card()["bytes"] < 1_000_000
        True
    """
    return _card("quick.json")


def shipped_medium() -> Path:
    """Return the file of the network that answers what is not clear to the small one, but to it.

    Example:
        >>> shipped_medium().name
        'medium.onnx'
    """
    return _file("medium.onnx")


def read_medium_card() -> dict[str, Any]:
    """Return that network's card.

    Returns:
        "member": which of the networks of `read_card` it is, from 1; "temperature", by itself;
        "test": its figures on MNIST's test images; "sha256" and "bytes" of the file.

    Example:
        >>> read_medium_card()["member"] <= len(read_card()["members"])
        True
    """
    return _card("medium.json")


def _card(name: str) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(_file(name).read_bytes()))


def _file(name: str) -> Path:
    return Path(__file__).with_name(name)
