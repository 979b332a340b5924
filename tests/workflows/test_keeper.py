from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkdigits.runs.checkpoints import list_checkpoints
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.history import history_from_csv
from inkdigits.runs.start import Interval
from inkdigits.training.state import EpochRecord, Progress, TrainerState
from inkdigits.training.sums import Sums
from inkdigits.workflows import keeper as module
from inkdigits.workflows.keeper import Keeper

RECORD = EpochRecord(1, 0.1, 0.97, 0.05, 0.985, 0.001, 12.5)


class Trainer:
    """Stands at a place, and has one number."""

    def __init__(self) -> None:
        self.place = (1, 0)
        self.history = (RECORD,)

    def state(self) -> TrainerState:
        return TrainerState({"a": np.zeros(1, np.float32)}, *self.place, Sums(), 0.0, ())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def walk(
    tmp_path: Path, clock: list[float], recorder: Callable
) -> Callable[[Interval], list[tuple[int, int]]]:
    """Two epochs of 6 steps, reported after each step, each of which takes 10 seconds."""

    def places(interval: Interval) -> list[tuple[int, int]]:
        trainer, observer, run = Trainer(), recorder(), RunFolder(tmp_path)
        keeper, kept = Keeper(run, trainer, observer, interval), []
        for epoch in (1, 2):
            for step in range(1, 7):
                clock[0] += 10.0
                trainer.place = (epoch, step)
                keeper.on_progress(Progress(epoch, 2, step, 6, 0.5, 0.9, 100.0))
                if (place := newest(run)) == (epoch, step):
                    kept.append(place)
        assert len(observer.progress) == 12
        return kept

    return places


def newest(run: RunFolder) -> tuple[int, int] | None:
    paths = list_checkpoints(run.checkpoints)
    if not paths:
        return None
    _, epoch, _, step = paths[-1].stem.split("-")
    return int(epoch), int(step)


def test_steps_are_those_of_the_run(walk: Callable):
    assert walk(Interval(seconds=1000, steps=4)) == [(1, 4), (2, 2), (2, 6)]


def test_seconds_count_from_the_last_checkpoint(walk: Callable):
    assert walk(Interval(seconds=30)) == [(1, 3), (1, 6), (2, 3), (2, 6)]


def test_steps_and_seconds_go_together(walk: Callable):
    # At step 4 for the steps, 20 seconds later at step 6 for the time, and so on.
    assert walk(Interval(seconds=20, steps=4)) == [(1, 2), (1, 4), (1, 6), (2, 2), (2, 4), (2, 6)]


def test_a_checkpoint_costs_nothing_before_it_is_due(walk: Callable):
    assert walk(Interval(seconds=121)) == []


def test_after_an_epoch_state_and_history_are_kept(tmp_path: Path, recorder: Callable):
    trainer, observer = Trainer(), recorder()
    trainer.place = (2, 0)
    Keeper(RunFolder(tmp_path), trainer, observer, Interval()).on_epoch(RECORD)
    assert newest(RunFolder(tmp_path)) == (2, 0)
    assert history_from_csv((tmp_path / "history.csv").read_text()) == [RECORD]
    assert observer.records == [RECORD]


def test_it_stops_and_warns_as_its_observer_does(tmp_path: Path, recorder: Callable):
    observer = recorder(stop_at=1)
    keeper = Keeper(RunFolder(tmp_path), Trainer(), observer, Interval())
    assert keeper.should_stop()
    keeper.on_warning("beware")
    assert observer.warnings == ["beware"]
