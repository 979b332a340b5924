"""Hostile ONNX files that no library would write, encoded by hand."""

from __future__ import annotations

from pathlib import Path

from hostile.pickles import payload, zipped
from hostile.trap import Trap


def nested(folder: Path, _: Trap) -> Path:
    """Write graphs in graphs, ten thousand deep: parsers that recurse run out of stack."""
    content = b""
    for _each in range(10_000):
        attribute = _field(6, content) + b"\xa0\x01\x05"
        content = _field(1, _field(5, attribute))
    (folder / "model.onnx").write_bytes(_field(7, content))
    return folder / "model.onnx"


def flood(folder: Path, _: Trap) -> Path:
    """Write a file of three million empty operators."""
    (folder / "model.onnx").write_bytes(_field(7, _field(1, b"") * 3_000_000))
    return folder / "model.onnx"


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def polyglot(network: bytes, folder: Path, trap: Trap) -> Path:
    """Write a file that is an ONNX network and an archive with a pickle at once."""
    path = zipped(folder / "model.zip", {"data.pkl": payload(trap)})
    tail = path.read_bytes()
    (folder / "model.onnx").write_bytes(network + _field(30, tail))
    return folder / "model.onnx"
