"""From a folder of coloured pictures to their names, by commands alone."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.cli.main import run

COLOURS = {"gentian": (60, 70, 190), "leaf": (40, 150, 60), "poppy": (200, 40, 30)}


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of forty pictures of many sizes, in the colours of their names."""
    folder, rng = tmp_path_factory.mktemp("own") / "plants", np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for i in range(40):
            height, width = rng.integers(30, 90, 2)
            pixels = np.full((height, width, 3), rng.integers(150, 255, 3))
            pixels[height // 4 : -height // 4, width // 4 : -width // 4] = colour
            noisy = np.clip(pixels + rng.normal(0, 15, pixels.shape), 0, 255).astype(np.uint8)
            Pillow.fromarray(noisy).save(folder / name / f"{i}.{'jpg' if i % 2 else 'png'}")
    return folder


@pytest.fixture(scope="module")
def trained(plants: Path) -> Path:
    out = plants.parent / "run"
    words = ("--data", str(plants), "--epochs", "12", "--out", str(out))
    assert run(["train", *words]) == 0
    return out


def test_it_is_trained_in_colour_and_names_its_classes(trained: Path):
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["data"]["name"] == "plants"
    assert manifest["test"]["n"] == 24 and manifest["test"]["correct"] >= 20
    report = (trained / "report.html").read_text()
    assert all(name in report for name in COLOURS)
    assert "pixels of red, green and blue" in report


def test_it_is_evaluated_on_its_own_test_part(trained: Path, inkdigits: Callable):
    document = inkdigits("evaluate", str(trained), "--json").document
    manifest = json.loads((trained / "manifest.json").read_text())
    assert document["test"]["correct"] == manifest["test"]["correct"]
    assert document["class_names"] == ["gentian", "leaf", "poppy"]


def test_it_names_what_a_picture_shows(trained: Path, inkdigits: Callable, tmp_path: Path):
    paths = []
    for name, colour in COLOURS.items():
        pixels = np.full((120, 80, 3), 220, np.uint8)
        pixels[30:-30, 20:-20] = colour
        paths.append(tmp_path / f"{name}.png")
        Pillow.fromarray(pixels).save(paths[-1])
    words = ("--annotate", str(tmp_path / "a"), "--show-inputs", str(tmp_path / "i"), "--json")
    document = inkdigits("predict", *map(str, paths), "--model", str(trained), *words).document
    assert [each["text"] for each in document["results"]] == list(COLOURS)
    (digit,) = document["results"][1]["lines"][0]["digits"]
    assert (digit["digit"], digit["name"], digit["box"]) == (1, "leaf", [0, 0, 80, 120])
    assert len(list((tmp_path / "a").iterdir())) == len(list((tmp_path / "i").iterdir())) == 3


def test_what_is_known_of_digits_is_of_no_use_for_it(
    trained: Path, plants: Path, inkdigits: Callable
):
    words = (str(plants / "leaf" / "0.png"), "--expect", "page", "--model", str(trained))
    result = inkdigits("predict", *words)
    assert result.code == 2
    assert "`expect` is for networks that read digits; received 'page'" in result.err
