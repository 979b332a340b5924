"""Hostile JSON and safetensors files, and files that are no files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from hostile.trap import Hostile, Trap
from inkdigits.training.recipes import TUTORIAL


def _text(content: str, name: str = "recipe.json") -> Callable[[Path, Trap], Path]:
    return _bytes(content.encode(), name)


def _bytes(content: bytes, name: str) -> Callable[[Path, Trap], Path]:
    def make(folder: Path, _: Trap) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _arrays(header: object, data: bytes = b"", length: int | None = None) -> Callable[..., Path]:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    start = (len(text) if length is None else length).to_bytes(8, "little")
    return _bytes(start + text + data, "weights.safetensors")


def _array(begin: int, end: int, *shape: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def _recipe(**fields: object) -> Callable[[Path, Trap], Path]:
    return _text(json.dumps({**TUTORIAL.model_dump(), **fields}))


def _pipe(folder: Path, _: Trap) -> Path:
    os.mkfifo(folder / "model.onnx")
    return folder / "model.onnx"


def _device(folder: Path, _: Trap) -> Path:
    (folder / "model.onnx").symlink_to("/dev/zero")
    return folder / "model.onnx"


def _sparse(folder: Path, _: Trap) -> Path:
    with (folder / "model.onnx").open("wb") as file:
        file.truncate(2**40)
    return folder / "model.onnx"


def _fields(count: int) -> str:
    return json.dumps({f"{place:x}": 0 for place in range(count)})


def _wide_header() -> bytes:
    return b"{" + b",".join(b'"%x":{}' % place for place in range(370_000)) + b"}"


_TWICE = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":1}'

TEXTS = [
    Hostile("json-deep", "JSON four hundred thousand deep", _text("[" * 400_000)),
    Hostile(
        "json-wide",
        "JSON with a hundred thousand fields",
        _text(json.dumps({str(i): i for i in range(100_000)})),
    ),
    Hostile("json-just-small", "as many fields as fit into 100 kB", _text(_fields(8_000))),
    Hostile("json-entries", "a manifest of as many entries as it may have", _text(_fields(10_000))),
    Hostile(
        "json-number",
        "a number of a hundred thousand digits",
        _text('{"epochs": ' + "9" * 100_000 + "}"),
    ),
    Hostile("json-not-a-number", "learning at a rate of NaN", _recipe(learning_rate=float("nan"))),
    Hostile("json-python", "fields with the names of Python's own", _recipe(__class__="os.system")),
    Hostile("json-traversal", "a recipe called ../../canary", _recipe(name="../../canary")),
    Hostile("json-terminal", "a field that takes over the terminal", _text('{"\\u001b[2J": 1}')),
    Hostile("safetensors-header-bomb", "a header of 8 EiB", _arrays({}, length=2**63)),
    Hostile("safetensors-long-header", "a header of 32 MB", _arrays(b"{" + b" " * 2**25)),
    Hostile("safetensors-wide", "a header of 4 MB full of nothing", _arrays(_wide_header())),
    Hostile(
        "safetensors-shape-bomb",
        "4 TB in 16 bytes",
        _arrays({"a": _array(0, 16, 10**6, 10**6)}, bytes(16)),
    ),
    Hostile(
        "safetensors-overflow",
        "a shape whose product overflows",
        _arrays({"a": _array(0, 0, 2**32, 2**32)}),
    ),
    Hostile(
        "safetensors-overlap",
        "two arrays in one place",
        _arrays({"a": _array(0, 8, 2), "b": _array(4, 12, 2)}, bytes(12)),
    ),
    Hostile(
        "safetensors-hole",
        "bytes that belong to no array",
        _arrays({"a": _array(0, 4, 1), "b": _array(8, 12, 1)}, bytes(12)),
    ),
    Hostile(
        "safetensors-backwards",
        "an end before the beginning",
        _arrays({"a": _array(8, 0, 1)}, bytes(8)),
    ),
    Hostile("safetensors-twice", "one name, two arrays", _arrays(_TWICE, bytes(4))),
    Hostile("safetensors-deep", "a header of lists in lists", _arrays(b"[" * 400_000)),
    Hostile(
        "safetensors-tail",
        "a polyglot: more behind the arrays",
        _arrays({"a": _array(0, 4, 1)}, bytes(4) + b"PK\3\4"),
    ),
]
SPECIAL = [
    Hostile("pipe", "a pipe that nobody writes to", _pipe),
    Hostile("device", "a link to a device without an end", _device),
    Hostile("sparse-file", "a file of 1 TiB that takes no room", _sparse),
]
