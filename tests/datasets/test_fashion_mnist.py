import hashlib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.fashion_mnist import FASHION_SHA256, load_fashion_sample
from inkdigits.datasets.packaged import read_packaged
from inkdigits.errors import DataError, UsageError

FOLDER = Path(str(resources.files("inkdigits.datasets")))
PACKAGED = FOLDER / "fashion_mnist.npz"

# The labels with which the published files begin. Those images are among the first 100 of their
# class, so the sample must begin with them too.
FIRST_LABELS = {"train": [9, 0, 0, 3, 0, 2, 7, 2, 5, 5], "test": [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]}


@pytest.fixture(scope="module")
def arrays():
    return read_packaged("fashion_mnist.npz", FASHION_SHA256)


@pytest.mark.parametrize("part", ["train", "test"])
def test_each_part_is_a_thousand_different_images_like_mnists(part):
    images = load_fashion_sample(part)
    assert images.shape == (1000, 28, 28)
    assert images.dtype == np.uint8
    assert images.min() == 0
    assert images.max() == 255
    assert len({image.tobytes() for image in images}) == 1000


@pytest.mark.parametrize("part", ["train", "test"])
def test_each_class_is_there_a_hundred_times_from_the_beginning_of_the_file(part, arrays):
    labels = arrays[f"y_{part}"]
    assert np.bincount(labels).tolist() == [100] * 10
    assert labels[:10].tolist() == FIRST_LABELS[part]


def test_each_part_is_the_array_of_its_name(arrays):
    np.testing.assert_array_equal(load_fashion_sample("train"), arrays["x_train"])
    np.testing.assert_array_equal(load_fashion_sample("test"), arrays["x_test"])


def test_the_parts_share_no_image():
    train, test = ({i.tobytes() for i in load_fashion_sample(part)} for part in ("train", "test"))
    assert not train & test


def test_the_sample_is_as_bright_as_the_whole_is_said_to_be():
    # Published mean and standard deviation of the training images: 0.2860 and 0.3530 of 255.
    images = load_fashion_sample("train") / 255
    assert images.mean() == pytest.approx(0.286, abs=0.01)
    assert images.std() == pytest.approx(0.353, abs=0.01)


@pytest.mark.usefixtures("unchecked_arrays")
def test_an_unknown_part_is_named():
    with pytest.raises(UsageError, match='must be "train" or "test"; received "validation"'):
        load_fashion_sample("validation")


def test_the_file_is_small_and_its_checksum_the_known_one():
    content = PACKAGED.read_bytes()
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() == FASHION_SHA256


def test_a_damaged_copy_is_refused(tmp_path):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(PACKAGED.read_bytes())
    assert load_fashion_sample("test", copy).shape == (1000, 28, 28)
    copy.write_bytes(PACKAGED.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"copy\.npz is damaged"):
        load_fashion_sample("test", copy)


def test_the_licence_lies_beside_the_data():
    notice = (FOLDER / "LICENSE-fashion-mnist.txt").read_text(encoding="utf-8")
    assert "fashion_mnist.npz" in notice
    assert "Copyright (c) 2017 Zalando SE" in notice
    assert "Permission is hereby granted" in notice
