"""`inkdigits benchmark`: speed, measured against others in one run."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.output import JsonOption, print_json, stderr, stdout
from inkdigits.errors import UsageError
from inkdigits.runs.machine import describe_machine
from inkdigits.workflows.contest import Contestant, Outcome, hold_contest
from inkdigits.workflows.standings import BASE, PRODUCTS, RECIPES, Row, make_rows

app = typer.Typer(name="benchmark", help="Measure speed.", no_args_is_help=True)

DEFAULT_REPEATS = 7


@app.callback()
def _benchmark() -> None:
    """Measure speed."""


@app.command()
def train(
    repeats: Annotated[
        int, typer.Option(help="Rounds; in each, every contestant measures once.")
    ] = DEFAULT_REPEATS,
    peers: Annotated[
        Path | None,
        typer.Option(
            help="Folder of scripts that take part too, such as benchmarks/peers of the "
            "project's source; a script whose libraries are missing is named and left out.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measure training speed: our recipes, peers and the matrix product, in turn.

    Example: inkdigits benchmark train --peers benchmarks/peers
    """
    need_training_extra()
    from inkdigits.training.accelerator import training_flags

    contestants = [*_own(), *_peers(peers)]
    report = stderr()
    outcome = hold_contest(
        contestants,
        repeats,
        on_value=lambda name, value: report.print(f"{name}: {value:,.0f}", markup=False),
    )
    rows = make_rows(outcome, training_flags())
    if json:
        print_json(benchmark_document(rows, outcome))
    else:
        _print(rows, outcome)


def _own() -> list[Contestant]:
    module = "inkdigits.workflows.train_speed"
    return [
        Contestant(name, (sys.executable, "-m", module, name)) for name in (*RECIPES, *PRODUCTS)
    ]


def _peers(folder: Path | None) -> list[Contestant]:
    if folder is None:
        return []
    scripts = sorted(folder.glob("*.py"))
    if not scripts:
        raise UsageError(f"`--peers` must be a folder of Python scripts; received {folder}")
    return [
        Contestant(script.stem.replace("_", " "), (sys.executable, str(script)))
        for script in scripts
    ]


def benchmark_document(rows: list[Row], outcome: Outcome) -> dict[str, Any]:
    """Return what `inkdigits benchmark train --json` prints."""
    return {
        "machine": describe_machine().model_dump(),
        "ratio_to": BASE,
        "rows": [{**asdict(row), "values": outcome.values[row.name]} for row in rows],
        "missing": outcome.missing,
    }


def _print(rows: list[Row], outcome: Outcome) -> None:
    table = Table(
        "contestant", "median", "lowest to highest", f"to {BASE}", "GFLOP/s", "of ceiling"
    )
    for row in rows:
        table.add_row(
            row.name,
            f"{row.median:,.0f} {'GFLOP/s' if row.name in PRODUCTS else 'images/s'}",
            f"{row.lowest:,.0f} to {row.highest:,.0f}",
            "" if row.ratio is None else f"{row.ratio:.2f}x",
            "" if row.gflops is None else f"{row.gflops:,.0f}",
            "" if row.ceiling_share is None else f"{100 * row.ceiling_share:.0f} %",
        )
    out = stdout()
    out.print(table)
    for name, reason in outcome.missing.items():
        out.print(f"{name} did not take part: {reason}", markup=False)
