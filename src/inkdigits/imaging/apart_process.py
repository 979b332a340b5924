"""The process in which HEIC and PDF files are decoded; it may crash or be killed.

Comes in, on its standard input: a line of JSON with the kind of file and the limits, then the
file. Goes out, on its standard output: an empty line once it is ready, then for each page a line
of JSON and its pixels; or a line that says why there are none. See `apart.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from inkdigits.errors import PictureError
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.raw_page import RawPage

_MEMORY = 2 * 1024**3  # bytes
_SECONDS = 300  # of work, should nobody be there any more to end the process


def main() -> None:
    """Read a file and write its pages."""
    _limit_resources()
    with suppress(BrokenPipeError):  # no more pages are wanted
        _serve(sys.stdin.buffer, sys.stdout.buffer)


def _serve(source: BinaryIO, target: BinaryIO) -> None:
    wanted = json.loads(source.readline())
    content = source.read()
    target.write(b"\n")
    target.flush()
    try:
        for page in _pages(wanted["kind"], content, Limits(**wanted["limits"]), wanted["longest"]):
            size = memoryview(page.pixels).nbytes
            _say(target, width=page.width, height=page.height, mode=page.mode, bytes=size)
            target.write(page.pixels)
            target.flush()
    except BrokenPipeError:
        raise
    except PictureError as error:
        _say(target, refused=str(error))
    except Exception as error:  # the libraries raise many
        _say(target, damaged=str(error) or type(error).__name__)
    else:
        _say(target, done=True)


def _pages(kind: str, content: bytes, limits: Limits, longest: int) -> Iterator[RawPage]:
    if kind == "PDF":
        from inkdigits.imaging.pdf import pdf_pages

        return pdf_pages(content, limits, longest)
    from inkdigits.imaging.heif import heif_pages

    return heif_pages(content, limits)


def _limit_resources() -> None:
    with suppress(ImportError):  # not on Windows
        import resource

        with suppress(ValueError, OSError):  # a lower limit is set already, or none can be
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


def _say(target: BinaryIO, **message: object) -> None:
    target.write(json.dumps(message).encode() + b"\n")
    target.flush()


if __name__ == "__main__":
    main()
