"""Draw the strips that the network which counts digits learns from.

Comes in: how many pages. Goes out: an .npz file in Keras's layout: marks that the reader found on
generated pages, as that network sees them, and what stands in each. Half of the pages are numbers
of one to five digits of which some touch, the others pairs that mostly do; half are on clean
ground and half on hard. Its training part is written with the 55,000 of MNIST's training digits
that recipes learn from, its test part, a twelfth as many pages, with the 5,000 held out.

Example:
    python benchmarks/strips.py strips.npz --pages 6000
    inkdigits train --recipe benchmarks/strips.json --data strips.npz --out runs/strips
    python benchmarks/ship_strips.py runs/strips
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from inkdigits.datasets.mnist import load_mnist
from inkdigits.datasets.split import hold_out
from inkdigits.imaging.glyph import draw_together
from inkdigits.imaging.pages.labelled_marks import labelled_marks
from inkdigits.imaging.pages.page import make_page
from inkdigits.imaging.pages.style import CLEAN, HARD, Style
from inkdigits.imaging.strip import to_strip
from inkdigits.recognition.counts import STRIP_CLASSES, class_index

PARTS = ("train", "test")
HELD_OUT = 5000  # training digits, those that every recipe holds out as well
TEST_SHARE = 12
PAGES_AT_ONCE = 50
HEIGHT = (18, 50)  # pixels: larger digits take longer and look the same in a strip
TOUCHING = (0.2, 0.7)  # share of neighbours in numbers
MOSTLY = 0.9  # in pairs
LETTERS, SIGNS = 0.3, 0.2  # shares of lines with a word, of gaps with a sign: marks without digits
SMALLEST = 8  # pixels: smaller marks are not asked about


def drawn(style: Style, page: int, rng: np.random.Generator) -> Style:
    """Return how a page is written: every other two pages numbers, the others pairs."""
    numbers = page % 4 < 2
    writing = replace(
        style.writing,
        lines=(2, 5),
        numbers=(2, 4),
        length=(1, 5) if numbers else (2, 2),
        touching=float(rng.uniform(*TOUCHING)) if numbers else MOSTLY,
        height=HEIGHT,
        letters=LETTERS,
        signs=SIGNS,
    )
    return replace(style, writing=writing)


def strips(part: str, first: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw some pages and return their strips, shape (n, 28, 28), with their labels."""
    index = PARTS.index(part)
    digits = hold_out(load_mnist().train, HELD_OUT)[index]
    rng = np.random.default_rng([seed, index, first])
    images, labels = [], []
    for page in range(first, first + PAGES_AT_ONCE):
        style = drawn((CLEAN, HARD)[page % 2], page, rng)
        for mark, text in labelled_marks(make_page(digits, rng, style)):
            if max(mark.width, mark.height) >= SMALLEST:
                images.append(to_strip(draw_together([mark])))
                labels.append(class_index(text))
    return np.stack(images), np.array(labels, np.uint8)


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
