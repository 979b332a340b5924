from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from inkdigits.errors import DataError


def test_json_tells_shapes_counts_and_the_tutorials_row(inkdigits: Callable):
    document = inkdigits("data", "show", "mnist", "--json").document
    assert document["train"]["shape"] == [60_000, 28, 28]
    assert document["test"]["shape"] == [10_000, 28, 28]
    assert document["train"]["dtype"] == "uint8"
    assert document["train"]["class_counts"][5] == 5421
    assert sum(document["test"]["class_counts"]) == 10_000
    row = document["row"]
    assert (row["image"], row["label"], row["row"]) == (0, 5, 18)
    assert row["scaled"] == pytest.approx([value / 255 for value in row["raw"]])
    assert max(row["raw"]) == 253


def test_people_see_shapes_pictures_and_rows(inkdigits: Callable):
    out = inkdigits("data", "show").out
    assert "train: 60,000 x 28 x 28, uint8" in out
    assert "⣿" in out
    assert "46 130 183 253 253 207" in out
    assert "0.180 0.510 0.718 0.992 0.992 0.812" in out


def test_a_picture_of_the_digits_is_written(inkdigits: Callable, tmp_path: Path):
    path = tmp_path / "digits.png"
    assert inkdigits("data", "show", "--picture", str(path)).code == 0
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 280


def test_an_unknown_data_set_is_refused(inkdigits: Callable):
    result = inkdigits("data", "show", "cifar")
    assert result.code == 2
    assert "'cifar' is not" in result.err


def test_damaged_data_is_one_line_and_code_2(inkdigits: Callable, monkeypatch: pytest.MonkeyPatch):
    from inkdigits.datasets import mnist

    def damaged() -> None:
        raise DataError("the MNIST file is damaged")

    monkeypatch.setattr(mnist, "load_mnist", damaged)
    result = inkdigits("data", "show")
    assert (result.code, result.out) == (2, "")
    assert result.err.strip() == "inkdigits: the MNIST file is damaged"
