"""A name or a path -> the source that it stands for.

Comes in: what the user wrote. Goes out: an open source. Files are known by their content, folders
by what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import DataError
from inkdigits.sources.arrays_in_files import ArrayPart, ArraySource
from inkdigits.sources.fashion import open_fashion_mnist
from inkdigits.sources.folder import open_folder
from inkdigits.sources.idx import idx_name, is_idx, open_idx
from inkdigits.sources.names import shown
from inkdigits.sources.npz import open_npz
from inkdigits.sources.parquet import PARQUET_SUFFIX, is_parquet, open_parquet
from inkdigits.sources.source import Source
from inkdigits.sources.sums import verify_sums

NAMES = ("mnist", "fashion-mnist")

_ZIP = b"PK"
_SHOWN = 12  # bytes of an unknown file


def find_source(source: str | Path) -> Source:
    """Open a source.

    Args:
        source: "mnist", "fashion-mnist", or a path. What is called like one of the two names is
            meant by "./mnist" or a `Path`.

    Raises:
        DataError: If there is nothing of that name, it is damaged or of no known kind, or it is
            not what SHA256SUMS beside it says.
        MissingExtraError: If it is a Parquet file, and pyarrow is not installed.

    Example:
        >>> find_source("mnist").parts
        ('train', 'test')
    """
    if source == "mnist":
        return _mnist()
    if source == "fashion-mnist":
        return open_fashion_mnist()
    path = Path(source)
    try:
        files = _files_in(path) if path.is_dir() else None
        start = _start_of(path) if files is None else b""
    except (OSError, ValueError) as error:  # a name with a zero byte is a `ValueError`
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{shown(path)} cannot be read: {reason}; data is one of {', '.join(NAMES)}, or a path"
        ) from error
    if files is not None:
        verify_sums(path, lambda name: True)
        return _in_folder(path, files)
    verify_sums(path.parent, lambda name: _belongs(name, path, start))
    return _in_file(path, start)


def _belongs(name: PurePath, path: Path, start: bytes) -> bool:
    """Whether a file beside another is read with it: it is the same, or both are IDX files."""
    beside = len(name.parts) == 1
    return beside and (name.name == path.name or (is_idx(start) and idx_name(name) is not None))


def _files_in(path: Path) -> list[Path]:
    return [each for each in path.iterdir() if not each.name.startswith(".") and each.is_file()]


def _start_of(path: Path) -> bytes:
    if not path.is_file() and path.exists():  # a pipe would never end
        raise DataError(f"{shown(path)} must be a file or a folder")
    with path.open("rb") as file:
        return file.read(_SHOWN)


def _in_folder(path: Path, files: Sequence[Path]) -> Source:
    if any(idx_name(each) for each in files):
        return open_idx(path)
    if any(each.suffix == PARQUET_SUFFIX for each in files):
        return open_parquet(path)
    return open_folder(path)


def _in_file(path: Path, start: bytes) -> Source:
    if start.startswith(_ZIP):
        return open_npz(path)
    if is_parquet(start):
        return open_parquet(path)
    if is_idx(start):
        return open_idx(path)
    raise DataError(
        f"{shown(path)} must be an IDX, .npz or Parquet file, or a folder with a subfolder for "
        f"each class; received a file that starts with {start!r}"
    )


def _mnist() -> ArraySource:
    mnist = load_mnist()
    return ArraySource(
        mnist.name,
        mnist.class_names,
        True,
        {
            "train": ArrayPart(mnist.train.images, mnist.train.labels),
            "test": ArrayPart(mnist.test.images, mnist.test.labels),
        },
        lambda: mnist.checksum,
    )
