import threading

import numpy as np
import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging import apart
from inkdigits.imaging.decode import Limits, decode
from inkdigits.imaging.raw_page import RawPage
from tests.imaging.seed_files import SEEDS, pdf_of

# A page that is filled with a pattern of a billion tiles.
ENDLESS = pdf_of(
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources 5 0 R>>",
    b"<</Length 34>>\nstream\n/Pattern cs /P scn 0 0 612 792 re f\nendstream",
    b"<</Pattern<</P 6 0 R>>>>",
    b"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.00001"
    b"/YStep 0.00001/Resources<<>>/Length 14>>\nstream\n0 0 1 1 re f \nendstream",
)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A function that puts another program in the place of the one that decodes."""

    def write(source):
        (tmp_path / "other_program.py").write_text(source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(apart, "_PROGRAM", "other_program")

    return write


def test_work_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "_PAGE_SECONDS", 0.3)
    before = threading.active_count()
    with pytest.raises(PictureError, match=r"PDF file with a page that takes more than 0\.3 s"):
        decode(ENDLESS)
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise SystemExit(1)", "the process for PDF files did not start"),
        ("import os; os.abort()", "the process for PDF files did not start"),
        ("import sys; sys.stdin.read(); print('no')", "did not start"),
        ("import sys; sys.stdin.buffer.read(); print()", "damaged: its decoder crashed"),
        ("import sys; sys.stdin.buffer.read(); print(); print('{', end='')", "crashed"),
        (
            "import sys; sys.stdin.buffer.read(); print();"
            """print('{"width": 1, "height": 1, "mode": "RGB", "bytes": 3}\\nxx', end='')""",
            "crashed",
        ),
    ],
)
def test_a_process_that_ends_too_early_is_an_error(program, source, message):
    program(source)
    with pytest.raises(PictureError, match=message):
        decode(SEEDS["pdf"])


def test_a_process_is_not_waited_for_when_no_more_pages_are_wanted(program):
    program(
        "import sys, time; sys.stdin.buffer.read(); print();"
        """print('{"width": 1, "height": 1, "mode": "L", "bytes": 1}\\nA', end='', flush=True);"""
        "time.sleep(600)"
    )
    (picture,) = decode(SEEDS["pdf"])
    assert picture.pixels.tolist() == [[[65, 65, 65]]]


def test_large_pages_are_reduced():
    pixels = np.zeros((30, 4002, 3), np.uint8)
    pixels[:, 2001:] = 255
    picture = apart._picture(RawPage(4002, 30, "RGB", pixels.tobytes()), 3)
    assert (picture.width, picture.height, picture.page) == (4002, 30, 3)
    assert picture.pixels.shape == (15, 2001, 3)
    assert picture.pixels[7, [0, 999, 1000, 1001, 2000], 0].tolist() == [0, 0, 128, 255, 255]


def test_pages_in_other_modes_become_red_green_and_blue():
    deep = np.array([[0, 65535]], np.uint16).tobytes()
    assert apart._picture(RawPage(2, 1, "I;16", deep), 1).pixels[0, :, 0].tolist() == [0, 255]
    clear = bytes([0, 255, 9, 0, 9, 0, 9, 0])
    assert apart._picture(RawPage(4, 1, "LA", clear), 1).pixels[0, :, 0].tolist() == [0] + 3 * [255]


def test_a_file_may_be_larger_than_what_a_pipe_holds():
    long = SEEDS["pdf"] + b"\n%" + b" " * 1_000_000
    assert decode(long, limits=Limits(max_bytes=2_000_000))[0].page == 1
