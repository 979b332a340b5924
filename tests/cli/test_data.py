from collections.abc import Callable
from pathlib import Path

import numpy as np
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
    assert result.err.startswith("inkdigits: cifar cannot be read: No such file")


def test_damaged_data_is_one_line_and_code_2(inkdigits: Callable, monkeypatch: pytest.MonkeyPatch):
    from inkdigits.sources import load

    def damaged() -> None:
        raise DataError("the MNIST file is damaged")

    monkeypatch.setattr(load, "load_mnist", damaged)
    result = inkdigits("data", "show")
    assert (result.code, result.out) == (2, "")
    assert result.err.strip() == "inkdigits: the MNIST file is damaged"


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Five cats and five dogs in colour; a dog of the test part is a training image, too."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 4), ("test", 1)):
        for name in ("cat", "dog [x]"):
            folder = tmp_path / "pets" / part / name
            folder.mkdir(parents=True)
            for i in range(n):
                pixels = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    return tmp_path / "pets"


def test_pictures_of_ones_own_are_shown(inkdigits: Callable, pets: Path):
    (pets / "train" / "cat" / "broken.png").touch()
    result = inkdigits("data", "show", str(pets), "--picture", str(pets / "all.png"))
    assert result.code == 0
    assert "train: 8 x 12 x 12 x 3, uint8" in result.out
    assert "dog [x]" in result.out
    assert "row 6 of the first training image, a cat:" in result.out
    assert "raw green" in result.out
    assert "left out train/cat/broken.png: received an empty file" in result.err
    with Image.open(pets / "all.png") as picture:
        assert picture.format == "PNG"


def test_json_of_pictures_in_colour(inkdigits: Callable, pets: Path):
    document = inkdigits("data", "show", str(pets), "--json", "--side", "8").document
    assert (document["form"], document["train"]["shape"]) == ("pictures", [8, 8, 8, 3])
    assert np.shape(document["row"]["raw"]) == np.shape(document["row"]["scaled"]) == (8, 3)


def test_a_check_that_finds_nothing(inkdigits: Callable, pets: Path):
    result = inkdigits("data", "check", str(pets))
    assert (result.code, result.err) == (0, "")
    assert "pets: pictures, 12x12, in colour" in result.out
    assert "sizes found: 12x12 (10)" in result.out
    assert "Nothing else was found." in result.out


def test_a_check_that_finds_something(inkdigits: Callable, pets: Path):
    leaked = pets / "test" / "dog [x]" / "leak.png"
    leaked.write_bytes((pets / "train" / "cat" / "0.png").read_bytes())
    (pets / "train" / "cat" / "broken.png").touch()
    result = inkdigits("data", "check", str(pets))
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "pictures that cannot be read: 1" in result.err
    pair = "test/dog [x]/leak.png (dog [x], test) = train/cat/0.png (cat, train)"
    assert result.out.count(pair) == 2  # as a leak, and under another label
    document = inkdigits("data", "check", str(pets), "--json").document
    assert document["leaks"][0][1] == {"part": "train", "where": "train/cat/0.png", "class": "cat"}
    assert document["unreadable"][0]["where"] == "train/cat/broken.png"
    assert document["test"]["class_counts"] == [1, 2]
    assert len(document["problems"]) == 3


def test_only_the_first_of_many_are_listed(inkdigits: Callable, pets: Path):
    for i in range(15):
        (pets / "train" / "cat" / f"broken-{i}.png").touch()
    out = inkdigits("data", "check", str(pets)).out
    assert out.count("received an empty file") == 10
    assert "and 5 more; --json has them all" in out


def test_wrong_input_to_a_check_is_one_line_and_code_2(inkdigits: Callable, tmp_path: Path):
    result = inkdigits("data", "check", str(tmp_path))
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert "must be a folder with a subfolder of pictures for each class" in result.err
