"""How long data sets take to load and how much memory, and how many copies `data check` finds.

Comes in: a number of rounds. Goes out: two Markdown tables. The files are made of MNIST in a
temporary folder: 10,000 PNG files in class folders; all 70,000 as IDX, .npz and Parquet, the last
with PNGs in a single group of rows, so that reading it whole would show. Each load is a process of
its own. Then copies are made of 1,000 training images and looked for among all of them.

Example: python benchmarks/load_data.py --rounds 3
"""

from __future__ import annotations

import argparse
import io
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from whole_process import Cost

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import load_mnist
from inkdigits.imaging.scaling import scale_to
from inkdigits.runs.machine import describe_machine
from inkdigits.sources.load import load_source
from inkdigits.sources.near import near_pairs

IN_FOLDER = 10_000
COPIED = 1000
# Linux counts in VmHWM what a program itself held, not what the one before it in the process did.
PROGRAM = """
import re, sys
from pathlib import Path
from inkdigits.sources.load import load_dataset

for path in sys.argv[1:]:
    load_dataset(path)
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""

Change = Callable[[np.ndarray], np.ndarray]


def png(image: np.ndarray) -> bytes:
    """Return an image as the content of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def write_folder(labelled: LabelledImages, folder: Path) -> None:
    """Write images as PNG files in class folders."""
    for i, (image, label) in enumerate(zip(labelled.images, labelled.labels, strict=True)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        (folder / str(label) / f"{i}.png").write_bytes(png(image))


def write_idx(labelled: LabelledImages, folder: Path, part: str) -> None:
    """Write images and labels as IDX files."""
    folder.mkdir(exist_ok=True)
    for kind, array in (("images", labelled.images), ("labels", labelled.labels)):
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        (folder / f"{part}-{kind}-idx{array.ndim}-ubyte").write_bytes(header + array.tobytes())


def write_parquet(labelled: LabelledImages, folder: Path, part: str) -> None:
    """Write PNGs and labels as Hugging Face does, in one group of rows."""
    folder.mkdir(exist_ok=True)
    files = [{"bytes": png(image), "path": None} for image in labelled.images]
    table = pa.table({"image": files, "label": labelled.labels})
    pq.write_table(table, folder / f"{part}.parquet", row_group_size=len(files))


def write_all(folder: Path) -> dict[str, Path]:
    """Write MNIST in every kind of file; return what is to be loaded, by name."""
    mnist = load_mnist()
    write_folder(mnist.train.take(slice(IN_FOLDER)), folder / "folder")
    for part, labelled in (("train", mnist.train), ("test", mnist.test)):
        write_idx(labelled, folder / "idx", part)
        write_parquet(labelled, folder / "parquet", part)
    np.savez_compressed(
        folder / "mnist.npz",
        x_train=mnist.train.images,
        y_train=mnist.train.labels,
        x_test=mnist.test.images,
        y_test=mnist.test.labels,
    )
    return {
        f"{IN_FOLDER:,} PNG files in class folders": folder / "folder",
        "70,000 images, IDX": folder / "idx",
        "70,000 images, .npz, compressed": folder / "mnist.npz",
        "70,000 images, Parquet of PNGs": folder / "parquet",
    }


def measure(rounds: int) -> dict[str, list[Cost]]:
    """Load everything once in each round."""
    with tempfile.TemporaryDirectory() as folder:
        sources = write_all(Path(folder))
        costs: dict[str, list[Cost]] = {name: [] for name in ("imports alone", *sources)}
        for _ in range(rounds):
            costs["imports alone"].append(load())
            for name, path in sources.items():
                costs[name].append(load(path))
    return costs


def load(*paths: Path) -> Cost:
    """Load data sets in a process of their own; return what it took."""
    started = time.perf_counter()
    words = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return Cost(time.perf_counter() - started, int(done.stdout) / 1024)


def cost_table(costs: dict[str, list[Cost]]) -> str:
    """Lay times and peak memory out."""
    rows = ["| what | whole process | fastest to slowest | peak memory |", "| --- " * 4 + "|"]
    for name, each in costs.items():
        seconds = sorted(cost.seconds for cost in each)
        memory = median(cost.memory for cost in each)
        rows.append(
            f"| {name} | {median(seconds):.1f} s | {seconds[0]:.1f} to {seconds[-1]:.1f} s "
            f"| {memory:,.0f} MiB |"
        )
    return "\n".join(rows)


def stored_again(quality: int) -> Change:
    """Return what stores an image as JPEG."""

    def change(image: np.ndarray) -> np.ndarray:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file))

    return change


def resized(side: int) -> Change:
    """Return what brings an image to another size, and as a thumbnail back."""

    def change(image: np.ndarray) -> np.ndarray:
        resample = Image.Resampling.BICUBIC
        return scale_to(np.asarray(Image.fromarray(image).resize((side, side), resample)), 28)

    return change


CHANGES: dict[str, Change] = {
    "the same": lambda image: image,
    "JPEG, quality 90": stored_again(90),
    "JPEG, quality 60": stored_again(60),
    "JPEG, quality 30": stored_again(30),
    "twice as large": resized(56),
    "three times as large": resized(84),
    "three quarters as large": resized(21),
    "30 % darker, on grey": lambda image: (image * 0.7 + 40).astype(np.uint8),
    "40 % brighter, clipped": lambda image: np.clip(image * 1.4, 0, 255).astype(np.uint8),
}


def near_table(names: list[str]) -> str:
    """Tell how many copies are found, and how many pairs where there are no copies."""
    rows = [f"| training images changed | {' | '.join(names)} |", "| --- " * (1 + len(names)) + "|"]
    loaded = [load_source(name, thumbnails=True) for name in names]
    trains = [each.thumbnails["train"] for each in loaded]
    for what, change in CHANGES.items():
        cells = []
        for train in trains:
            copies = np.stack([change(image) for image in train[:COPIED]])
            found = [pair for pair in near_pairs(train, copies) if pair.first == pair.second]
            cells.append(f"{100 * len(found) / COPIED:.1f} %")
        rows.append(f"| {what} | {' | '.join(cells)} |")
    pairs = [len(near_pairs(each.thumbnails["train"], each.thumbnails["test"])) for each in loaded]
    cells = [f"{n} of {len(each.dataset.test):,}" for n, each in zip(pairs, loaded, strict=True)]
    return "\n".join([*rows, f"| test images that are no copies | {' | '.join(cells)} |"])


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--near", nargs="*", default=["mnist"], help="fashion-mnist if installed")
    options = parser.parse_args()
    print(describe_machine())
    print(cost_table(measure(options.rounds)))
    if options.near:
        print(near_table(options.near))


if __name__ == "__main__":
    main()
