"""A network's file, opened: read whole, and checked before anything else is done with it.

Comes in: a path or content. Goes out: content that is a network of ours, under its name. The same
bytes are checked and given to a runtime: nobody can exchange the file in between.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from inkdigits.errors import ModelFileError
from inkdigits.recognition.onnx_file.check import check_network, check_structure
from inkdigits.recognition.onnx_file.wire import RefusedError
from inkdigits.runs.reading import open_regular

MAX_BYTES = 2**30
LARGE = 64 * 2**20  # from here on a file is looked at before it is read


@dataclass(frozen=True, eq=False)
class NetworkFile:
    """The content of an ONNX file that has passed the check.

    Attributes:
        content: The file, byte for byte.
        name: What to call it in messages.

    Raises:
        ModelFileError: If it is no network of inkdigits.
    """

    content: bytes = field(repr=False)
    name: str

    def __post_init__(self) -> None:
        """Check the content."""
        with _refusals(self.name):
            check_network(self.content)


def open_network(source: Path | bytes | NetworkFile) -> NetworkFile:
    """Read and check a network's file.

    Args:
        source: The ONNX file, its content, or what this function has returned before.

    Raises:
        ModelFileError: If it is missing, too large, damaged or not one of ours.

    Example:
        >>> from inkdigits.recognition.shipped import shipped_network
        >>> len(open_network(shipped_network()).content) > 2_000_000
        True
    """
    if isinstance(source, NetworkFile):
        return source
    if isinstance(source, bytes):
        return NetworkFile(source, "the content")
    with open_regular(source, MAX_BYTES) as file:
        _look_at(file, str(source))
        return NetworkFile(file.read(MAX_BYTES), str(source))


def _look_at(file: BinaryIO, name: str) -> None:
    """Refuse a large file for its structure alone, without the memory that its content takes."""
    if os.fstat(file.fileno()).st_size > LARGE:
        with _refusals(name):
            check_structure(memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)))


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        raise ModelFileError(f"{name} is not a network of inkdigits: {error}") from None
