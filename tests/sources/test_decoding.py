import os

import numpy as np
import pytest

from inkdigits.errors import DataError, PictureError
from inkdigits.sources.decoding import gather, pixels_of, sum_of
from inkdigits.sources.forming import former
from inkdigits.sources.source import Item


def test_many_items_come_back_in_their_order(shades):
    n = 500
    items = (Item(f"image {i}", i % 3, shades(1, first=i % 250)[0]) for i in range(n))
    gathered = gather(items, former("pictures", None))
    assert [int(kept.pixels[0, 0]) for kept in gathered.kept] == [i % 250 for i in range(n)]
    assert gathered.labels == [i % 3 for i in range(n)]
    assert gathered.where[-1] == "image 499"


def test_only_some_items_are_taken_ahead(shades):
    taken = []

    def items():
        for i in range(100_000):
            taken.append(i)
            yield Item("", 0, shades(1)[0])

    with pytest.raises(DataError, match="take more than 0 MiB of memory"):
        gather(items(), former("pictures", None), max_bytes=1000)
    assert len(taken) < 10_000


def test_what_a_source_raises_comes_through():
    def items():
        yield Item("", 0, None)
        raise DataError("the file ends here")

    with pytest.raises(DataError, match="the file ends here"):
        gather(items(), former("pictures", None))


def test_a_file_its_content_and_its_pixels_are_the_same(tmp_path, write_picture, rng):
    pixels = rng.integers(0, 256, (9, 5, 3), dtype=np.uint8)
    path = write_picture(tmp_path / "a.png", pixels)
    for picture in (path, path.read_bytes(), pixels):
        assert (pixels_of(picture) == pixels).all()


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "nothing"])
def test_what_is_no_file_is_told_without_waiting(tmp_path, kind):
    path = tmp_path / "a.png"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    with pytest.raises(PictureError, match="is no file"):
        pixels_of(path)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (60_000, 1000)])
def test_arrays_have_the_limits_of_files(shape):
    with pytest.raises(PictureError, match="received a picture of"):
        pixels_of(np.broadcast_to(np.uint8(0), shape))


def test_parts_are_joined(shades):
    brings = former("pictures", None)
    one, two = (gather([Item(name, 1, shades(1)[0]), Item(name, 0, None)], brings) for name in "ab")
    whole = sum_of([one, two])
    assert (whole.where, whole.labels, len(whole.unreadable)) == (["a", "b"], [1, 1], 2)
