import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.checkpoints import (
    list_checkpoints,
    load_checkpoint,
    load_newest,
    save_checkpoint,
)
from inkdigits.training.state import EpochRecord, TrainerState
from inkdigits.training.sums import Sums

RECORD = EpochRecord(1, 0.1, 0.97, 0.05, 0.985, 0.001, 12.5)


def state(epoch: int = 2, step: int = 7) -> TrainerState:
    arrays = {
        "model/conv1/0": np.arange(6, dtype=np.float32).reshape(2, 3),
        "model/dropout1/0": np.array([1, 2], dtype=np.uint32),
        "optimizer/0": np.array(937, dtype=np.int64),
    }
    return TrainerState(arrays, epoch, step, Sums(1.25, 90, 128, 120), 3.5, (RECORD,))


def test_a_state_comes_back_as_it_was(tmp_path: Path):
    loaded = load_checkpoint(save_checkpoint(tmp_path / "checkpoints", state()))
    assert (loaded.epoch, loaded.step, loaded.seconds) == (2, 7, 3.5)
    assert loaded.sums == Sums(1.25, 90, 128, 120)
    assert loaded.history == (RECORD,)
    for name, array in state().arrays.items():
        np.testing.assert_array_equal(loaded.arrays[name], array)
        assert loaded.arrays[name].dtype == array.dtype
        assert loaded.arrays[name].shape == array.shape


def test_in_an_older_checkpoint_every_image_counts_as_classified(tmp_path: Path):
    from inkdigits.runs.weights_file import write_arrays

    sums = {"loss": 1.25, "correct": 90, "images": 128}
    position = {"epoch": 2, "step": 7, "sums": sums, "seconds": 3.5, "history": [asdict(RECORD)]}
    path = tmp_path / "epoch-0002-step-000007.safetensors"
    write_arrays(path, state().arrays, {"position": json.dumps(position)})
    loaded = load_checkpoint(path)
    assert loaded.sums == Sums(1.25, 90, 128, 128)
    assert loaded.sums.accuracy == 90 / 128


def test_the_last_two_are_kept(tmp_path: Path):
    for epoch, step in ((1, 0), (2, 0), (2, 50), (10, 0)):
        save_checkpoint(tmp_path, state(epoch, step))
    assert [path.name for path in list_checkpoints(tmp_path)] == [
        "epoch-0002-step-000050.safetensors",
        "epoch-0010-step-000000.safetensors",
    ]


def test_the_newest_undamaged_one_is_loaded(tmp_path: Path):
    save_checkpoint(tmp_path, state(2, 0))
    newest = save_checkpoint(tmp_path, state(3, 0))
    newest.write_bytes(newest.read_bytes()[:-5])
    loaded = load_newest(tmp_path)
    assert loaded is not None
    assert loaded.epoch == 2


def test_without_any_there_is_none(tmp_path: Path):
    assert load_newest(tmp_path) is None
    (tmp_path / ".writing-abc.safetensors").write_bytes(b"half")
    assert load_newest(tmp_path) is None


@pytest.mark.parametrize("kept", [0, 4, 9, 60, 200])
def test_a_truncated_one_is_refused_by_name(tmp_path: Path, kept: int):
    path = save_checkpoint(tmp_path, state())
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelFileError, match=r"epoch-0002-step-000007\.safetensors is damaged"):
        load_checkpoint(path)


def test_every_flipped_byte_of_the_header_loads_alike_or_is_refused(tmp_path: Path):
    path = save_checkpoint(tmp_path, state())
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    refused = 0
    for place in range(0, header, 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x11
        path.write_bytes(damaged)
        try:
            load_checkpoint(path)
        except ModelFileError:
            refused += 1
    assert refused > header // 6


def test_other_arrays_without_a_position_are_no_checkpoint(tmp_path: Path):
    from inkdigits.runs.weights_file import write_arrays

    path = tmp_path / "epoch-0001-step-000000.safetensors"
    write_arrays(path, {"a": np.zeros(2, np.float32)})
    with pytest.raises(ModelFileError, match="position in the run is unreadable"):
        load_checkpoint(path)
