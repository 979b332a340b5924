import hashlib
import shutil
import subprocess

import numpy as np
import pytest

from inkdigits.errors import DataError
from inkdigits.sources.load import load_dataset
from inkdigits.sources.sums import SUMS, verify_sums


def every(name):
    return True


@pytest.fixture
def folder(tmp_path):
    """Two files, one below, and the list of both."""
    (tmp_path / "below").mkdir()
    for name in ("one", "below/two"):
        (tmp_path / name).write_bytes(name.encode())
    write_sums(tmp_path, "one", "below/two")
    return tmp_path


def write_sums(folder, *names):
    lines = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (folder / SUMS).write_text("".join(lines))


def test_files_that_are_as_listed_pass(folder):
    verify_sums(folder, every)


def test_without_a_list_nothing_is_looked_at(tmp_path):
    verify_sums(tmp_path, every)


@pytest.mark.parametrize("name", ["one", "below/two"])
def test_a_changed_file_is_named_with_both_sums(folder, name):
    expected = hashlib.sha256(name.encode()).hexdigest()
    (folder / name).write_bytes(b"other")
    with pytest.raises(DataError, match=f"{name} was changed: its SHA-256 must be {expected}"):
        verify_sums(folder, every)


def test_a_missing_file_is_named(folder):
    (folder / "one").unlink()
    with pytest.raises(DataError, match="one, listed in SHA256SUMS, cannot be read"):
        verify_sums(folder, every)


def test_files_that_do_not_concern_are_not_looked_at(folder):
    (folder / "one").unlink()
    verify_sums(folder, lambda name: name.name == "two")


def test_files_that_are_not_listed_do_not_matter(folder):
    (folder / "three").write_bytes(b"three")
    verify_sums(folder, every)


@pytest.mark.parametrize(
    "line",
    [
        *(b"nonsense", b"", b"0" * 63 + b"  one", b"0" * 64 + b" one", b"G" * 64 + b"  one"),
        b"0" * 64 + b"  ",
    ],
)
def test_a_damaged_list_is_refused_by_line(folder, line):
    listed = (folder / SUMS).read_bytes()
    (folder / SUMS).write_bytes(listed + line + b"\n")
    with pytest.raises(DataError, match=r"SHA256SUMS: line 3 must be a SHA-256 and a name"):
        verify_sums(folder, every)


@pytest.mark.parametrize("name", ["../one", "below/../../one", "/etc/passwd"])
def test_nothing_outside_the_folder_is_read(folder, name):
    (folder / SUMS).write_text(f"{'0' * 64}  {name}\n")
    with pytest.raises(DataError, match="line 1 names a file outside the folder"):
        verify_sums(folder, every)


def test_a_name_that_is_no_text_is_refused(folder):
    (folder / SUMS).write_bytes(b"0" * 64 + b"  \xff\n")
    with pytest.raises(DataError, match="line 1 has a name that is no UTF-8"):
        verify_sums(folder, every)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
@pytest.mark.parametrize("mode", ["--text", "--binary"])
def test_the_list_is_what_sha256sum_writes_odd_names_too(tmp_path, mode):
    names = ["plain", "with space", "new\nline", "back\\slash", "höher", "*star"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    words = ["sha256sum", mode, "--", *names]
    done = subprocess.run(words, cwd=tmp_path, stdout=subprocess.PIPE, check=True)
    (tmp_path / SUMS).write_bytes(done.stdout)
    verify_sums(tmp_path, every)
    for name in names:
        (tmp_path / name).write_bytes(b"other")
        with pytest.raises(DataError, match="was changed"):
            verify_sums(tmp_path, every)
        (tmp_path / name).write_bytes(name.encode())


def save(path, images):
    labels = np.arange(len(images)) % 2
    np.savez(path, x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2])


def test_a_data_file_is_held_against_the_list_in_its_folder(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (8, 12, 12), np.uint8)
    save(tmp_path / "mine.npz", images)
    (tmp_path / "other").write_bytes(b"other")
    write_sums(tmp_path, "mine.npz", "other")
    (tmp_path / "other").unlink()
    load_dataset(tmp_path / "mine.npz")
    save(tmp_path / "mine.npz", images[::-1])
    with pytest.raises(DataError, match=r"mine\.npz was changed"):
        load_dataset(tmp_path / "mine.npz")


@pytest.mark.parametrize("changed", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
@pytest.mark.parametrize("named", ["", "train-images-idx3-ubyte"])
def test_of_idx_files_labels_are_held_against_it_too(tmp_path, changed, named):
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    images = np.random.default_rng(0).integers(0, 256, (8, 12, 12), np.uint8)
    for name, array in zip(names, (images, np.arange(8, dtype=np.uint8) % 2), strict=True):
        sides = b"".join(side.to_bytes(4, "big") for side in array.shape)
        (tmp_path / name).write_bytes(bytes([0, 0, 8, array.ndim]) + sides + bytes(array))
    write_sums(tmp_path, *names)
    load_dataset(tmp_path / named)
    content = bytearray((tmp_path / changed).read_bytes())
    content[-1] ^= 1
    (tmp_path / changed).write_bytes(content)
    with pytest.raises(DataError, match=f"{changed} was changed"):
        load_dataset(tmp_path / named)
