import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import DataError
from inkdigits.sources.idx import IdxName, idx_name, is_idx, open_idx, read_idx


def header(*shape, kind=8):
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def zipped(content):
    return gzip.compress(content, mtime=0)


@pytest.fixture
def folder(tmp_path, write_idx, shades):
    """Four training images and two test images."""
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", shades(4))
    write_idx(tmp_path / "train-labels.idx1-ubyte", np.array([0, 1, 0, 1]))
    write_idx(tmp_path / "t10k-images-idx3-ubyte", shades(2, first=50))
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", np.array([1, 0]))
    return tmp_path


def test_both_parts_are_found_gzipped_or_not(folder):
    source = open_idx(folder)
    assert (source.parts, source.class_names, source.named) == (
        ("train", "test"),
        ("0", "1"),
        False,
    )
    items = list(source.items("test"))
    assert [item.label for item in items] == [1, 0]
    assert [int(item.picture[0, 0]) for item in items] == [50, 51]


def test_one_file_of_images_finds_its_labels(folder):
    source = open_idx(folder / "t10k-images-idx3-ubyte")
    assert source.parts == ("train",)
    assert [item.label for item in source.items("train")] == [1, 0]


def test_colour_has_four_axes(tmp_path, write_idx, rng):
    images = rng.integers(0, 256, (2, 5, 6, 3), dtype=np.uint8)
    write_idx(tmp_path / "train-images-idx4-ubyte", images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.array([3, 7]))
    source = open_idx(tmp_path)
    assert source.class_names == ("3", "7")
    assert (next(iter(source.items("train"))).picture == images[0]).all()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("train-images-idx3-ubyte", IdxName("train-", "images")),
        ("emnist-letters-test-labels-idx1-ubyte.gz", IdxName("emnist-letters-test-", "labels")),
        ("T10K-IMAGES.IDX3-UBYTE", IdxName("T10K-", "images")),
        ("train-images.zip", None),
    ],
)
def test_names_are_known(name, found):
    assert idx_name(Path(name)) == found


def test_parts_are_known_by_their_names():
    assert IdxName("qmnist-test-", "images").part == "test"
    assert IdxName("t10k-", "images").part == "test"
    assert IdxName("emnist-train-", "images").part == "train"


def test_contents_are_known():
    assert is_idx(gzip.compress(b"")) and is_idx(header(1, 2, 3))
    assert not is_idx(b"\0\0\0\0")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "received nothing"),
        (b"\0\0\x08", "received 00 00 08"),
        (header(2, 2, 2, kind=0x0D) + bytes(32), "received 00 00 0d 03"),
        (header(4) + bytes(4), "received 00 00 08 01"),
        (header(2, 2, 2)[:9], "ends within its header"),
        (header(2, 2, 2) + bytes(7), "its header promises 8 bytes; received 7"),
        (header(2, 2, 2) + bytes(9), "its header promises 8 bytes; received more"),
        (header(2**32 - 1, 2**32 - 1, 2**32 - 1), "its header promises 4,294,967,295 x"),
        (zipped(header(2, 2, 2) + bytes(8))[:-9], "is damaged"),
        (zipped(header(2, 2, 2) + bytes(8))[:-8] + bytes(8), "is damaged: CRC check failed"),
        (b"\x1f\x8b\x08", "is damaged"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path, content, message):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path, (3, 4))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(header(100, 2, 2) + bytes(5_000_000)))
    with pytest.raises(DataError, match="promises 400 bytes; received more"):
        read_idx(path, (3, 4))
    with pytest.raises(DataError, match="may hold up to 300 bytes"):
        read_idx(path, (3, 4), max_bytes=300)


def test_labels_that_do_not_belong_are_refused(folder, write_idx):
    write_idx(folder / "train-labels.idx1-ubyte", np.array([0, 1, 0]))
    with pytest.raises(DataError, match=r"4 images and labels of shape \(3,\) in the train part"):
        open_idx(folder)


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("train-labels.idx1-ubyte", "no IDX file of labels for the train part"),
        ("train-images-idx3-ubyte.gz", "no IDX file of images for the train part"),
        ("t10k-labels-idx1-ubyte.gz", "no IDX file of labels for the test part"),
    ],
)
def test_missing_files_are_named(folder, gone, message):
    (folder / gone).unlink()
    with pytest.raises(DataError, match=message):
        open_idx(folder)


def test_two_files_for_one_thing_are_refused(folder, write_idx, shades):
    write_idx(folder / "train-images-idx3-ubyte", shades(4))
    with pytest.raises(DataError, match="must have one file of images for each part"):
        open_idx(folder)


def test_a_file_of_images_under_another_name_is_refused(tmp_path, write_idx, shades):
    with pytest.raises(DataError, match="must be called like train-images-idx3-ubyte"):
        open_idx(write_idx(tmp_path / "mine.idx", shades(2)))


def test_images_without_labels_beside_them_are_refused(tmp_path, write_idx, shades):
    with pytest.raises(DataError, match="called like mine-labels-idx1-ubyte"):
        open_idx(write_idx(tmp_path / "mine-images-idx3-ubyte", shades(2)))


@pytest.mark.parametrize("shape", [(0, 8, 8), (3, 0, 8), (2, 8, 8, 4)])
def test_images_without_pixels_or_with_other_colours_are_refused(tmp_path, write_idx, shape):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros(shape))
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(shape[0]))
    with pytest.raises(DataError, match="images must have the shape"):
        open_idx(tmp_path)


def test_labels_without_a_name_are_refused(folder, write_idx):
    assert open_idx(folder, ("cat", "dog")).named
    write_idx(folder / "train-labels.idx1-ubyte", np.array([0, 1, 2, 1]))
    with pytest.raises(
        DataError, match="labels must be 0 to 1, one for each class name; received 2"
    ):
        open_idx(folder, ("cat", "dog"))
