"""`inkdigits predict`: the numbers in a person's own pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from inkdigits.cli.importing import no_garbage_collection, what_is_there_stays
from inkdigits.cli.numbers import a_number
from inkdigits.cli.output import JsonOption, stderr
from inkdigits.errors import EXIT_SOME_FAILED, OutputError, UsageError

if TYPE_CHECKING:
    from inkdigits.cli.entries import Kept
    from inkdigits.cli.readings import Sheet
    from inkdigits.workflows.drawings import Drawings
    from inkdigits.workflows.inputs import Source

MEGA = 1_000_000
_WORK = ("inkdigits.workflows.readers", "inkdigits.cli.entries")  # what helpers import


def _largest(text: str) -> Any:
    """Return the option that limits the size of pictures, with this help."""
    return typer.Option(min=0.001, max=100_000, callback=a_number, help=text)


def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Picture files (PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC, PDF), patterns such as "
            "'scans/*.jpg', folders, which are searched for pictures, and `-` for standard input.",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path,
        typer.Option(
            help="A run folder, an ONNX file, or `shipped` for the network that comes along."
        ),
    ] = Path("shipped"),
    form: Annotated[
        Literal["table", "json", "csv"] | None,
        typer.Option(
            "--format",
            help="A table with a row for each picture, which is the default; one JSON document; "
            "or CSV with a row for each digit.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder to write each picture to, with what was read drawn into it: digits in "
            "green boxes, what was rejected in dashed red ones.",
            show_default=False,
        ),
    ] = None,
    show_inputs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder to write a sheet to for each picture, with what the network was shown.",
            show_default=False,
        ),
    ] = None,
    expect: Annotated[
        Literal["single", "number", "page"] | None,
        typer.Option(
            help="What you know of the pictures: one digit each, one number each, or a page. "
            "Found out from each picture if not given.",
            show_default=False,
        ),
    ] = None,
    pages: Annotated[
        Literal["first", "all"],
        typer.Option(help="What to read of a file with several pages or frames."),
    ] = "first",
    max_megabytes: Annotated[float, _largest("Largest file, in millions of bytes.")] = 50,
    max_megapixels: Annotated[float, _largest("Largest page, in millions of pixels.")] = 50,
) -> None:
    """Read the handwritten digits in pictures.

    A picture that cannot be read never stops the others; the exit code is 1 then.

    Example: inkdigits predict photo.jpg 'scans/*.png' --annotate annotated
    """
    if json and form not in (None, "json"):
        raise UsageError(f"give either `--json` or `--format {form}`, not both")
    if "-" in inputs and sys.stdin.isatty():
        raise UsageError("`-` reads a picture from standard input; received a terminal: use `<`")
    from inkdigits.workflows.helper_start import helpers_ahead
    from inkdigits.workflows.inputs import find_sources

    sources = find_sources(inputs)
    with helpers_ahead(len(sources) if pages == "first" else 0, _WORK) as ready:
        # What reads pictures takes a moment to import, which `--help` need not wait for.
        with no_garbage_collection():
            from inkdigits.cli.entries import keep
            from inkdigits.cli.readings import new_sheet
            from inkdigits.imaging.limits import Limits
            from inkdigits.workflows.predict import predict as read_all
            from inkdigits.workflows.readers import load_reader

        drawings = _drawings(annotate, show_inputs, sources)
        sheet = new_sheet("json" if json else form or "table", str(model))
        with what_is_there_stays(), _progress(len(sources)) as progress:
            results = read_all(
                sources,
                load_reader(model),
                partial(keep, entry=sheet.entry, draws=bool(drawings)),
                limits=Limits(round(max_megabytes * MEGA), round(max_megapixels * MEGA)),
                pages=pages,
                expect=expect,
                progress=progress,
                another=partial(load_reader, model, threads=1),
                ready=ready,
            )
            failed = _collect(results, sheet, drawings)
    _print(sheet)
    if failed:
        stderr().print(f"{failed} of {len(sources)} could not be read", markup=False)
        raise typer.Exit(EXIT_SOME_FAILED)


def _drawings(
    annotate: Path | None, show_inputs: Path | None, sources: Sequence[Source]
) -> list[Drawings]:
    """Make the folders to draw in."""
    if annotate is None and show_inputs is None:
        return []
    from inkdigits.workflows.drawings import Drawings

    return [
        *([Drawings(annotate, "annotated", sources)] if annotate else []),
        *([Drawings(show_inputs, "inputs", sources)] if show_inputs else []),
    ]


def _collect(results: Iterable[Kept], sheet: Sheet, drawings: Sequence[Drawings]) -> int:
    """Draw and note each result; return how many failed."""
    failures = 0
    for entry, failed, result in results:
        if result:
            for drawing in drawings:
                drawing.write(result)
        sheet.add(entry)
        failures += failed
    return failures


def _print(sheet: Sheet) -> None:
    """Print everything, and make sure that it has arrived.

    Raises:
        OutputError: If standard output takes no more.
    """
    try:
        sheet.print()
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer would fail again when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = error.strerror or error
        raise OutputError(f"cannot write to standard output: {reason}") from error


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on stderr, if that is a terminal and there is more than one picture."""
    console = stderr() if total > 1 else None
    if console is None or not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(bar_width=None), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress("reading", *columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=total)
        yield lambda done: bar.update(task, completed=done)
