"""What every kind of source is to those who read it: class names, and pictures one by one.

Comes in: nothing. Goes out: the types that the readers of files and the loader share. It does not
know any file format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np

Part: TypeAlias = Literal["train", "test"]

MAX_CLASSES = 255  # labels are bytes, of which the last stands for no class
MAX_BYTES = 4 * 2**30  # of all images of a source together, once they are in memory


@dataclass(frozen=True, eq=False)
class Item:
    """A picture with its label, before it is decoded.

    Attributes:
        where: What messages call it.
        label: Index into the class names.
        picture: A picture file, the content of one, or uint8 pixels of shape (height, width) or
            (height, width, 3); None where the source has none at this place.
    """

    where: str
    label: int
    picture: Path | bytes | np.ndarray | None


class Source(Protocol):
    """Something that pictures with labels can be read from, more than once."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name for each label, in order."""

    @property
    def named(self) -> bool:
        """Whether the names are the user's own; otherwise they are the labels' numbers."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Both parts, or only "train"."""

    def items(self, part: Part) -> Iterable[Item]:
        """Return the pictures of a part in their order."""

    def checksum(self) -> str:
        """Return the SHA-256 over names and contents, in hexadecimal."""
