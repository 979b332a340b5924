"""`inkdigits evaluate`: what a finished network can do, and what it cannot."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.extras import need_report_extra, need_suites_extra
from inkdigits.cli.importing import no_garbage_collection
from inkdigits.cli.output import JsonOption, print_json, stderr, stdout
from inkdigits.errors import OutputError, UsageError
from inkdigits.runs.files import TEMPORARY_PREFIX, output_errors


class Suite(StrEnum):
    """What to measure on."""

    CLEAN = "clean"
    CORRUPTIONS = "corruptions"
    OUTLIERS = "outliers"
    OTHER_WRITERS = "other-writers"
    ALL = "all"


def evaluate(
    network: Annotated[
        Path,
        typer.Argument(
            help="A run folder, an ONNX file, or `shipped` for the network that comes along."
        ),
    ],
    suite: Annotated[
        list[Suite] | None,
        typer.Option(
            help="What to measure on besides the clean test images, which are always measured: "
            "corrupted digits (corruptions), pictures that are no digits (outliers), digits that "
            "other people wrote (other-writers), or all of them. May be given several times; clean "
            "if not given.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH",
            help="What to measure on: `mnist`, `fashion-mnist`, or data of your own, whose test "
            "part is taken; if not given, the data that the run learnt from, or mnist.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="Another network: on which clean images is only one of the two right?",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="An HTML file to write, with pictures of everything; an old one is replaced.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measure a network on test images, those of MNIST or your own, and on harder ones.

    Needs no Keras: the network runs on ONNX Runtime. Everything takes a minute or two.

    Example: inkdigits evaluate runs/tutorial-1 --suite all --report tutorial.html
    """
    suites = _chosen(suite or [Suite.CLEAN])
    if "corruptions" in suites:
        need_suites_extra()
    if report:
        _check_report(report)
        need_report_extra()
    # ONNX Runtime and all that measures take a moment to import, which `--help` need not wait for.
    with no_garbage_collection():
        from inkdigits.cli.evaluation_document import evaluation_document
        from inkdigits.cli.evaluation_tables import print_evaluation
        from inkdigits.workflows.evaluate import measure, read_manifest

    with _telling() as tell:
        measured = measure(network, suites, data=data, against=against, progress=tell)
        manifest = read_manifest(network)
    if json:
        print_json(evaluation_document(network, measured, manifest, against, report))
    else:
        print_evaluation(network, measured, against)
    if report:
        from inkdigits.workflows.evaluation_report import write_evaluation_report

        with _telling("drawing") as tell:
            tell("the report")
            write_evaluation_report(
                report,
                measured,
                network=network,
                against=against,
                command=_command(network, suites, data, against, report),
            )
        if not json:
            stdout().print(f"report: {report}", markup=False)


def _chosen(suites: Sequence[Suite]) -> list[str]:
    """Return the names of the suites, in their order and each once."""
    every = [each for each in Suite if each is not Suite.ALL]
    return [str(each) for each in every if Suite.ALL in suites or each in suites]


def _check_report(path: Path) -> None:
    """Refuse a path that cannot be written, before minutes of work.

    Raises:
        UsageError: If it is no name for an HTML file: it might be that of a network.
        OutputError: If there is no such folder, it cannot be written to, or the path is one.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"`--report` must be a file that ends in .html; received {path}")
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise OutputError(f"cannot write {path}: there is no folder {path.parent}")
    with output_errors(path), tempfile.TemporaryFile(dir=path.parent, prefix=TEMPORARY_PREFIX):
        pass


@contextmanager
def _telling(doing: str = "measuring") -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done: on a terminal in one place, elsewhere line by line."""
    console = stderr()
    if not console.is_terminal:
        yield lambda what: console.print(f"{doing} {what}", markup=False)
        return
    with console.status(doing) as status:
        yield lambda what: status.update(f"{doing} {what}")


def _command(
    network: Path, suites: Sequence[str], data: str | None, against: Path | None, report: Path
) -> str:
    """Return the command that measures all this again."""
    words = ["inkdigits", "evaluate", str(network)]
    named = [str(Suite.ALL)] if list(suites) == _chosen([Suite.ALL]) else suites
    words += [word for each in named for word in ("--suite", each)]
    if data:
        words += ["--data", data]
    if against:
        words += ["--against", str(against)]
    return shlex.join([*words, "--report", str(report)])
