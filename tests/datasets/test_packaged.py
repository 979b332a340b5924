import hashlib
import io
import zipfile

import numpy as np
import pytest

from inkdigits.datasets.packaged import read_packaged
from inkdigits.errors import DataError


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def digest(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def good():
    return npz(a=np.arange(3), b=np.zeros((2, 2), np.uint8))


def test_all_arrays_come_back_by_name(tmp_path, good):
    path = tmp_path / "copy.npz"
    path.write_bytes(good)
    arrays = read_packaged("unused.npz", digest(good), path)
    assert set(arrays) == {"a", "b"}
    assert arrays["a"].tolist() == [0, 1, 2]
    assert arrays["b"].dtype == np.uint8


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:9] + bytes([content[9] ^ 1]) + content[10:],
        lambda _: b"",
        lambda _: npz(a=np.arange(4)),
    ],
    ids=["cut short", "longer", "one bit", "empty", "other arrays"],
)
def test_a_file_that_differs_is_refused_with_both_checksums(tmp_path, good, damage):
    path = tmp_path / "copy.npz"
    path.write_bytes(damage(good))
    with pytest.raises(DataError) as caught:
        read_packaged("unused.npz", digest(good), path)
    message = str(caught.value)
    assert str(path) in message
    assert f"must be {digest(good)}" in message
    assert f"received {digest(path.read_bytes())}" in message
    assert "reinstall" in message


def test_a_file_is_checked_before_it_is_opened(tmp_path, good, monkeypatch):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", b"anything")
    monkeypatch.setattr(np, "load", lambda *_a, **_k: pytest.fail("opened"))
    with pytest.raises(DataError, match="damaged"):
        read_packaged("unused.npz", digest(good), path)


def test_pickled_objects_are_never_loaded(tmp_path):
    content = npz(a=np.array([{"a": 1}], dtype=object))
    path = tmp_path / "objects.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_packaged("unused.npz", digest(content), path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone\.npz cannot be read \(No such file or directory\)"):
        read_packaged("unused.npz", "", tmp_path / "gone.npz")


def test_a_name_that_the_package_does_not_hold_is_named():
    with pytest.raises(DataError, match=r"nothing\.npz cannot be read"):
        read_packaged("nothing.npz", "")


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_packaged("unused.npz", "", tmp_path)
