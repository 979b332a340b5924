from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs import weights_file
from inkdigits.runs.weights_file import parse_arrays, read_arrays, write_arrays


def test_arrays_and_metadata_come_back(tmp_path: Path):
    path = tmp_path / "a.safetensors"
    transposed = np.arange(6, dtype=np.float32).reshape(2, 3).T
    write_arrays(path, {"x/y": transposed}, {"who": "me"})
    arrays, metadata = read_arrays(path)
    np.testing.assert_array_equal(arrays["x/y"], transposed)
    assert metadata == {"who": "me"}


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ModelFileError, match=r"cannot read .*none\.safetensors: No such file"):
        read_arrays(tmp_path / "none.safetensors")


def test_a_pickle_is_refused_without_being_run(tmp_path: Path):
    import pickle

    class Trap:
        def __reduce__(self):
            return (Path(tmp_path / "sprung").touch, ())

    path = tmp_path / "a.safetensors"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ModelFileError, match="is damaged"):
        read_arrays(path)
    assert not (tmp_path / "sprung").exists()


def test_a_shape_larger_than_the_file_is_refused(tmp_path: Path):
    header = b'{"x":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16))
    with pytest.raises(ModelFileError, match="is damaged"):
        read_arrays(path)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.safetensors"
    write_arrays(path, {"x": np.zeros(100, np.float32)})
    monkeypatch.setattr(weights_file, "MAX_FILE_BYTES", 100)
    with pytest.raises(ModelFileError, match="must be at most 100 bytes; received"):
        read_arrays(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.safetensors"
    write_arrays(path, {"x": np.ones((2, 3), np.float32), "y": np.zeros(4, np.float32)})
    return path


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ({"x": (2, 3)}, "the network has no weight 'y'"),
        ({"x": (2, 3), "y": (4,), "z": (1,)}, "it lacks the weight 'z'"),
        ({"x": (3, 2), "y": (4,)}, r"'x' must have the shape \(3, 2\); it has \(2, 3\)"),
    ],
)
def test_other_arrays_than_those_expected_are_refused(path: Path, shapes: dict, reason: str):
    with pytest.raises(ModelFileError, match=rf"a\.safetensors is damaged: {reason}"):
        read_arrays(path, shapes)
    with pytest.raises(ModelFileError, match=rf"a\.safetensors is damaged: {reason}"):
        parse_arrays(path.read_bytes(), path, shapes)


def test_the_expected_arrays_are_read(path: Path):
    shapes = {"x": (2, 3), "y": (4,)}
    for arrays in (read_arrays(path, shapes)[0], parse_arrays(path.read_bytes(), path, shapes)):
        np.testing.assert_array_equal(arrays["x"], np.ones((2, 3)))
        assert arrays["x"].dtype == np.float32


def test_nothing_is_read_of_a_file_whose_header_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weights_file, "load", lambda _: pytest.fail("it was read"))
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match="its arrays must have 41 bytes; they have 40"):
        read_arrays(path)
