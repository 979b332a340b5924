from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.errors import OutputError
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.reading import Box, Digit, Guess, Line, Reading
from inkdigits.workflows.drawings import Drawings, safe_stem
from inkdigits.workflows.inputs import Source
from inkdigits.workflows.predict import Result

READING = Reading(
    (
        Line(
            tuple(
                Digit(
                    digit,
                    0.99,
                    Box(10 + 30 * i, 20, 20, 40),
                    (Guess(7, 0.99, "7"),),
                    None,
                    0,
                    np.zeros((28, 28), np.uint8),
                )
                for i, digit in enumerate((7, None))
            )
        ),
    ),
    100,
    80,
)


def result(path, page=1):
    return Result(path, Picture(np.zeros((80, 100, 3), np.uint8), 100, 80, page), READING)


def names(folder, *results, sources=(), kind="annotated"):
    drawings = Drawings(folder, kind, [Source(name) for name in sources])
    return [path and path.name for path in map(drawings.write, results)]


def test_a_drawing_is_named_after_its_input_and_is_a_png(tmp_path):
    folder = tmp_path / "deep" / "out"
    assert names(folder, result("scans/seven.jpg")) == ["seven.annotated.png"]
    with Pillow.open(folder / "seven.annotated.png") as image:
        assert (image.format, image.size) == ("PNG", (100, 80))


def test_sheets_of_inputs_may_share_the_folder(tmp_path):
    names(tmp_path, result("seven.jpg"))
    assert names(tmp_path, result("seven.jpg"), kind="inputs") == ["seven.inputs.png"]
    assert len(list(tmp_path.iterdir())) == 2
    with Pillow.open(tmp_path / "seven.inputs.png") as image:
        assert image.size == (2 * 120 + 8, 144 + 8)


def test_inputs_of_the_same_name_get_drawings_of_their_own(tmp_path):
    results = [result("a/7.png"), result("b/7.png"), result("7.jpg"), result("A/7.PNG")]
    assert names(tmp_path, *results) == [
        *("7.annotated.png", "7.2.annotated.png", "7.3.annotated.png", "7.4.annotated.png")
    ]


def test_names_that_some_file_systems_cannot_tell_apart_are_told_apart(tmp_path):
    assert names(tmp_path, result("a.png"), result("A.png")) == [
        *("a.annotated.png", "A.2.annotated.png")
    ]


def test_pages_have_their_number(tmp_path):
    assert names(tmp_path, result("a.pdf"), result("a.pdf", page=2)) == [
        *("a.annotated.png", "a.page2.annotated.png")
    ]


def test_an_input_is_never_overwritten(tmp_path):
    precious = tmp_path / "a.annotated.png"
    precious.write_bytes(b"mine")
    sources = [str(tmp_path / "a.png"), str(precious)]
    assert names(tmp_path, result(sources[0]), sources=sources) == ["a.2.annotated.png"]
    assert precious.read_bytes() == b"mine"


def test_a_second_time_the_drawings_are_replaced(tmp_path):
    assert names(tmp_path, result("a.png")) == names(tmp_path, result("a.png"))
    assert len(list(tmp_path.iterdir())) == 1


def test_what_could_not_be_read_has_no_drawing(tmp_path):
    assert names(tmp_path, Result("a.png", error="is missing")) == [None]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "/",
        "a\nb.png",
        "\udcff.png",
        "\x1b[2J.png",
        "x" * 300,
        "ü" * 200,
        ".png",
        "a:b|c?.png",
    ],
)
def test_no_name_leads_out_of_the_folder_or_is_too_long(tmp_path, name):
    (written,) = names(tmp_path / "out", result(name))
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == written
    assert written.isprintable() and len(written.encode()) < 200


def test_standard_input_has_a_name():
    assert safe_stem("-") == "stdin"


def test_a_file_is_no_folder_to_draw_in(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot write into .*out: it is no folder"):
        Drawings(tmp_path / "out", "annotated", [])


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"seven\.annotated\.png: No space left on device"):
        names(tmp_path, result("seven.png"))
    assert list(tmp_path.iterdir()) == []
