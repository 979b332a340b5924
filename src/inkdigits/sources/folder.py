"""A folder with one subfolder of pictures for each class.

Comes in: root/<class>/..., or root/train/<class>/... and root/test/<class>/.... Goes out: a source
of files; none is opened here. Class names are the subfolders', in natural order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inkdigits.errors import DataError
from inkdigits.imaging.kinds import SUFFIXES
from inkdigits.sources.digests import digest_files
from inkdigits.sources.names import check_class_names, natural, shown
from inkdigits.sources.source import Item, Part

_PARTS: tuple[Part, ...] = ("train", "test")
_ALSO = {"validation", "valid", "val"}  # parts that other programs know; ours takes its own


@dataclass(frozen=True)
class FolderSource:
    """A source whose pictures are files; see `Source`.

    Attributes:
        root: The folder.
        class_names: The subfolders' names.
        files: For each part the picture files, with their labels.
    """

    root: Path
    class_names: tuple[str, ...]
    files: Mapping[Part, Sequence[tuple[Path, int]]]
    named: bool = True

    @property
    def name(self) -> str:
        """The folder's own name."""
        return shown(self.root.resolve().name) or "data"

    @property
    def parts(self) -> tuple[Part, ...]:
        """Both parts, or only "train"."""
        return tuple(self.files)

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the pictures of a part, class by class."""
        for path, label in self.files[part]:
            yield Item(shown(path.relative_to(self.root)), label, path)

    def checksum(self) -> str:
        """Return the SHA-256 over the files' names and contents; what is no file is left out."""
        files = [path for part in self.parts for path, _ in self.files[part] if path.is_file()]
        return digest_files((str(path.relative_to(self.root)), path) for path in files)


def open_folder(root: Path) -> FolderSource:
    """Find the pictures in a folder.

    Files are known for pictures by their suffix; others, and what is hidden, are left out. Within
    a class, folders may be nested; links to folders are followed for a class itself only.

    Args:
        root: The folder.

    Raises:
        DataError: If it has no such layout, or cannot be read.
    """
    folders = _folders(root)
    names = {each.name for each in folders}
    in_parts = "train" in names and names <= {*_PARTS, *_ALSO} and bool(_folders(root / "train"))
    places: dict[Part, Path] = {"train": root}
    if in_parts:
        places = {part: root / part for part in _PARTS if part in names}
    class_names = _class_names(places, root)
    files = {part: _files(place, class_names, root) for part, place in places.items()}
    return FolderSource(root, class_names, files)


def _class_names(places: Mapping[Part, Path], root: Path) -> tuple[str, ...]:
    found = {part: {each.name for each in _folders(place)} for part, place in places.items()}
    if unknown := sorted(found.get("test", set()) - found["train"]):
        raise DataError(
            f'{shown(root)}: the test part has a class "{shown(unknown[0])}" that the training '
            "part does not have"
        )
    if not found["train"]:
        raise DataError(
            f"{shown(root)} must be a folder with a subfolder of pictures for each class, IDX "
            "files or Parquet files; it has none of them"
        )
    return check_class_names(sorted(found["train"], key=natural), shown(root))


def _files(place: Path, class_names: Sequence[str], root: Path) -> list[tuple[Path, int]]:
    return [
        (path, label)
        for label, name in enumerate(class_names)
        if (place / name).is_dir()
        for path in _pictures(place / name, root)
    ]


def _pictures(folder: Path, root: Path) -> list[Path]:
    if root.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{shown(folder)} is a link that leads back to {shown(root)}")
    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in files if _is_picture(name)]
    return sorted(found, key=lambda path: natural(str(path)))


def _is_picture(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES


def _folders(place: Path) -> list[Path]:
    try:
        return [each for each in place.iterdir() if not each.name.startswith(".") and each.is_dir()]
    except OSError as error:
        _refuse(error)
        return []


def _refuse(error: OSError) -> None:
    raise DataError(f"{shown(str(error.filename))} cannot be read: {error.strerror}") from error
