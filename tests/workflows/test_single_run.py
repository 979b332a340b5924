import shutil
from pathlib import Path

import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, ModelFileError, OutputError, UsageError
from inkdigits.runs.checkpoints import load_newest
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Start, read_start
from inkdigits.training.observer import QuietObserver
from inkdigits.training.recipe import Recipe
from inkdigits.workflows import single_run as workflow
from inkdigits.workflows.single_run import resume_run, start_run


class Impatient(QuietObserver):
    def should_stop(self) -> bool:
        return True


@pytest.fixture(scope="module")
def stopped(
    small: Dataset, quick: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, str]:
    """A run that was stopped before its first step, and what was said."""
    run = RunFolder(tmp_path_factory.mktemp("stopped"))
    with pytest.raises(InterruptedRunError) as caught:
        start_run(run, quick, seed=4, dataset=small, observer=Impatient())
    return run, str(caught.value)


@pytest.fixture
def copy(stopped: tuple[RunFolder, str], tmp_path: Path) -> RunFolder:
    shutil.copytree(stopped[0].path, tmp_path / "copy")
    return RunFolder(tmp_path / "copy")


def test_a_stopped_run_says_where_and_how_to_go_on(stopped: tuple[RunFolder, str]):
    run, message = stopped
    assert message == (
        "stopped in epoch 1 of 3, after step 0 of 4; nothing is lost: "
        f"go on with `inkdigits train --resume {run.path}`"
    )


def test_a_stopped_run_holds_recipe_start_and_state(stopped: tuple[RunFolder, str], quick: Recipe):
    run, _ = stopped
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.json", "start.json", "checkpoints"),
    }
    assert read_start(run) == (quick, Start(seed=4, data="small", source=None, sha256="0" * 64))
    state = load_newest(run.checkpoints)
    assert state
    assert (state.epoch, state.step) == (1, 0)


def test_a_run_does_not_go_on_with_other_data(copy: RunFolder, small: Dataset):
    other = Dataset("other", small.train, small.test, small.class_names, "1" * 64)
    with pytest.raises(ModelFileError, match=f"the run in {copy.path} was begun on other data"):
        resume_run(copy, dataset=other)


def test_a_run_without_its_start_does_not_go_on(copy: RunFolder, small: Dataset):
    copy.start.unlink()
    with pytest.raises(ModelFileError, match=r"start\.json: No such file"):
        resume_run(copy, dataset=small)


def test_what_does_not_fit_the_data_is_refused_before_anything_is_written(
    small: Dataset, quick: Recipe, tmp_path: Path
):
    greedy = quick.replace(validation_images=640)
    with pytest.raises(UsageError, match="must be below the 640 training images of small"):
        start_run(RunFolder(tmp_path), greedy, seed=0, dataset=small)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (False, "disk full; no epoch was complete, so nothing is kept"),
        (True, "disk full; the run is kept up to epoch 1, step 0: make room, then go on with `ink"),
    ],
)
def test_a_full_disk_says_what_is_kept(
    copy: RunFolder, small: Dataset, monkeypatch: pytest.MonkeyPatch, kept: bool, message: str
):
    class Full:
        """A trainer that cannot write."""

        def __init__(self, *_: object, **__: object) -> None:
            self.load_state = self.prepare = lambda *_: None

        def fit(self, _: object) -> bool:
            raise OutputError("disk full")

    if not kept:
        shutil.rmtree(copy.checkpoints)
    monkeypatch.setattr(workflow, "Trainer", Full)
    with pytest.raises(OutputError, match=message):
        resume_run(copy, dataset=small)
