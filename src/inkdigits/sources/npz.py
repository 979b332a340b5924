"""Arrays in an .npz file, laid out as Keras's data sets are: x_train, y_train, x_test, y_test.

Comes in: a file. Goes out: a source. Sizes are taken from the headers and held against limits
before an array is read, and nothing is ever unpickled.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from inkdigits.arrays import WHITE
from inkdigits.errors import DataError
from inkdigits.sources.arrays_in_files import ArrayPart, ArraySource, array_source
from inkdigits.sources.digests import digest_files
from inkdigits.sources.names import shown
from inkdigits.sources.source import MAX_BYTES, Part

_PARTS: Mapping[Part, tuple[str, str]] = {
    "train": ("x_train", "y_train"),
    "test": ("x_test", "y_test"),
}
_NAMES = "class_names"
_MOST_AXES = 4
_SLICE = 1024  # images that are turned to bytes at a time


def open_npz(path: Path, max_bytes: int = MAX_BYTES) -> ArraySource:
    """Read a file of arrays.

    x_train and x_test are uint8, or other numbers from 0 to 1 or from 0 to 255; their shape is
    (n, height, width), with or without a last axis of 1 or 3. y_train and y_test are numbers of
    classes, of shape (n,) or (n, 1), or one-hot. A file without a test part is fine. Names of the
    classes may be given in `class_names`, an array of text.

    Args:
        path: The file.
        max_bytes: What all its arrays may take together.

    Raises:
        DataError: If the file is damaged or too large, or an array is missing or of another kind.
    """
    where = shown(path)
    arrays = _read(path, where, max_bytes)
    if "x_train" not in arrays or "y_train" not in arrays:
        raise DataError(
            f"{where} must hold the arrays x_train and y_train; received "
            f"{', '.join(shown(name) for name in sorted(arrays)) or 'none'}"
        )
    if ("x_test" in arrays) != ("y_test" in arrays):
        raise DataError(f"{where} must hold both x_test and y_test or neither; received one")
    present = {part: names for part, names in _PARTS.items() if names[0] in arrays}
    full = _full_scale([arrays[x] for x, _ in present.values()], where)
    parts: dict[Part, ArrayPart] = {}
    for part, (x, y) in present.items():
        images, labels = _bytes(arrays.pop(x), full), _labels(arrays[y], f"{where}, {y}")
        parts[part] = ArrayPart(images, labels)
    names = _class_names(arrays[_NAMES], where) if _NAMES in arrays else None
    return array_source(path.stem, where, parts, names, lambda: digest_files([(path.name, path)]))


def _read(path: Path, where: str, max_bytes: int) -> dict[str, np.ndarray]:
    known = {f"{name}.npy" for name in (*_PARTS["train"], *_PARTS["test"], _NAMES)}
    arrays: dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if each.filename in known]
            if len({each.filename for each in members}) != len(members):
                raise DataError(f"{where} is damaged: it holds an array twice")
            total = sum(each.file_size for each in members)
            if total > max_bytes:
                raise DataError(
                    f"{where} may hold up to {max_bytes:,} bytes; its arrays take {total:,}"
                )
            for member in members:
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as file:
                    arrays[name] = _array(file, member.file_size, f"{where}, {name}")
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise DataError(f"{where} is damaged: {_one_line(error)}") from error
    except RuntimeError as error:  # a member that is locked with a password
        raise DataError(f"{where} cannot be read: {_one_line(error)}") from error
    return arrays


def _array(file: IO[bytes], size: int, where: str) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise DataError(f"{where} must be in version 1 or 2 of the .npy format; received {version}")
    read = np.lib.format.read_array_header_1_0
    if version == (2, 0):
        read = np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = read(file)
    if dtype.kind not in "biufU" or dtype.hasobject:
        raise DataError(f"{where} must hold numbers or text; received {dtype}")
    if len(shape) > _MOST_AXES or any(side < 0 for side in shape):
        raise DataError(f"{where} must have at most {_MOST_AXES} axes; received shape {shape}")
    expected = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if expected != size - file.tell():
        raise DataError(
            f"{where} is damaged: its header promises {expected:,} bytes; "
            f"received {size - file.tell():,}"
        )
    content = file.read(expected)
    if len(content) != expected or file.read(1):
        raise DataError(f"{where} is damaged: it is cut off")
    array: np.ndarray = np.frombuffer(content, dtype)
    return array.reshape(shape[::-1]).T if fortran_order else array.reshape(shape)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _full_scale(arrays: list[np.ndarray], where: str) -> float:
    """Return the value that is white: 1 or 255.

    Raises:
        DataError: If there are other values than 0 to 255.
    """
    highest = 0.0
    for array in arrays:
        if array.dtype.kind == "U":
            raise DataError(f"{where} must hold numbers as images; received text")
        if array.size and array.dtype != np.uint8:
            low, high = float(array.min()), float(array.max())
            if not 0 <= low <= high <= WHITE:  # NaN is none of these
                raise DataError(
                    f"{where}: images must have values from 0 to 1 or from 0 to 255; "
                    f"received {low:g} to {high:g}"
                )
            highest = max(highest, high)
    floats = any(array.dtype.kind in "fb" for array in arrays)
    return 1.0 if floats and highest <= 1 else float(WHITE)


def _bytes(array: np.ndarray, full: float) -> np.ndarray:
    """Return images as bytes, without a last axis of 1."""
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.dtype == np.uint8:
        return array
    images = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), _SLICE):
        values = array[start : start + _SLICE].astype(np.float64)
        images[start : start + _SLICE] = np.rint(values * (WHITE / full))
    return images


def _labels(array: np.ndarray, where: str) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.dtype.kind in "biuf" and _is_one_hot(array):
        labels: np.ndarray = array.argmax(axis=1)
        return labels
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise DataError(
            f"{where} must be whole numbers of shape (n,) or (n, 1), or one-hot; "
            f"received {array.dtype} of shape {array.shape}"
        )
    if array.dtype == np.uint64 and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise DataError(f"{where} must be small numbers; received {int(array.max())}")
    return array.astype(np.int64)


def _is_one_hot(array: np.ndarray) -> bool:
    return bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())


def _class_names(array: np.ndarray, where: str) -> list[str]:
    if array.ndim != 1 or array.dtype.kind != "U":
        raise DataError(
            f"{where}: class_names must be text of shape (classes,); "
            f"received {array.dtype} of shape {array.shape}"
        )
    return [str(name) for name in array]
