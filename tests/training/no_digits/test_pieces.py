import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.no_digits.pieces import (
    SIDES,
    cut_pieces,
    has_loop,
    is_enough,
    is_upright_stroke,
    keep_side,
)

BAR = np.zeros((28, 28), np.uint8)
BAR[4:24, 12:16] = 255
DIAGONAL = np.eye(28, dtype=np.uint8)
RING = np.zeros((28, 28), np.uint8)
RING[4:24, 4:24] = 255
RING[6:22, 6:22] = 0
COUNTING = np.arange(1, 17, dtype=np.uint8).reshape(4, 4)


def labelled(image, label):
    return LabelledImages(image[np.newaxis], np.array([label], np.uint8))


@pytest.mark.parametrize(
    ("side", "kept"),
    [
        ("left", np.s_[:, :2]),
        ("right", np.s_[:, 2:]),
        ("top", np.s_[:2]),
        ("bottom", np.s_[2:]),
    ],
)
def test_half_of_what_is_drawn_is_kept_wherever_it_stands(side, kept):
    image = np.pad(COUNTING, ((1, 3), (2, 0)))
    expected = np.zeros_like(image)
    expected[1:5, 2:6][kept] = COUNTING[kept]
    np.testing.assert_array_equal(keep_side(image, side, 0.5), expected)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_all_or_nothing_can_be_kept(side):
    np.testing.assert_array_equal(keep_side(COUNTING, side, 1.0), COUNTING)
    assert not keep_side(COUNTING, side, 0.0).any()


def test_a_slanted_cut_moves_to_the_right_from_row_to_row():
    full = np.ones((3, 6), np.uint8)
    kept = keep_side(full, "left", 0.5, slant=1.0)
    assert kept.sum(axis=1).tolist() == [2, 3, 4]
    np.testing.assert_array_equal(kept + keep_side(full, "right", 0.5, slant=1.0), full)


def test_of_bare_paper_bare_paper_is_kept():
    assert not keep_side(np.zeros((4, 4), np.uint8), "left", 0.5).any()


def test_a_quarter_of_the_ink_is_enough_where_a_quarter_is_asked_for():
    assert is_enough(RING // 4, RING, 0.24)
    assert not is_enough(RING // 4, RING, 0.26)
    assert not is_enough(RING * 0, RING, 0.0)


@pytest.mark.parametrize(
    ("image", "upright"),
    [
        (BAR, True),
        (BAR.T, False),
        (DIAGONAL, True),
        (DIAGONAL[::-1], True),
        (RING, False),
        (keep_side(RING, "bottom", 0.5), False),
    ],
    ids=["bar", "dash", "diagonal", "rising", "ring", "half"],
)
def test_only_one_upright_or_slanting_stroke_is_like_a_one(image, upright):
    assert is_upright_stroke(image) is upright


@pytest.mark.parametrize(
    ("image", "loop"),
    [(RING, True), (BAR, False), (keep_side(RING, "top", 0.7), False), (DIAGONAL, False)],
    ids=["ring", "bar", "open", "diagonal"],
)
def test_a_loop_goes_around_paper(image, loop):
    assert has_loop(image) is loop


def test_pieces_of_a_ring_are_open_and_fill_the_box(rng):
    pieces = cut_pieces(labelled(RING, 0), 40, 20, rng)
    assert pieces.shape == (40, 28, 28)
    for piece in pieces:
        rows, columns = (np.flatnonzero(piece.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        assert min(np.ptp(rows), np.ptp(columns)) + 1 >= 6
        assert not has_loop(np.where(piece > 127, piece, 0).astype(np.uint8))


@pytest.mark.parametrize("label", [1, 6, 8, 255])
def test_digits_of_which_every_piece_may_be_a_digit_are_not_cut(label, rng):
    assert not cut_pieces(labelled(RING, label), 5, 20, rng).any()
    assert label not in SIDES


def test_of_a_digit_that_is_one_stroke_no_piece_is_taken(rng):
    assert not cut_pieces(labelled(BAR, 7), 5, 20, rng).any()


def test_no_piece_of_a_real_digit_is_an_upright_stroke_or_bare(digits, rng):
    pieces = cut_pieces(digits, 100, 20, rng)
    assert pieces.any(axis=(1, 2)).all()
    heights = np.array([np.ptp(np.flatnonzero(piece.any(axis=1))) + 1 for piece in pieces])
    widths = np.array([np.ptp(np.flatnonzero(piece.any(axis=0))) + 1 for piece in pieces])
    assert (heights <= 2.5 * widths).all()


def test_the_same_randomness_cuts_the_same_pieces(digits):
    first, again, other = (
        cut_pieces(digits, 10, 20, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
