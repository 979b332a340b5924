import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def write_picture() -> Callable[..., Path]:
    """Write pixels as a picture file, and its folder."""

    def write(path: Path, pixels: np.ndarray, **options: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, **options)
        return path

    return write


@pytest.fixture
def write_idx() -> Callable[..., Path]:
    """Write an array as an IDX file, gzipped where its name ends in .gz."""

    def write(path: Path, array: np.ndarray) -> Path:
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        content = header + array.astype(np.uint8).tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture
def to_png() -> Callable[[np.ndarray], bytes]:
    """Return pixels as the content of a PNG file."""

    def convert(pixels: np.ndarray) -> bytes:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return file.getvalue()

    return convert


@pytest.fixture
def shades() -> Callable[..., np.ndarray]:
    """Return n grey images that differ, of one shade each."""

    def make(n: int, side: int = 8, first: int = 0) -> np.ndarray:
        images = np.zeros((n, side, side), np.uint8)
        return images + np.arange(first, first + n, dtype=np.uint8)[:, None, None]

    return make
