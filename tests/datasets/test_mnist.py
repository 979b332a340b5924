import hashlib
import io
import struct
import zipfile
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.mnist import MNIST_SHA256, load_mnist, load_mnist_test
from inkdigits.errors import DataError

PACKAGED = Path(str(resources.files("inkdigits.datasets") / "mnist.npz"))

# Published with the data set: how often each digit occurs.
TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]

# MD5 of the four IDX files in which Yann LeCun and Corinna Cortes published the data, unpacked.
IDX_MD5 = {
    "train images": "6bbc9ace898e44ae57da46a324031adb",
    "train labels": "a25bea736e30d166cdddb491f175f624",
    "test images": "2646ac647ad5339dbf082846283269ea",
    "test labels": "27ae3e4e09519cfbb04c329615203637",
}


def to_idx(array):
    """The IDX file of a uint8 array: 0, 0, type 8, number of axes, their lengths, the bytes."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_shapes_types_and_names(mnist):
    assert mnist.name == "mnist"
    assert mnist.train.images.shape == (60_000, 28, 28)
    assert mnist.test.images.shape == (10_000, 28, 28)
    assert mnist.train.labels.shape == (60_000,)
    assert mnist.test.labels.shape == (10_000,)
    for part in (mnist.train, mnist.test):
        assert part.images.dtype == part.labels.dtype == np.uint8
    assert mnist.class_names == tuple("0123456789")


def test_each_digit_occurs_as_often_as_published(mnist):
    assert mnist.train.class_counts(10) == TRAIN_COUNTS
    assert mnist.test.class_counts(10) == TEST_COUNTS


def test_the_first_training_images_are_those_of_the_tutorial(mnist):
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_row_18_of_the_first_image_is_the_one_that_the_tutorial_shows(mnist):
    ink = [46, 130, 183, 253, 253, 207, 2]
    assert mnist.train.images[0][18].tolist() == [0] * 14 + ink + [0] * 7


@pytest.mark.parametrize("file", IDX_MD5)
def test_every_byte_is_that_of_the_original_files(mnist, file):
    part, kind = file.split()
    idx = to_idx(getattr(getattr(mnist, part), kind))
    assert hashlib.md5(idx, usedforsecurity=False).hexdigest() == IDX_MD5[file]


def test_ink_is_white_on_black(mnist):
    assert mnist.train.images.max() == 255
    assert (mnist.train.images[:, 0, 0] == 0).all()
    assert mnist.train.images.mean() == pytest.approx(33.3184, abs=1e-4)  # published: 0.1307 of 255


def test_the_checksum_is_that_of_the_packaged_file(mnist):
    assert mnist.checksum == MNIST_SHA256
    assert hashlib.sha256(PACKAGED.read_bytes()).hexdigest() == MNIST_SHA256


def test_a_copy_elsewhere_loads_too(tmp_path, mnist):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(PACKAGED.read_bytes())
    test = load_mnist_test(copy)
    np.testing.assert_array_equal(test.images, mnist.test.images)
    np.testing.assert_array_equal(test.labels, mnist.test.labels)


def truncated(content):
    return content[: len(content) // 2]


def bit_flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def appended_to(content):
    return content + b"\0"


def empty(_content):
    return b""


def other_images(_content):
    file = io.BytesIO()
    zeros = {"x_train": np.zeros((1, 28, 28), np.uint8), "y_train": np.zeros(1, np.uint8)}
    np.savez(file, **zeros, x_test=zeros["x_train"], y_test=zeros["y_train"])
    return file.getvalue()


def pickled_objects(_content):
    file = io.BytesIO()
    np.savez(file, x_train=np.array([{"a": 1}], dtype=object))
    return file.getvalue()


def zip_of_something_else(_content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    return file.getvalue()


@pytest.mark.parametrize("load", [load_mnist, load_mnist_test])
@pytest.mark.parametrize(
    "damage",
    [
        truncated,
        bit_flipped,
        appended_to,
        empty,
        other_images,
        pickled_objects,
        zip_of_something_else,
    ],
)
def test_a_file_that_differs_in_one_bit_is_refused_before_it_is_read(tmp_path, load, damage):
    path = tmp_path / "mnist.npz"
    path.write_bytes(damage(PACKAGED.read_bytes()))
    received = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(DataError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert MNIST_SHA256 in message
    assert f"received {received}" in message
    assert "reinstall" in message


@pytest.mark.parametrize("load", [load_mnist, load_mnist_test])
def test_a_missing_file_is_named(tmp_path, load):
    with pytest.raises(DataError, match=r"gone\.npz cannot be read \(No such file or directory\)"):
        load(tmp_path / "gone.npz")


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_mnist(tmp_path)
