"""Reading the digits in many pictures: what `inkdigits predict` does.

Comes in: sources and a reader. Goes out: one result after the other, for each page of each source
in order, in the memory of a few pictures. A picture that cannot be read is a result with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Pages, decode, decode_pages
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.quiet import pillow_is_quiet
from inkdigits.recognition.answers import BATCH
from inkdigits.recognition.reading import Expect, Reading, ReadsPictures
from inkdigits.workflows.ahead import in_chunks, one_ahead
from inkdigits.workflows.inputs import Source

# How much is read at once: two of the network's batches, and not more pixels than two large photos.
CHUNK_PICTURES = 2 * BATCH
CHUNK_PIXELS = 8_000_000
_APART = (".pdf", ".heic", ".heif")  # decoded in processes of their own, of which two can work


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
) -> Iterator[Result]:
    """Read the digits in pictures.

    Args:
        sources: Where the pictures are.
        reader: Reads them.
        limits: How large each may be; 50 megabytes and megapixels if not given.
        pages: Whether to read the first page of a file, or all.
        expect: What is known of the pictures.
        progress: Is told how many sources are done.

    Yields:
        For each source a result for each page; one with an error where that cannot be decoded.

    Example:
        >>> from inkdigits.workflows.readers import load_reader
        >>> [result.error for result in predict([Source("a", "is missing")], load_reader())]
        ['is missing']
    """
    limits = limits or Limits()
    chunks = _first_pages(sources, limits) if pages == "first" else _all_pages(sources, limits)
    for done, results in one_ahead(partial(_ask, reader=reader, expect=expect), chunks):
        yield from results()
        if progress:
            progress(done)


def _first_pages(sources: Sequence[Source], limits: Limits) -> Iterator[tuple[int, list[Result]]]:
    """Decode one page of each source; yield chunks, and how many sources are done."""
    done = 0
    decode_one = partial(_decode, limits=limits)
    with pillow_is_quiet():  # all the time: to turn it on and off takes a quarter of small pictures
        for chunk in in_chunks(
            decode_one,
            sources,
            weigh=_pixels,
            heaviest=CHUNK_PIXELS,
            most=CHUNK_PICTURES,
            threads=2 if any(source.name.lower().endswith(_APART) for source in sources) else 1,
        ):
            done += len(chunk)
            yield done, chunk


def _decode(source: Source, limits: Limits) -> Result:
    try:
        (picture,) = decode(source.load(limits), limits=limits)
    except PictureError as error:
        return Result(source.name, error=str(error))
    return Result(source.name, picture)


def _all_pages(sources: Sequence[Source], limits: Limits) -> Iterator[tuple[int, list[Result]]]:
    """Decode all pages, of which a file may have hundreds, and yield them chunk by chunk."""
    chunk: list[Result] = []
    for done, source in enumerate(sources):
        for result in _decode_pages(source, limits):
            chunk.append(result)
            if len(chunk) == CHUNK_PICTURES or sum(map(_pixels, chunk)) >= CHUNK_PIXELS:
                yield done, chunk
                chunk = []
    yield len(sources), chunk


def _decode_pages(source: Source, limits: Limits) -> Iterator[Result]:
    try:
        content = source.load(limits)
        for picture in decode_pages(content, limits=limits, pages="all"):
            yield Result(source.name, picture)
    except PictureError as error:  # perhaps of a later page; those before it can be read
        yield Result(source.name, error=str(error))


def _pixels(result: Result) -> float:
    return result.picture.pixels.size / 3 if result.picture else 0


def _ask(
    chunk: tuple[int, list[Result]], reader: ReadsPictures, expect: Expect | None
) -> tuple[int, Callable[[], Iterator[Result]]]:
    """Let the network answer a chunk; return what makes results with readings of it."""
    done, results = chunk
    pictures = [result.picture for result in results if result.picture]
    readings = reader.ask(pictures, expect) if pictures else list
    return done, partial(_with_readings, results, readings)


def _with_readings(
    results: Sequence[Result], readings: Callable[[], list[Reading]]
) -> Iterator[Result]:
    made = iter(readings())
    for result in results:
        if result.picture:
            yield Result(result.path, result.picture, next(made))
        else:
            yield result
