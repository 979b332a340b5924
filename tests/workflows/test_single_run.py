import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, ModelFileError, OutputError, UsageError
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import find_architecture
from inkdigits.runs.checkpoints import load_newest
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Interval, Start, read_start
from inkdigits.training.observer import QuietObserver
from inkdigits.training.recipe import Recipe
from inkdigits.workflows import single_run as workflow
from inkdigits.workflows.aside import Aside
from inkdigits.workflows.run_plots import import_plots
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
def given(quick: Recipe, random_weights: Callable) -> Mapping[str, np.ndarray]:
    """Weights that a run may begin with in place of fresh ones."""
    return random_weights(find_architecture(quick.network))


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
    with pytest.raises(ModelFileError, match="the run was begun on other data: the SHA-256"):
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


def test_a_damaged_checkpoint_is_told_of_and_passed_over(
    copy: RunFolder, small: Dataset, recorder: Callable
):
    newest = copy.checkpoints / "epoch-0001-step-000003.safetensors"
    newest.write_bytes(b"damaged")
    observer = recorder(stop_at=1)
    with pytest.raises(InterruptedRunError, match="after step 0 of 4"):
        resume_run(copy, dataset=small, observer=observer)
    assert len(observer.warnings) == 1
    assert observer.warnings[0].startswith(f"{newest} is damaged")
    assert not newest.exists()  # it would make room for good ones otherwise


def test_without_an_undamaged_checkpoint_training_begins_anew(
    copy: RunFolder, small: Dataset, recorder: Callable
):
    for path in copy.checkpoints.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    observer = recorder(stop_at=1)
    with pytest.raises(InterruptedRunError, match="in epoch 1 of 3, after step 0 of 4"):
        resume_run(copy, dataset=small, observer=observer)
    assert observer.warnings[1:] == ["no checkpoint is undamaged: training begins anew"]


def test_a_run_may_begin_with_weights_that_are_given(
    small: Dataset, quick: Recipe, tmp_path: Path, given: Mapping[str, np.ndarray]
):
    still = quick.replace(epochs=1, learning_rate=1e-9)
    run = RunFolder(tmp_path)
    start_run(run, still, seed=4, dataset=small, weights=given)
    (learnt,) = networks_from_onnx(run.onnx.read_bytes(), find_architecture(quick.network))
    for name, before in given.items():
        if "moving" not in name:  # at this learning rate nothing else changes
            np.testing.assert_allclose(learnt.weights[name], before, atol=1e-5, err_msg=name)


def test_a_run_that_failed_before_its_first_step_goes_on_from_weights_that_are_given(
    small: Dataset,
    quick: Recipe,
    tmp_path: Path,
    given: Mapping[str, np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
):
    run = RunFolder(tmp_path)

    def fail(_: object) -> None:
        raise MemoryError

    still = quick.replace(epochs=1, learning_rate=1e-9)
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(workflow.Trainer, "prepare", fail)
        start_run(run, still, seed=4, dataset=small, weights=given)
    assert not run.manifest.exists()
    state = load_newest(run.checkpoints)
    assert state
    assert (state.epoch, state.step) == (1, 0)
    kernel = state.arrays["model/dense1/0"]
    np.testing.assert_array_equal(kernel, given["dense1/kernel"])
    resume_run(run, dataset=small)
    (learnt,) = networks_from_onnx(run.onnx.read_bytes(), find_architecture(quick.network))
    np.testing.assert_allclose(learnt.weights["dense1/kernel"], given["dense1/kernel"], atol=1e-5)


def test_a_run_keeps_how_durable_it_was_begun(
    small: Dataset, quick: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told: list[object] = []

    class Asked:
        """A trainer that writes down what it is asked for."""

        def __init__(self, *_: object, deterministic: bool, **__: object) -> None:
            told.append(deterministic)
            self.prepare = lambda: None

        def fit(self, _: object, report_every: int | None) -> bool:
            told.append(report_every)
            raise OutputError("disk full")

    monkeypatch.setattr(workflow, "Trainer", Asked)
    run = RunFolder(tmp_path)
    interval = Interval(seconds=7.0, steps=3)
    with pytest.raises(OutputError):
        start_run(run, quick, seed=1, deterministic=True, checkpoints=interval, dataset=small)
    with pytest.raises(OutputError):
        resume_run(run, dataset=small)
    assert told == [True, 3, True, 3]
    assert read_start(run)[1].checkpoints == interval


def test_a_run_is_not_begun_where_there_is_one(copy: RunFolder, small: Dataset, quick: Recipe):
    with pytest.raises(UsageError, match=f"there is a run in {copy.path} already"):
        start_run(copy, quick, seed=4, dataset=small)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (False, "disk full; there is no checkpoint yet, so nothing is kept"),
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

        def fit(self, _: object, report_every: int | None) -> bool:
            raise OutputError("disk full")

    if not kept:
        shutil.rmtree(copy.checkpoints)
    monkeypatch.setattr(workflow, "Trainer", Full)
    with pytest.raises(OutputError, match=message):
        resume_run(copy, dataset=small)


@pytest.mark.parametrize(("epochs", "expected"), [(1, 5), (2, 0)])
def test_beside_a_short_training_the_plots_get_ready(
    small: Dataset,
    quick: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    epochs: int,
    expected: int,
):
    begun = []
    monkeypatch.setattr(Aside, "begin", lambda _, work: begun.append(work))
    with pytest.raises(InterruptedRunError):  # before its first step
        recipe = quick.replace(epochs=epochs)
        start_run(RunFolder(tmp_path), recipe, seed=0, dataset=small, observer=Impatient())
    assert len(begun) == expected
    assert begun[:1] == [import_plots][:expected]
