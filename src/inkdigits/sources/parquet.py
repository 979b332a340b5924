"""Parquet files with a column of pictures and one of labels, read batch by batch.

Comes in: a file, or a folder with train*.parquet and test*.parquet. Goes out: a source; only a
few hundred rows at most are in memory at a time. What is in a cell is `parquet_cells`' matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkdigits.errors import DataError, InkdigitsError, MissingExtraError
from inkdigits.sources.digests import digest_files
from inkdigits.sources.names import check_class_names, natural, shown
from inkdigits.sources.parquet_cells import label_values, pictures_in
from inkdigits.sources.source import MAX_CLASSES, Item, Part

if TYPE_CHECKING:
    from pyarrow import Schema
    from pyarrow.parquet import ParquetFile

PARQUET_SUFFIX = ".parquet"

_MAGIC = b"PAR1"
_ROWS = 256  # of a batch, at most
_BATCH = 2**23  # bytes of a batch, about
_LARGEST_ROW = 100_000_000  # bytes of a row on average, unpacked: twice those of a picture file
_BUFFER = 2**18  # bytes of a column that are read ahead
_IMAGE_NAMES = ("image", "img", "picture", "pixels")
_LABEL_NAMES = ("label", "labels", "class")


@dataclass(frozen=True)
class ParquetSource:
    """A source whose pictures are rows of files; see `Source`.

    Attributes:
        path: What the user named.
        files: The files of each part.
        labels: The index of each label value.
        class_names: One for each index.
        named: Whether the file has names, not numbers.
    """

    path: Path
    files: Mapping[Part, Sequence[Path]]
    labels: Mapping[Any, int]
    class_names: tuple[str, ...]
    named: bool

    @property
    def name(self) -> str:
        """The file's or folder's own name."""
        return shown(self.path.resolve().stem) or "data"

    @property
    def parts(self) -> tuple[Part, ...]:
        """Both parts, or only "train"."""
        return tuple(self.files)

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the pictures of a part, file by file and row by row."""
        for path in self.files[part]:
            with _opened(path) as file:
                yield from _items(file, path, self.labels)

    def checksum(self) -> str:
        """Return the SHA-256 over the files' names and contents."""
        return digest_files((path.name, path) for part in self.parts for path in self.files[part])


def is_parquet(start: bytes) -> bool:
    """Tell from the first bytes of a file whether it is Parquet.

    Example:
        >>> is_parquet(b"PAR1....")
        True
    """
    return start.startswith(_MAGIC)


def open_parquet(path: Path) -> ParquetSource:
    """Find the columns and the classes of Parquet files.

    Pictures are in a column image, img, picture or pixels, or in the one that Hugging Face's
    notes in the file call an image; labels in a column label, labels or class, or in the one that
    these notes call a class label. Names of classes come from the notes, or from labels that are
    text; otherwise they are the numbers that occur.

    Args:
        path: One file, all of which is the training part; or a folder, in which the parts are
            known by their names. Other Parquet files in it are left out.

    Raises:
        DataError: If a file is damaged, has not these columns, or has labels that cannot be used.
        MissingExtraError: If pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise MissingExtraError(
            f"{shown(path)} needs pyarrow; install it with `pip install 'inkdigits[parquet]'`"
        )
    files: dict[Part, list[Path]] = _in_folder(path) if path.is_dir() else {"train": [path]}
    every = [each for part in files.values() for each in part]
    names = _noted_names(every)
    if names is not None:
        class_names = check_class_names(names, shown(path))
        _check_labels(every, len(class_names))
        numbers = {i: i for i in range(len(names))}
        return ParquetSource(path, files, numbers, class_names, True)
    values = _values(every)
    texts = any(isinstance(value, str) for value in values)
    if texts and not all(isinstance(value, str) for value in values):
        raise DataError(f"{shown(path)}: labels must be all text or all numbers; received both")
    values = sorted(values, key=natural if texts else int)
    class_names = check_class_names([str(value) for value in values], shown(path))
    return ParquetSource(
        path, files, {value: i for i, value in enumerate(values)}, class_names, texts
    )


def _in_folder(folder: Path) -> dict[Part, list[Path]]:
    found = sorted(
        each
        for each in folder.iterdir()
        if each.suffix == PARQUET_SUFFIX and not each.name.startswith(".")
    )
    train = [each for each in found if each.name.startswith("train")]
    test = [each for each in found if each.name.startswith("test")]
    if test and not train:
        raise DataError(f"{shown(folder)} has test*.parquet, but no train*.parquet")
    if not train:
        return {"train": found}
    return {"train": train, "test": test} if test else {"train": train}


@contextmanager
def _opened(path: Path) -> Iterator[ParquetFile]:
    """Open a file; give whatever goes wrong with it one type."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
            yield file
    except InkdigitsError:
        raise
    except (ArrowException, OSError, ValueError, KeyError, MemoryError) as error:
        # Arrow's first line says what, the others where in its sources.
        cause = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise DataError(f"{shown(path)} cannot be read: {shown(cause)}") from error


def _items(file: ParquetFile, path: Path, labels: Mapping[Any, int]) -> Iterator[Item]:
    image, label = _columns(file, path)
    row = 0
    for batch in file.iter_batches(_rows(file, path), columns=[image, label], use_threads=False):
        values = label_values(batch.column(label), shown(path))
        pictures = pictures_in(batch.column(image), shown(path))
        for value, picture in zip(values, pictures, strict=True):
            yield Item(f"{shown(path.name)} row {row}", labels[value], picture)
            row += 1


def _rows(file: ParquetFile, path: Path) -> int:
    """Return how many rows to read at a time, fewer where they are large.

    Raises:
        DataError: If they are larger than any picture may be.
    """
    metadata = file.metadata
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if size > _LARGEST_ROW * metadata.num_rows:
        raise DataError(
            f"{shown(path)} may have rows of up to {_LARGEST_ROW:,} bytes; its notes promise "
            f"{size:,} in {metadata.num_rows:,} rows"
        )
    fitting: int = _BATCH * metadata.num_rows // max(size, 1)
    return max(1, min(_ROWS, fitting))


def _columns(file: ParquetFile, path: Path) -> tuple[str, str]:
    schema = file.schema_arrow
    features = _features(schema)
    return (
        _column(schema, features, "Image", _IMAGE_NAMES, path),
        _column(schema, features, "ClassLabel", _LABEL_NAMES, path),
    )


def _column(
    schema: Schema, features: Mapping[str, Any], kind: str, usual: Iterable[str], path: Path
) -> str:
    for name in usual:
        if name in schema.names:
            return name
    noted = [name for name, each in features.items() if each.get("_type") == kind]
    if len(noted) == 1 and noted[0] in schema.names:
        return noted[0]
    raise DataError(
        f"{shown(path)} must have a column called {', '.join(usual)}; "
        f"received {shown(', '.join(schema.names)) or 'none'}"
    )


def _features(schema: Schema) -> dict[str, Any]:
    """Return what Hugging Face's datasets note about columns; empty without such notes."""
    try:
        notes = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = notes["info"]["features"]
        return {str(name): each for name, each in features.items() if isinstance(each, dict)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _noted_names(files: Sequence[Path]) -> list[str] | None:
    """Return the names of the classes that the first file notes; None if it has none."""
    with _opened(files[0]) as file:
        _, label = _columns(file, files[0])
        names = _features(file.schema_arrow).get(label, {}).get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return names


def _check_labels(files: Sequence[Path], classes: int) -> None:
    for path in files:
        for value in _values([path]):
            if isinstance(value, str) or not 0 <= value < classes:
                raise DataError(
                    f"{shown(path)}: labels must be 0 to {classes - 1}, one for each class name; "
                    f"received {shown(str(value))}"
                )


def _values(files: Sequence[Path]) -> list[Any]:
    """Return the label values that occur."""
    found: set[Any] = set()
    for path in files:
        with _opened(path) as file:
            _, label = _columns(file, path)
            for batch in file.iter_batches(_ROWS, columns=[label], use_threads=False):
                found.update(label_values(batch.column(label), shown(path)))
                if len(found) > MAX_CLASSES:
                    raise DataError(
                        f"{shown(path)} must have 2 to {MAX_CLASSES} classes; received more"
                    )
    return list(found)
