import io
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.reports.mistakes import CARDS, Guess, mistake_cards, mix_ups, worst_mix_ups


def cards_of(content):
    return mistake_cards(content.evaluation, content.test.images, content.class_names)


def test_the_most_confident_mistake_comes_first_with_three_guesses(make_content):
    first, _ = cards_of(make_content())
    assert (first.index, first.truth, first.answer) == (4, "4", "9")
    assert first.guesses == (
        Guess("9", 0.75, False),
        Guess("4", 0.125, True),
        Guess("6", 0.0625, False),
    )


def test_the_truth_is_added_where_it_is_not_among_the_three(make_content):
    _, second = cards_of(make_content())
    assert [guess.name for guess in second.guesses] == ["1", "0", "3", "7"]
    assert [guess.true for guess in second.guesses] == [False, False, False, True]


def test_cards_show_the_image_as_ink_on_paper(make_content, rng):
    content = make_content()
    images = rng.integers(0, 256, (10, 28, 28), dtype=np.uint8)
    card = cards_of(replace(content, test=LabelledImages(images, content.test.labels)))[0]
    picture = Image.open(io.BytesIO(b64decode(card.picture.uri.partition(",")[2])))
    np.testing.assert_array_equal(np.asarray(picture), 255 - images[4])
    assert (card.picture.width, card.picture.height) == (84, 84)


def cards_on(root):
    return list(root.one("section", id="mistakes").all("li", class_="card mistake"))


def test_a_card_on_the_page_tells_answer_truth_and_probabilities(page):
    first = cards_on(page())[0]
    assert first.one("p", class_="verdict").text == "4 read as 9"
    assert first.one("img").attributes["alt"] == "Test image 4: 4, read as 9"
    assert [guess.text for guess in first.one("ul", class_="guesses").all("li")] == [
        "975.0 %",
        "4 truth12.5 %",
        "66.2 %",
    ]
    bars = [bar.attributes["style"] for bar in first.all("span") if "style" in bar.attributes]
    assert bars == ["width: 75.00%", "width: 12.50%", "width: 6.25%"]


def judged(make_content, wrong, n):
    """A content with `wrong` mistakes among n images of two classes."""
    labels = np.array([1] * wrong + [0] * (n - wrong), np.uint8)
    rows = np.tile(np.array([0.9, 0.1], np.float32), (n, 1))
    return make_content("tutorial", rows, labels, ("a", "b"))


@pytest.mark.parametrize(
    ("wrong", "cards", "sentence"),
    [
        (0, 0, "There are none: every one of the 3,000 test images"),
        (1, 1, "One test image was read wrongly. Here it is"),
        (40, 40, "40 test images were read wrongly. Here they all are"),
        (2000, CARDS, "2,000 test images were read wrongly. Here are the 40 most confident"),
    ],
)
def test_there_are_at_most_forty_cards_and_the_true_number(
    page, make_content, wrong, cards, sentence
):
    root = page(judged(make_content, wrong, 3000))
    assert len(cards_on(root)) == cards
    text = root.one("section", id="mistakes").text
    assert sentence in text and "mistakes.csv" in text


def test_a_perfect_network_has_no_mix_ups(page, make_content):
    text = page(judged(make_content, 0, 5)).one("section", id="figures").text
    assert "Nothing was taken for anything else." in text


def test_mix_ups_leave_the_diagonal_out_and_stop_in_time():
    confusion = np.array([[90, 2, 5], [0, 80, 0], [1, 7, 70]])
    found = [(m.truth, m.answer, m.count) for m in mix_ups(confusion, "abc", most=2)]
    assert found == [("c", "b", 7), ("a", "c", 5)]
    assert mix_ups(np.diag([3, 4]), "ab") == []


def test_each_class_has_its_own_worst_mix_up():
    confusion = np.array([[90, 2, 5], [0, 80, 0], [1, 7, 70]])
    worst = worst_mix_ups(confusion, "abc")
    assert [m and (m.answer, m.count) for m in worst] == [("c", 5), None, ("b", 7)]
