"""How the figures of an evaluation look in a terminal.

Comes in: what was measured. Goes out: tables and sentences on stdout, each number with what it
means.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Column, Table

from inkdigits.cli.output import percent_range, stdout
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.evaluation.rejection import OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.formats import count, percent
from inkdigits.reports.meanings import say_comparison

OUTLIER_COLUMNS = (
    "AUROC: how often such a picture looks stranger to the network than a digit; 0.5 is guessing\n"
    "false positive rate: share that passes for digits when 95 % of digits pass\n"
    "rejected: share that the network's own threshold turns away"
)


def print_evaluation(network: Path, measured: Measured, against: Path | None) -> None:
    """Print everything that was measured.

    Args:
        network: The network, as the user named it.
        measured: Its figures.
        against: The network it was compared with.
    """
    out = stdout()
    out.print(_figures(measured))
    out.print(_class_table(measured.clean, measured.class_names))
    out.print(_confusion_table(measured.clean, measured.class_names))
    if measured.against:
        theirs, comparison = measured.against
        out.print(f"\n{against}: test accuracy {_score(theirs)}", markup=False)
        out.print(say_comparison(comparison, str(network), str(against)), markup=False)
    if measured.corruptions:
        out.print()
        out.print(_corruption_table(measured.corruptions))
    if measured.outliers:
        out.print()
        out.print(_outlier_table(measured.outliers))
        lost = percent(measured.outliers.false_rejection)
        out.print(f"{OUTLIER_COLUMNS}; of the test digits it turns away {lost}")
        out.print("letters like digits may pass: nobody can tell a printed O from a 0")
    if measured.other_writers:
        out.print(f"\ndigits of other writers: accuracy {_score(measured.other_writers[0])}")


def _score(result: Evaluation) -> str:
    return (
        f"{percent(result.accuracy)} ({count(result.correct)} of {count(result.n)}; "
        f"95 % interval {percent_range(result.interval95)})"
    )


def _figures(measured: Measured) -> str:
    clean = measured.clean
    error = reliability(clean.probabilities, clean.labels).expected_error
    lines = [f"test accuracy {_score(clean)}"]
    if measured.undisputed:
        left_out = clean.n - measured.undisputed.n
        lines.append(f"without the {left_out} disputed labels {_score(measured.undisputed)}")
    lines.append(
        f"log loss {clean.log_loss:.4f}, Brier score {clean.brier:.4f}, "
        f"expected calibration error {percent(error)}"
    )
    if measured.rejection:
        none = "no digit" if measured.form == "digits" else "none of the classes"
        lines.append(
            f"temperature {measured.rejection.temperature:.3f}; rejects as {none} what the "
            f"score {measured.rejection.score} puts above {measured.rejection.threshold:.4g}"
        )
    return "\n".join(lines)


def _class_table(result: Evaluation, names: Sequence[str]) -> Table:
    table = Table("class", *_right("images", "right", "precision", "recall"))
    for label, name in enumerate(names):
        row = result.confusion[label]
        shares = percent(result.precision[label]), percent(result.recall[label])
        table.add_row(name, count(row.sum()), count(row[label]), *shares)
    return table


def _confusion_table(result: Evaluation, names: Sequence[str]) -> Table:
    title = "rows: what it is; columns: what the network answers"
    table = Table("", *_right(*names), title=title, title_justify="left")
    for label, row in enumerate(result.confusion):
        table.add_row(names[label], *(count(number) if number else "·" for number in row))
    return table


def _corruption_table(suite: CorruptionSuite) -> Table:
    table = Table("corruption", *_right("right", "accuracy", "95 % interval"), show_footer=True)
    for name, result in suite.evaluations.items():
        figures = (count(result.correct), percent(result.accuracy))
        style = "bold" if name == suite.worst else None
        table.add_row(name, *figures, percent_range(result.interval95), style=style)
    table.columns[0].footer = f"mean of {len(suite.evaluations)} (the worst is {suite.worst})"
    table.columns[2].footer = percent(suite.mean_accuracy)
    return table


def _outlier_table(suite: OutlierSuite) -> Table:
    columns = _right("images", "AUROC", "false positive rate", "rejected")
    table = Table("no digits", *columns)
    for name, figures in suite.figures.items():
        shares = percent(figures.false_positive_rate), percent(figures.rejected)
        table.add_row(name, count(figures.n), f"{figures.auroc:.4f}", *shares)
    return table


def _right(*names: str) -> list[Column]:
    return [Column(name, justify="right") for name in names]
