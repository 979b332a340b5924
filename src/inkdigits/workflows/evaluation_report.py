"""The page of an evaluation, and which pictures it shows.

Comes in: what was measured of a network. Goes out: one HTML file. It measures nothing itself.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from inkdigits import __version__
from inkdigits.array_types import Int64
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.datasets.selection import first_of_each_class
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.evaluation.rejection import OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.formats import count
from inkdigits.plots.confusion import confusion_matrix
from inkdigits.plots.corruptions import CorruptionRow, corruption_chart
from inkdigits.plots.digits import mistakes, sample_grid
from inkdigits.plots.outliers import (
    TYPICAL,
    WRONG,
    ExampleRow,
    outlier_examples,
    score_histograms,
)
from inkdigits.plots.png import to_png
from inkdigits.plots.reliability import reliability_diagram
from inkdigits.reports.evaluation_content import EvaluationContent
from inkdigits.reports.evaluation_page import render_evaluation
from inkdigits.reports.facts import corruption_axis
from inkdigits.reports.meanings import EXCUSED
from inkdigits.runs.files import write_whole
from inkdigits.workflows.evaluate import find_network
from inkdigits.workflows.shown import as_shown

MISTAKES_SHOWN = 24
SAMPLES_PER_CLASS = 10


def write_evaluation_report(
    path: Path, measured: Measured, *, network: Path, against: Path | None, command: str
) -> None:
    """Write the page of an evaluation.

    Args:
        path: The HTML file to write.
        measured: What `measure` gave for the network.
        network: The network, as the user named it.
        against: The network it was compared with; None if there was none.
        command: What measures it again.

    Raises:
        OutputError: If the file cannot be written.
    """
    content = EvaluationContent(
        network=str(network),
        other=str(against) if against is not None else None,
        command=command,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        program=__version__,
        sha256=hashlib.sha256(find_network(network).content).hexdigest(),
        class_names=measured.class_names,
        measured=measured,
        shown=as_shown(measured.test, measured.form).images,
        reliability=reliability(measured.clean.probabilities, measured.clean.labels),
        mistakes_shown=MISTAKES_SHOWN,
        plots=draw_evaluation(measured),
    )
    write_whole(path, render_evaluation(content))


def draw_evaluation(measured: Measured) -> dict[str, bytes]:
    """Draw every plot that there is something to show on.

    Returns:
        PNG by the names that `EvaluationContent` knows.
    """
    clean = measured.clean
    calibration = reliability(clean.probabilities, clean.labels)
    plots = {
        "confusion-matrix": to_png(confusion_matrix(clean.confusion, measured.class_names)),
        "calibration": to_png(reliability_diagram(calibration)),
    }
    if measured.against:
        plots |= _compare(measured, measured.against[0])
    if measured.corruptions:
        plots["corruptions"] = _chart(clean, measured.corruptions, measured.test)
    if measured.outliers and measured.rejection:
        score, threshold = measured.rejection.score, measured.rejection.threshold
        plots["scores"] = _histograms(measured.outliers, threshold, score)
        examples = _example_rows(measured.outliers, measured.test)
        plots["outliers"] = to_png(outlier_examples(examples))
    if measured.other_writers:
        answers, seen = measured.other_writers
        first = first_of_each_class(seen, len(DIGIT_NAMES), SAMPLES_PER_CLASS)
        samples = sample_grid(first.images, first.labels, DIGIT_NAMES)
        plots["other-writers"] = to_png(samples)
        plots["other-writers-mistakes"] = _mistakes(answers, seen, answers.mistakes, DIGIT_NAMES)
    return plots


def _mistakes(
    answers: Evaluation,
    images: LabelledImages,
    chosen: Int64[np.ndarray, " m"],
    names: tuple[str, ...],
) -> bytes:
    shown = images.take(chosen[:MISTAKES_SHOWN])
    probabilities = answers.probabilities[chosen[:MISTAKES_SHOWN]]
    return to_png(mistakes(shown.images, shown.labels, probabilities, names))


def _compare(measured: Measured, second: Evaluation) -> dict[str, bytes]:
    """Draw each network's mistakes that the other does not make, where there are any."""
    first, test = measured.clean, as_shown(measured.test, measured.form)
    plots = {}
    pairs = (("only-first", second, first), ("only-second", first, second))
    for name, wrong, right in pairs:
        chosen = wrong.mistakes[~np.isin(wrong.mistakes, right.mistakes)]
        if len(chosen):
            plots[name] = _mistakes(wrong, test, chosen, measured.class_names)
    return plots


def _chart(clean: Evaluation, suite: CorruptionSuite, test: LabelledImages) -> bytes:
    """Draw the first image of each class in every corruption."""
    kept = min(len(samples) for samples in suite.samples.values())
    _, places = np.unique(test.labels[:kept], return_index=True)
    rows = [
        CorruptionRow(
            name.replace("_", " "), suite.samples[name][places], each.accuracy, each.interval95
        )
        for name, each in suite.evaluations.items()
    ]
    first = CorruptionRow("clean", test.images[places], clean.accuracy, clean.interval95)
    start = corruption_axis(clean, suite)
    return to_png(corruption_chart(first, rows, suite.mean_accuracy, start))


def _histograms(suite: OutlierSuite, threshold: float, score: str) -> bytes:
    scores = {name: each.outlierness for name, each in suite.answers.items()}
    known = {name: each for name, each in scores.items() if each is not None}
    digits = suite.digits.outlierness
    assert digits is not None  # the suite is measured with a score
    return to_png(score_histograms(digits, known, threshold, score, EXCUSED))


def _example_rows(suite: OutlierSuite, test: LabelledImages) -> list[ExampleRow]:
    """Choose for each set the first pictures, and the worst of those judged wrongly."""
    digits = suite.digits
    rejected = _by_strangeness(digits.outlierness, digits.rejected)[::-1]
    rejected = _one_of_each_first(rejected, test.labels)
    names = [f"a {DIGIT_NAMES[label]}" for label in test.labels[rejected[:WRONG]]]
    note = f"{count(len(rejected))} of {count(len(test))} rejected"
    pictures = (test.images[:TYPICAL], test.images[rejected[:WRONG]])
    rows = [ExampleRow("digits", note, *pictures, names)]
    for name, answers in suite.answers.items():
        given = answers.probabilities.argmax(axis=1)
        accepted = _by_strangeness(answers.outlierness, ~answers.rejected)
        accepted = _one_of_each_first(accepted, given)
        images = suite.images[name]
        note = f"{count(len(accepted))} of {count(len(images))} accepted"
        names = [f"as {DIGIT_NAMES[answer]}" for answer in given[accepted[:WRONG]]]
        pictures = (images[:TYPICAL], images[accepted[:WRONG]])
        rows.append(ExampleRow(name, note, *pictures, names, excused=name in EXCUSED))
    return rows


def _by_strangeness(scores: np.ndarray | None, chosen: np.ndarray) -> Int64[np.ndarray, " m"]:
    """Return the indices of the chosen pictures, the least strange first."""
    assert scores is not None  # the suite is measured with a score
    indices = np.flatnonzero(chosen)
    ordered: Int64[np.ndarray, " m"] = indices[np.argsort(scores[indices], kind="stable")]
    return ordered


def _one_of_each_first(
    ordered: Int64[np.ndarray, " m"], kinds: np.ndarray
) -> Int64[np.ndarray, " m"]:
    """Move the first of each kind to the front, so that few pictures show as much as they can."""
    _, firsts = np.unique(kinds[ordered], return_index=True)
    firsts.sort()
    rest = np.delete(np.arange(len(ordered)), firsts)
    moved: Int64[np.ndarray, " m"] = ordered[np.concatenate([firsts, rest])]
    return moved
