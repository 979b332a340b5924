"""What `inkdigits evaluate --json` prints.

Comes in: what was measured. Goes out: a dictionary for one JSON document; what was not measured
is null in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.comparison import Comparison
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.evaluation.rejection import OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.runs.manifest import Manifest


def evaluation_document(
    network: Path,
    measured: Measured,
    manifest: Manifest | None,
    against: Path | None,
    report: Path | None,
) -> dict[str, Any]:
    """Return the document.

    Args:
        network: The network, as the user named it.
        measured: Its figures.
        manifest: That of its run; None for a bare ONNX file.
        against: The network it was compared with.
        report: Where the page is written.
    """
    clean = measured.clean
    return {
        "run": str(network),
        "report": str(report) if report else None,
        "data": measured.data,
        "class_names": list(measured.class_names),
        "test": {
            **_score(clean),
            "loss": clean.log_loss,
            "brier": clean.brier,
            "calibration_error": reliability(clean.probabilities, clean.labels).expected_error,
            "undisputed": _score(measured.undisputed) if measured.undisputed else None,
        },
        "classes": _classes(clean),
        "train": manifest.train.model_dump() if manifest else None,
        "confusion": clean.confusion.tolist(),
        "mistakes": clean.mistakes.tolist(),
        "rejection": _rejection(measured),
        "against": _against(str(against), *measured.against) if measured.against else None,
        "corruptions": _corruptions(measured.corruptions) if measured.corruptions else None,
        "outliers": _outliers(measured.outliers) if measured.outliers else None,
        "other_writers": _score(measured.other_writers[0]) if measured.other_writers else None,
    }


def _score(result: Evaluation) -> dict[str, Any]:
    return {
        "accuracy": result.accuracy,
        "correct": result.correct,
        "n": result.n,
        "interval95": list(result.interval95),
    }


def _classes(result: Evaluation) -> list[dict[str, Any]]:
    pairs = zip(result.precision, result.recall, strict=True)
    return [{"precision": _or_null(first), "recall": _or_null(second)} for first, second in pairs]


def _or_null(value: float) -> float | None:
    return None if value != value else float(value)


def _rejection(measured: Measured) -> dict[str, Any] | None:
    rejection = measured.rejection
    if rejection is None:
        return None
    return {
        "score": rejection.score,
        "threshold": rejection.threshold,
        "temperature": rejection.temperature,
    }


def _against(network: str, theirs: Evaluation, comparison: Comparison) -> dict[str, Any]:
    return {
        "network": network,
        "accuracy": theirs.accuracy,
        "correct": theirs.correct,
        "only_first": comparison.only_first,
        "only_second": comparison.only_second,
        "both_right": comparison.both_right,
        "both_wrong": comparison.both_wrong,
        "p_value": comparison.p_value,
    }


def _corruptions(suite: CorruptionSuite) -> dict[str, Any]:
    return {
        "mean_accuracy": suite.mean_accuracy,
        "each": {name: _score(result) for name, result in suite.evaluations.items()},
    }


def _outliers(suite: OutlierSuite) -> dict[str, Any]:
    return {
        "false_rejection": suite.false_rejection,
        "sets": {
            name: {
                "n": figures.n,
                "auroc": figures.auroc,
                "false_positive_rate_at_95": figures.false_positive_rate,
                "rejected": figures.rejected,
            }
            for name, figures in suite.figures.items()
        },
    }
