"""The cells of Parquet's columns -> pictures and labels.

Comes in: columns of Arrow. Goes out: contents of picture files or arrays of pixels; numbers or
text. It does not know files.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from inkdigits.arrays import COLOURS, WHITE
from inkdigits.errors import DataError

if TYPE_CHECKING:
    from pyarrow import Array, DataType

_FLAT, _DEEPEST = 1, 3  # levels of lists


def label_values(column: Array, where: str) -> list[int] | list[str]:
    """Return the labels in a column.

    Args:
        column: Of whole numbers or text, perhaps a dictionary of them.
        where: The file, for messages.

    Raises:
        DataError: If it holds something else, or a cell is empty.
    """
    from pyarrow import types

    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    text = types.is_string(kind) or types.is_large_string(kind)
    if not (text or types.is_integer(kind) or types.is_boolean(kind)):
        raise DataError(f"{where}: labels must be whole numbers or text; received {kind}")
    if column.null_count:
        raise DataError(f"{where}: each row must have a label; received one without")
    values: list[int] | list[str] = column.to_pylist()
    return values if text else [int(value) for value in values]


def pictures_in(column: Array, where: str) -> Iterator[bytes | np.ndarray | None]:
    """Yield the pictures in a column.

    Args:
        column: Contents of picture files, alone or as the field `bytes` of a structure, as
            Hugging Face's datasets write them; or pixels: lists of rows of grey values or of
            threes, or flat lists for square pictures, each value a whole number from 0 to 255.
        where: The file, for messages.

    Yields:
        Contents of files; or uint8 of shape (height, width) or (height, width, 3); None where a
        cell is empty.

    Raises:
        DataError: If it holds something else.
    """
    from pyarrow import compute, types

    kind = column.type
    shape = tuple(getattr(kind, "shape", ()))  # that of an extension type for tensors
    if hasattr(kind, "storage_type"):
        column, kind = column.storage, kind.storage_type
    if types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        column = compute.struct_field(column, "bytes")
        kind = column.type
    if types.is_binary(kind) or types.is_large_binary(kind):
        for cell in column:
            yield cell.as_py()
    elif _is_list(kind):
        for cell in column:
            values = cell.values
            yield None if values is None else _picture(_numbers(values, where), shape, where)
    else:
        raise DataError(
            f"{where}: pictures must be contents of picture files or lists of pixels; "
            f"received {kind}"
        )


def _is_list(kind: DataType) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _numbers(values: Array, where: str) -> np.ndarray:
    """Return nested lists as an array."""
    from pyarrow import compute, types

    if values.null_count:
        raise DataError(f"{where}: a picture must have all its pixels; received one with gaps")
    if _is_list(values.type):
        lengths = np.unique(compute.list_value_length(values).to_numpy(zero_copy_only=False))
        if len(lengths) != 1:
            raise DataError(
                f"{where}: the rows of a picture must have one length; "
                f"received {lengths.tolist() or 'none'}"
            )
        inner = _numbers(values.flatten(), where)
        return inner.reshape(len(values), int(lengths[0]), *inner.shape[1:])
    if not (types.is_integer(values.type) or types.is_floating(values.type)):
        raise DataError(f"{where}: pixels must be numbers; received {values.type}")
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _picture(numbers: np.ndarray, shape: tuple[int, ...], where: str) -> np.ndarray:
    if numbers.dtype != np.uint8:
        whole = numbers.astype(np.uint8) if _are_bytes(numbers) else None
        if whole is None:
            raise DataError(
                f"{where}: pixels must be whole numbers from 0 to 255; received "
                f"{numbers.min():g} to {numbers.max():g}"
            )
        numbers = whole
    if shape:
        numbers = numbers.reshape(shape)
    elif numbers.ndim == _FLAT:
        side = isqrt(numbers.size)
        if side * side != numbers.size or not side:
            raise DataError(
                f"{where}: a flat list of pixels must be a square grey picture; "
                f"received {numbers.size} pixels"
            )
        numbers = numbers.reshape(side, side)
    if numbers.ndim == _DEEPEST and numbers.shape[2] == 1:
        numbers = numbers[..., 0]
    if numbers.ndim == 2 or (numbers.ndim == _DEEPEST and numbers.shape[2] == COLOURS):
        return numbers
    raise DataError(
        f"{where}: a picture must have the shape (height, width) or (height, width, 3); "
        f"received {numbers.shape}"
    )


def _are_bytes(numbers: np.ndarray) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(((numbers >= 0) & (numbers <= WHITE) & (numbers % 1 == 0)).all())
