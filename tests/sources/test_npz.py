import io
import pickle
import zipfile

import numpy as np
import pytest

from inkdigits.errors import DataError
from inkdigits.sources.npz import open_npz


@pytest.fixture
def write(tmp_path):
    """Write arrays as .npz; four training images if nothing else is said."""

    def save(**arrays):
        images = np.arange(4, dtype=np.uint8)[:, None, None] + np.zeros((1, 8, 8), np.uint8)
        given = {"x_train": images, "y_train": np.array([0, 1, 0, 1]), **arrays}
        path = tmp_path / "mine.npz"
        np.savez_compressed(path, **{name: a for name, a in given.items() if a is not None})
        return path

    return save


def first(source, part="train"):
    return next(iter(source.items(part)))


def labels(source, part="train"):
    return [item.label for item in source.items(part)]


def test_keras_layout(write):
    path = write(x_test=np.full((1, 8, 8), 9, np.uint8), y_test=np.array([[1]]))
    source = open_npz(path)
    assert (source.name, source.parts, source.class_names) == (
        "mine",
        ("train", "test"),
        ("0", "1"),
    )
    assert labels(source) == [0, 1, 0, 1] and labels(source, "test") == [1]
    assert (first(source, "test").picture == 9).all()


def test_a_test_part_is_not_needed(write):
    assert open_npz(write()).parts == ("train",)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.array([[0, 1], [1, 0], [0, 1], [1, 0]]), [1, 0, 1, 0]),
        (np.array([[0.0, 1], [1, 0], [0, 1], [1, 0]], np.float32), [1, 0, 1, 0]),
        (np.array([[5], [7], [5], [5]], np.uint8), [0, 1, 0, 0]),
        (np.array([-1, 300, 300, -1]), [0, 1, 1, 0]),
    ],
)
def test_labels_come_in_several_shapes(write, given, expected):
    assert labels(open_npz(write(y_train=given))) == expected


@pytest.mark.parametrize(
    ("given", "white"),
    [
        (np.float32(1), 255),
        (np.float64(0.5), 128),
        (np.float32(255), 255),
        (np.int64(255), 255),
        (np.int64(1), 1),
        (np.bool_(True), 255),
    ],
)
def test_numbers_become_bytes(write, given, white):
    images = np.zeros((4, 8, 8), given.dtype)
    images[0, 0, 0] = given
    picture = first(open_npz(write(x_train=images))).picture
    assert (picture.dtype, int(picture[0, 0])) == (np.uint8, white)


def test_both_parts_are_scaled_alike(write):
    bright, dark = np.full((4, 8, 8), 255.0), np.full((1, 8, 8), 1.0)
    source = open_npz(write(x_train=bright, x_test=dark, y_test=np.array([0])))
    assert first(source, "test").picture[0, 0] == 1


def test_columns_first_in_memory_are_the_same(write, rng):
    images = rng.integers(0, 256, (4, 8, 9, 3), dtype=np.uint8)
    source = open_npz(write(x_train=np.asfortranarray(images)))
    assert (first(source).picture == images[0]).all()


def test_a_last_axis_of_one_is_grey(write):
    assert first(open_npz(write(x_train=np.zeros((4, 8, 8, 1), np.uint8)))).picture.shape == (8, 8)


def test_names_may_be_given(write):
    source = open_npz(write(class_names=np.array(["cat", "dog"])))
    assert (source.class_names, source.named) == (("cat", "dog"), True)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"y_train": None}, "must hold the arrays x_train and y_train; received x_train"),
        ({"x_test": np.zeros((1, 8, 8))}, "both x_test and y_test or neither"),
        ({"x_train": np.full((4, 8, 8), -1.0)}, "from 0 to 1 or from 0 to 255; received -1 to -1"),
        ({"x_train": np.full((4, 8, 8), np.nan)}, "received nan to nan"),
        ({"x_train": np.full((4, 8, 8), 256)}, "received 256 to 256"),
        ({"x_train": np.array(["a"] * 4)}, "received text"),
        ({"x_train": np.zeros((4, 64), np.uint8)}, "images must have the shape"),
        ({"x_train": np.zeros((4, 1, 8, 8), np.uint8)}, "images must have the shape"),
        ({"x_train": np.zeros((1, 1, 4, 8, 8), np.uint8)}, "must have at most 4 axes"),
        ({"x_train": np.zeros((4, 8, 8), complex)}, "must hold numbers or text; received complex"),
        ({"x_train": np.zeros((4, 8, 8), "M8[s]")}, "must hold numbers or text"),
        ({"y_train": np.array([0.5, 1, 0, 1])}, "must be whole numbers of shape"),
        ({"y_train": np.array(["a"] * 4)}, "must be whole numbers of shape"),
        ({"y_train": np.zeros((4, 3), int)}, "must be whole numbers of shape"),
        ({"y_train": np.array([2**63] * 4, np.uint64)}, "must be small numbers"),
        ({"y_train": np.array([0, 1])}, "4 images and labels of shape"),
        ({"y_train": np.zeros(4, int)}, "2 to 255 classes; received 1"),
        ({"class_names": np.array([1, 2])}, "class_names must be text"),
        (
            {"class_names": np.array(["cat", "cat"])},
            'class names must differ; received "cat" twice',
        ),
        ({"class_names": np.array(["cat", "a\nb"])}, r'received "a\\nb"'),
        ({"class_names": np.array(["only"])}, "2 to 255 classes; received 1"),
    ],
)
def test_arrays_of_another_kind_are_refused_in_one_line(write, arrays, message):
    path = write(**arrays)
    with pytest.raises(DataError, match=message) as caught:
        open_npz(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


class Harmful:
    def __reduce__(self):
        return pytest.fail, ("something was unpickled",)


def test_nothing_is_unpickled(write, tmp_path):
    path = write(x_train=np.array([Harmful()] * 4, object))
    with pytest.raises(DataError, match="must hold numbers or text; received object"):
        open_npz(path)
    with zipfile.ZipFile(tmp_path / "bare.npz", "w") as archive:
        archive.writestr("x_train.npy", pickle.dumps(Harmful()))
        archive.writestr("y_train.npy", pickle.dumps(Harmful()))
    with pytest.raises(DataError, match="is damaged"):
        open_npz(tmp_path / "bare.npz")


def test_a_bomb_is_not_unpacked(write):
    path = write(x_train=np.zeros((4, 500, 500), np.uint8))
    assert path.stat().st_size < 10_000
    with pytest.raises(DataError, match=r"may hold up to 100,000 bytes; its arrays take 1,000,"):
        open_npz(path, max_bytes=100_000)


@pytest.mark.parametrize("claimed", [(4, 8, 9), (2**40, 2**40, 2**40), (4, 8, 7)])
def test_a_header_that_lies_is_refused(tmp_path, claimed):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": claimed}
    )
    labels = io.BytesIO()
    np.save(labels, np.array([0, 1, 0, 1]))
    with zipfile.ZipFile(tmp_path / "lie.npz", "w") as archive:
        archive.writestr("x_train.npy", file.getvalue() + bytes(4 * 8 * 8))
        archive.writestr("y_train.npy", labels.getvalue())
    with pytest.raises(DataError, match="x_train is damaged: its header promises"):
        open_npz(tmp_path / "lie.npz")


def test_what_is_cut_off_is_refused(write):
    path = write()
    content = path.read_bytes()
    for end in range(0, len(content), 97):
        path.write_bytes(content[:end])
        with pytest.raises(DataError, match=r"mine\.npz") as caught:
            open_npz(path)
        assert "\n" not in str(caught.value)
