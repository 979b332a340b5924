"""The options of every command that reads data of one's own.

Comes in: nothing. Goes out: types for Typer.
"""

from __future__ import annotations

from typing import Annotated

import typer

from inkdigits.datasets.dataset import Form

FormOption = Annotated[
    Form | None,
    typer.Option(
        help="What each image is: one digit, brought into the form of MNIST, or a whole picture. "
        "Decided by the class names if not given.",
        show_default=False,
    ),
]
SideOption = Annotated[
    int | None,
    typer.Option(
        help="Height and width that pictures are scaled to, 8 to 256 pixels. Their own if all are "
        "squares of the same 8 to 64 pixels, otherwise 28.",
        show_default=False,
    ),
]
