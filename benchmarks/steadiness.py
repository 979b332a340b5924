"""How often an answer stays when the digit does: shifted, turned, saved anew or brought to size.

Comes in: run folders, ONNX files, or `shipped`, the network of the package. Goes out: a Markdown
table with the share of MNIST's test digits to which the answer stays the same, right or wrong.

Example: python benchmarks/steadiness.py shipped
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from inkdigits import formats
from inkdigits.array_types import Int64, UInt8
from inkdigits.arrays import Images
from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import SHIPPED
from inkdigits.workflows.evaluate import find_network

JPEG_QUALITY = 75  # what most programs save with unless told otherwise


def shifted(images: Images, right: int, down: int) -> Images:
    """Return the images moved by whole pixels, bare paper coming in."""
    moved: Images = ndimage.shift(images, (0, down, right), order=0)
    return moved


def turned(images: Images, degrees: float) -> Images:
    """Return the images turned to the left, bare paper coming in."""
    rotated: Images = ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1)
    return rotated


def saved_as_jpeg(images: Images) -> Images:
    """Return each image after a round through a JPEG file."""
    return np.stack([_through_jpeg(image) for image in images])


def rescaled(images: Images, factor: int) -> Images:
    """Return each image enlarged and brought back to its size."""
    height, width = images.shape[1:]
    sizes = [(width * factor, height * factor), (width, height)]
    pictures = [Image.fromarray(image) for image in images]
    for size in sizes:
        pictures = [picture.resize(size, Image.Resampling.BICUBIC) for picture in pictures]
    return np.stack([np.asarray(picture) for picture in pictures])


CHANGES: Mapping[str, Callable[[Images], Images]] = {
    "a pixel to the right": lambda images: shifted(images, 1, 0),
    "a pixel to the left": lambda images: shifted(images, -1, 0),
    "a pixel down": lambda images: shifted(images, 0, 1),
    "a pixel up": lambda images: shifted(images, 0, -1),
    "8 degrees to the left": lambda images: turned(images, 8),
    "8 degrees to the right": lambda images: turned(images, -8),
    "saved as JPEG": saved_as_jpeg,
    "enlarged three times and back": lambda images: rescaled(images, 3),
}


def kept(network: Classifier, images: Images) -> dict[str, float]:
    """Return for each change the share of images, 0 to 1, to which the answer stays."""
    before = _digits(network, images)
    return {
        name: float((_digits(network, change(images)) == before).mean())
        for name, change in CHANGES.items()
    }


def table(shares: Mapping[str, Mapping[str, float]]) -> str:
    """Lay the shares out: a row for each change, a column for each network."""
    lines = [f"| the answer stays | {' | '.join(shares)} |", "| --- |" + " --- |" * len(shares)]
    for change in CHANGES:
        cells = [formats.percent(each[change]) for each in shares.values()]
        lines.append(f"| {change} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _through_jpeg(image: UInt8[np.ndarray, "height width"]) -> UInt8[np.ndarray, "height width"]:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=JPEG_QUALITY)
    return np.asarray(Image.open(file))


def _digits(network: Classifier, images: Images) -> Int64[np.ndarray, " n"]:
    digits: Int64[np.ndarray, " n"] = network.probabilities(images).argmax(axis=1)
    return digits


def main() -> None:
    """Measure the networks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "networks", nargs="+", type=Path, help=f"run folders, ONNX files, `{SHIPPED}`"
    )
    paths: list[Path] = parser.parse_args().networks
    images = load_mnist_test().images
    networks = {str(path): OnnxClassifier(find_network(path)) for path in paths}
    print(table({name: kept(network, images) for name, network in networks.items()}))


if __name__ == "__main__":
    main()
