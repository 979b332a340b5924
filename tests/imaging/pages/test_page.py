from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import UsageError
from inkdigits.imaging.pages.page import make_page, make_pages, number_page, pair, pasted
from inkdigits.imaging.pages.strokes import depth_field
from inkdigits.imaging.pages.style import CLEAN, FORMS, HARD, Style

BLACK = replace(CLEAN, writing=replace(CLEAN.writing, pens=("black",), height=(40, 60)))


def styled(style=BLACK, **changes):
    """A style with some fields changed, in whichever part they are."""
    parts = {}
    for name in ("writing", "ground", "camera"):
        part = getattr(style, name)
        own = {key: value for key, value in changes.items() if hasattr(part, key)}
        parts[name] = replace(part, **own)
    return Style(**parts)


def ink(page):
    """Whether each pixel of a clean page differs from its paper."""
    return page.pixels.min(axis=2) < page.pixels[0, 0].min()


def inside(page, boxes, grow=0):
    """Whether each pixel lies in one of the boxes."""
    mask = np.zeros(page.pixels.shape[:2], bool)
    for x, y, width, height in boxes:
        mask[max(0, y - grow) : y + height + grow, max(0, x - grow) : x + width + grow] = True
    return mask


def all_boxes(page):
    return [each.box for each in (*page.digits, *page.distractors)]


def pieces(mask):
    """How many pieces of ink there are."""
    count, _ = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return count - 1


@pytest.fixture(scope="module")
def whole(digits):
    """Digits that are in one piece themselves, with strokes that nothing breaks."""
    one = [i for i in range(100) if pieces(depth_field(digits.images[i]) > 0.3) == 1]
    assert len(one) > 50
    return digits.take(np.array(one))


SEVERAL = {"lines": (2, 3), "numbers": (1, 3), "length": (1, 4)}


@pytest.mark.parametrize("moved", [{}, {"tilt": 4, "perspective": 0.1}])
def test_all_ink_lies_in_the_boxes(digits, rng, moved):
    everything = {"letters": 0.5, "signs": 0.5, "frames": 0.3, "underlines": 0.5}
    for page in make_pages(digits, 4, rng, styled(**SEVERAL, **everything, **moved)):
        assert ink(page).any()
        assert not (ink(page) & ~inside(page, all_boxes(page))).any()


@pytest.mark.parametrize("moved", [{}, {"tilt": 4, "perspective": 0.1}])
def test_every_box_ends_where_its_ink_ends(digits, rng, moved):
    for page in make_pages(digits, 4, rng, styled(spacing=(1, 1), slant=0, **moved)):
        # The faintest edge of a stroke may round to paper, hence a pixel of tolerance.
        for x, y, width, height in (each.box for each in page.digits):
            found = ink(page)[y : y + height, x : x + width]
            rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
            assert rows[0] <= 1
            assert rows[-1] >= height - 2
            assert columns[0] <= 1
            assert columns[-1] >= width - 2


def test_ink_has_its_digit_as_owner(digits, rng):
    style = styled(touching=1, lines=(2, 2), letters=1, signs=1, numbers=(2, 2))
    page = make_page(digits, rng, style)
    assert page.owners.shape == page.pixels.shape[:2]
    for owner, digit in enumerate(page.digits, start=1):
        rows, columns = np.nonzero(page.owners == owner)
        x, y, width, height = digit.box
        assert x <= columns.min() <= columns.max() < x + width
        assert y <= rows.min() <= rows.max() < y + height
        assert ink(page)[rows, columns].mean() > 0.9  # the faintest edges are nearly paper
    assert page.owners.max() == len(page.digits)
    for x, y, width, height in (each.box for each in page.distractors):
        around = page.owners[y : y + height, x : x + width]
        assert (ink(page)[y : y + height, x : x + width] & (around == 0)).any()


def test_the_same_seed_makes_the_same_page(digits):
    first, again, other = (
        make_page(digits, np.random.default_rng(seed), styled(HARD, height=(30, 40)))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert (first.lines, first.distractors) == (again.lines, again.distractors)
    assert first.pixels.shape != other.pixels.shape or (first.pixels != other.pixels).any()


def test_a_short_series_is_the_beginning_of_a_long_one(digits):
    style = styled(HARD, height=(20, 30))
    short = list(make_pages(digits, 2, np.random.default_rng(0), style))
    long = list(islice(make_pages(digits, 9, np.random.default_rng(0), style), 3))
    for one, other in zip(short, long[:2], strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert one.lines == other.lines
    assert len(long) == 3


def test_the_digits_are_those_of_the_labels(mnist, rng):
    sevens = mnist.train.take(np.flatnonzero(mnist.train.labels[:500] == 7))
    assert number_page(sevens, rng, BLACK, length=3).text == "777"


def test_the_truth_counts_lines_numbers_and_digits(digits, rng):
    style = styled(lines=(3, 3), numbers=(2, 2), length=(4, 4), height=(20, 20))
    page = make_page(digits, rng, style)
    assert [len(line.numbers) for line in page.lines] == [2, 2, 2]
    assert {len(number) for line in page.lines for number in line.numbers} == {4}
    assert page.text == "\n".join("".join(line.numbers) for line in page.lines)


def test_lines_go_down_and_digits_to_the_right(digits, rng):
    style = styled(lines=(4, 4), numbers=(2, 2), length=(3, 3), height=(20, 20))
    for page in make_pages(digits, 3, rng, style):
        middles = [[each.box.x + each.box.width / 2 for each in line.digits] for line in page.lines]
        assert all(line == sorted(line) for line in middles)
        bottoms = [max(each.box.y + each.box.height for each in line.digits) for line in page.lines]
        tops = [min(each.box.y for each in line.digits) for line in page.lines]
        assert all(bottom < top for bottom, top in zip(bottoms[:-1], tops[1:], strict=True))


def test_numbers_are_further_apart_than_digits(digits, rng):
    style = styled(numbers=(2, 2), length=(3, 3), height=(50, 50), spacing=(0.2, 0.7))
    for page in make_pages(digits, 6, rng, style):
        (line,) = page.lines
        last, first = line.digits[2].box, line.digits[3].box
        # A digit is 16 of 20 pixels wide; 50 high and 40 wide here, and edges are smooth.
        assert first.x - (last.x + last.width) >= 1.5 * 40 - 2


@pytest.mark.parametrize("height", [20, 60])
@pytest.mark.parametrize("moved", [{}, {"tilt": 4, "perspective": 0.1}])
def test_digits_that_touch_are_one_piece_of_ink(whole, rng, height, moved):
    style = styled(height=(height, height), pen_width=(1, 1), **moved)
    for _ in range(15):
        page = pair(whole, rng, style)
        assert len(page.text) == 2
        assert pieces(ink(page)) == 1


def test_digits_that_do_not_touch_are_pieces_of_their_own(whole, rng):
    style = styled(height=(60, 60), pen_width=(1, 1), spacing=(0.1, 0.2), slant=0.3)
    for _ in range(10):
        assert pieces(ink(number_page(whole, rng, style))) == 5


def test_digits_are_as_high_as_the_style_says(digits, rng):
    upright = styled(height=(80, 80), height_jitter=0, rotation=0, slant=0, pen_width=(1, 1))
    page = make_page(digits, rng, styled(upright, length=(20, 20)))
    heights = [each.box.height for each in page.digits]
    # MNIST's digits are 20 pixels high, or 20 wide and less high.
    assert np.median(heights) == pytest.approx(80, abs=5)
    assert max(heights) <= 86


def test_each_distractor_is_in_the_truth_and_not_in_the_text(digits, rng):
    plain = make_page(digits, rng, styled(numbers=(2, 2), length=(2, 2)))
    assert plain.distractors == ()
    page = make_page(
        digits, rng, styled(numbers=(2, 2), length=(2, 2), letters=1, signs=1, frames=1)
    )
    kinds = [each.kind for each in page.distractors]
    assert kinds.count("sign") == 1
    assert kinds.count("frame") == 2
    assert 2 <= kinds.count("letter") <= 5
    assert len(page.text) == 4
    lined = make_page(digits, rng, styled(numbers=(2, 2), length=(2, 2), underlines=1))
    assert [each.kind for each in lined.distractors] == ["underline"] * 2


def test_a_frame_goes_around_its_number(digits, rng):
    page = make_page(digits, rng, styled(frames=1))
    (frame,) = (each.box for each in page.distractors)
    for x, y, width, height in (each.box for each in page.digits):
        assert frame.x < x
        assert frame.y < y
        assert x + width < frame.x + frame.width
        assert y + height < frame.y + frame.height


def test_each_digit_of_a_form_stands_in_a_box_of_its_own(digits, rng):
    for page in (number_page(digits, rng, FORMS) for _ in range(6)):
        frames = sorted(each.box for each in page.distractors)
        assert [each.kind for each in page.distractors] == ["frame"] * 5
        for frame, digit in zip(frames, sorted(each.box for each in page.digits), strict=True):
            middle = digit.x + digit.width / 2
            assert frame.x < middle < frame.x + frame.width
            assert frame.y < digit.y
            assert digit.y + digit.height < frame.y + frame.height


def test_without_boxes_nothing_is_drawn_for_them_from_the_series(digits):
    # What this series gave before there were boxes: one more number drawn would change the rest.
    style = styled(numbers=(4, 4), length=(1, 2), frames=0.5, underlines=0.5)
    page = make_page(digits, np.random.default_rng(5), style)
    kinds = [each.kind for each in page.distractors]
    assert (page.text, kinds) == ("9706449", ["underline", "frame", "underline", "frame"])


@pytest.mark.parametrize(("pen", "largest"), [("red", 0), ("blue", 2)], ids=["red ink", "blue ink"])
def test_a_pen_has_its_colour(digits, rng, pen, largest):
    page = make_page(digits, rng, styled(pens=(pen,)))
    darkest = page.pixels[page.pixels.sum(axis=2) == page.pixels.sum(axis=2).min()][0]
    assert darkest.argmax() == largest


def test_a_dark_ground_has_light_ink(digits, rng):
    page = make_page(digits, rng, styled(dark=1))
    # Ground of at most 75; chalk of at least 195, which covers half of it and more.
    assert page.pixels[0, 0].max() <= 75
    assert page.pixels.max() > page.pixels[0, 0].max() + 60


def paper(page):
    """The pixels of a page that have no ink."""
    return page.pixels[~inside(page, all_boxes(page), grow=4)].astype(float)


def test_clean_paper_is_one_colour_and_each_knob_changes_that(digits):
    def spread(**changes):
        page = make_page(digits, np.random.default_rng(3), styled(**changes))
        return paper(page).std(axis=0).max()

    assert spread() == 0
    for change in (
        {"grain": 1},
        {"uneven": (0.5, 0.5)},
        {"shadow": 1},
        {"vignette": 0.9},
        {"noise": (5, 5)},
        {"ruled": 1},
        {"squared": 1},
        {"specks": (500, 500)},
    ):
        assert spread(**change) > 0.5, change


def test_noise_is_as_strong_as_the_style_says(digits, rng):
    page = make_page(digits, rng, styled(noise=(6, 6), brightness=(150, 150), margin=(2, 2)))
    # Grey noise, and half as strong one in each colour, smoothed by enlarging.
    assert 6 <= paper(page).std(axis=0).mean() <= 6 * np.sqrt(1.25)


def test_light_has_a_colour_when_the_style_says_so(digits):
    def colours(cast):
        pages = make_pages(digits, 5, np.random.default_rng(0), styled(cast=cast))
        return max(np.ptp(paper(page).mean(axis=0)) for page in pages)

    assert colours(0) == 0
    assert colours(1) > 5


def test_rules_are_level_and_squares_go_both_ways(digits, rng):
    ruled, squared = (
        make_page(digits, rng, styled(margin=(1.5, 2), **{kind: 1}))
        for kind in ("ruled", "squared")
    )
    outside = [~inside(page, all_boxes(page), grow=4) for page in (ruled, squared)]
    lines = [page.pixels.min(axis=2) < page.pixels.max() - 5 for page in (ruled, squared)]
    rows, columns = ((lines[0] | ~outside[0]).all(axis=axis).sum() for axis in (1, 0))
    assert rows >= 1
    assert columns <= 4  # a margin line
    rows, columns = ((lines[1] | ~outside[1]).all(axis=axis).sum() for axis in (1, 0))
    assert rows >= 2
    assert columns >= 5


def test_blur_lets_ink_out_of_its_box(digits, rng):
    page = make_page(digits, rng, styled(blur=(8, 8)))
    assert (ink(page) & ~inside(page, all_boxes(page))).any()


def test_jpeg_changes_pixels_and_nothing_else(digits):
    plain, saved = (
        make_page(digits, np.random.default_rng(0), styled(jpeg=share, quality=(30, 30)))
        for share in (0, 1)
    )
    assert plain.lines == saved.lines
    difference = plain.pixels.astype(int) - saved.pixels
    assert difference.any()
    assert np.abs(difference).mean() < 6


def test_a_page_may_have_a_fixed_size(digits, rng):
    for _ in range(5):
        page = make_page(digits, rng, styled(size=(640, 480), tilt=4, perspective=0.1))
        assert page.pixels.shape == (480, 640, 3)
        assert not (ink(page) & ~inside(page, all_boxes(page))).any()
        for x, y, width, height in all_boxes(page):
            assert 0 < x
            assert x + width < 640
            assert 0 < y
            assert y + height < 480


def test_writing_that_does_not_fit_is_refused(digits, rng):
    with pytest.raises(UsageError, match=r"`size` must be at least \d+ by \d+ pixels .* 40 by 30"):
        make_page(digits, rng, styled(size=(40, 30)))


@pytest.mark.parametrize("height", [8, 300])
def test_the_smallest_and_very_large_writing_is_drawn(digits, rng, height):
    page = number_page(
        digits, rng, styled(HARD, height=(height, height), margin=(0.5, 0.5)), length=1
    )
    assert page.pixels.shape[0] > height
    (digit,) = page.digits
    assert digit.box.height > 0.3 * height


def test_a_digit_without_ink_is_refused(rng):
    nothing = LabelledImages(np.zeros((1, 28, 28), np.uint8), np.array([3], np.uint8))
    with pytest.raises(UsageError, match="must have ink; received one labelled 3 without"):
        make_page(nothing, rng)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 28, 28), np.uint8), [], "there must be digits to draw from; received none"),
        (np.zeros((1, 8, 9), np.uint8), [1], "must be images of 28x28; received 8x9"),
        (np.zeros((1, 28, 28), np.uint8), [10], "must be between 0 and 9; received 10"),
    ],
)
def test_what_are_no_digits_is_refused(rng, images, labels, message):
    with pytest.raises(UsageError, match=message):
        make_page(LabelledImages(images, np.array(labels, np.uint8)), rng)


def test_a_number_of_no_digits_is_refused(digits, rng):
    with pytest.raises(UsageError, match="`length` must be"):
        number_page(digits, rng, length=0)


def test_a_pasted_digit_keeps_its_grey_levels(digits):
    page = pasted(digits.images[0], factor=7)
    assert page.shape == (392, 392, 3)
    assert page[:98].min() == 255  # white around it
    cells = page[98:294, 98:294, 0].reshape(28, 7, 28, 7).mean(axis=(1, 3))
    # Interpolation blurs a little: half as strong a grey beside it changes a cell's mean.
    np.testing.assert_allclose(255 - cells, digits.images[0], atol=60)
    assert np.abs(255 - cells - digits.images[0]).mean() < 6


def test_pasting_at_no_size_is_refused(digits):
    with pytest.raises(UsageError, match="`factor` must be at least 1; received 0"):
        pasted(digits.images[0], factor=0)
