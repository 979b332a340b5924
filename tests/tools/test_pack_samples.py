import gzip
import importlib.util
import struct

import numpy as np
import pytest

from tests.places import REPOSITORY

SCRIPT = REPOSITORY / "tools" / "pack_samples.py"


@pytest.fixture(scope="module")
def pack_samples():
    spec = importlib.util.spec_from_file_location("pack_samples", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_idx(path, array):
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes()))


def test_an_idx_file_is_read_with_its_shape(tmp_path, pack_samples):
    array = np.arange(12, dtype=np.uint8).reshape(2, 3, 2)
    write_idx(tmp_path / "a.gz", array)
    np.testing.assert_array_equal(pack_samples.read_idx(tmp_path / "a.gz"), array)


@pytest.mark.parametrize("content", [b"\0\0\x0d\1\0\0\0\0", b"hello, world", b""])
def test_anything_but_an_idx_file_of_bytes_is_refused(tmp_path, pack_samples, content):
    (tmp_path / "a.gz").write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=r"a\.gz must be an IDX file of bytes"):
        pack_samples.read_idx(tmp_path / "a.gz")


def test_an_idx_file_that_is_cut_short_is_refused(tmp_path, pack_samples):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"\0\0\x08\1\0\0\0\x05abc"))
    with pytest.raises(ValueError):
        pack_samples.read_idx(tmp_path / "a.gz")


def test_the_first_of_each_class_stay_in_the_order_of_the_file(pack_samples):
    labels = np.array([1, 0, 1, 1, 9, 0, 0], np.uint8)
    assert pack_samples.first_of_each_class(labels, per_class=2).tolist() == [0, 1, 2, 4, 5]


def test_the_sample_of_both_parts_keeps_images_and_labels_together(tmp_path, pack_samples):
    labels = np.repeat(np.arange(10, dtype=np.uint8), 150)
    for prefix, offset in (("train", 0), ("t10k", 100)):
        images = (labels + offset)[:, None, None] * np.ones((1, 2, 2), np.uint8)
        write_idx(tmp_path / f"{prefix}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte.gz", labels)
    arrays = pack_samples.fashion_sample(tmp_path)
    assert set(arrays) == {"x_train", "y_train", "x_test", "y_test"}
    assert np.bincount(arrays["y_train"]).tolist() == [100] * 10
    np.testing.assert_array_equal(arrays["x_train"][:, 0, 0], arrays["y_train"])
    np.testing.assert_array_equal(arrays["x_test"][:, 1, 1], arrays["y_test"] + 100)


def test_the_table_of_digits_is_counts_and_a_label_at_the_end(tmp_path, pack_samples):
    rows = [[*range(64), 7], [16] * 64 + [0]]
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "digits.csv.gz").write_bytes(gzip.compress(text.encode()))
    arrays = pack_samples.other_digits(tmp_path / "digits.csv.gz")
    assert arrays["counts"].shape == (2, 8, 8)
    assert arrays["counts"][0, 1].tolist() == [8, 9, 10, 11, 12, 13, 14, 15]
    assert arrays["labels"].tolist() == [7, 0]


@pytest.mark.parametrize(
    ("what", "arrays"),
    [("fashion", {"x_train", "y_train", "x_test", "y_test"}), ("digits", {"counts", "labels"})],
)
def test_packing_twice_gives_the_same_bytes_and_prints_their_checksum(
    tmp_path, pack_samples, monkeypatch, capsys, what, arrays
):
    source = tmp_path / "digits.csv.gz"
    source.write_bytes(gzip.compress(b",".join([b"3"] * 65) + b"\n"))
    if what == "fashion":
        source = tmp_path
        for prefix in ("train", "t10k"):
            labels = np.arange(10, dtype=np.uint8)
            write_idx(tmp_path / f"{prefix}-images-idx3-ubyte.gz", labels.reshape(10, 1, 1))
            write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte.gz", labels)
    printed = []
    for name in ("a.npz", "b.npz"):
        monkeypatch.setattr("sys.argv", ["pack", what, str(source), str(tmp_path / name)])
        pack_samples.main()
        printed.append(capsys.readouterr().out.split()[0])
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert printed[0] == printed[1]
    with np.load(tmp_path / "a.npz") as packed:
        assert set(packed.files) == arrays
