import numpy as np
import pytest

from inkdigits.datasets.other_writers import load_other_writers
from inkdigits.imaging.cells import enlarge, enlarge_and_normalise, to_cells


def bounds(image):
    """First and last row and first and last column with ink."""
    rows, columns = np.nonzero(image)
    return rows.min(), rows.max(), columns.min(), columns.max()


def centre(image):
    """Centre of mass: row and column."""
    ink = image.astype(float)
    places = np.arange(len(image))
    return ink.sum(1) @ places / ink.sum(), ink.sum(0) @ places / ink.sum()


def test_a_digit_fills_its_cells_and_keeps_its_aspect():
    block = np.zeros((40, 30), np.uint8)
    block[5:25, 10:20] = 200  # twice as high as wide, out of the middle
    cells = to_cells(block, 8, 127)
    expected = np.zeros((8, 8), np.uint8)
    expected[:, 2:6] = 255
    assert cells.dtype == np.uint8
    np.testing.assert_array_equal(cells, expected)


def test_a_cell_counts_its_sixteenths_of_ink():
    stairs = np.zeros((16, 16), np.uint8)
    stairs[np.tril_indices(16)] = 255  # as large as the bitmap: no pixel changes
    cells = to_cells(stairs, 4, 127)
    assert cells[3, 0] == 255
    assert cells[0, 3] == 0
    assert np.diag(cells).tolist() == [round(255 * 10 / 16)] * 4


def test_what_is_fainter_than_the_threshold_is_paper():
    grey = np.full((8, 8), 100, np.uint8)
    assert to_cells(grey, 2, 99).tolist() == [[255, 255], [255, 255]]
    assert to_cells(grey, 2, 100).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (300, 1)], ids=str)
def test_a_line_or_a_dot_has_cells(shape):
    assert to_cells(np.full(shape, 255, np.uint8), 8, 127).any()


def test_cells_of_an_image_drawn_again_are_nearly_the_same(digits):
    for image in digits.images[:20]:
        cells = to_cells(image, 8, 127)
        again = to_cells(enlarge(cells[None])[0], 8, 127)
        assert np.abs(again.astype(int) - cells).mean() < 25


def test_enlarging_keeps_full_and_empty_cells():
    cells = np.zeros((2, 3, 4), np.uint8)
    cells[1] = 255
    pictures = enlarge(cells, factor=5)
    assert pictures.shape == (2, 15, 20)
    assert not pictures[0].any()
    assert (pictures[1] == 255).all()


def test_enlarging_gives_paper_or_ink_and_nothing_between():
    pictures = enlarge(load_other_writers().images[:50])
    assert pictures.dtype == np.uint8
    assert np.unique(pictures).tolist() == [0, 255]


def test_a_half_full_cell_between_ink_and_paper_is_cut_in_the_middle():
    cells = np.array([[[0, 0, 255, 255, 128, 0, 0]] * 7], np.uint8)
    middle = enlarge(cells, factor=8)[0, 28]
    assert middle.tolist() == [0] * 16 + [255] * 20 + [0] * 20


def test_enlarging_keeps_the_ink_of_real_digits():
    cells = load_other_writers().images[:300]
    pictures = enlarge(cells)
    means = pictures.reshape(300, 8, 8, 8, 8).mean(axis=(2, 4))
    assert np.abs(means - cells).mean() < 0.03 * 255  # in most cells to a few percent,
    assert pictures.mean() == pytest.approx(cells.mean(), rel=0.02)  # and in all nearly the sum


def test_strokes_do_not_fill_a_gap_of_one_cell():
    cells = np.zeros((1, 5, 5), np.uint8)
    cells[0, :, [1, 3]] = 200
    row = enlarge(cells, factor=8)[0, 20]
    assert not row[18:22].any()
    assert row[10:14].all()
    assert row[26:30].all()


def test_each_image_is_enlarged_by_itself():
    cells = load_other_writers().images[:5]
    together = enlarge(cells)
    for index in range(5):
        np.testing.assert_array_equal(enlarge(cells[index : index + 1])[0], together[index])


def test_a_factor_of_one_is_a_threshold():
    cells = np.array([[[0, 100], [150, 255]]], np.uint8)
    assert enlarge(cells, factor=1).tolist() == [[[0, 0], [255, 255]]]


def test_no_images_stay_no_images():
    none = np.zeros((0, 8, 8), np.uint8)
    assert enlarge(none).shape == (0, 64, 64)
    assert enlarge_and_normalise(none).shape == (0, 28, 28)
    assert enlarge_and_normalise(none).dtype == np.uint8


@pytest.mark.parametrize("function", [enlarge, enlarge_and_normalise])
def test_anything_but_coarse_images_is_refused(function):
    with pytest.raises(TypeError, match=r"received float64 with shape \(1, 8, 8\)"):
        function(np.zeros((1, 8, 8)))
    with pytest.raises(TypeError, match=r"received uint8 with shape \(8, 8\)"):
        function(np.zeros((8, 8), np.uint8))
    with pytest.raises(ValueError, match="received images of 0x8 and 8"):
        function(np.zeros((1, 0, 8), np.uint8))


@pytest.mark.parametrize("factor", [0, -2])
def test_a_factor_below_one_is_refused(factor):
    with pytest.raises(ValueError, match=f"received images of 8x8 and {factor}"):
        enlarge(np.zeros((1, 8, 8), np.uint8), factor)


def test_other_writers_come_out_in_the_form_of_mnist():
    others = load_other_writers()
    images = enlarge_and_normalise(others.images[:200])
    assert images.shape == (200, 28, 28)
    assert (images.max(axis=(1, 2)) == 255).all()
    for image in images:
        top, bottom, left, right = bounds(image)
        assert max(bottom - top, right - left) == 19
        assert all(13.5 - 1e-9 <= place <= 14.5 + 1e-9 for place in centre(image))


def test_an_empty_cell_picture_stays_empty():
    assert not enlarge_and_normalise(np.zeros((1, 8, 8), np.uint8)).any()
