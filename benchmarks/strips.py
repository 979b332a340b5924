"""Draw the strips that the network which counts digits learns from.

Comes in: how many pages. Goes out: an .npz file in Keras's layout: marks that the reader found on
generated pages, as that network sees them, and what stands in each; of marks that show several
digits, some of the parts that they may be cut into as well. A third of the pages are numbers of one
to five digits of which some touch, a third pairs that mostly do, a third longer numbers in which
most do and half of the digits are zeros; half are on clean ground and half on hard. Its training
part is written with the 55,000 of MNIST's training digits that recipes learn from, its test part, a
twelfth as many pages, with the 5,000 held out.

Example:
    python benchmarks/strips.py strips.npz --pages 6000
    inkdigits train --recipe benchmarks/strips.json --data strips.npz --out runs/strips
    python benchmarks/ship_strips.py runs/strips
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import load_mnist
from inkdigits.datasets.split import hold_out
from inkdigits.imaging.glyph import draw_together
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.pages.labelled_marks import labelled_marks, labelled_parts
from inkdigits.imaging.pages.page import make_page
from inkdigits.imaging.pages.style import CLEAN, HARD, Style
from inkdigits.imaging.pages.truth import Page
from inkdigits.imaging.strip import to_strip
from inkdigits.recognition.counts import STRIP_CLASSES, class_index

PARTS = ("train", "test")
HELD_OUT = 5000  # training digits, those that every recipe holds out as well
TEST_SHARE = 12
PAGES_AT_ONCE = 50
HEIGHT = (18, 50)  # pixels: larger digits take longer and look the same in a strip
TOUCHING = (0.2, 0.7)  # share of neighbours in numbers
MOSTLY = 0.9  # in pairs
CHAINED = 0.7  # in long numbers
KINDS = 6  # of pages: numbers, pairs and long numbers, each on both kinds of ground
PARTS_OF_PAGE = 8  # at most, of those that show digits and as many of those that show none
LETTERS, SIGNS = 0.3, 0.2  # shares of lines with a word, of gaps with a sign: marks without digits
SMALLEST = 8  # pixels: smaller marks are not asked about


def drawn(style: Style, page: int, rng: np.random.Generator) -> Style:
    """Return how a page is written: of six pages two are numbers, two pairs, two long numbers."""
    kind = page % KINDS // 2
    writing = replace(
        style.writing,
        lines=(2, 5),
        numbers=(2, 4),
        length=((1, 5), (2, 2), (3, 6))[kind],
        touching=(float(rng.uniform(*TOUCHING)), MOSTLY, CHAINED)[kind],
        height=HEIGHT,
        letters=LETTERS,
        signs=SIGNS,
    )
    return replace(style, writing=writing)


def written(digits: LabelledImages, page: int, rng: np.random.Generator) -> LabelledImages:
    """Return which digits are written on a page: all, or, in long numbers, half of them zeros."""
    if page % KINDS < KINDS - 2:
        return digits
    zeros = np.flatnonzero(digits.labels == 0)
    others = rng.choice(len(digits), len(zeros), replace=False)
    return digits.take(np.concatenate([zeros, others]))


def strips(part: str, first: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw some pages and return their strips, shape (n, 28, 28), with their labels."""
    index = PARTS.index(part)
    digits = hold_out(load_mnist().train, HELD_OUT)[index]
    rng = np.random.default_rng([seed, index, first])
    images, labels = [], []
    for number in range(first, first + PAGES_AT_ONCE):
        style = drawn((CLEAN, HARD)[number % 2], number, rng)
        page = make_page(written(digits, number, rng), rng, style)
        for ink, text in inks(page, rng):
            if max(max(mark.width, mark.height) for mark in ink) >= SMALLEST:
                images.append(to_strip(draw_together(ink)))
                labels.append(class_index(text))
    return np.stack(images), np.array(labels, np.uint8)


def inks(page: Page, rng: np.random.Generator) -> Iterator[tuple[tuple[Mark, ...], str]]:
    """Find what stands on a page: its marks, and some parts of those with several digits."""
    for mark, text in labelled_marks(page):
        yield (mark,), text
    parts = list(labelled_parts(page))
    for wanted in (True, False):
        alike = [part for part in parts if bool(part[1]) == wanted]
        for i in rng.permutation(len(alike))[:PARTS_OF_PAGE]:
            yield alike[i]


def main() -> None:
    """Draw both parts and write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="the .npz file to write")
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    (x_train, y_train), (x_test, y_test) = (
        draw(part, pages, options.seed, options.processes)
        for part, pages in (("train", options.pages), ("test", options.pages // TEST_SHARE))
    )
    np.savez_compressed(
        options.out,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=np.array(STRIP_CLASSES),
    )


def draw(part: str, pages: int, seed: int, processes: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a part of the pages and return their strips with their labels."""
    firsts = range(0, pages, PAGES_AT_ONCE)
    with ProcessPoolExecutor(processes) as pool:
        drawn_parts = pool.map(strips, [part] * len(firsts), firsts, [seed] * len(firsts))
        images, labels = zip(*drawn_parts, strict=True)
    print(f"{part}: {sum(map(len, labels)):,} strips of {pages:,} pages")
    return np.concatenate(images), np.concatenate(labels)


if __name__ == "__main__":
    main()
