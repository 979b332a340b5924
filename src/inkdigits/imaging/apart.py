"""A HEIC or PDF file -> its pages, decoded in another process.

Comes in: the content of a file. Goes out: pictures, each decoded when it is asked for. Whatever
happens in the other process, a crash or work without end, becomes a `PictureError` here.

A PDF file of a few hundred bytes can keep PDFium busy for days, with forms that contain one
another or patterns of a million tiles; a single wrong bit in a HEIC file can crash its decoder.
Both cost a tenth of a second more this way.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import IO, Any, Literal

import cv2
import numpy as np
from PIL import Image as Pillow

from inkdigits.errors import PictureError
from inkdigits.imaging.colours import LONGEST, reduction, to_rgb
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.raw_page import RawPage
from inkdigits.python_process import PythonProcess, end_process, start_python

_PROGRAM = "inkdigits.imaging.apart_process"
_START_SECONDS = 30.0  # for the process to begin, on a machine with much else to do
_PAGE_SECONDS = 1.5
_SECONDS_PER_MEGABYTE = 1.0
_MOST_SECONDS = 30.0


def pages_apart(content: bytes, kind: Literal["HEIC", "PDF"], limits: Limits) -> Iterator[Picture]:
    """Decode the pages of a file in another process.

    A page may take 1.5 seconds, and one more for each megabyte of the file, up to 30.

    Args:
        content: The file.
        kind: What it is.
        limits: What each page is held against before its pixels are decoded or drawn.

    Yields:
        Upright pictures, the first page first. The longer side of a PDF page has 1000 to 3500
        pixels, fewer where `limits` say so.

    Raises:
        PictureError: If the file is damaged, locked, has no pages, or takes too much time or
            memory, or if a page is larger than allowed.
    """
    seconds = min(_PAGE_SECONDS + _SECONDS_PER_MEGABYTE * len(content) / 1e6, _MOST_SECONDS)
    process = start_python(_PROGRAM)
    try:
        source = _hand_over(process, content, kind, limits)
        page = 0
        while raw := _next(process, source, f"received a {kind} file", seconds):
            page += 1
            yield _picture(raw, page)
    finally:
        end_process(process)


def _hand_over(process: PythonProcess, content: bytes, kind: str, limits: Limits) -> IO[bytes]:
    """Send the file; return where the pages come from."""
    target, source = process.stdin, process.stdout
    if target is None or source is None:
        raise PictureError(f"no process for {kind} files could be started")
    wanted = {"kind": kind, "limits": asdict(limits), "longest": LONGEST}
    with _killed_after(process, _START_SECONDS):
        with suppress(BrokenPipeError):  # it has ended; that shows when nothing can be read
            target.write(json.dumps(wanted).encode() + b"\n")
            target.write(content)
            target.close()
        if source.readline() != b"\n":
            raise PictureError(f"the process for {kind} files did not start")
    return source


def _next(
    process: PythonProcess, source: IO[bytes], received: str, seconds: float
) -> RawPage | None:
    """Return the next page; None after the last."""
    with _killed_after(process, seconds) as killed:
        line = source.readline()
        message: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        if "width" in message:
            pixels = source.read(message["bytes"])
            if len(pixels) == message["bytes"]:
                return RawPage(message["width"], message["height"], message["mode"], pixels)
    if "done" in message:
        return None
    if "refused" in message:
        raise PictureError(message["refused"])
    if "damaged" in message:
        raise PictureError(f"{received} that is damaged: {' '.join(message['damaged'].split())}")
    if killed.is_set():
        raise PictureError(f"{received} with a page that takes more than {seconds:.1f} s")
    raise PictureError(f"{received} that is damaged: its decoder crashed")


def _picture(raw: RawPage, page: int) -> Picture:
    if raw.mode != "RGB":
        image = Pillow.frombytes(raw.mode, (raw.width, raw.height), raw.pixels)
        done = to_rgb(image, reduction(image.size))
        return Picture(np.asarray(done), raw.width, raw.height, page)
    pixels = np.frombuffer(raw.pixels, np.uint8).reshape(raw.height, raw.width, 3)
    factor = reduction((raw.width, raw.height))
    if factor > 1:
        size = (-(-raw.width // factor), -(-raw.height // factor))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return Picture(pixels, raw.width, raw.height, page)


@contextmanager
def _killed_after(process: PythonProcess, seconds: float) -> Iterator[threading.Event]:
    """End a process when the block lasts too long; say whether that happened."""
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield killed
    finally:
        timer.cancel()
