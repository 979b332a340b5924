"""`inkdigits data`: looking at data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inkdigits.arrays import scale
from inkdigits.cli.data_check import check_document, print_check
from inkdigits.cli.data_options import FormOption, SideOption
from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.output import JsonOption, print_json, stderr, stdout
from inkdigits.cli.pixels import beside, to_braille
from inkdigits.datasets.dataset import Dataset, Form, LabelledImages
from inkdigits.datasets.selection import first_of_each_class
from inkdigits.errors import EXIT_SOME_FAILED
from inkdigits.imaging.scaling import scale_to, to_grey

app = typer.Typer(name="data", help="Look at data sets.", no_args_is_help=True)

ROW = 18  # the row of the first image that the tutorial prints, raw and scaled
PICTURES_PER_LINE = 5
SAMPLES_PER_CLASS = 10
DRAWN_CLASSES = 20
DRAWN = 28  # pixels: the largest side of a picture that is drawn in the terminal

Source = Annotated[
    str,
    typer.Argument(
        metavar="NAME|PATH",
        help="mnist, fashion-mnist, a folder with one subfolder of pictures per class, IDX files, "
        "an .npz file in Keras's layout, or Parquet files; see docs/data.md.",
    ),
]


@app.callback()
def _data() -> None:
    """Look at data sets."""


@app.command()
def show(
    source: Source = "mnist",
    form: FormOption = None,
    side: SideOption = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Also write a grid of ten images per class to this PNG file."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show a data set: shapes, class counts, pictures, one row of pixels raw and scaled.

    Example: inkdigits data show mnist --picture digits.png
    """
    from inkdigits.sources.load import load_source

    loaded = load_source(source, form=form, side=side)
    for each in loaded.unreadable:
        stderr().print(f"inkdigits: left out {each}", markup=False)
    dataset = loaded.dataset
    if picture:
        _write_picture(dataset, picture)
    if json:
        print_json(data_document(dataset))
    else:
        _print(dataset)


@app.command(name="check")
def check_command(
    source: Source,
    form: FormOption = None,
    side: SideOption = None,
    json: JsonOption = False,
) -> None:
    """Look for what is wrong with a data set before training on it.

    Tells sizes and class counts, pictures that cannot be read, blank images, the same image twice,
    under different labels, or in training and test part, also if it was resized, stored again or
    made brighter. The exit code is 1 if there is something to look at.

    Example: inkdigits data check my-pictures
    """
    from inkdigits.sources.check import check
    from inkdigits.sources.load import load_source

    checked = check(load_source(source, form=form, side=side, thumbnails=True))
    if json:
        print_json(check_document(checked))
    else:
        print_check(checked, stdout())
    if checked.problems:
        stderr().print(f"inkdigits: {'; '.join(checked.problems)}", markup=False)
        raise typer.Exit(EXIT_SOME_FAILED)


def data_document(dataset: Dataset) -> dict[str, Any]:
    """Return what `inkdigits data show --json` prints."""
    first = dataset.train.take(slice(1))
    classes = len(dataset.class_names)
    row = ROW if dataset.shape[0] > ROW else dataset.shape[0] // 2
    scaled = scale(first.images)[0, row]
    return {
        "name": dataset.name,
        "sha256": dataset.checksum,
        "form": dataset.form,
        "class_names": list(dataset.class_names),
        "train": _part_document(dataset.train, classes),
        "test": _part_document(dataset.test, classes),
        "row": {
            "image": 0,
            "label": int(first.labels[0]),
            "row": row,
            "raw": first.images[0, row].tolist(),
            "scaled": (scaled if dataset.shape[2] > 1 else scaled[:, 0]).tolist(),
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
    table = Table("class", "train", "test", title=Text(dataset.name))
    counts = zip(*(document[part]["class_counts"] for part in ("train", "test")), strict=True)
    for class_name, (train, test) in zip(dataset.class_names, counts, strict=True):
        table.add_row(Text(class_name), f"{train:,}", f"{test:,}")
    for part in ("train", "test"):
        shape = " x ".join(f"{side:,}" for side in document[part]["shape"])
        out.print(f"{part}: {shape}, {document[part]['dtype']}")
    out.print(table)
    out.print("\n".join(_pictures(dataset)), markup=False)
    _print_row(document["row"], dataset, out)


def _print_row(row: dict[str, Any], dataset: Dataset, out: Console) -> None:
    name = dataset.class_names[row["label"]]
    channels = ("",) if dataset.shape[2] == 1 else (" red", " green", " blue")
    raw, scaled = (np.array(row[key]).reshape(-1, len(channels)) for key in ("raw", "scaled"))
    out.print(f"\nrow {row['row']} of the first training image, a {name}:", markup=False)
    for i, channel in enumerate(channels):
        out.print(f"raw{channel}".ljust(13), " ".join(f"{value:3d}" for value in raw[:, i]))
        out.print(f"scaled{channel}".ljust(13), " ".join(f"{value:.3f}" for value in scaled[:, i]))


def _pictures(dataset: Dataset) -> list[str]:
    """Draw the first training image of each of the first classes."""
    samples = first_of_each_class(dataset.train, min(len(dataset.class_names), DRAWN_CLASSES), 1)
    drawn = [_drawn(image, dataset.form) for image in samples.images]
    lines = []
    for start in range(0, len(drawn), PICTURES_PER_LINE):
        lines += ["", *beside(drawn[start : start + PICTURES_PER_LINE])]
    return lines


def _drawn(image: np.ndarray, form: Form) -> list[str]:
    if form == "digits":
        return to_braille(image)
    grey = image if image.ndim == 2 else to_grey(image)
    small = scale_to(grey, min(DRAWN, len(grey)))
    return to_braille(small, threshold=int(small.mean()) + 1)


def _write_picture(dataset: Dataset, path: Path) -> None:
    need_training_extra()
    from inkdigits.plots.digits import sample_grid
    from inkdigits.plots.png import to_png
    from inkdigits.runs.files import write_whole
    from inkdigits.workflows.shown import as_shown

    names = dataset.class_names
    samples = first_of_each_class(dataset.train, len(names), SAMPLES_PER_CLASS)
    samples = as_shown(samples, dataset.form)
    write_whole(path, to_png(sample_grid(samples.images, samples.labels, names)))
