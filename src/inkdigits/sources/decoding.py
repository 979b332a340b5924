"""Items of a source -> small pictures, decoded in threads; what cannot be decoded is told.

Comes in: items. Goes out: a gathering: what was kept, with its labels, and what was not. Only a
few hundred undecoded items are in memory at a time. It does not know where the items come from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from inkdigits.errors import DataError, PictureError
from inkdigits.formats import count
from inkdigits.imaging.decode import decode
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.quiet import pillow_is_quiet
from inkdigits.processor import available_cores
from inkdigits.sources.forming import Former, Kept
from inkdigits.sources.source import MAX_BYTES, Item

_CHUNK = 16  # items for a thread at a time
_LIMITS = Limits()


@dataclass(frozen=True)
class Unreadable:
    """A picture that was left out, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.where}: {self.reason}"


@dataclass(eq=False)
class Gathered:
    """What became of the items of a part.

    Attributes:
        kept: The pictures, in the order of their items.
        labels: One for each.
        where: What messages call each.
        unreadable: The others.
    """

    kept: list[Kept] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def gather(items: Iterable[Item], former: Former, *, max_bytes: int = MAX_BYTES) -> Gathered:
    """Decode items and make them small.

    Args:
        items: They are taken one by one, in this thread.
        former: Makes a picture small.
        max_bytes: What all of them may take once they are small.

    Raises:
        DataError: If they take more.

    Example:
        >>> from inkdigits.sources.forming import former
        >>> items = [Item("dot", 1, np.zeros((8, 8), np.uint8)), Item("hole", 0, None)]
        >>> gathered = gather(items, former("pictures", None))
        >>> gathered.labels, str(gathered.unreadable[0])
        ([1], 'hole: there is no picture')
    """
    gathered = Gathered()
    taken = 0
    for item, result in _in_threads(items, former):
        if isinstance(result, Unreadable):
            gathered.unreadable.append(result)
            continue
        taken += result.pixels.nbytes
        if taken > max_bytes:
            raise DataError(
                f"the pictures take more than {count(max_bytes / 2**20)} MiB of memory after "
                f"{len(gathered.kept):,} of them; choose a smaller side or fewer pictures"
            )
        gathered.kept.append(result)
        gathered.labels.append(item.label)
        gathered.where.append(item.where)
    return gathered


def sum_of(parts: Iterable[Gathered]) -> Gathered:
    """Return what became of the items of all parts, one part after the other."""
    whole = Gathered()
    for part in parts:
        whole.kept += part.kept
        whole.labels += part.labels
        whole.where += part.where
        whole.unreadable += part.unreadable
    return whole


def pixels_of(picture: Path | bytes | np.ndarray | None) -> np.ndarray:
    """Return the pixels of a picture.

    Args:
        picture: As an item has it.

    Returns:
        Shape (height, width) or (height, width, 3), uint8.

    Raises:
        PictureError: If it cannot be read, or is none.

    Example:
        >>> pixels_of(np.zeros((2, 3), np.uint8)).shape
        (2, 3)
    """
    if picture is None:
        raise PictureError("there is no picture")
    if isinstance(picture, np.ndarray):
        _LIMITS.check_size(picture.shape[1], picture.shape[0])
        return picture
    content = _content(picture) if isinstance(picture, Path) else picture
    return decode(content)[0].pixels


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would never end
            raise PictureError("is no file")
        _LIMITS.check_bytes(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"cannot be read: {error.strerror}") from error


def _in_threads(items: Iterable[Item], former: Former) -> Iterator[tuple[Item, Kept | Unreadable]]:
    threads = available_cores()
    chunks = _chunks(items)
    waiting: deque[tuple[list[Item], Future[list[Kept | Unreadable]]]] = deque()
    # Entered once, not for each picture anew: that would take a tenth of the time.
    with pillow_is_quiet(), ThreadPoolExecutor(threads) as pool:
        try:
            for chunk in chunks:
                waiting.append((chunk, pool.submit(_work, chunk, former)))
                if len(waiting) > 2 * threads:
                    yield from _results(waiting)
            while waiting:
                yield from _results(waiting)
        finally:
            pool.shutdown(cancel_futures=True)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _results(
    waiting: deque[tuple[list[Item], Future[list[Kept | Unreadable]]]],
) -> Iterator[tuple[Item, Kept | Unreadable]]:
    chunk, future = waiting.popleft()
    yield from zip(chunk, future.result(), strict=True)


def _work(chunk: list[Item], former: Former) -> list[Kept | Unreadable]:
    return [_one(item, former) for item in chunk]


def _one(item: Item, former: Former) -> Kept | Unreadable:
    try:
        return former.keep(pixels_of(item.picture))
    except PictureError as error:
        return Unreadable(item.where, str(error))
