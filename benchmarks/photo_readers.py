"""Programs that read the digits in a picture file, ours and others, behind one interface.

Comes in: a picture file. Goes out: lines of digits. They do not know what is written there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from photo_scores import Lines, split_lines

ReadFile = Callable[[Path], Lines]


@dataclass(frozen=True)
class Found:
    """A piece of text in a picture: the text, the row of its middle and its first column."""

    text: str
    middle: float
    left: float
    height: float


def inkdigits_reader() -> tuple[str, ReadFile]:
    """Return our reader with the network of the package."""
    from inkdigits import __version__
    from inkdigits.imaging.decode import decode
    from inkdigits.workflows.readers import load_reader

    reader = load_reader()

    def read(path: Path) -> Lines:
        (picture, *_) = decode(path.read_bytes())
        return split_lines(reader.read(picture).text)

    return f"inkdigits {__version__}", read


def rapidocr_reader() -> tuple[str, ReadFile]:
    """Return RapidOCR with the models of its wheel; what is no digit is left out."""
    engine: Any = import_module("rapidocr").RapidOCR(params={"Global.log_level": "error"})

    def read(path: Path) -> Lines:
        found = engine(path)
        if found.boxes is None:
            return ()
        pieces = [
            Found(text, _middle(ys), float(min(xs)), float(max(ys) - min(ys)))
            for text, xs, ys in (
                (text, box[:, 0], box[:, 1])
                for text, box in zip(found.txts, found.boxes, strict=True)
            )
        ]
        return split_lines("\n".join(group(pieces)))

    return f"RapidOCR {version('rapidocr')}", read


def tesseract_reader() -> tuple[str, ReadFile]:
    """Return Tesseract, told that there is a block of text with digits alone."""
    said = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
    options = ["--psm", "6", "-c", "tessedit_char_whitelist=0123456789"]

    def read(path: Path) -> Lines:
        command = ["tesseract", str(path), "stdout", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return split_lines(done.stdout)

    return f"Tesseract {said.stdout.split()[1]}", read


def group(pieces: Sequence[Found]) -> list[str]:
    """Join pieces of text that stand beside one another, from top to bottom and left to right.

    A piece belongs to a line if its middle is less than half a height from that of the line's
    first piece.
    """
    lines: list[list[Found]] = []
    for piece in sorted(pieces, key=lambda each: each.middle):
        first = lines[-1][0] if lines else None
        if first and piece.middle - first.middle < 0.5 * max(piece.height, first.height):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [
        "".join(each.text for each in sorted(line, key=lambda each: each.left)) for line in lines
    ]


def _middle(rows: Sequence[float]) -> float:
    return float(min(rows) + max(rows)) / 2
