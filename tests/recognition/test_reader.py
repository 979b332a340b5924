import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.errors import ModelFileError
from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.recognition.answers import Classifier, Signature
from inkdigits.recognition.counts import Count, Counter
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.reader import Reader
from inkdigits.recognition.shipped import shipped_network

NAMES = tuple(str(digit) for digit in range(10))
EXPECTATIONS = [None, "single", "number", "page"]


class AlwaysThree(Classifier):
    """Calls everything a 3 and counts how often and how much it is asked."""

    runtime = "none"

    def __init__(self, confidence=1.0, rejection=None):
        super().__init__(Signature("images", (28, 28, 1), NAMES, rejection))
        self.row = np.full(10, (1 - confidence) / 9, np.float32)
        self.row[3] = confidence
        self.asked = []

    def _run(self, images, outputs):
        self.asked.append(len(images))
        strange = [np.full(len(images), -9, np.float32)] * ("outlierness" in outputs)
        return [np.tile(self.row, (len(images), 1)), *strange]


class ThreeOrNone(AlwaysThree):
    """Calls everything a 3, if it is a digit at all, which has a probability of its own."""

    def __init__(self, none):
        super().__init__()
        self.signature = replace(self.signature, tells_none=True)
        self.none = none

    def _run(self, images, outputs):
        assert outputs == ["probabilities", "none"]
        return [*super()._run(images, outputs), np.full(len(images), self.none, np.float32)]


@pytest.fixture(scope="module")
def reader():
    return Reader(OnnxClassifier(shipped_network(), threads=1))


@pytest.fixture(scope="module")
def handwriting():
    """Twenty images of each digit."""
    test = load_mnist_test()
    return [test.images[test.labels == digit][:20] for digit in range(10)]


@pytest.fixture(scope="module")
def write(handwriting):
    """A function that writes digits on white paper."""

    def write(*words, factor=3, size=(420, 200), writer=0):
        """Write words, each at a place; return grey pixels and the boxes of the digits."""
        ink = np.zeros(size[::-1], np.uint8)
        boxes = []
        for text, x, y in words:
            for i, digit in enumerate(text):
                image = handwriting[int(digit)][(writer + i) % 20]
                large = np.kron(image, np.ones((factor, factor), np.uint8))
                left = x + 24 * factor * i
                part = ink[y : y + 28 * factor, left : left + 28 * factor]
                np.maximum(part, large, out=part)
                rows, columns = np.nonzero(large > 127)
                corner = (left + columns.min(), y + rows.min())
                boxes.append((*corner, np.ptp(columns) + 1, np.ptp(rows) + 1))
        return 255 - ink, boxes

    return write


def places(reading):
    return [
        (digit.box.x, digit.box.y, digit.box.width, digit.box.height)
        for digit in reading.digits
        if digit.digit is not None
    ]


def values(reading):
    """All that a reading says, but the images."""
    return [
        [(digit.digit, digit.box, digit.number, digit.outlierness) for digit in line.digits]
        for line in reading.lines
    ]


def confidences(reading):
    return [digit.confidence for digit in reading.digits]


@pytest.mark.parametrize(
    ("number", "writer"), [("86523", 0), ("45790", 1), ("82124", 2), ("80121", 3), ("79859", 4)]
)
def test_a_number_of_five_digits_is_read(number, writer, reader, write):
    grey, boxes = write((number, 20, 60), writer=writer)
    reading = reader.read(picture_of(grey))
    assert reading.text == number
    assert [line.numbers for line in reading.lines] == [(number,)]
    np.testing.assert_allclose(places(reading), boxes, atol=9)
    assert (reading.width, reading.height) == (420, 200)


def test_each_digit_tells_its_three_best_guesses_and_what_the_network_saw(reader, write):
    grey, _ = write(("274", 20, 60))
    for digit in reader.read(picture_of(grey)).digits:
        assert len(digit.top) == 3
        assert digit.top[0].digit == digit.digit
        assert digit.top[0].confidence == digit.confidence
        assert sorted(digit.top, key=lambda guess: -guess.confidence) == list(digit.top)
        assert sum(guess.confidence for guess in digit.top) <= 1 + 1e-6
        assert digit.image.shape == (28, 28)


def test_a_dark_ground_makes_no_difference(reader, write):
    grey, _ = write(("80121", 20, 60))
    assert values(reader.read(picture_of(255 - grey))) == values(reader.read(picture_of(grey)))


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        ((255, 255, 255), (40, 60, 200)),
        ((250, 230, 120), (150, 30, 30)),
        ((30, 70, 40), (240,) * 3),
    ],
    ids=["blue pen", "yellow paper", "blackboard"],
)
def test_ink_and_paper_may_have_any_colour(paper, ink, reader, write):
    grey, _ = write(("46523", 20, 60))
    share = (grey / 255)[..., np.newaxis]
    coloured = (share * np.array(paper) + (1 - share) * np.array(ink)).astype(np.uint8)
    assert reader.read(picture_of(coloured)).text == "46523"


def test_a_shadow_over_half_of_the_page_does_not_matter(reader, write):
    grey, _ = write(("46523", 20, 60))
    light = 0.4 + 0.6 / (1 + np.exp((np.arange(420) - 200) / 25))
    assert reader.read(picture_of((grey * light).astype(np.uint8))).text == "46523"


def test_lines_of_squared_paper_are_not_read(reader, write):
    grey, _ = write(("46523", 20, 60))
    squared = np.full_like(grey, 255)
    squared[15::30] = squared[:, 15::30] = 170
    reading = reader.read(picture_of(np.minimum(grey, squared)))
    assert reading.text == "46523"


def test_two_lines_are_read_from_top_to_bottom(reader, write):
    grey, boxes = write(("4652", 20, 112), ("8012", 40, 10))
    reading = reader.read(picture_of(grey))
    assert reading.text == "8012\n4652"
    np.testing.assert_allclose(places(reading), boxes[4:] + boxes[:4], atol=9)


def test_a_stroke_in_the_margin_is_found_but_is_no_1(reader, write):
    grey, _ = write(("4652", 100, 10), ("8012", 100, 110), size=(420, 320))
    grey[220:290, 30:38] = 0
    reading = reader.read(picture_of(grey))
    assert reading.text == "4652\n8012"
    (stroke,) = reading.lines[2].digits
    assert stroke.digit is None
    assert stroke.top[0].digit == 1
    grey[10:200] = 255  # without numbers beside it there is no margin
    assert reader.read(picture_of(grey)).text == "1"


def test_gaps_part_the_numbers_of_a_line(reader, write):
    grey, _ = write(("46", 10, 60), ("52", 260, 60), ("87", 510, 60), size=(700, 200))
    (line,) = reader.read(picture_of(grey)).lines
    assert line.numbers == ("46", "52", "87")
    assert line.text == "465287"


@pytest.mark.parametrize("pair", ["23", "56", "48", "35"])
def test_digits_that_a_joint_connects_are_read_apart(pair, reader, write):
    grey, boxes = write((pair[0], 40, 60), (pair[1], 104, 60), ("67", 240, 60))
    left = boxes[0][0] + boxes[0][2]
    cv2.line(grey, (left - 6, 108), (boxes[1][0] + 6, 108), 0, 5)
    reading = reader.read(picture_of(grey))
    assert reading.text == pair + "67"


def test_digits_stay_what_they_are_whether_they_are_read_in_small_or_in_large(reader, write):
    for factor in (1, 2, 6):
        grey, _ = write(("46523", 10, 10), factor=factor, size=(150 * factor, 48 * factor))
        assert reader.read(picture_of(grey)).text == "46523"


@pytest.mark.parametrize("thickness", [1, 3, 9])
def test_a_line_as_thin_as_a_hair_is_read_like_a_thick_one(thickness, reader):
    grey = np.full((900, 700), 255, np.uint8)
    seven = np.array([(250, 200), (480, 200), (340, 760)], np.int32)
    cv2.polylines(grey, [seven], isClosed=False, color=0, thickness=thickness)
    assert reader.read(picture_of(grey)).text == "7"


def test_boxes_are_in_pixels_of_the_picture_before_it_was_reduced(reader, write):
    grey, boxes = write(("46523", 20, 60))
    small = picture_of(grey)
    reduced = Picture(small.pixels, 4 * small.width, 4 * small.height)
    reading = reader.read(reduced)
    assert (reading.width, reading.height) == (1680, 800)
    np.testing.assert_allclose(places(reading), 4 * np.array(boxes), atol=36)


def test_boxes_on_a_page_too_large_to_be_searched_as_it_is_are_in_its_own_pixels(reader, write):
    grey, boxes = write(("46523", 2000, 100), factor=8, size=(5000, 420))
    reading = reader.read(picture_of(grey))
    assert reading.text == "46523"
    np.testing.assert_allclose(places(reading), boxes, atol=24)


def test_boxes_lie_within_the_picture(reader, write):
    grey, _ = write(("465", 0, 0), size=(230, 90))
    touching = grey[4:, 9:]
    for picture in (picture_of(touching), Picture(picture_of(touching).pixels, 333, 131)):
        for digit in reader.read(picture).digits:
            box = digit.box
            assert box.x >= 0
            assert box.y >= 0
            assert box.width > 0
            assert box.height > 0
            assert box.x + box.width <= picture.width
            assert box.y + box.height <= picture.height


@pytest.mark.parametrize("expect", EXPECTATIONS)
def test_a_digit_of_mnist_is_read_as_it_is(expect, reader, handwriting):
    for digit, images in enumerate(handwriting):
        for grey in (images[0], 255 - images[0]):
            reading = reader.read(picture_of(grey), expect)
            assert reading.text == str(digit)
            (found,) = reading.digits
            assert (found.box.x, found.box.y, found.box.width, found.box.height) == (0, 0, 28, 28)
            np.testing.assert_allclose(found.image, images[0], atol=2)


def test_expected_to_be_single_all_ink_is_one_digit(reader):
    grey = np.full((200, 200), 255, np.uint8)
    cv2.ellipse(grey, (100, 100), (45, 70), 0, 10, 170, 0, 9)  # two arcs of a 0 that do not meet
    cv2.ellipse(grey, (100, 100), (45, 70), 0, 195, 345, 0, 9)
    reading = reader.read(picture_of(grey), "single")
    assert reading.text == "0"
    (digit,) = reading.digits
    assert digit.box.width == pytest.approx(100, abs=6)
    assert digit.box.height == pytest.approx(150, abs=6)


def test_expected_to_be_a_number_the_best_line_is_one(reader, write):
    grey, _ = write(("46", 10, 20), ("52", 300, 20), ("8", 10, 120), size=(460, 220))
    page = reader.read(picture_of(grey))
    (line,) = reader.read(picture_of(grey), "number").lines
    assert page.text == "4652\n8"
    assert page.lines[0].numbers == ("46", "52")
    assert line.numbers == ("4652",)


def test_expected_to_be_a_page_is_the_same_as_nothing_expected(reader, write):
    grey, _ = write(("46", 10, 20), ("52", 200, 112))
    picture = picture_of(grey)
    assert values(reader.read(picture, "page")) == values(reader.read(picture))


@pytest.mark.parametrize("expect", EXPECTATIONS)
@pytest.mark.parametrize("colour", [0, 127, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (28, 28), (200, 300)])
def test_bare_paper_has_no_text(shape, colour, expect, reader):
    reading = reader.read(picture_of(np.full(shape, colour, np.uint8)), expect)
    assert reading.text == ""
    assert (reading.height, reading.width) == shape


@pytest.mark.parametrize("shape", [(120, 120), (200, 300, 3), (400, 400)])
def test_noise_has_no_digits(shape, reader, rng):
    assert reader.read(picture_of(rng.integers(0, 256, shape, dtype=np.uint8))).text == ""


def test_a_large_blank_page_has_no_lines(reader):
    assert reader.read(picture_of(np.full((900, 700), 250, np.uint8))).lines == ()


def test_several_pictures_are_read_as_one_by_one(reader, write, handwriting):
    pictures = [
        picture_of(grey)
        for grey in (
            write(("465", 20, 60))[0],
            handwriting[7][3],
            np.full((50, 60), 255, np.uint8),
            255 - write(("80", 20, 60))[0],
            np.full((1, 1), 255, np.uint8),
            handwriting[2][1],
        )
    ]
    together = reader.read_many(pictures)
    alone = [reader.read(picture) for picture in pictures]
    assert [reading.text for reading in together] == ["465", "7", "", "80", "", "2"]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(confidences(one), confidences(other), atol=1e-5)
        assert [len(line.digits) for line in one.lines] == [
            len(line.digits) for line in other.lines
        ]
        assert places(one) == places(other)


def test_white_digits_in_a_black_square_are_read_beside_black_ones_on_the_page(reader, write):
    page, _ = write(("465", 20, 60))
    square, _ = write(("7", 60, 60))
    grey = np.full((page.shape[0] + 400, 600), 255, np.uint8)
    grey[: page.shape[0], : page.shape[1]] = page
    rows, columns = square.shape
    grey[-rows - 20 : -20, 30 : 30 + columns] = 255 - square
    reading = reader.read(picture_of(grey))
    assert reading.text == "465\n7"
    (seven,) = reading.lines[1].digits
    assert grey.shape[0] - rows - 20 <= seven.box.y < seven.box.y + seven.box.height
    assert 30 <= seven.box.x
    assert reader.read(picture_of(grey), "single").text == "7"


def test_no_pictures_have_no_readings(reader):
    assert reader.read_many([]) == []


def test_a_mirrored_view_of_pixels_is_read_like_its_copy(reader, write):
    grey, _ = write(("465", 20, 60))
    stored_mirrored = np.ascontiguousarray(grey[:, ::-1])
    assert reader.read(picture_of(stored_mirrored[:, ::-1])).text == "465"


def test_pixels_are_not_changed(reader, write):
    pixels = picture_of(write(("465", 20, 60))[0]).pixels
    before = pixels.copy()
    reader.read(picture_of(pixels))
    np.testing.assert_array_equal(pixels, before)


def test_a_network_that_calls_everything_3_reads_only_what_stands_apart(write):
    grey, boxes = write(("465", 20, 60))
    reading = Reader(AlwaysThree()).read(picture_of(grey))
    assert set(reading.text) == {"3"}
    assert min(x for x, *_ in places(reading)) == pytest.approx(boxes[0][0], abs=9)
    assert all(digit.outlierness is None for digit in reading.digits)


def test_a_network_without_an_opinion_reads_nothing(write):
    grey, _ = write(("465", 20, 60))
    reading = Reader(AlwaysThree(confidence=0.1)).read(picture_of(grey))
    assert reading.text == ""
    assert reading.digits
    assert all(digit.digit is None for digit in reading.digits)


def test_the_network_is_asked_in_at_most_three_rounds_for_any_number_of_pictures(
    write, handwriting
):
    network = AlwaysThree(confidence=0.7)
    pictures = [picture_of(write((str(text), 20, 60))[0]) for text in (465, 80, 1234)]
    Reader(network).read_many([*pictures, picture_of(handwriting[0][0])])
    assert 1 <= len(network.asked) <= 3


class Counts(Counter):
    """Takes every mark for two digits, and counts how often it is made and asked."""

    def __init__(self, left, right):
        self.count = Count(0.01, 0.98, 0.0, *np.eye(10, dtype=np.float32)[[left, left, right]])
        self.made, self.asked = 0, []

    def make(self):
        self.made += 1
        return self

    def counts(self, strips):
        self.asked.append(strips.shape)
        return [self.count] * len(strips)


def joined(write):
    """A picture of a 4 and an 8 that a stroke connects, and one of two digits apart."""
    grey, (four, eight) = write(("48", 40, 60))
    apart = grey.copy()
    middle = four[1] + four[3] // 2
    grey[middle - 3 : middle + 3, four[0] + four[2] // 2 : eight[0] + eight[2] // 2] = 0
    return picture_of(grey), picture_of(apart)


def test_what_hangs_together_is_counted_once_for_all_pictures(reader, write):
    together, apart = joined(write)
    counter = Counts(4, 8)
    counted = Reader(reader.classifier, counter.make)
    readings = counted.read_many([together, apart, together])
    assert [reading.text for reading in readings] == ["48"] * 3
    assert counter.asked == [(2, 28, 28)]


def test_the_counter_is_believed_where_it_is_sure(reader, write):
    together, _ = joined(write)
    counted = Reader(reader.classifier, Counts(2, 7).make)
    reading = counted.read(together)
    assert reading.text == "27"
    assert all(digit.confidence > 0.9 for digit in reading.digits)
    left, right = (digit.box for digit in reading.digits)
    assert left.x < right.x
    assert left.x + left.width <= right.x + right.width


def test_what_the_counter_takes_for_one_digit_without_doubt_is_not_cut(write):
    together, _ = joined(write)
    asked = {}
    for one in (0.5, 0.999):
        network, counter = AlwaysThree(confidence=0.6), Counts(4, 8)
        counter.count = replace(counter.count, one=one, two=1 - one)
        Reader(network, counter.make).read(together)
        asked[one] = sum(network.asked)
    assert asked[0.999] < asked[0.5]


def test_of_a_page_with_very_many_doubtful_marks_not_all_are_counted(monkeypatch, write):
    monkeypatch.setattr("inkdigits.recognition.page._MOST_COUNTS", 3)
    grey, _ = write(("12", 20, 20), ("345", 20, 120), size=(300, 240))
    counter = Counts(4, 8)
    Reader(AlwaysThree(confidence=0.6), counter.make).read(picture_of(grey))
    assert sum(shape[0] for shape in counter.asked) <= 3


class ThreeThenOne(Counts):
    """Takes what it is asked about first for three digits and more, and its parts for a 6 each."""

    def __init__(self):
        super().__init__(0, 0)
        digits = np.eye(10, dtype=np.float32)[[6, 0, 0]]
        self.rounds = iter([Count(0.0, 0.0, 1.0, *digits), Count(1.0, 0.0, 0.0, *digits)])

    def counts(self, strips):
        self.count = next(self.rounds)
        return super().counts(strips)


def test_of_three_digits_that_hang_together_the_parts_are_counted_in_a_second_round(reader, write):
    together, _ = joined(write)
    counter = ThreeThenOne()
    reading = Reader(reader.classifier, counter.make).read(together)
    assert len(counter.asked) == 2
    assert counter.asked[0] == (1, 28, 28)
    assert "6" in reading.text


def test_without_doubt_no_counter_is_made(reader, write):
    counter = Counts(4, 8)
    assert Reader(reader.classifier, counter.make).read(joined(write)[1]).text == "48"
    assert counter.made == 0


def test_small_pictures_that_are_a_digit_may_have_a_network_of_their_own(handwriting):
    for_whole, for_marks = AlwaysThree(), AlwaysThree()
    reader = Reader(for_marks, whole=for_whole)
    small = handwriting[7][0]
    assert reader.read(picture_of(small)).text == "3"
    assert (for_whole.asked, for_marks.asked) == ([1], [])
    reader.read(picture_of(255 - np.kron(np.pad(small, 8), np.ones((4, 4), np.uint8))))
    assert for_whole.asked == [1] and for_marks.asked[0] == 1


def test_networks_are_loaded_while_a_large_picture_is_searched(monkeypatch):
    """The counter is made by another thread, as the bare page gives no occasion to ask it."""
    counter, threads = Counts(4, 8), []
    classifier = AlwaysThree()
    monkeypatch.setattr(classifier, "load", lambda: threads.append(threading.current_thread()))
    reader = Reader(classifier, counter.make)
    reader.read(picture_of(np.full((999, 1000), 255, np.uint8)))
    assert (threads, counter.made) == ([], 0)
    reader.read(picture_of(np.full((1000, 1000), 255, np.uint8)))
    (thread,) = threads
    thread.join()
    assert thread is not threading.current_thread()
    assert counter.made == 1


def test_a_large_picture_is_read_where_there_may_be_no_more_threads(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert Reader(AlwaysThree()).read(picture_of(np.full((1000, 1000), 255, np.uint8))).text == ""


def test_a_network_that_cannot_be_loaded_ahead_spoils_no_page_that_does_without(capfd):
    def damaged():
        raise ModelFileError("it is damaged")

    classifier = AlwaysThree()
    classifier.load = damaged
    reading = Reader(classifier).read(picture_of(np.full((1000, 1000), 255, np.uint8)))
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        thread.join(1)
    assert reading.text == ""
    assert "damaged" not in capfd.readouterr().err


def test_one_digit_as_expected_is_not_counted(reader, write):
    counter = Counts(4, 8)
    Reader(reader.classifier, counter.make).read(joined(write)[0], "single")
    assert counter.made == 0


@settings(max_examples=30)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))),
    st.sampled_from(EXPECTATIONS),
)
def test_any_small_picture_is_read(pixels, expect):
    reading = Reader(AlwaysThree()).read(picture_of(pixels), expect)
    assert set(reading.text) <= {"3", "\n"}
    for digit in reading.digits:
        box = digit.box
        assert 0 <= box.x < box.x + box.width <= pixels.shape[1]
        assert 0 <= box.y < box.y + box.height <= pixels.shape[0]


@pytest.mark.parametrize(("none", "text"), [(0.0, "3"), (0.2, "3"), (0.9, "")])
@pytest.mark.parametrize("factor", [1, 8])
def test_the_probability_of_none_is_taken_from_each_digit(handwriting, none, text, factor):
    image = 255 - handwriting[3][0].repeat(factor, 0).repeat(factor, 1)
    reading = Reader(ThreeOrNone(none)).read(picture_of(np.pad(image, 10, constant_values=255)))
    assert reading.text == text
    assert reading.digits[0].confidence == pytest.approx(1 - none, abs=1e-6)


def test_a_torn_digit_that_is_expected_is_asked_about_once():
    page = np.full((200, 300, 3), 255, np.uint8)
    page[40:100, 100:150] = page[105:165, 95:155] = 0
    network = AlwaysThree()
    assert Reader(network).read(picture_of(page), "single").text == "3"
    assert network.asked == [1]
