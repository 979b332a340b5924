"""Named arrays in a safetensors file, with every size checked before it is read.

Comes in: arrays by name, and a few words about them. Goes out: a file, and the arrays read back.
The format holds numbers only; nothing in it can run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from inkdigits.errors import ModelFileError
from inkdigits.runs.files import write_whole
from inkdigits.runs.reading import open_regular
from inkdigits.runs.safetensors_header import LENGTH_BYTES, header_size, read_header

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

MAX_FILE_BYTES = 2**31


def write_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays and metadata to a file, whole or not at all.

    Raises:
        OutputError: If it cannot be written.
    """
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    write_whole(path, save(contiguous, dict(metadata or {})))


def read_arrays(
    path: Path, shapes: Shapes | None = None
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Read the arrays and the metadata of a file.

    Args:
        path: Where.
        shapes: The names that there must be, with their shapes; None for any. What does not fit is
            refused before it is read.

    Raises:
        ModelFileError: If the file is missing, too large or damaged, or holds other arrays.
    """
    with open_regular(path, MAX_FILE_BYTES) as file, _damages(path):
        start, size = file.read(LENGTH_BYTES), os.fstat(file.fileno()).st_size
        text = file.read(header_size(start, size))
        header = read_header(text, size - LENGTH_BYTES - len(text))
        if shapes is not None:
            _check_shapes(header.shapes, shapes)
        return load(start + text + file.read(size)), dict(header.metadata)


def parse_arrays(content: bytes, path: Path, shapes: Shapes) -> dict[str, np.ndarray]:
    """Return the arrays of a file that has been read already.

    Args:
        content: The file.
        path: What to call it in messages.
        shapes: The names that there must be, with their shapes.

    Raises:
        ModelFileError: If it is damaged, or holds other arrays.
    """
    with _damages(path):
        end = LENGTH_BYTES + header_size(content[:LENGTH_BYTES], len(content))
        header = read_header(content[LENGTH_BYTES:end], len(content) - end)
        _check_shapes(header.shapes, shapes)
        return load(content)


@contextmanager
def _damages(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, SafetensorError) as error:
        raise ModelFileError(f"{path} is damaged: {error}") from error


def _check_shapes(found: Shapes, wanted: Shapes) -> None:
    for name in sorted(found.keys() | wanted.keys()):
        if name not in wanted:
            raise ValueError(f"the network has no weight {name!r:.60}")
        if name not in found:
            raise ValueError(f"it lacks the weight {name!r}")
        if found[name] != wanted[name]:
            raise ValueError(f"{name!r} must have the shape {wanted[name]}; it has {found[name]}")
