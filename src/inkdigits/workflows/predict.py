"""Reading the digits in many pictures: what `inkdigits predict` does.

Comes in: sources and a reader. Goes out: one result after the other, for each page of each source
in order, in the memory of a few pictures. A picture that cannot be read is a result with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

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
    *,
    limits: Limits | None = None,
    pages: Pages = "first",
    expect: Expect | None = None,
    progress: Callable[[int], None] | None = None,
    another: Callable[[], ReadsPictures] | None = None,
    ready: Sequence[PythonProcess] = (),
) -> Iterator[Result]:
    """Read the digits in pictures.

    Args:
        sources: Where the pictures are.
        reader: Reads them.
        limits: How large each may be; 50 megabytes and megapixels if not given.
        pages: Whether to read the first page of a file, or all.
        expect: What is known of the pictures.
        progress: Is told how many sources are done.
        another: Is called in other processes, which help where reading takes long, and returns the
            same reader there; it can be pickled. None to read without help, and so are all pages.
        ready: Such processes that were started before, by `helpers_ahead`.

    Yields:
        For each source a result for each page; one with an error where that cannot be decoded.

    Example:
        >>> from inkdigits.workflows.readers import load_reader
        >>> [result.error for result in predict([Source("a", "is missing")], load_reader())]
        ['is missing']
    """
    limits = limits or Limits()
    if pages == "first":
        chunks = _first_pages(sources, reader, limits, expect, another, ready)
    else:
        chunks = _all_pages(sources, reader, limits, expect)
    for done, results in chunks:
        yield from results
        if progress:
            progress(done)


def _first_pages(
    sources: Sequence[Source],
    reader: ReadsPictures,
    limits: Limits,
    expect: Expect | None,
    another: Callable[[], ReadsPictures] | None,
    ready: Sequence[PythonProcess],
) -> Iterator[tuple[int, list[Result]]]:
    """Read one page of each source; yield how many sources are done, and results."""
    work = partial(_read_some, reader=reader, limits=limits, expect=expect)
    make_work = None
    if another and not any(map(_is_own, sources)):
        make_work = partial(_make_work, another, limits, expect)
    done = 0
    for results in share_out(sources, work, make_work, ready=ready):
        done += len(results)
        yield done, results


def _is_own(source: Source) -> bool:
    """Whether a source is another one, or none, in another process."""
    return source.name == STDIN or source.name.startswith(_OWN)


def _make_work(
    another: Callable[[], ReadsPictures], limits: Limits, expect: Expect | None
) -> Callable[[Sequence[Source]], list[Result]]:
    return partial(_read_some, reader=another(), limits=limits, expect=expect)


def _read_some(
    sources: Sequence[Source], reader: ReadsPictures, limits: Limits, expect: Expect | None
) -> list[Result]:
    """Read one page of each of the first sources, of as many as a chunk holds."""
    with pillow_is_quiet():  # to turn it on and off for each takes a quarter of small pictures
        chunk = _take_chunk(enumerate(_decode(source, limits) for source in sources))
    return _read(chunk, reader, expect)


def _decode(source: Source, limits: Limits) -> Result:
    try:
        (picture,) = decode(source.load(limits), limits=limits)
    except PictureError as error:
        return Result(source.name, error=str(error))
    return Result(source.name, picture)


def _all_pages(
    sources: Sequence[Source], reader: ReadsPictures, limits: Limits, expect: Expect | None
) -> Iterator[tuple[int, list[Result]]]:
    """Read all pages, of which a file may have hundreds; yield as `_first_pages`."""
    decoded = (
        (done, result)
        for done, source in enumerate(sources)
        for result in _decode_pages(source, limits)
    )
    while chunk := _take_chunk(decoded):
        yield chunk[-1][0], _read(chunk, reader, expect)
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
    chunk: Sequence[tuple[int, Result]], reader: ReadsPictures, expect: Expect | None
) -> list[Result]:
    """Add readings to what was decoded."""
    results = [result for _, result in chunk]
    pictures = [result.picture for result in results if result.picture]
    readings = iter(reader.read_many(pictures, expect) if pictures else ())
    return [
        replace(result, reading=next(readings)) if result.picture else result for result in results
    ]
