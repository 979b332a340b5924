import numpy as np
import pytest

from inkdigits.imaging.picture import picture_of
from inkdigits.recognition.answers import Answers
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE
from inkdigits.recognition.whole_pictures import WholePictures

DIGITS = {"3": 3, "5": 5, "9": 9}


@pytest.fixture
def pictures():
    return [picture_of(np.zeros(shape, np.uint8)) for shape in ((28, 28), (90, 90), (20, 16))]


@pytest.fixture
def whole():
    """The first and the last of three pictures: a 5, and what is hardly a 9."""
    rows = np.array([[0.1, 0.8, 0.1], [0.2, 0.2, LEAST_CONFIDENCE - 0.01]], np.float32)
    images = [np.full((28, 28), number, np.uint8) for number in (0, 2)]
    return WholePictures([0, 2], images, Answers(rows, np.array([-3, 1]), np.zeros(2, bool)))


def test_a_picture_is_sure_from_the_least_confidence_on(whole):
    assert whole.sure == {0}


def test_each_has_a_reading_of_one_digit_or_none_that_fills_it(whole, pictures):
    readings = whole.readings(pictures, DIGITS)
    assert sorted(readings) == [0, 2]
    assert [readings[i].text for i in (0, 2)] == ["5", ""]
    (five,), (none,) = (readings[i].digits for i in (0, 2))
    assert (five.digit, none.digit, none.top[0].digit) == (5, None, 9)
    assert (five.outlierness, none.outlierness) == (-3, 1)
    assert (none.box.x, none.box.y, none.box.width, none.box.height) == (0, 0, 16, 20)
    assert five.image[0, 0] == 0 and none.image[0, 0] == 2


def test_without_such_pictures_nothing_is_sure_or_read(pictures):
    nothing = WholePictures([], [], None)
    assert nothing.sure == set() and nothing.readings(pictures, DIGITS) == {}


def test_without_an_outlier_score_none_is_told(pictures):
    answers = Answers(np.array([[1, 0, 0]], np.float32), None, np.zeros(1, bool))
    whole = WholePictures([1], [np.zeros((28, 28), np.uint8)], answers)
    assert whole.readings(pictures, DIGITS)[1].digits[0].outlierness is None
