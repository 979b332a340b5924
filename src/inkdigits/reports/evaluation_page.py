"""The page about an evaluation: a single HTML file that needs nothing beside it.

Comes in: what was measured of a network. Goes out: HTML with its style and pictures inside.
Suites that were not measured have no section. It does not know where the file is kept, and asks
no network for anything.
"""

from __future__ import annotations

from typing import Any

from inkdigits.evaluation.confidence import FALSE_REJECTION
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.formats import percent
from inkdigits.reports.classifier import classifier_facts
from inkdigits.reports.environment import fill
from inkdigits.reports.evaluation_content import EvaluationContent
from inkdigits.reports.facts import accuracy_bar, axis_start, corruption_axis
from inkdigits.reports.meanings import CORRUPTIONS, EXCUSED, OUTLIERS, SCORES, say_comparison
from inkdigits.reports.mistakes import MixUp, mix_ups
from inkdigits.reports.pictures import embed

# Each section has the template of its name, in `sections/evaluation` or shared with other pages;
# those with a field are left out where it is None.
SECTIONS = (
    ("result", "The result", None),
    ("comparison", "Against another network", "against"),
    ("figures", "How well it reads", None),
    ("confidence", "How far to trust it", None),
    ("mistakes", "The mistakes", None),
    ("corruptions", "When the picture is bad", "corruptions"),
    ("outliers", "When it is no digit", "outliers"),
    ("other-writers", "When other people write", "other_writers"),
    ("again", "Measure it again", None),
)


def render_evaluation(content: EvaluationContent) -> str:
    """Write the page.

    Args:
        content: What was measured, the plots included.

    Returns:
        One HTML document; everything that came from outside is escaped.
    """
    return fill("evaluation.html.j2", content=content, **_derived(content))


def _derived(content: EvaluationContent) -> dict[str, Any]:
    """Work out what the template shows but the content does not hold."""
    measured, names = content.measured, content.class_names
    start = axis_start([measured.clean])
    return {
        **classifier_facts(measured.clean, content.shown, names),
        "measured": measured,
        "kind": "evaluation",
        "program": content.program,
        "sections": [
            (id, title)
            for id, title, field in SECTIONS
            if field is None or getattr(measured, field) is not None
        ],
        "plots": {name: embed(png) for name, png in content.plots.items()},
        "axis_start": start,
        "bar": accuracy_bar(measured.clean, start),
        "facts": _facts(measured),
        "rejection": measured.rejection,
        "score_meanings": SCORES,
        "false_rejection": FALSE_REJECTION,
        "mistakes_file": None,
        "verdict": _verdict(content),
        "chart_start": corruption_axis(measured.clean, measured.corruptions),
        "most_mistakes": content.mistakes_shown,
        "corruption_meanings": CORRUPTIONS,
        "corruption_mix_ups": _worst_mix_ups(measured.corruptions, names),
        "outlier_meanings": OUTLIERS,
        "excused": EXCUSED,
    }


def _facts(measured: Measured) -> list[tuple[str, str]]:
    """Return the figures that stand beside the main one, by what they are of."""
    facts = []
    if measured.undisputed:
        facts.append(("Without disputed labels", percent(measured.undisputed.accuracy)))
    if measured.other_writers:
        facts.append(("Digits of other writers", percent(measured.other_writers[0].accuracy)))
    if measured.corruptions:
        suite, worst = measured.corruptions, measured.corruptions.worst
        lowest = percent(suite.evaluations[worst].accuracy)
        facts.append(("Corrupted digits, on average", percent(suite.mean_accuracy)))
        facts.append((f"The worst of them, {worst.replace('_', ' ')}", lowest))
    if measured.outliers:
        told = {n: f for n, f in measured.outliers.figures.items() if n not in EXCUSED}
        name = min(told, key=lambda name: told[name].auroc)
        facts.append((f"Area under ROC, worst set: {name}", f"{told[name].auroc:.4f}"))
        facts.append(("Digits rejected", percent(measured.outliers.false_rejection)))
    return facts


def _verdict(content: EvaluationContent) -> str | None:
    if content.measured.against is None:
        return None
    return say_comparison(
        content.measured.against[1], content.network, content.other or "the other network"
    )


def _worst_mix_ups(
    suite: CorruptionSuite | None, names: tuple[str, ...]
) -> dict[str, MixUp | None]:
    """Return the most frequent mistake under each corruption."""
    if suite is None:
        return {}
    return {
        name: next(iter(mix_ups(each.confusion, names, most=1)), None)
        for name, each in suite.evaluations.items()
    }
