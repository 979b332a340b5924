from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs import weights_file
from inkdigits.runs.weights_file import read_arrays, write_arrays


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
