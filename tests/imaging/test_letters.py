import string

import numpy as np
import pytest

from inkdigits.imaging import letters as module
from inkdigits.imaging.letters import render_letters


def bounds(image):
    """First and last row and first and last column with ink."""
    rows, columns = np.nonzero(image)
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_letters_have_the_form_of_mnist(rng):
    images = render_letters(string.ascii_letters, 60, rng)
    assert images.shape == (60, 28, 28)
    assert images.dtype == np.uint8
    for image in images:
        top, bottom, left, right = bounds(image)
        assert max(bottom - top, right - left) == 19
        assert image.max() == 255


def test_the_same_seed_draws_the_same_letters():
    first, again, other = (
        render_letters("AbK", 10, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).all()


def test_a_short_series_is_the_beginning_of_a_long_one():
    long, short = (render_letters("AbK", n, np.random.default_rng(0)) for n in (12, 5))
    np.testing.assert_array_equal(long[:5], short)


def test_no_two_drawings_of_a_letter_are_the_same(rng):
    assert len({image.tobytes() for image in render_letters("a", 40, rng)}) == 40


def test_a_bar_is_tall_and_narrow_and_a_ring_is_open_in_the_middle(rng):
    for image in render_letters("l", 20, rng):
        top, bottom, left, right = bounds(image)
        assert bottom - top == 19
        assert right - left < 18  # 19 (tan 15 degrees + 0.3) for the slant, and the stroke
        assert (image[14] > 0).sum() < 8
    for image in render_letters("O", 20, rng):
        assert image[13:16, 13:16].max() == 0


def test_bars_lean_both_ways_and_their_strokes_differ(rng):
    images = render_letters("l", 60, rng).astype(float)
    middle = images @ np.arange(28) / images.sum(axis=2).clip(1)
    lean = (middle[:, 7] - middle[:, 22]) / 15  # columns per row, to the right at the top
    # At most by 15 degrees and a shear of 0.3 together, about 0.6.
    assert -0.7 < lean.min() < -0.2
    assert 0.2 < lean.max() < 0.7
    # Ink over height squared: without a thicker pen it is below 0.2, however wide the letter.
    ink = images.sum(axis=(1, 2)) / 255 / 20**2
    assert ink.min() < 0.14
    assert ink.max() > 0.22


def test_the_letters_are_drawn_from_those_that_were_named():
    # A ring has paper in its middle and a bar has ink there.
    rings, bars, both = (
        render_letters(named, 40, np.random.default_rng(0))[:, 14, 14] == 0
        for named in ("O", "l", "Ol")
    )
    assert rings.all()
    assert not bars.any()
    assert 10 < both.sum() < 30


def test_letters_that_lean_and_grow_never_leave_the_picture(monkeypatch, rng):
    pictures = []
    monkeypatch.setattr(
        module, "to_mnist", lambda grey: pictures.append(grey) or np.zeros((28, 28), np.uint8)
    )
    render_letters("WMgQj", 200, rng)
    assert len(pictures) == 200
    for picture in pictures:
        assert picture.any()
        border = np.concatenate([picture[[0, -1]].ravel(), picture[:, [0, -1]].ravel()])
        assert not border.any()
        assert set(np.unique(picture)) == {0, 255}


def test_no_letters_asked_for_are_none(rng):
    assert render_letters("A", 0, rng).shape == (0, 28, 28)


@pytest.mark.parametrize("letters", ["", " ", "A ", "a1", "é", "Ж", "A\n"])
def test_anything_but_letters_is_refused(letters, rng):
    with pytest.raises(ValueError, match="must be one or more of A-Z and a-z; received") as caught:
        render_letters(letters, 1, rng)
    assert repr(letters) in str(caught.value)


def test_a_negative_number_is_refused(rng):
    with pytest.raises(ValueError, match="at least 0; received -1"):
        render_letters("A", -1, rng)
