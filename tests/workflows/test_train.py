import csv
import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, OutputError, UsageError
from inkdigits.networks.architecture import find_architecture
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs import files
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.history import history_from_csv
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.weights_file import read_arrays
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import PUBLISHED
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.train import resume, start, train

PLOTS = {"samples", "augmented-batch", "curves", "confusion-matrix", "mistakes", "calibration"}


@pytest.fixture(scope="module")
def deep(quick: Recipe) -> Recipe:
    """The tutorial's network, with every kind of layer."""
    return quick.replace(name="deep", network="tutorial", micro_batches=2)


@pytest.fixture(scope="module")
def finished(
    small: Dataset, deep: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    out = tmp_path_factory.mktemp("runs") / "whole"
    return train(deep, seed=3, out=out, dataset=small)


@pytest.fixture(scope="module")
def finished_fast(
    small: Dataset, swift: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    out = tmp_path_factory.mktemp("fast") / "whole"
    return train(swift, seed=3, out=out, dataset=small)


@pytest.fixture(params=["finished", "finished_fast"])
def either(request: pytest.FixtureRequest) -> tuple[RunFolder, Manifest]:
    """A run of each recipe in turn."""
    run: tuple[RunFolder, Manifest] = request.getfixturevalue(request.param)
    return run


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.startswith(".")]


def test_the_folder_holds_everything_and_nothing_half_written(
    finished: tuple[RunFolder, Manifest],
):
    run, _ = finished
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.json", "start.json", "manifest.json", "history.csv", "weights.safetensors"),
        *("model.onnx", "model.keras", "checkpoints", "plots", "mistakes.csv", "report.html"),
    }
    assert {path.stem for path in run.plots.iterdir()} == PLOTS
    assert leftovers(run.path) == []


def test_the_recipe_and_the_manifest_come_back(finished: tuple[RunFolder, Manifest], deep: Recipe):
    run, manifest = finished
    assert Recipe.from_json(run.recipe.read_bytes()) == deep
    assert Manifest.from_json(run.manifest.read_bytes()) == manifest


def test_the_manifest_says_where_the_run_comes_from(finished: tuple[RunFolder, Manifest]):
    run, manifest = finished
    assert manifest.seed == 3
    assert manifest.command == f"inkdigits train --recipe {run.recipe} --seed 3"
    assert (manifest.data.train_images, manifest.data.validation_images) == (512, 128)
    assert manifest.data.test_images == 200
    assert manifest.train.images == 3 * 512
    assert manifest.test_augmented is None


def test_every_digest_is_that_of_the_file(finished: tuple[RunFolder, Manifest]):
    run, manifest = finished
    assert {"recipe.json", "model.onnx", "weights.safetensors"} <= manifest.sha256.keys()
    for name, digest in manifest.sha256.items():
        assert hashlib.sha256((run.path / name).read_bytes()).hexdigest() == digest


def test_the_parts_of_the_timing_add_up(finished: tuple[RunFolder, Manifest]):
    timing = dict(finished[1].timing)
    total = timing.pop("total")
    assert total == pytest.approx(sum(timing.values()))
    assert {"data", "build", "compile", "train and validate", "plots", "report"} <= timing.keys()


def test_the_history_ends_with_the_validation_figure(either: tuple[RunFolder, Manifest]):
    run, manifest = either
    history = history_from_csv(run.history.read_text())
    assert [record.epoch for record in history] == list(range(1, manifest.train.epochs + 1))
    assert history[-1].val_accuracy == pytest.approx(manifest.validation.accuracy)
    assert history[-1].loss < history[0].loss


def test_the_mistakes_are_the_images_read_wrongly(finished: tuple[RunFolder, Manifest]):
    run, manifest = finished
    rows = list(csv.DictReader(run.mistakes.read_text().splitlines()))
    assert len(rows) == manifest.test.n - manifest.test.correct
    assert all(row["truth"] != row["answer"] for row in rows)


def test_all_three_network_files_answer_alike(either: tuple[RunFolder, Manifest], small: Dataset):
    import keras

    from inkdigits.networks.weights import get_weights

    run, manifest = either
    model = keras.models.load_model(run.keras)
    stored, _ = read_arrays(run.weights)
    for name, array in get_weights(model).items():
        np.testing.assert_array_equal(array, stored[name])
    from_keras = model.predict(scale(small.test.images), verbose=0)
    from_onnx = OnnxClassifier(run.onnx).probabilities(small.test.images)
    assert manifest.confidence  # its temperature is in the ONNX file alone
    powers = from_keras.astype(float) ** (1 / manifest.confidence.temperature)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(from_onnx, expected, atol=1e-3)
    assert (from_onnx.argmax(axis=1) == small.test.labels).sum() == manifest.test.correct


def test_the_saved_network_has_keras_layers_alone_in_the_architectures_order(
    either: tuple[RunFolder, Manifest],
):
    import zipfile

    with zipfile.ZipFile(either[0].keras) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    assert {layer["module"] for layer in layers} == {"keras.layers"}
    names = [layer["config"]["name"] for layer in layers]
    network = Recipe.from_json(either[0].recipe.read_bytes()).network
    assert names[1:] == [name for name, _ in find_architecture(network).named_layers()]


def test_a_stopped_run_goes_on_to_the_same_end(
    finished: tuple[RunFolder, Manifest],
    small: Dataset,
    deep: Recipe,
    recorder: Callable,
    tmp_path: Path,
):
    out = tmp_path / "stopped"
    with pytest.raises(InterruptedRunError, match=f"go on with `inkdigits train --resume {out}`"):
        train(deep, seed=3, out=out, dataset=small, observer=recorder(stop_at=2))
    assert leftovers(out) == []
    assert not (out / "manifest.json").exists()
    rest = recorder()
    run, manifest = resume(out, dataset=small, observer=rest)
    assert [record.epoch for record in rest.records] == [2, 3]
    whole, _ = read_arrays(finished[0].weights)
    resumed, _ = read_arrays(run.weights)
    for name in whole:
        np.testing.assert_allclose(resumed[name], whole[name], rtol=1e-3, atol=1e-4)
    assert manifest.train.images == finished[1].train.images


def test_the_recipe_fast_makes_a_whole_run(
    finished_fast: tuple[RunFolder, Manifest], swift: Recipe
):
    run, manifest = finished_fast
    assert Recipe.from_json(run.recipe.read_bytes()) == swift
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.json", "start.json", "manifest.json", "history.csv", "weights.safetensors"),
        *("model.onnx", "model.keras", "checkpoints", "plots", "mistakes.csv", "report.html"),
    }
    assert leftovers(run.path) == []
    assert manifest.train.images == 2 * 512
    assert manifest.test.n == 200
    assert manifest.test.accuracy > 0.5  # 0.1 without having learnt
    assert manifest.test_augmented is None


def test_a_stopped_run_of_the_recipe_fast_goes_on_to_the_same_end(
    finished_fast: tuple[RunFolder, Manifest],
    small: Dataset,
    swift: Recipe,
    recorder: Callable,
    tmp_path: Path,
):
    out = tmp_path / "stopped"
    with pytest.raises(InterruptedRunError, match="stopped in epoch 2 of 2, after step 0 of 8"):
        train(swift, seed=3, out=out, dataset=small, observer=recorder(stop_at=2))
    run, manifest = resume(out, dataset=small)
    whole, _ = read_arrays(finished_fast[0].weights)
    resumed, _ = read_arrays(run.weights)
    for name in whole:
        np.testing.assert_allclose(resumed[name], whole[name], rtol=1e-3, atol=1e-4)
    assert manifest.test.correct == finished_fast[1].test.correct


def test_a_run_stopped_before_its_first_step_can_go_on(
    small: Dataset, quick: Recipe, recorder: Callable, tmp_path: Path
):
    one = quick.replace(epochs=1)
    with pytest.raises(InterruptedRunError, match="stopped in epoch 1 of 1, after step 0 of 4"):
        train(one, out=tmp_path / "run", dataset=small, observer=recorder(stop_at=1))
    _, manifest = resume(tmp_path / "run", dataset=small)
    assert manifest.train.images == 512


def test_a_finished_run_is_not_trained_again(finished: tuple[RunFolder, Manifest], small: Dataset):
    with pytest.raises(UsageError, match=r"is finished; its report is .*report\.html"):
        resume(finished[0].path, dataset=small)


def test_the_published_recipe_reports_both_figures_and_fits_nothing(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fit(*_: object) -> None:
        pytest.fail("something was fitted on test images")

    monkeypatch.setattr(InnerNetwork, "fit", fit)
    recipe = PUBLISHED.replace(epochs=1)
    run, manifest = train(recipe, out=tmp_path / "run", dataset=small)
    assert manifest.test.n == 200
    assert manifest.test_augmented is not None
    assert manifest.test_augmented.n == 192  # three full batches of 64
    assert manifest.test_augmented == manifest.validation
    assert manifest.command == "inkdigits train --recipe published --epochs 1 --seed 0"
    assert "augmented" in run.report.read_text()
    assert manifest.confidence is None
    assert OnnxClassifier(run.onnx).rejection is None


@pytest.mark.parametrize("members", [-1, 0, 101])
def test_a_number_of_networks_that_is_none_is_refused_before_a_folder_is_made(
    small: Dataset, quick: Recipe, tmp_path: Path, members: int
):
    message = f"`members` must be between 1 and 100; received {members}"
    with pytest.raises(UsageError, match=message):
        train(quick, members=members, out=tmp_path / "run", dataset=small)
    assert not (tmp_path / "run").exists()
    with pytest.raises(UsageError, match=message):
        start(RunFolder(tmp_path), quick, seed=0, members=members, dataset=small)
    assert list(tmp_path.iterdir()) == []


def test_too_many_held_out_images_are_refused(small: Dataset, quick: Recipe, tmp_path: Path):
    greedy = quick.replace(validation_images=640)
    with pytest.raises(UsageError, match="`validation_images` must be below the 640 training"):
        train(greedy, out=tmp_path / "run", dataset=small)


def test_a_disk_that_fills_up_after_an_epoch_keeps_the_run(
    small: Dataset, quick: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "run"
    real = files._flush

    def full_disk_for_the_second_epoch(path: Path) -> None:
        if (out / "checkpoints" / "epoch-0002-step-000000.safetensors").exists():
            raise OSError(28, "No space left on device")
        real(path)

    monkeypatch.setattr(files, "_flush", full_disk_for_the_second_epoch)
    with pytest.raises(
        OutputError,
        match=r"No space left on device; the run is kept up to epoch 2, step 0: .*--resume",
    ):
        train(quick, out=out, dataset=small)
    monkeypatch.undo()
    assert leftovers(out) == []
    run, _ = resume(out, dataset=small)
    assert run.report.exists()


def _limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))


def test_a_disk_too_small_for_a_checkpoint_ends_with_one_line(tmp_path: Path):
    program = (
        "from pathlib import Path\n"
        "from inkdigits.datasets.dataset import Dataset\n"
        "from inkdigits.datasets.mnist import load_mnist\n"
        "from inkdigits.errors import OutputError\n"
        "from inkdigits.training.recipes import PUBLISHED\n"
        "from inkdigits.workflows.train import train\n"
        "mnist = load_mnist()\n"
        "small = Dataset('s', mnist.train.take(slice(64)), mnist.test.take(slice(64)),\n"
        "                mnist.class_names, '0' * 64)\n"
        "try:\n"
        f"    train(PUBLISHED, out=Path({str(tmp_path / 'run')!r}), dataset=small)\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=_limit_file_size,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "File too large; there is no checkpoint yet, so nothing is kept" in done.stdout
    assert leftovers(tmp_path) == []
    assert list((tmp_path / "run" / "checkpoints").iterdir()) == []
