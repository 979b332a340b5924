"""`inkdigits data`: looking at data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from inkdigits.arrays import scale
from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.output import JsonOption, print_json, stdout
from inkdigits.cli.pixels import beside, to_braille
from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.selection import first_of_each_class

app = typer.Typer(name="data", help="Look at data sets.", no_args_is_help=True)

ROW = 18  # the row of the first image that the tutorial prints, raw and scaled
PICTURES_PER_LINE = 5
SAMPLES_PER_CLASS = 10


@app.callback()
def _data() -> None:
    """Look at data sets."""


@app.command()
def show(
    name: Annotated[Literal["mnist"], typer.Argument(help="The data set.")] = "mnist",
    picture: Annotated[
        Path | None,
        typer.Option(help="Also write a grid of ten images per class to this PNG file."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show a data set: shapes, class counts, pictures, one row of pixels raw and scaled.

    Example: inkdigits data show mnist --picture digits.png
    """
    from inkdigits.datasets.mnist import load_mnist

    dataset = load_mnist()
    if picture:
        _write_picture(dataset, picture)
    if json:
        print_json(data_document(dataset))
    else:
        _print(dataset)


def data_document(dataset: Dataset) -> dict[str, Any]:
    """Return what `inkdigits data show --json` prints."""
    first = dataset.train.take(slice(1))
    classes = len(dataset.class_names)
    return {
        "name": dataset.name,
        "sha256": dataset.checksum,
        "class_names": list(dataset.class_names),
        "train": _part_document(dataset.train, classes),
        "test": _part_document(dataset.test, classes),
        "row": {
            "image": 0,
            "label": int(first.labels[0]),
            "row": ROW,
            "raw": first.images[0, ROW].tolist(),
            "scaled": scale(first.images)[0, ROW, :, 0].tolist(),
        },
    }


def _part_document(part: LabelledImages, classes: int) -> dict[str, Any]:
    return {
        "shape": list(part.images.shape),
        "dtype": str(part.images.dtype),
        "class_counts": part.class_counts(classes),
    }


def _print(dataset: Dataset) -> None:
    out, document = stdout(), data_document(dataset)
    table = Table("class", "train", "test", title=dataset.name)
    counts = zip(*(document[part]["class_counts"] for part in ("train", "test")), strict=True)
    for class_name, (train, test) in zip(dataset.class_names, counts, strict=True):
        table.add_row(class_name, f"{train:,}", f"{test:,}")
    for part in ("train", "test"):
        shape = " x ".join(f"{side:,}" for side in document[part]["shape"])
        out.print(f"{part}: {shape}, {document[part]['dtype']}")
    out.print(table)
    out.print("\n".join(_pictures(dataset)), markup=False)
    row = document["row"]
    out.print(f"\nrow {ROW} of the first training image, a {row['label']}:")
    out.print("raw     ", " ".join(f"{value:3d}" for value in row["raw"]))
    out.print("scaled  ", " ".join(f"{value:.3f}" for value in row["scaled"]))


def _pictures(dataset: Dataset) -> list[str]:
    """Draw the first training image of each class."""
    samples = first_of_each_class(dataset.train, len(dataset.class_names), 1)
    drawn = [to_braille(image) for image in samples.images]
    lines = []
    for start in range(0, len(drawn), PICTURES_PER_LINE):
        lines += ["", *beside(drawn[start : start + PICTURES_PER_LINE])]
    return lines


def _write_picture(dataset: Dataset, path: Path) -> None:
    need_training_extra()
    from inkdigits.plots.digits import sample_grid
    from inkdigits.plots.png import to_png
    from inkdigits.runs.files import write_whole

    names = dataset.class_names
    samples = first_of_each_class(dataset.train, len(names), SAMPLES_PER_CLASS)
    write_whole(path, to_png(sample_grid(samples.images, samples.labels, names)))
