"""How well readings agree with what is written in pictures.

Comes in: truth and readings, each a list of lines of digits. Goes out: counts and shares. It does
not know who read.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Photo:
    """A picture and what is written in it.

    Attributes:
        path: The file.
        lines: Digits of each line from top to bottom; none for a picture without digits.
        hard: Whether it is counted apart.
    """

    path: Path
    lines: Lines
    hard: bool


@dataclass(frozen=True)
class Attempt:
    """One reader's reading of one picture.

    Attributes:
        photo: The picture.
        lines: What was read, lines without digits left out.
        seconds: Wall time from the file to the reading.
        error: Why there is no reading; None if there is one.
    """

    photo: Photo
    lines: Lines
    seconds: float
    error: str | None = None

    @property
    def right(self) -> bool:
        """Whether every line was read as it is written."""
        return self.error is None and self.lines == self.photo.lines

    @property
    def right_joined(self) -> bool:
        """Whether all digits were read in their order, wherever the lines were broken."""
        return self.error is None and "".join(self.lines) == "".join(self.photo.lines)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        percent = f" ({100 * self.right / self.of:.1f} %)" if self.of else ""
        return f"{self.right} of {self.of}{percent}"


@dataclass(frozen=True)
class Score:
    """What a reader reached.

    Attributes:
        digits: Digits right, 1 - edit distance / digits, in pictures that are not hard.
        hard_digits: The same in hard pictures.
        pictures: Pictures with digits, not hard, read right line by line.
        joined: The same wherever the lines were broken.
        hard_pictures: Hard pictures read right line by line.
        rejected: Pictures without digits in which none was read.
        seconds: Median over all pictures.
    """

    digits: Share
    hard_digits: Share
    pictures: Share
    joined: Share
    hard_pictures: Share
    rejected: Share
    seconds: float

    def document(self) -> dict[str, Any]:
        """Return the score for machines."""
        return asdict(self)


def read_truth(folder: Path) -> list[Photo]:
    """Return the pictures of a folder that its truth.csv lists."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        return [
            Photo(folder / row["file"], split_lines(row["truth"], "|"), row["hard"] == "1")
            for row in csv.DictReader(file)
        ]


def split_lines(text: str, separator: str = "\n") -> Lines:
    """Return the digits of each line, leaving out everything else and lines without any."""
    lines = ("".join(c for c in line if c in "0123456789") for line in text.split(separator))
    return tuple(line for line in lines if line)


def score(attempts: Sequence[Attempt]) -> Score:
    """Count what is right."""
    hard = [each for each in attempts if each.photo.hard]
    usual = [each for each in attempts if not each.photo.hard]
    written = [each for each in usual if each.photo.lines]
    empty = [each for each in attempts if not each.photo.lines]
    return Score(
        digits=_digits(usual),
        hard_digits=_digits(hard),
        pictures=_share([each.right for each in written]),
        joined=_share([each.right_joined for each in written]),
        hard_pictures=_share([each.right for each in hard if each.photo.lines]),
        rejected=_share([each.right for each in empty]),
        seconds=median(each.seconds for each in attempts),
    )


def edit_distance(a: str, b: str) -> int:
    """Return how many letters must be changed, added or taken away to turn one text into another.

    The recurrence of Wagner and Fischer, "The string-to-string correction problem", J. ACM 1974.
    """
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        above = row
    return above[-1]


def _digits(attempts: Sequence[Attempt]) -> Share:
    of = sum(len("".join(each.photo.lines)) for each in attempts)
    wrong = sum(edit_distance("".join(each.photo.lines), "".join(each.lines)) for each in attempts)
    return Share(of - wrong, of)


def _share(flags: Sequence[bool]) -> Share:
    return Share(sum(flags), len(flags))
