"""`inkdigits evaluate`: a finished network on the test images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from inkdigits.cli.output import JsonOption, percent_range, print_json, stdout
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.formats import percent
from inkdigits.runs.manifest import Manifest


def evaluate(
    network: Annotated[Path, typer.Argument(help="A run folder or an ONNX file.")],
    json: JsonOption = False,
) -> None:
    """Measure a network on the 10,000 test images of MNIST.

    Needs no Keras: the network runs on ONNX Runtime.

    Example: inkdigits evaluate runs/tutorial-1
    """
    from inkdigits.datasets.mnist import DIGIT_NAMES
    from inkdigits.workflows.evaluate import evaluate_network, read_manifest

    result = evaluate_network(network)
    if json:
        print_json(evaluate_document(network, result, read_manifest(network)))
    else:
        _print_figures(result)
        stdout().print(_class_table(result, DIGIT_NAMES))


def evaluate_document(
    network: Path, result: Evaluation, manifest: Manifest | None
) -> dict[str, Any]:
    """Return what `inkdigits evaluate --json` prints; "train" is null for a bare ONNX file."""
    return {
        "run": str(network),
        "data": "mnist",
        "test": {
            "accuracy": result.accuracy,
            "correct": result.correct,
            "n": result.n,
            "interval95": list(result.interval95),
            "loss": result.log_loss,
            "brier": result.brier,
            "calibration_error": reliability(result.probabilities, result.labels).expected_error,
        },
        "classes": [
            {
                "precision": _or_null(result.precision[label]),
                "recall": _or_null(result.recall[label]),
            }
            for label in range(len(result.confusion))
        ],
        "train": manifest.train.model_dump() if manifest else None,
        "confusion": result.confusion.tolist(),
        "mistakes": result.mistakes.tolist(),
    }


def _or_null(value: float) -> float | None:
    return None if value != value else float(value)


def _print_figures(result: Evaluation) -> None:
    error = reliability(result.probabilities, result.labels).expected_error
    stdout().print(
        f"test accuracy {percent(result.accuracy)} ({result.correct:,} of {result.n:,}; "
        f"95 % interval {percent_range(result.interval95)})\n"
        f"log loss {result.log_loss:.4f}, Brier score {result.brier:.4f}, "
        f"expected calibration error {percent(error)}"
    )


def _class_table(result: Evaluation, class_names: tuple[str, ...]) -> Table:
    table = Table("class", "images", "right", "precision", "recall")
    for label, name in enumerate(class_names):
        row = result.confusion[label]
        table.add_row(
            name,
            f"{row.sum():,}",
            f"{row[label]:,}",
            percent(result.precision[label]),
            percent(result.recall[label]),
        )
    return table
