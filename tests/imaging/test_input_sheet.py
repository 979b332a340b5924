import numpy as np

from inkdigits.imaging.input_sheet import COLUMNS, Tile, input_sheet


def tile(value=255):
    return Tile(np.full((28, 28), value, np.uint8), "7")


def test_inputs_are_four_times_as_large_white_on_dark():
    sheet = input_sheet([[tile(255), tile(0)]])
    rows, columns = np.nonzero((sheet[:120] == 255).all(axis=2))
    assert (rows.min(), rows.max() + 1) == (8, 8 + 112)
    assert (columns.min(), columns.max() + 1) == (8, 8 + 112)
    assert (sheet[8:120, 128:240] == 0).all()


def test_every_row_begins_a_new_line():
    assert input_sheet([[tile()], [tile()]]).shape == (2 * 144 + 8, 128, 3)


def test_long_rows_go_on_below():
    sheet = input_sheet([[tile()] * (COLUMNS + 1)])
    assert sheet.shape == (2 * 144 + 8, COLUMNS * 120 + 8, 3)


def test_captions_have_their_colour():
    sheet = input_sheet([[Tile(np.zeros((28, 28), np.uint8), "none", (255, 0, 0))]])
    assert (sheet[120:] == (255, 0, 0)).all(axis=2).any()


def test_a_sheet_without_inputs_says_so():
    for nothing in ([], [[]]):
        sheet = input_sheet(nothing)
        assert sheet.shape[0] < 60 and sheet.max() > 200
