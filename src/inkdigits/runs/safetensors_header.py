"""The header of a safetensors file, checked before any array is read or allocated.

Comes in: the file's first bytes and its size. Goes out: each array's place, and the metadata. The
arrays must lie one behind the other and fill the file, each as long as its shape says. It does not
know what the arrays are for.

The format is that of https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

MAX_HEADER_BYTES = 2**22
MAX_ARRAYS = 10_000
MAX_OBJECTS = 30_000  # arrays, and the epochs that a checkpoint's metadata may tell of
MAX_AXES = 8
LENGTH_BYTES = 8
_METADATA = "__metadata__"
_BYTES_EACH = {"BOOL": 1, "U8": 1, "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8}


@dataclass(frozen=True)
class Header:
    """What a file says that it holds.

    Attributes:
        shapes: Of each array, by name.
        metadata: A few words about them.
    """

    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]


def header_size(start: bytes, file_size: int) -> int:
    r"""Return how many bytes the header has.

    Args:
        start: The first eight bytes of the file.
        file_size: Of the whole file, in bytes.

    Raises:
        ValueError: If it is longer than the file or the limit.

    Example:
        >>> header_size(b"\2" + bytes(7), 10)
        2
    """
    size = int.from_bytes(start, "little")
    if len(start) < LENGTH_BYTES or size > file_size - LENGTH_BYTES:
        raise ValueError("it is cut off")
    if size > MAX_HEADER_BYTES:
        raise ValueError(f"its header must be at most {MAX_HEADER_BYTES:,} bytes; it is {size:,}")
    return size


def read_header(text: bytes, data_bytes: int) -> Header:
    """Read a header, and hold it against the size of the data behind it.

    Args:
        text: The header, without the eight bytes before it.
        data_bytes: How many bytes follow it.

    Raises:
        ValueError: If it is no header, or the arrays do not fill these bytes exactly.

    Example:
        >>> text = b'{"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}'
        >>> read_header(text, 24).shapes
        {'a': (2, 3)}
    """
    if text.count(b"{") > MAX_OBJECTS:
        raise ValueError(f"its header must hold at most {MAX_OBJECTS:,} objects")
    try:
        header = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("its header is too deep") from None
    except UnicodeDecodeError:
        raise ValueError("its header is no text") from None
    if not isinstance(header, dict):
        raise ValueError("its header must be a JSON object")
    metadata = header.pop(_METADATA, {})
    if not isinstance(metadata, dict) or {*map(type, metadata.values())} - {str}:
        raise ValueError("its metadata must be texts by name")
    if len(header) > MAX_ARRAYS:
        raise ValueError(f"it must hold at most {MAX_ARRAYS:,} arrays; it holds {len(header):,}")
    places = {name: _Place.read(entry) for name, entry in header.items()}
    _check_order(places, data_bytes)
    return Header({name: place.shape for name, place in places.items()}, metadata)


@dataclass(frozen=True)
class _Place:
    shape: tuple[int, ...]
    begin: int
    end: int

    @classmethod
    def read(cls, entry: Any) -> _Place:
        match entry:
            case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [begin, end]}:
                if len(entry) == 3 and all(map(_is_count, (*shape, begin, end))):
                    place = cls(tuple(shape), begin, end)
                    place._check(dtype)
                    return place
        raise ValueError(f"an array must have a type, a shape and a place; received {entry!r:.60}")

    def _check(self, dtype: str) -> None:
        if dtype not in _BYTES_EACH or len(self.shape) > MAX_AXES:
            raise ValueError(f"it cannot hold {dtype!r:.20} of {len(self.shape)} axes")
        if self.end - self.begin != prod(self.shape) * _BYTES_EACH[dtype]:
            raise ValueError(
                f"an array of shape {self.shape} cannot have {self.end - self.begin:,} bytes"
            )


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**40


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("its header says something twice")
    return named


def _check_order(places: Mapping[str, _Place], data_bytes: int) -> None:
    """Refuse arrays that overlap or leave bytes between them, before or behind."""
    end = 0
    for place in sorted(places.values(), key=lambda place: (place.begin, place.end)):
        if place.begin != end:
            raise ValueError(f"byte {min(place.begin, end):,} belongs to two arrays or to none")
        end = place.end
    if end != data_bytes:
        raise ValueError(f"its arrays must have {data_bytes:,} bytes; they have {end:,}")
