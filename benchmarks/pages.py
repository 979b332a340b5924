"""Read generated pages and count what was read rightly.

Comes in: how many pages, whose digits. Goes out: a Markdown table, or one JSON document, with the
share of pages read wholly rightly, its 95 % interval and the share of digits, for five-digit
numbers on clean and on hard ground and with each digit in a box, for pairs that touch, for single
digits pasted large on a white page, beside what the network makes of the same digits as they are,
for numbers after a word, of written or of printed letters, for printed text without a digit, for
digits in the squares of a screen, and for sheets of paper on a table. They are read as `inkdigits
predict` does; with a network of one's own by that alone.

Example: python benchmarks/pages.py --part train --n 200 --save-failures failures
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from printed import labelled_number, text_page
from screens import screen
from sheets import sheet

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import load_mnist, load_mnist_test
from inkdigits.evaluation.statistics import wilson_interval
from inkdigits.imaging.pages.page import make_page, number_page, pair, pasted
from inkdigits.imaging.pages.style import CLEAN, FORMS, HARD, Style
from inkdigits.imaging.pages.truth import Page
from inkdigits.imaging.picture import picture_of
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.reading import ReadsPictures
from inkdigits.recognition.shipped import shipped_network
from inkdigits.runs.machine import describe_machine
from inkdigits.workflows.readers import load_reader, reader_for

Case: TypeAlias = tuple[str, np.ndarray]  # what stands there, and the picture of it

AFTER_WORDS = Style(replace(CLEAN.writing, letters=1, numbers=(1, 2), length=(2, 5)))
DRAWN: dict[str, Callable[[LabelledImages, np.random.Generator], Case]] = {
    "clean": lambda digits, rng: shown(number_page(digits, rng, CLEAN)),
    "hard": lambda digits, rng: shown(number_page(digits, rng, HARD)),
    "pairs": lambda digits, rng: shown(pair(digits, rng, CLEAN)),
    "forms": lambda digits, rng: shown(number_page(digits, rng, FORMS)),
    "words": lambda digits, rng: shown(make_page(digits, rng, AFTER_WORDS)),
    "labels": labelled_number,
    "text": lambda _, rng: ("", text_page(rng)),
    "screens": screen,
    "sheets": sheet,
}
# Each draws from a series by its place.
SUITES = (
    "clean",
    "hard",
    "pairs",
    "pasted",
    "forms",
    "words",
    "labels",
    "text",
    "screens",
    "sheets",
)
FACTORS = (6, 10)  # pixels for each pixel of a digit that is pasted
AT_ONCE = 50  # pictures for one call of the reader


@dataclass(frozen=True)
class Score:
    """How one suite was read.

    Attributes:
        suite: Its name.
        n: Number of pictures.
        right: Pictures of which every digit and no other was read.
        share: Of those, 0 to 1.
        interval95: Wilson's interval of the share.
        digits_right: 1 - edit distance / number of digits, over all pictures; None without digits.
        network: Share of the same digits that the network knows as they are; None for numbers.
        seconds: Time of reading.
    """

    suite: str
    n: int
    right: int
    share: float
    interval95: tuple[float, float]
    digits_right: float | None
    network: float | None
    seconds: float


def cases(suite: str, digits: LabelledImages, n: int, seed: int) -> Iterator[Case]:
    """Make the pictures of a suite; the first of a longer series are those of a shorter one."""
    rng = np.random.default_rng([seed, SUITES.index(suite)])
    if suite == "pasted":
        for image, label in zip(digits.images[:n], digits.labels[:n], strict=True):
            yield str(label), pasted(image, int(rng.integers(*FACTORS, endpoint=True)))
        return
    for _ in range(n):
        yield DRAWN[suite](digits, rng)


def shown(page: Page) -> Case:
    """Return what stands on a generated page, and the picture of it."""
    return page.text, page.pixels


def measure(
    reader: ReadsPictures,
    suite: str,
    pictures: Iterator[Case],
    network: float | None,
    failures: Path | None,
) -> Score:
    """Read every picture of a suite."""
    truths: list[str] = []
    readings: list[str] = []
    seconds = 0.0
    while batch := list(islice(pictures, AT_ONCE)):
        started = time.perf_counter()
        read = reader.read_many([picture_of(pixels) for _, pixels in batch])
        seconds += time.perf_counter() - started
        for (truth, pixels), reading in zip(batch, read, strict=True):
            if failures and reading.text != truth:
                save(failures, f"{suite}-{len(truths):05d}", truth, reading.text, pixels)
            truths.append(truth)
            readings.append(reading.text)
    return score(suite, truths, readings, network, seconds)


def score(
    suite: str,
    truths: Sequence[str],
    readings: Sequence[str],
    network: float | None,
    seconds: float,
) -> Score:
    """Compare what stands in pictures with what was read."""
    pairs = list(zip(truths, readings, strict=True))
    right = sum(truth == reading for truth, reading in pairs)
    wrong = sum(edit_distance(truth, reading) for truth, reading in pairs)
    n, written = len(pairs), sum(map(len, truths))
    return Score(
        suite=suite,
        n=n,
        right=right,
        share=right / n,
        interval95=wilson_interval(right, n),
        digits_right=1 - wrong / written if written else None,
        network=network,
        seconds=seconds,
    )


def edit_distance(truth: str, reading: str) -> int:
    """Count the digits to insert, delete or replace to get from one text to another.

    Source: V. I. Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and
    Reversals", 1966.
    """
    row = list(range(len(reading) + 1))
    for place, wanted in enumerate(truth, start=1):
        diagonal, row[0] = row[0], place
        for column, received in enumerate(reading, start=1):
            replaced = diagonal + (wanted != received)
            diagonal = row[column]
            row[column] = min(replaced, diagonal + 1, row[column - 1] + 1)
    return row[-1]


def save(folder: Path, name: str, truth: str, reading: str, pixels: np.ndarray) -> None:
    """Write a picture that was read wrongly, with truth and reading in its name."""
    folder.mkdir(parents=True, exist_ok=True)
    told, read = (text.replace("\n", "_") or "nothing" for text in (truth, reading))
    cv2.imwrite(str(folder / f"{name}-is-{told}-read-{read[:60]}.png"), pixels[..., ::-1])


def table(scores: Sequence[Score]) -> str:
    """Lay the scores out as a Markdown table."""
    lines = [
        "| pages | n | wholly right | 95 % interval | digits right | the network alone | each |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in scores:
        low, high = each.interval95
        digits, alone = (
            "" if share is None else f"{share:.2%}" for share in (each.digits_right, each.network)
        )
        lines.append(
            f"| {each.suite} | {each.n:,} | {each.share:.2%} | {low:.2%} to {high:.2%} "
            f"| {digits} | {alone} | {1000 * each.seconds / each.n:.1f} ms |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--part",
        choices=["train", "test"],
        default="test",
        help="whose digits; whoever works on the reader looks at those for training alone",
    )
    parser.add_argument("--suites", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--n", type=at_least_one, default=1000, help="pages of a suite")
    parser.add_argument("--pasted", type=at_least_one, default=10_000, help="pasted digits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="ONNX file; the package's networks if left")
    parser.add_argument("--save-failures", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    digits = load_mnist().train if options.part == "train" else load_mnist_test()
    classifier = OnnxClassifier(options.model or shipped_network())
    reader = reader_for(classifier) if options.model else load_reader()
    scores = []
    for suite in options.suites:
        n = min(options.pasted, len(digits)) if suite == "pasted" else options.n
        alone = accuracy(classifier, digits.take(slice(n))) if suite == "pasted" else None
        pictures = cases(suite, digits, n, options.seed)
        scores.append(measure(reader, suite, pictures, alone, options.save_failures))
    machine = describe_machine()
    if options.json:
        machine_facts = {"processor": machine.processor, "cores": machine.cores}
        facts = {"part": options.part, "seed": options.seed, "machine": machine_facts}
        print(json.dumps({**facts, "suites": [asdict(each) for each in scores]}, indent=2))
    else:
        print(f"{machine.processor}, {machine.cores} cores, MNIST {options.part} digits\n")
        print(table(scores))


def at_least_one(text: str) -> int:
    """Read a number of pages."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1; received {number}")
    return number


def accuracy(classifier: Classifier, digits: LabelledImages) -> float:
    """Return the share of digits that a network knows as they are."""
    answers = classifier.probabilities(digits.images).argmax(axis=1)
    return float((answers == digits.labels).mean())


if __name__ == "__main__":
    main()
