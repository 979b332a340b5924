"""Making the two small data files beside MNIST from what their authors published.

Comes in: the four IDX files of Fashion-MNIST as gzip, or scikit-learn's `digits.csv.gz`. Goes out:
an .npz file; the SHA-256 that the package must know of it is printed. Run once; the files are in
the repository. Where the sources come from:

- Fashion-MNIST: Debian's package dataset-fashion-mnist, in /usr/share/datasets/fashion-mnist;
- digits of other writers: `sklearn/datasets/data/digits.csv.gz` inside scikit-learn 1.9.1.

Example: python tools/pack_samples.py fashion /usr/share/datasets/fashion-mnist fashion_mnist.npz
         python tools/pack_samples.py digits digits.csv.gz other_writers.npz
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
from pathlib import Path

import numpy as np
from jaxtyping import Int64, UInt8

PER_CLASS = 100
CLASSES = 10
SIDE = 8


def read_idx(path: Path) -> UInt8[np.ndarray, "*shape"]:
    """Read an IDX file of bytes, packed with gzip.

    Raises:
        ValueError: If the file holds anything but bytes, or fewer than it promises.
    """
    content = gzip.decompress(path.read_bytes())
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} must be an IDX file of bytes; it starts with {content[:3]!r}")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def first_of_each_class(
    labels: UInt8[np.ndarray, " n"], per_class: int = PER_CLASS
) -> Int64[np.ndarray, " kept"]:
    """Return where the first images of each class stand, in the order of the file."""
    places = [np.flatnonzero(labels == label)[:per_class] for label in range(CLASSES)]
    return np.sort(np.concatenate(places))


def fashion_sample(folder: Path) -> dict[str, UInt8[np.ndarray, "*shape"]]:
    """Return the first images of each class of Fashion-MNIST's two parts, with their labels."""
    arrays = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
        kept = first_of_each_class(labels)
        arrays[f"x_{part}"] = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")[kept]
        arrays[f"y_{part}"] = labels[kept]
    return arrays


def other_digits(path: Path) -> dict[str, UInt8[np.ndarray, "*shape"]]:
    """Return the ink counts, 0 to 16, and the labels of the 8x8 digits."""
    with gzip.open(path, "rt") as lines:
        table = np.loadtxt(lines, dtype=np.uint8, delimiter=",", ndmin=2)
    return {"counts": table[:, :-1].reshape(-1, SIDE, SIDE), "labels": table[:, -1]}


def main() -> None:
    """Pack what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fashion", "digits"])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    arrays = (fashion_sample if asked.what == "fashion" else other_digits)(asked.source)
    np.savez_compressed(asked.out, allow_pickle=False, **arrays)
    print(hashlib.sha256(asked.out.read_bytes()).hexdigest(), asked.out)


if __name__ == "__main__":
    main()
