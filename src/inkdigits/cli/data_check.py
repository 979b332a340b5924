"""What was found in a data set, as a document and as text.

Comes in: a check. Goes out: a document for machines, lines for people. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inkdigits.sources.alike import Place
from inkdigits.sources.check import PARTS, Check
from inkdigits.sources.source import Part

_SHOWN = 10  # of each list


def check_document(check: Check) -> dict[str, Any]:
    """Return what `inkdigits data check --json` prints."""
    loaded, dataset = check.loaded, check.loaded.dataset
    return {
        "name": dataset.name,
        "sha256": dataset.checksum,
        "form": dataset.form,
        "shape": list(dataset.shape),
        "class_names": list(dataset.class_names),
        "test_was_set_aside": loaded.was_split,
        **{part: _part_document(check, part) for part in PARTS},
        "imbalance": check.imbalance,
        "sizes": [
            {"height": height, "width": width, "pictures": n}
            for (height, width), n in loaded.sizes.most_common()
        ],
        "unreadable": [{"where": each.where, "reason": each.reason} for each in loaded.unreadable],
        "blank": [_place(check, place) for place in check.blank],
        "conflicts": [[_place(check, place) for place in pair] for pair in check.alike.conflicts],
        "leaks": [[_place(check, place) for place in pair] for pair in check.alike.leaks],
        "near_leaks": [
            {
                "test": _place(check, ("test", pair.second)),
                "train": _place(check, ("train", pair.first)),
                "difference": pair.difference,
            }
            for pair in check.near
        ],
        "problems": check.problems,
    }


def print_check(check: Check, out: Console) -> None:
    """Print what was found for people."""
    loaded, dataset = check.loaded, check.loaded.dataset
    height, width, channels = dataset.shape
    colour = "in colour" if channels > 1 else "grey"
    out.print(f"{dataset.name}: {dataset.form}, {height}x{width}, {colour}", markup=False)
    out.print(f"sizes found: {_sizes(check)}")
    if loaded.was_split:
        out.print("there is no test part: a fifth of the images was set aside")
    table = Table("class", "train", "test")
    counts = (check.counts(part) for part in PARTS)
    for name, train, test in zip(dataset.class_names, *counts, strict=True):
        table.add_row(Text(name), f"{train:,}", f"{test:,}")
    table.add_row("all", f"{len(dataset.train):,}", f"{len(dataset.test):,}", style="bold")
    out.print(table)
    if check.is_uneven:
        out.print(
            f"the largest class has {check.imbalance:,.1f} times the images of the smallest: "
            "look at each class, not at accuracy alone"
        )
    repeated = ", ".join(f"{check.alike.repeated[part]:,} in {part}" for part in PARTS)
    out.print(f"images that are there once more, to the pixel: {repeated}")
    for title, lines in _lists(check).items():
        _print_list(title, lines, out)
    out.print("Nothing else was found." if not check.problems else "Look at the above first.")


def _part_document(check: Check, part: Part) -> dict[str, Any]:
    counts = check.counts(part)
    return {
        "n": sum(counts),
        "class_counts": counts,
        "empty_classes": check.empty(part),
        "repeated": check.alike.repeated[part],
    }


def _place(check: Check, place: Place) -> dict[str, str]:
    part, index = place
    labelled = check.loaded.dataset.train if part == "train" else check.loaded.dataset.test
    name = check.loaded.dataset.class_names[labelled.labels[index]]
    return {"part": part, "where": check.loaded.where[part][index], "class": name}


def _named(check: Check, place: Place) -> str:
    found = _place(check, place)
    return f"{found['where']} ({found['class']}, {found['part']})"


def _pairs(check: Check, pairs: Sequence[tuple[Place, Place]]) -> list[str]:
    return [f"{_named(check, first)} = {_named(check, second)}" for first, second in pairs]


def _lists(check: Check) -> dict[str, list[str]]:
    near: list[tuple[Place, Place]] = [
        (("test", pair.second), ("train", pair.first)) for pair in check.near
    ]
    return {
        "cannot be read": [str(each) for each in check.loaded.unreadable],
        "classes without a training image": check.empty("train"),
        "classes without a test image": check.empty("test"),
        "blank": [_named(check, place) for place in check.blank],
        "the same image under different labels": _pairs(check, check.alike.conflicts),
        "test images that are training images, too": _pairs(check, check.alike.leaks),
        "test images that are nearly the same as a training image": _pairs(check, near),
    }


def _print_list(title: str, lines: Sequence[str], out: Console) -> None:
    if not lines:
        return
    out.print(f"\n{title}: {len(lines):,}", style="bold")
    for line in lines[:_SHOWN]:
        out.print(f"  {line}", markup=False)
    if len(lines) > _SHOWN:
        out.print(f"  and {len(lines) - _SHOWN:,} more; --json has them all")


def _sizes(check: Check) -> str:
    sizes = check.loaded.sizes.most_common()
    named = [f"{height}x{width} ({n:,})" for (height, width), n in sizes[:_SHOWN]]
    more = [f"{len(sizes) - _SHOWN:,} others"] if len(sizes) > _SHOWN else []
    return ", ".join([*named, *more])
