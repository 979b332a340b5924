"""The page about one run: a single HTML file that needs nothing beside it.

Comes in: what a finished run computed. Goes out: HTML with its style and pictures inside. It does
not know where the file is kept, and asks no network for anything.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from inkdigits.evaluation.confidence import FALSE_REJECTION
from inkdigits.networks.architecture import TUTORIAL
from inkdigits.networks.arithmetic import LayerSummary, NetworkSummary, summarise
from inkdigits.reports.classifier import classifier_facts
from inkdigits.reports.content import ReportContent
from inkdigits.reports.environment import fill
from inkdigits.reports.facts import accuracy_bar, axis_start, changes, laps, total
from inkdigits.reports.meanings import SCORES
from inkdigits.reports.pictures import embed

# Each section has the template of its name, in `sections/run` or shared with other pages.
SECTIONS = (
    ("result", "The result"),
    ("flaws", "Two flaws, on show"),
    ("data", "The data"),
    ("augmentation", "What the network saw"),
    ("network", "The network"),
    ("training", "How it learnt"),
    ("figures", "How well it reads"),
    ("confidence", "How far to trust it"),
    ("mistakes", "The mistakes"),
    ("again", "Make it again"),
)


def render(content: ReportContent) -> str:
    """Write the page.

    Args:
        content: What the run computed, its plots included.

    Returns:
        One HTML document; everything that came from outside is escaped.
    """
    return fill("report.html.j2", content=content, **_derived(content))


def _derived(content: ReportContent) -> dict[str, Any]:
    """Work out what the template shows but the content does not hold."""
    manifest, recipe = content.manifest, content.recipe
    scores = [score for score in (manifest.test, manifest.test_augmented) if score]
    start = axis_start(scores)
    flawed = recipe.validation == "augmented-test" and len(scores) == 2
    return {
        **classifier_facts(content.evaluation, content.test.images, content.class_names),
        "manifest": manifest,
        "recipe": recipe,
        "kind": "run",
        "program": manifest.inkdigits,
        "sections": [each for each in SECTIONS if each[0] != "flaws" or flawed],
        "types": _first_of_each_type(content.summary),
        "plots": {name: embed(png) for name, png in content.plots.items()},
        "axis_start": start,
        "bars": [accuracy_bar(score, start) for score in scores],
        "changed": recipe.augmentation.changes,
        "changes": changes(recipe.augmentation, content.summary.input_shape[:2]),
        "mended_params": summarise(TUTORIAL).total_params,
        "best_epoch": max(content.history, key=lambda record: record.val_accuracy),
        "rejection": manifest.confidence,
        "score_meanings": SCORES,
        "false_rejection": FALSE_REJECTION,
        "mistakes_file": "mistakes.csv",
        "laps": laps(manifest.timing),
        "total_seconds": total(manifest.timing),
    }


def _first_of_each_type(summary: NetworkSummary) -> defaultdict[str, LayerSummary | None]:
    """Return the first layer of each type that learns, or else the first of that type."""
    first: defaultdict[str, LayerSummary | None] = defaultdict(lambda: None)
    for layer in sorted(reversed(summary.layers), key=lambda layer: layer.trainable_params > 0):
        first[layer.type] = layer
    return first
