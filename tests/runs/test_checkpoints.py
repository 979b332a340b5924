from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError, OutputError
from inkdigits.runs import files
from inkdigits.runs.checkpoints import (
    _digest,
    list_checkpoints,
    load_checkpoint,
    load_newest,
    save_checkpoint,
)
from inkdigits.runs.weights_file import write_arrays
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


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path):
    path = save_checkpoint(tmp_path, state())
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(ModelFileError):
            load_checkpoint(path)


def test_other_arrays_are_no_checkpoint(tmp_path: Path):
    path = tmp_path / "epoch-0001-step-000000.safetensors"
    write_arrays(path, {"a": np.zeros(2, np.float32)})
    with pytest.raises(ModelFileError, match="its digest is not that of its content"):
        load_checkpoint(path)


@pytest.mark.parametrize("position", ["", "[]", '{"epoch": 1}'])
def test_a_position_of_another_kind_is_refused(tmp_path: Path, position: str):
    path = tmp_path / "epoch-0001-step-000000.safetensors"
    arrays = {"a": np.zeros(2, np.float32)}
    write_arrays(path, arrays, {"position": position, "sha256": _digest(arrays, position)})
    with pytest.raises(ModelFileError, match="its position in the run is unreadable"):
        load_checkpoint(path)


def test_each_damaged_one_is_told_of(tmp_path: Path):
    for step in (1, 2, 3):
        save_checkpoint(tmp_path, state(2, step))
    newest = list_checkpoints(tmp_path)[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    told: list[str] = []
    loaded = load_newest(tmp_path, told.append)
    assert loaded
    assert loaded.step == 2
    assert len(told) == 1
    assert told[0].startswith(f"{newest} is damaged: ")
    assert told[0].endswith("; an older checkpoint takes its place")


def test_a_damaged_one_that_claims_to_be_newer_makes_room_for_no_good_one(tmp_path: Path):
    kept = save_checkpoint(tmp_path, state(2, 1))
    save_checkpoint(tmp_path, state(2, 9)).write_bytes(b"damaged")
    written = save_checkpoint(tmp_path, state(2, 3))
    assert list_checkpoints(tmp_path) == [kept, written]


def test_what_cannot_be_written_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for step in (1, 2):
        save_checkpoint(tmp_path, state(2, step))
    before = list_checkpoints(tmp_path)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_flush", full)
    with pytest.raises(OutputError, match="No space left on device"):
        save_checkpoint(tmp_path, state(2, 3))
    assert list(tmp_path.iterdir()) == before
    assert all(load_checkpoint(path) for path in before)


def test_a_run_that_is_gone_is_not_made_anew(tmp_path: Path):
    folder = tmp_path / "run" / "checkpoints"
    with pytest.raises(OutputError, match=f"cannot write {folder}: No such file or directory"):
        save_checkpoint(folder, state())
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_a_place_takes_the_place_of_the_one_before(tmp_path: Path):
    first, second = state(2, 1), state(2, 1)
    second.arrays["optimizer/0"] = np.array(5, np.int64)
    save_checkpoint(tmp_path, first)
    path = save_checkpoint(tmp_path, second)
    assert list_checkpoints(tmp_path) == [path]
    assert load_checkpoint(path).arrays["optimizer/0"] == 5
