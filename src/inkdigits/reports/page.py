"""The page about one run: a single HTML file that needs nothing beside it.

Comes in: what a finished run computed. Goes out: HTML with its style and pictures inside. It does
not know where the file is kept, and asks no network for anything.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from math import log
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from inkdigits import formats
from inkdigits.networks.architecture import TUTORIAL
from inkdigits.networks.arithmetic import LayerSummary, NetworkSummary, summarise
from inkdigits.reports.content import ReportContent
from inkdigits.reports.facts import accuracy_bar, axis_start, laps, movements, total
from inkdigits.reports.mistakes import mistake_cards, mix_ups, worst_mix_ups
from inkdigits.reports.pictures import embed


def render(content: ReportContent) -> str:
    """Write the page.

    Args:
        content: What the run computed, its plots included.

    Returns:
        One HTML document; everything that came from outside is escaped.
    """
    template = _environment().get_template("report.html.j2")
    return template.render(content=content, **_derived(content))


def _derived(content: ReportContent) -> dict[str, Any]:
    """Work out what the template shows but the content does not hold."""
    manifest, evaluation = content.manifest, content.evaluation
    names, confusion = content.class_names, evaluation.confusion
    scores = [score for score in (manifest.test, manifest.test_augmented) if score]
    start = axis_start(scores)
    return {
        "types": _first_of_each_type(content.summary),
        "plots": {name: embed(png) for name, png in content.plots.items()},
        "flawed": content.recipe.validation == "augmented-test" and len(scores) == 2,
        "axis_start": start,
        "bars": [accuracy_bar(score, start) for score in scores],
        "moved": content.recipe.augmentation.moves,
        "movements": movements(content.recipe.augmentation, content.summary.input_shape[:2]),
        "mended_params": summarise(TUTORIAL).total_params,
        "test_counts": confusion.sum(axis=1).tolist(),
        "mean_confidence": float(evaluation.probabilities.max(axis=1).mean()),
        "best_epoch": max(content.history, key=lambda record: record.val_accuracy),
        "mix_ups": mix_ups(confusion, names),
        "worst": worst_mix_ups(confusion, names),
        "cards": mistake_cards(content),
        "laps": laps(manifest.timing),
        "total_seconds": total(manifest.timing),
        "uniform_loss": log(len(names)),
    }


def _first_of_each_type(summary: NetworkSummary) -> defaultdict[str, LayerSummary | None]:
    """Return the first layer of each type that learns, or else the first of that type."""
    first: defaultdict[str, LayerSummary | None] = defaultdict(lambda: None)
    for layer in sorted(reversed(summary.layers), key=lambda layer: layer.trainable_params > 0):
        first[layer.type] = layer
    return first


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("inkdigits.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": formats.percent,
        "confidence": formats.confidence,
        "thousands": formats.count,
        "duration": formats.duration,
    }
    return environment
