"""Reading the digits in many pictures: what `inkdigits predict` does.

Comes in: sources, a reader, and what is to be kept of a result. Goes out: that, of one result after
the other, for each page of each source in order, in the memory of a few pictures. A picture that
cannot be read is a result with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Pages, decode, decode_pages
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.quiet import pillow_is_quiet
from inkdigits.python_process import PythonProcess
from inkdigits.recognition.answers import BATCH
from inkdigits.recognition.reading import Expect, Reading, ReadsPictures
from inkdigits.workflows.helpers import share_out
from inkdigits.workflows.inputs import STDIN, Source

Kept = TypeVar("Kept")

# How much is read at once: two of the network's batches, and not more pixels than two large photos.
CHUNK_PICTURES = 2 * BATCH
CHUNK_PIXELS = 8_000_000
_OWN = ("/dev/", "/proc/")  # files here may be others in another process


@dataclass(frozen=True, eq=False)
class Result:
    """What became of one picture.

    Attributes:
        path: The source's name.
        picture: As it was decoded; None if it could not be.
        reading: What was read in it; None if it could not be decoded.
        error: Why it could not be decoded; None if it was.
    """

    path: str
    picture: Picture | None = None
    reading: Reading | None = None
    error: str | None = None


def predict(
    sources: Sequence[Source],
    reader: ReadsPictures,
    keep: Callable[[Result], Kept],
    *,
    limits: Limits | None = None,
    pages: Pages = "first",
    expect: Expect | None = None,
    progress: Callable[[int], None] | None = None,
    another: Callable[[], ReadsPictures] | None = None,
    ready: Sequence[PythonProcess] = (),
) -> Iterator[Kept]:
    """Read the digits in pictures.

    Args:
        sources: Where the pictures are.
        reader: Reads them.
        keep: Returns what is wanted of a result. It is called where the picture is read, which may
            be another process: the less it keeps, the less comes back.
        limits: How large each may be; 50 megabytes and megapixels if not given.
        pages: Whether to read the first page of a file, or all.
        expect: What is known of the pictures.
        progress: Is told how many sources are done.
        another: Is called in other processes, which help where reading takes long, and returns the
            same reader there; it can be pickled, and so can `keep` and what that keeps. None to
            read without help, and so are all pages.
        ready: Such processes that were started before, by `helpers_ahead`.

    Yields:
        What is kept of the result of each page of each source; the last one of a source that cannot
        be decoded has an error.

    Example:
        >>> from inkdigits.workflows.readers import load_reader
        >>> missing = [Source("a", "is missing")]
        >>> list(predict(missing, load_reader(), lambda result: result.error))
        ['is missing']
    """
    wanted = _Wanted(limits or Limits(), expect, keep)
    if pages == "first":
        chunks = _first_pages(sources, reader, wanted, another, ready)
    else:
        chunks = _all_pages(sources, reader, wanted)
    for done, kept in chunks:
        yield from kept
        if progress:
            progress(done)


@dataclass(frozen=True, eq=False)
class _Wanted(Generic[Kept]):
    """What is wanted of all pictures alike; the arguments of `predict`."""

    limits: Limits
    expect: Expect | None
    keep: Callable[[Result], Kept]


def _first_pages(
    sources: Sequence[Source],
    reader: ReadsPictures,
    wanted: _Wanted[Kept],
    another: Callable[[], ReadsPictures] | None,
    ready: Sequence[PythonProcess],
) -> Iterator[tuple[int, list[Kept]]]:
    """Read one page of each source; yield how many sources are done, and what is kept."""
    work = partial(_read_some, reader=reader, wanted=wanted)
    make_work = None
    if another and not any(map(_is_own, sources)):
        make_work = partial(_make_work, another, wanted)
    done = 0
    for kept in share_out(sources, work, make_work, ready=ready):
        done += len(kept)
        yield done, kept


def _is_own(source: Source) -> bool:
    """Whether a source is another one, or none, in another process."""
    return source.name == STDIN or source.name.startswith(_OWN)


def _make_work(
    another: Callable[[], ReadsPictures], wanted: _Wanted[Kept]
) -> Callable[[Sequence[Source]], list[Kept]]:
    return partial(_read_some, reader=another(), wanted=wanted)


def _read_some(
    sources: Sequence[Source], reader: ReadsPictures, wanted: _Wanted[Kept]
) -> list[Kept]:
    """Read one page of each of the first sources, of as many as a chunk holds."""
    with pillow_is_quiet():  # to turn it on and off for each takes a quarter of small pictures
        chunk = _take_chunk(enumerate(_decode(source, wanted.limits) for source in sources))
    return _read(chunk, reader, wanted)


def _decode(source: Source, limits: Limits) -> Result:
    try:
        (picture,) = decode(source.load(limits), limits=limits)
    except PictureError as error:
        return Result(source.name, error=str(error))
    return Result(source.name, picture)


def _all_pages(
    sources: Sequence[Source], reader: ReadsPictures, wanted: _Wanted[Kept]
) -> Iterator[tuple[int, list[Kept]]]:
    """Read all pages, of which a file may have hundreds; yield as `_first_pages`."""
    decoded = (
        (done, result)
        for done, source in enumerate(sources)
        for result in _decode_pages(source, wanted.limits)
    )
    while chunk := _take_chunk(decoded):
        yield chunk[-1][0], _read(chunk, reader, wanted)
    yield len(sources), []


def _decode_pages(source: Source, limits: Limits) -> Iterator[Result]:
    try:
        content = source.load(limits)
        for picture in decode_pages(content, limits=limits, pages="all"):
            yield Result(source.name, picture)
    except PictureError as error:  # perhaps of a later page; those before it can be read
        yield Result(source.name, error=str(error))


def _take_chunk(decoded: Iterator[tuple[int, Result]]) -> list[tuple[int, Result]]:
    """Take as many results, each with a number, as are read at once."""
    chunk: list[tuple[int, Result]] = []
    pixels = 0.0
    for numbered in decoded:
        chunk.append(numbered)
        picture = numbered[1].picture
        pixels += picture.pixels.size / 3 if picture else 0
        if len(chunk) == CHUNK_PICTURES or pixels >= CHUNK_PIXELS:
            break
    return chunk


def _read(
    chunk: Sequence[tuple[int, Result]], reader: ReadsPictures, wanted: _Wanted[Kept]
) -> list[Kept]:
    """Add readings to what was decoded, and keep what is wanted."""
    results = [result for _, result in chunk]
    pictures = [result.picture for result in results if result.picture]
    readings = iter(reader.read_many(pictures, wanted.expect) if pictures else ())
    return [
        wanted.keep(replace(result, reading=next(readings)) if result.picture else result)
        for result in results
    ]
