"""Load many damaged data files and count what becomes of them.

Comes in: how many, and a seed. Goes out: a table. Files of every kind that `--data` takes are
changed at random. Each is loaded in another process, so that a crash or an endless
loop is noticed. What is loaded must be well-formed; it is counted as `same` if it is what the
undamaged file holds, otherwise as `other`: plain bytes that are pixels can be damaged unnoticed,
unless their checksums lie beside them, as they do with --sums.

Example: python benchmarks/mutated_data.py --n 10000 --sums
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import random
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from mutated_pictures import Worker
from mutations import mutate
from PIL import Image

from inkdigits.errors import InkdigitsError
from inkdigits.sources.load import load_source
from inkdigits.sources.sums import SUMS

OUTCOMES = ("same", "other", "refused", "untyped", "crash", "hang")
_N, _SIDE = 24, 12


def seed_files() -> dict[str, bytes]:
    """Return undamaged files by kind; those of IDX images and labels belong together."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (_N, _SIDE, _SIDE), dtype=np.uint8)
    labels = np.arange(_N, dtype=np.uint8) % 3
    pngs = [_png(image) for image in images]
    return {
        "idx-images": _idx(images),
        "idx-labels": _idx(labels),
        "idx-images.gz": gzip.compress(_idx(images), mtime=0),
        "npz": _npz(np.savez, images, labels),
        "npz-packed": _npz(np.savez_compressed, images, labels),
        "parquet-files": _parquet({"bytes": png, "path": None} for png in pngs),
        "parquet-pixels": _parquet((image.ravel().tolist() for image in images), "zstd"),
        "parquet-text": _parquet(pngs, "gzip", text=True),
        "class-folder": pngs[0],
    }


def _png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def _idx(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def _npz(save: Callable[..., None], images: np.ndarray, labels: np.ndarray) -> bytes:
    file = io.BytesIO()
    save(file, x_train=images, y_train=labels, x_test=images[:3], y_test=labels[:3])
    return file.getvalue()


def _parquet(pictures: object, compression: str = "snappy", *, text: bool = False) -> bytes:
    names = ["cat", "dog", "owl"]
    labels = [names[i % 3] if text else i % 3 for i in range(_N)]
    table = pa.table({"image": list(pictures), "label": labels})  # type: ignore[call-overload]
    if not text:
        features = {"label": {"_type": "ClassLabel", "names": names}}
        notes = {"huggingface": json.dumps({"info": {"features": features}})}
        table = table.replace_schema_metadata(notes)
    file = io.BytesIO()
    pq.write_table(table, file, compression=compression)
    return file.getvalue()


def lay_out(kind: str, content: bytes, folder: Path, seeds: dict[str, bytes]) -> Path:
    """Write a file, and what belongs to it, into a folder; return what is to be loaded."""
    if kind.startswith("idx"):
        files = {"idx-images": seeds["idx-images"], "idx-labels": seeds["idx-labels"]}
        files[kind.removesuffix(".gz")] = content
        (folder / "train-images-idx3-ubyte").write_bytes(files["idx-images"])
        (folder / "train-labels-idx1-ubyte").write_bytes(files["idx-labels"])
        return folder
    if kind == "class-folder":
        for i, each in enumerate(
            (content, *(_png(np.full((9, 9), i, np.uint8)) for i in range(5)))
        ):
            (folder / "ab"[i % 2]).mkdir(exist_ok=True)
            (folder / "ab"[i % 2] / f"{i}.png").write_bytes(each)
        return folder
    (folder / kind).write_bytes(content)
    return folder / kind


def mutant(seed: int, number: int, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the kind and content of a damaged file; the same for the same numbers."""
    rng = random.Random(f"{seed}/{number}")
    kind = rng.choice(list(seeds))
    return kind, bytes(mutate(seeds[kind], rng, seeds))


def list_sums(folder: Path) -> None:
    """Write the checksums of all files of a folder beside them."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    lines = [
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder)}\n"
        for each in files
    ]
    (folder / SUMS).write_text("".join(lines))


def load(kind: str, content: bytes, seeds: dict[str, bytes], sums: bool = False) -> str:
    """Load a file and return a digest of what it holds.

    Args:
        kind: What it is.
        content: Its bytes.
        seeds: The undamaged files.
        sums: Whether the checksums of the undamaged files lie beside it.

    Raises:
        AssertionError: If the data set is not well-formed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if sums:
            lay_out(kind, seeds[kind], folder, seeds)
            list_sums(folder)
        dataset = load_source(lay_out(kind, content, folder, seeds)).dataset
    digest = hashlib.sha256(repr(dataset.class_names).encode())
    for part in (dataset.train, dataset.test):
        assert part.images.dtype == np.uint8 and part.images.shape[1:3] == dataset.shape[:2]
        assert len(part.images) == len(part.labels)
        assert part.labels.max(initial=0) < len(dataset.class_names)
        digest.update(part.images.tobytes() + part.labels.tobytes())
    return digest.hexdigest()


@cache
def _expected(kind: str) -> str:
    seeds = seed_files()
    return load(kind, seeds[kind], seeds)


def attempt(
    kind: str, content: bytes, seeds: dict[str, bytes], sums: bool = False
) -> tuple[str, str]:
    """Load a file; return what became of it, and a note."""
    try:
        return ("same" if load(kind, content, seeds, sums) == _expected(kind) else "other"), ""
    except InkdigitsError as error:
        one_line = str(error).isprintable()
        return ("refused" if one_line else "untyped"), str(error)
    except Exception as error:
        return "untyped", f"{type(error).__name__}: {error}"


def _work(connection: Connection, seed: int, sums: bool) -> None:
    """Take numbers of files until there are no more, and tell what became of each."""
    seeds = seed_files()
    while (number := connection.recv()) is not None:
        kind, content = mutant(seed, number, seeds)
        _expected(kind)
        started = time.perf_counter()
        outcome, note = attempt(kind, content, seeds, sums)
        connection.send((kind, outcome, note, time.perf_counter() - started))


def table(counts: dict[str, Counter[str]], slowest: dict[str, float]) -> str:
    """Lay the counts out as a Markdown table, a row for each kind."""
    rows = [f"| kind | files | {' | '.join(OUTCOMES)} | slowest |", "| --- " * 9 + "|"]
    for kind, outcomes in counts.items():
        cells = [f"{outcomes[name]:,}" for name in OUTCOMES]
        rows.append(
            f"| {kind} | {outcomes.total():,} | {' | '.join(cells)} | {slowest[kind]:.2f} s |"
        )
    return "\n".join(rows)


def main() -> None:
    """Load mutants and print a table, and a line for each that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="number of files")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sums", action="store_true", help="with SHA256SUMS beside the files")
    options = parser.parse_args()
    seeds = seed_files()
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in seeds}
    slowest = dict.fromkeys(seeds, 0.0)
    worker = Worker(
        _work,
        (options.seed, options.sums),
        lambda number: mutant(options.seed, number, seeds)[0],
    )
    for number in range(options.first, options.first + options.n):
        kind, outcome, note, seconds = worker.attempt(number)
        counts[kind][outcome] += 1
        slowest[kind] = max(slowest[kind], seconds)
        if outcome in ("untyped", "crash", "hang"):
            print(f"{outcome}: {kind} {options.seed}/{number}: {note}")
    worker.close()
    print(table(counts, slowest))


if __name__ == "__main__":
    main()
