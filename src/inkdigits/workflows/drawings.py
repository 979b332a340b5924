"""Pictures of what was read, in a folder: boxes in the picture, and what the network saw.

Comes in: results, one after the other. Goes out: PNG files named after the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Literal

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.errors import OutputError
from inkdigits.formats import confidence, shorten
from inkdigits.imaging.annotate import Note, annotate, to_png
from inkdigits.imaging.input_sheet import Tile, input_sheet
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.reading import Digit, Reading
from inkdigits.runs.files import make_folder, write_whole
from inkdigits.workflows.inputs import STDIN, Source
from inkdigits.workflows.predict import Result

_REJECTED = (255, 130, 120)
_LONGEST_NAME, _SHORT_NAME = 24, 8  # letters of a class, above a picture and below a small one
_LONGEST_STEM = 120  # bytes; most file systems take 255 for the whole name


class Drawings:
    """A folder that a drawing of each result is written to, under a name of its own."""

    def __init__(
        self, folder: Path, kind: Literal["annotated", "inputs"], sources: Sequence[Source]
    ) -> None:
        """Make the folder.

        Args:
            folder: Where; it is made if it is not there.
            kind: What to draw: the picture with what was read in it, or what the network was
                shown. Names end in it, so that both may share a folder.
            sources: Everything that is read, none of which may be overwritten.

        Raises:
            OutputError: If the folder cannot be made, or something else has its name.
        """
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"cannot write into {folder}: it is no folder")
        make_folder(folder)
        self._folder, self._kind = folder, kind
        self._draw = {"annotated": draw_annotated, "inputs": draw_inputs}[kind]
        self._taken = _names_in(folder, sources)

    def write(self, result: Result) -> Path | None:
        """Draw one result.

        Args:
            result: The file is named after its source, and after its page from the second on.

        Returns:
            Where the drawing lies; None if the result has no picture.

        Raises:
            OutputError: If it cannot be written.
        """
        if result.picture is None or result.reading is None:
            return None
        path = self._folder / self._name(result.path, result.picture.page)
        write_whole(path, to_png(self._draw(result.picture, result.reading)))
        return path

    def _name(self, source: str, page: int) -> str:
        stem = safe_stem(source) + (f".page{page}" if page > 1 else "")
        for n in count(1):
            name = f"{stem}{f'.{n}' if n > 1 else ''}.{self._kind}.png"
            if name.lower() not in self._taken:  # some file systems hold "A" and "a" for the same
                break
        self._taken.add(name.lower())
        return name


def draw_annotated(picture: Picture, reading: Reading) -> UInt8[np.ndarray, "rows columns 3"]:
    """Draw what was read into its picture."""
    return annotate(picture, [_note(digit) for digit in reading.digits])


def draw_inputs(_: Picture, reading: Reading) -> UInt8[np.ndarray, "rows columns 3"]:
    """Draw everything that the network was shown, line by line."""
    return input_sheet([[_tile(digit) for digit in line.digits] for line in reading.lines])


def safe_stem(name: str) -> str:
    r"""Return a name's last part without its suffix, as any file system takes it.

    Example:
        >>> safe_stem("scans/page 1.jpg"), safe_stem("-"), safe_stem("a\nb.png")
        ('page 1', 'stdin', 'a_b')
    """
    stem = "stdin" if name == STDIN else Path(name).stem
    stem = "".join(letter if letter.isprintable() else "_" for letter in stem)
    stem = re.sub(r'[<>:"/\\|?*]', "_", stem).strip(". ") or "picture"
    return stem.encode()[:_LONGEST_STEM].decode(errors="ignore")


def _names_in(folder: Path, sources: Sequence[Source]) -> set[str]:
    """Return the names of those sources that lie in a folder."""
    by_parent: dict[Path, set[str]] = {}
    for source in sources:
        path = Path(source.name)
        by_parent.setdefault(path.parent, set()).add(path.name.lower())
    return set().union(*(names for parent, names in by_parent.items() if _same(parent, folder)))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _note(digit: Digit) -> Note:
    box = digit.box
    text = None if digit.name is None else shorten(digit.name, _LONGEST_NAME)
    return Note((box.x, box.y, box.width, box.height), text, f"{int(100 * digit.confidence)}")


def _tile(digit: Digit) -> Tile:
    if digit.name is None:
        best = f"{shorten(digit.top[0].name, _SHORT_NAME)}? " if digit.top else ""
        return Tile(digit.image, f"none ({best.strip()})", _REJECTED)
    name = shorten(digit.name, _SHORT_NAME)
    return Tile(digit.image, f"{name}   {confidence(digit.confidence)}")
