"""Reading the digits in one picture, from Python.

Comes in: a picture in any form. Goes out: a reading.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

from inkdigits.errors import PictureError, UsageError
from inkdigits.imaging.convert import InMemory, to_picture
from inkdigits.imaging.decode import decode
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.reading import Expect, Reading
from inkdigits.workflows.inputs import STDIN, Source
from inkdigits.workflows.readers import load_reader


def read(
    image: str | os.PathLike[str] | InMemory,
    *,
    expect: Expect | None = None,
    model: str | os.PathLike[str] | None = None,
) -> Reading:
    """Read the handwritten digits in a picture.

    The network of the package is loaded once, by the first call; a network of your own is loaded
    by each call. To read many pictures with it, make a `Reader`.

    Args:
        image: A picture file's path or content, of which the first page is read; uint8 pixels of
            shape (height, width) or, in red, green and blue, (height, width, 3); or an image of
            Pillow.
        expect: What is known of the picture: "single" digit, "number" or "page".
        model: A run folder or an ONNX file; the network of the package if not given.

    Raises:
        PictureError: If the picture cannot be read.
        UsageError: If an argument is of no use.
        ModelFileError: If there is no such network, it is damaged, or it does not read digits.

    Example:
        >>> import numpy as np
        >>> paper = np.full((200, 200), 255, np.uint8)
        >>> paper[40:160, 95:107] = 0  # a stroke of ink
        >>> read(paper).text
        '1'
    """
    if expect not in (None, *get_args(Expect)):
        choices = ", ".join(get_args(Expect))
        raise UsageError(f"`expect` must be None or one of {choices}; received {expect!r}")
    picture = _open(image) if isinstance(image, str | os.PathLike) else to_picture(image)
    return load_reader(None if model is None else Path(model)).read(picture, expect)


def _open(path: str | os.PathLike[str]) -> Picture:
    name = os.fspath(path)
    limits = Limits()
    source = Source(f"./{name}" if name == STDIN else name)
    try:
        return decode(source.load(limits), limits=limits)[0]
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from error
