"""IDX files, plain or gzipped, as MNIST came: arrays of bytes behind a header of sizes.

Comes in: a folder with such files, or one file of images. Goes out: a source. The header is held
against limits and against the file before an array is made; nothing is read beyond it.

The format is described at the end of http://yann.lecun.com/exdb/mnist (2 zero bytes, the type, the
number of axes, each axis as a big-endian 32-bit number, the data).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Literal

import numpy as np

from inkdigits.errors import DataError
from inkdigits.sources.arrays_in_files import ArrayPart, ArraySource, array_source
from inkdigits.sources.digests import digest_files
from inkdigits.sources.names import shown
from inkdigits.sources.source import MAX_BYTES, Part

_BYTES = 0x08  # the type: unsigned byte
_PIECE = 2**24  # bytes that are read at a time
_GZIP = b"\x1f\x8b"
_NAME = re.compile(
    r"(?P<before>.*?)(?P<kind>images|labels)[.-]idx\d[.-]ubyte(\.gz)?", re.IGNORECASE
)
_TEST = ("t10k", "test")


@dataclass(frozen=True)
class IdxName:
    """What the name of an IDX file tells."""

    before: str
    kind: Literal["images", "labels"]

    @property
    def part(self) -> Part:
        """The part that the file belongs to."""
        return "test" if any(word in self.before.lower() for word in _TEST) else "train"


def idx_name(path: PurePath) -> IdxName | None:
    """Return what a file's name tells; None if it is none of the usual names of IDX files.

    Example:
        >>> idx_name(Path("t10k-labels.idx1-ubyte.gz"))
        IdxName(before='t10k-', kind='labels')
    """
    found = _NAME.fullmatch(path.name)
    if not found:
        return None
    kind: Literal["images", "labels"] = "images" if found["kind"].lower() == "images" else "labels"
    return IdxName(found["before"], kind)


def is_idx(start: bytes) -> bool:
    """Tell from the first bytes of a file whether it may be IDX, plain or gzipped.

    Example:
        >>> is_idx(bytes([0, 0, 8, 3])), is_idx(b"GIF8")
        (True, False)
    """
    return start[:2] == _GZIP or (start[:2] == b"\0\0" and start[3:4] in (b"\1", b"\3", b"\4"))


def open_idx(path: Path, class_names: Sequence[str] | None = None) -> ArraySource:
    """Read IDX files.

    Args:
        path: A folder with files under their usual names, such as train-images-idx3-ubyte.gz; or
            one file of images, whose labels lie beside it.
        class_names: One for each label from 0; None: the labels that occur.

    Raises:
        DataError: If files are missing, damaged, too large or do not belong together.
    """
    files: dict[Part, tuple[Path, Path]] = (
        _in_folder(path) if path.is_dir() else {"train": _with_labels(path)}
    )
    arrays: dict[Part, ArrayPart] = {}
    for part, (images, labels) in files.items():
        arrays[part] = ArrayPart(read_idx(images, (3, 4)), read_idx(labels, (1,)).astype(np.int64))
    named = [(file.name, file) for pair in files.values() for file in pair]
    return array_source(path.name, shown(path), arrays, class_names, lambda: digest_files(named))


def read_idx(path: Path, axes: Sequence[int], max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Read an array.

    Args:
        path: The file, gzipped or not.
        axes: How many axes it may have.
        max_bytes: How large it may be.

    Returns:
        uint8, of the shape that the header tells.

    Raises:
        DataError: If the file cannot be read, is no IDX file, is larger than allowed, or shorter or
            longer than its header tells.
    """
    with _opened(path) as file:
        shape = _header(file, path, axes, max_bytes)
        size = int(np.prod(shape, dtype=np.uint64))
        content = _read_at_most(file, size + 1)
    if len(content) != size:
        more = "more" if len(content) > size else f"{len(content):,}"
        raise DataError(
            f"{shown(path)} is damaged: its header promises {size:,} bytes; received {more}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def unpacked_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, unpacked if it is gzipped, in hexadecimal.

    Raises:
        DataError: If the file cannot be read.
    """
    digest = hashlib.sha256()
    with _opened(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _in_folder(folder: Path) -> dict[Part, tuple[Path, Path]]:
    found: dict[tuple[Part, str], Path] = {}
    for path in sorted(folder.iterdir()):
        name = idx_name(path)
        if name is None or path.name.startswith("."):
            continue
        key = (name.part, name.kind)
        if key in found:
            raise DataError(
                f"{shown(folder)} must have one file of {name.kind} for each part; received "
                f"{shown(found[key].name)} and {shown(path.name)}"
            )
        found[key] = path
    files: dict[Part, tuple[Path, Path]] = {}
    for part in ("train", "test"):
        images, labels = found.get((part, "images")), found.get((part, "labels"))
        if images and labels:
            files[part] = (images, labels)
        elif images or labels or part == "train":
            missing = "images" if labels or not images else "labels"
            raise DataError(f"{shown(folder)} has no IDX file of {missing} for the {part} part")
    return files


def _with_labels(images: Path) -> tuple[Path, Path]:
    name = idx_name(images)
    if name is None or name.kind != "images":
        raise DataError(
            f"{shown(images)} is an IDX file; so that its labels can be found beside it, it must "
            "be called like train-images-idx3-ubyte, with or without .gz"
        )
    for path in sorted(images.parent.iterdir()):
        if idx_name(path) == IdxName(name.before, "labels"):
            return images, path
    raise DataError(
        f"{shown(images)} has no labels beside it; they must be in a file called like "
        f"{shown(name.before)}labels-idx1-ubyte"
    )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Open a file, gzipped or not; give whatever goes wrong with it one type."""
    try:
        with path.open("rb") as plain:
            zipped = plain.read(2) == _GZIP
            plain.seek(0)
            if zipped:
                with gzip.open(plain) as file:
                    yield file
            else:
                yield plain
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{shown(path)} is damaged: {_one_line(error)}") from error
    except OSError as error:
        raise DataError(f"{shown(path)} cannot be read: {error.strerror or error}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _header(
    file: IO[bytes] | gzip.GzipFile, path: Path, axes: Sequence[int], max_bytes: int
) -> tuple[int, ...]:
    magic = file.read(4)
    wanted = " or ".join(str(each) for each in axes)
    if len(magic) != 4 or magic[:2] != b"\0\0" or magic[2] != _BYTES or magic[3] not in axes:
        raise DataError(
            f"{shown(path)} must be an IDX file of bytes with {wanted} axes, which starts with "
            f"00 00 08 {axes[0]:02x}; received {magic.hex(' ') or 'nothing'}"
        )
    sizes = file.read(4 * magic[3])
    if len(sizes) != 4 * magic[3]:
        raise DataError(f"{shown(path)} is damaged: it ends within its header")
    shape: tuple[int, ...] = struct.unpack(f">{magic[3]}I", sizes)
    if int(np.prod(shape, dtype=object)) > max_bytes:
        raise DataError(
            f"{shown(path)} may hold up to {max_bytes:,} bytes; its header promises "
            f"{' x '.join(f'{each:,}' for each in shape)}"
        )
    return shape


def _read_at_most(file: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    """Read in pieces, so that a short file never costs what its header promises."""
    pieces = bytearray()
    while len(pieces) < size and (piece := file.read(min(_PIECE, size - len(pieces)))):
        pieces += piece
    return bytes(pieces)
