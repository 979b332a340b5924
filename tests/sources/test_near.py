import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.imaging.scaling import scale_to
from inkdigits.sources import near
from inkdigits.sources.near import near_pairs


def stored_again(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=60)
    return np.asarray(Image.open(file))


def larger(image):
    return scale_to(np.asarray(Image.fromarray(image).resize((70, 70), Image.BICUBIC)), 28)


CHANGES = {
    "stored again": stored_again,
    "larger": larger,
    "brighter": lambda image: np.clip(image * 0.7 + 40, 0, 255).astype(np.uint8),
    "the same": lambda image: image,
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_found(mnist, change):
    train = mnist.train.images[:2000]
    copies = np.stack([CHANGES[change](image) for image in train[500:600]])
    pairs = near_pairs(train, copies)
    assert all(pair.first == 500 + pair.second for pair in pairs)
    assert len(pairs) >= 97


def test_other_digits_are_no_copies(mnist):
    assert near_pairs(mnist.train.images[:10_000], mnist.test.images[:1000]) == []


def test_other_colours_are_no_copies():
    red = np.full((1, 28, 28, 3), 255, np.uint8)
    red[0, 8:20, 8:20, 1:] = 0
    blue = red[..., ::-1]
    assert near_pairs(red, blue) == []
    assert near_pairs(red, red // 2 + 20)[0][:2] == (0, 0)


def test_a_negative_is_no_copy(digits):
    assert near_pairs(digits.images[:5], 255 - digits.images[:5]) == []


def test_pictures_that_show_nothing_are_like_none():
    flat = np.full((2, 28, 28), 90, np.uint8)
    flat[1, 3, 3] += 4
    assert near_pairs(flat, flat) == []


def test_parts_may_be_empty_or_of_one_picture(digits):
    none = digits.images[:0]
    assert near_pairs(none, digits.images[:1]) == near_pairs(digits.images[:1], none) == []
    assert near_pairs(digits.images[:1], digits.images[:1]) == [(0, 0, 0.0)]


def test_of_many_some_are_looked_at(digits, monkeypatch):
    monkeypatch.setattr(near, "LOOKED_AT", 3)
    assert [pair.second for pair in near_pairs(digits.images[:9], digits.images[:9])] == [0, 4, 8]


def test_blocks_make_no_difference(digits, monkeypatch):
    expected = near_pairs(digits.images[:50], digits.images[:50])
    monkeypatch.setattr(near, "_BLOCK", 7)
    monkeypatch.setattr(near, "_ROWS", 3)
    assert len(expected) == 50
    assert [pair[:2] for pair in near_pairs(digits.images[:50], digits.images[:50])] == [
        pair[:2] for pair in expected
    ]
