import numpy as np
import pytest


@pytest.fixture
def printed(load):
    return load("printed")


def ink_columns(pixels):
    return np.flatnonzero((pixels.min(axis=2) < 160).any(axis=0))


def test_text_is_dark_on_white_with_a_margin(printed, rng):
    for _ in range(10):
        page = printed.text_page(rng)
        assert page.dtype == np.uint8 and page.ndim == 3
        columns = ink_columns(page)
        assert len(columns) > 20
        assert columns[0] >= printed.MARGIN and columns[-1] < page.shape[1] - printed.MARGIN // 2


def test_words_have_letters_alone(printed):
    assert all(word.isalpha() and word.islower() and word.isascii() for word in printed.WORDS)
    assert len(set(printed.WORDS)) == len(printed.WORDS)


def test_a_word_stands_left_of_its_number(printed, digits, rng):
    for _ in range(10):
        text, page = printed.labelled_number(digits, rng)
        assert text.isdecimal() and 2 <= len(text) <= 5
        columns = ink_columns(page)
        gaps = np.diff(columns)
        assert gaps.max() > printed.MARGIN // 2
        assert columns[0] >= printed.MARGIN


def test_the_same_seed_prints_the_same(printed, digits):
    for draw in (printed.text_page, lambda rng: printed.labelled_number(digits, rng)[1]):
        one, same = (draw(np.random.default_rng(3)) for _ in range(2))
        np.testing.assert_array_equal(one, same)
