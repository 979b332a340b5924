"""Protocol buffers, read by a closed list of fields.

Comes in: bytes, and what may be in them. Goes out: the values by name. Whatever the list does not
name is refused, and so is a value that comes twice: there is then no second way to understand
the file. It does not know ONNX. Numbers and texts are copied, long bytes are views.

The encoding is that of https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

MAX_FIELDS = 100_000  # an ensemble of a hundred networks has 66,000
MAX_LIST = 10_000  # and 4,000 operators
MAX_TEXT_BYTES = 65_536
MAX_NUMBERS = 16
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SIGN = 1 << 63


class RefusedError(ValueError):
    """What a file from outside must not hold; the message is the rest of a sentence about it."""


class Kind(Enum):
    """What a field holds, and how it is encoded."""

    NUMBER = "number"
    NUMBERS = "numbers"
    FLOAT = "float"
    TEXT = "text"
    BYTES = "bytes"
    MESSAGE = "message"


@dataclass(frozen=True)
class Slot:
    """A field that a message may have.

    Attributes:
        name: What the value is called.
        kind: What it holds.
        many: Whether it may come more than once; the value is a list then.
        of: Of a message, its fields.
    """

    name: str
    kind: Kind
    many: bool = False
    of: Schema = field(default_factory=dict)


Schema: TypeAlias = Mapping[int, Slot]


class Reader:
    """Reads messages, and counts how much it has read."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._left = MAX_FIELDS

    def read(self, content: memoryview, schema: Schema) -> dict[str, Any]:
        r"""Return the values of a message.

        Args:
            content: The message, and nothing else.
            schema: The fields that it may have.

        Returns:
            A value for each name of the schema: a list where it may come more than once or holds
            numbers, None where it is missing.

        Raises:
            RefusedError: If there is a field that the schema does not name, one comes twice, a
                value is of another kind or too long, or there are too many.

        Example:
            >>> Reader().read(memoryview(b"\x08\x96\x01"), {1: Slot("a", Kind.NUMBER)})
            {'a': 150}
        """
        values: dict[str, Any] = {
            slot.name: [] if slot.many or slot.kind is Kind.NUMBERS else None
            for slot in schema.values()
        }
        for number, wire, value in _fields(content):
            self._count()
            slot = schema.get(number)
            if slot is None:
                raise RefusedError(f"field {number} is none that inkdigits writes")
            self._keep(values, slot, self._value(slot, wire, value))
        return values

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise RefusedError(f"it must have at most {MAX_FIELDS:,} fields")

    def _keep(self, values: dict[str, Any], slot: Slot, value: Any) -> None:
        if slot.kind is Kind.NUMBERS:
            values[slot.name] += value
            if len(values[slot.name]) > MAX_NUMBERS:
                raise RefusedError(f"`{slot.name}` must be at most {MAX_NUMBERS} numbers")
        elif slot.many:
            values[slot.name].append(value)
            if len(values[slot.name]) > MAX_LIST:
                raise RefusedError(f"it must have at most {MAX_LIST:,} `{slot.name}`")
        elif values[slot.name] is None:
            values[slot.name] = value
        else:
            raise RefusedError(f"`{slot.name}` comes twice")

    def _value(self, slot: Slot, wire: int, value: int | memoryview) -> Any:
        match slot.kind, wire, value:
            case Kind.NUMBER, 0, int():
                return _signed(value)
            case Kind.NUMBERS, 0, int():
                return [_signed(value)]
            case Kind.NUMBERS, 2, memoryview():
                return _packed(value)
            case Kind.FLOAT, 5, memoryview():
                return struct.unpack("<f", value)[0]
            case Kind.TEXT, 2, memoryview():
                return _text(slot.name, value)
            case Kind.BYTES, 2, memoryview():
                return value
            case Kind.MESSAGE, 2, memoryview():
                return self.read(value, slot.of)
        raise RefusedError(f"`{slot.name}` must be a {slot.kind.value}")


def _fields(content: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield number, encoding and value of each field."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(content, at)
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, at = _varint(content, at)
        elif wire in (_FIXED32, _FIXED64):
            size = 4 if wire == _FIXED32 else 8
        else:
            raise RefusedError(f"it has a field of the unknown encoding {wire}")
        if size > len(content) - at:
            raise RefusedError("it is cut off")
        yield number, wire, content[at : at + size]
        at += size


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """Return the number that begins there, and where it ends."""
    value = 0
    for shift, byte in zip(range(0, 70, 7), content[at : at + 10], strict=False):
        value |= (byte & 127) << shift
        if byte < 128:
            if value >> 64:
                break
            return value, at + shift // 7 + 1
    raise RefusedError("it is cut off, or holds a number of more than 64 bits")


def _signed(value: int) -> int:
    return value - 2 * _SIGN if value & _SIGN else value


def _packed(content: memoryview) -> list[int]:
    numbers: list[int] = []
    at = 0
    while at < len(content) and len(numbers) <= MAX_NUMBERS:
        value, at = _varint(content, at)
        numbers.append(_signed(value))
    return numbers


def _text(name: str, content: memoryview) -> str:
    if len(content) > MAX_TEXT_BYTES:
        raise RefusedError(f"`{name}` must be at most {MAX_TEXT_BYTES:,} bytes")
    try:
        text = str(content, "utf-8")
    except UnicodeDecodeError:
        raise RefusedError(f"`{name}` must be text in UTF-8") from None
    if not text.isprintable():
        raise RefusedError(f"`{name}` must have no control characters")
    return text
