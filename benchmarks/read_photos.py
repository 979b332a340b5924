"""How well photos of handwritten digits are read: by us, and with --peers by others.

Comes in: a folder with pictures and truth.csv, whose columns `file`, `truth` (lines joined by "|",
digits only) and `hard` (0 or 1) are used. Goes out: a table, all readers on the same pictures in
one run. Digits right is 1 - edit distance / number of digits; digits read in a picture without any
count as wrong. Seconds are wall time from the file to the reading; Tesseract, which has no other
way to be called, pays for its start each time.

The peers are RapidOCR (`.venv/bin/pip install rapidocr`, which brings its models and leaves the
OpenCV of this project in place) and Tesseract (`apt-get install tesseract-ocr`).

Example: python benchmarks/read_photos.py ../photos --peers --failures
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from photo_readers import ReadFile, inkdigits_reader, rapidocr_reader, tesseract_reader
from photo_scores import Attempt, Photo, Score, read_truth, score
from rich.console import Console
from rich.table import Table

from inkdigits.runs.machine import describe_machine

PEERS: tuple[Callable[[], tuple[str, ReadFile]], ...] = (rapidocr_reader, tesseract_reader)
ROWS = {
    "digits right": "digits",
    "digits right, hard": "hard_digits",
    "pictures right": "pictures",
    "pictures right but for line breaks": "joined",
    "pictures right, hard": "hard_pictures",
    "without digits, none read": "rejected",
}


def attempt(read: ReadFile, photo: Photo) -> Attempt:
    """Let a reader read a picture; whatever it raises is its failure, and the others go on."""
    started = time.perf_counter()
    try:
        lines, error = read(photo.path), None
    except Exception as raised:  # a peer may raise anything
        lines, error = (), f"{type(raised).__name__}: {raised}"
    return Attempt(photo, lines, time.perf_counter() - started, error)


def measure(readers: Mapping[str, ReadFile], photos: Sequence[Photo]) -> dict[str, list[Attempt]]:
    """Let every reader read every picture, in turn, after a first one that is not counted."""
    for read in readers.values():
        attempt(read, photos[0])
    attempts: dict[str, list[Attempt]] = {name: [] for name in readers}
    for photo in photos:
        for name, read in readers.items():
            attempts[name].append(attempt(read, photo))
    return attempts


def table(scores: Mapping[str, Score]) -> Table:
    """Lay the scores out, one column per reader."""
    made = Table("", *scores)
    for title, name in ROWS.items():
        made.add_row(title, *(str(getattr(each, name)) for each in scores.values()))
    made.add_row("seconds a picture, median", *(f"{each.seconds:.3f}" for each in scores.values()))
    return made


def failures(name: str, attempts: Sequence[Attempt]) -> Table:
    """List the pictures that a reader did not read right."""
    made = Table("file", "written", "read", "hard", title=name)
    for each in attempts:
        if not each.right:
            read = each.error or "|".join(each.lines)
            hard = "hard" if each.photo.hard else ""
            made.add_row(each.photo.path.name, "|".join(each.photo.lines), read, hard)
    return made


def document(attempts: Mapping[str, Sequence[Attempt]]) -> dict[str, object]:
    """Return scores and readings for machines."""
    return {
        name: {
            **score(each).document(),
            "readings": [
                {
                    "file": one.photo.path.name,
                    "truth": "|".join(one.photo.lines),
                    "read": "|".join(one.lines),
                    "seconds": one.seconds,
                    "error": one.error,
                }
                for one in each
            ],
        }
        for name, each in attempts.items()
    }


def _gather(peers: bool) -> dict[str, ReadFile]:
    readers = dict([inkdigits_reader()])
    for make in PEERS if peers else ():
        try:
            name, read = make()
        except (ImportError, FileNotFoundError) as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            readers[name] = read
    return readers


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="pictures and their truth.csv")
    parser.add_argument("--peers", action="store_true", help="let RapidOCR and Tesseract read too")
    parser.add_argument("--failures", action="store_true", help="list what was not read right")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    options = parser.parse_args()
    attempts = measure(_gather(options.peers), read_truth(options.folder))
    if options.json:
        print(json.dumps(document(attempts), indent=2))
        return
    out = Console(soft_wrap=True, highlight=False)
    machine = describe_machine()
    out.print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n", markup=False)
    out.print(table({name: score(each) for name, each in attempts.items()}))
    for name, each in attempts.items() if options.failures else ():
        out.print(failures(name, each))


if __name__ == "__main__":
    main()
