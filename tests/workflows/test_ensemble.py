import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, ModelFileError, OutputError, UsageError
from inkdigits.evaluation import choosing_sets
from inkdigits.evaluation.metrics import evaluate
from inkdigits.networks.architecture import PUBLISHED, find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.finished import digest_files
from inkdigits.runs.folder import RunFolder, find_run
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import Interval, Start, read_start, write_start
from inkdigits.runs.weights_file import read_arrays, write_arrays
from inkdigits.training import recipes
from inkdigits.training.recipe import Recipe
from inkdigits.workflows import ensemble as workflow
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.data import split_for
from inkdigits.workflows.evaluate import find_network, read_manifest
from inkdigits.workflows.records import score
from inkdigits.workflows.train import resume, train

SEED = 5


@pytest.fixture(scope="module", autouse=True)
def _few_outliers() -> Iterator[None]:
    """Drawing letters takes milliseconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choosing_sets, "CHOOSING_IMAGES", 20)
        yield


@pytest.fixture(scope="module")
def whole(
    small: Dataset, swift: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    """Two networks, trained without a stop."""
    out = tmp_path_factory.mktemp("ensembles") / "whole"
    return train(swift, seed=SEED, members=2, out=out, dataset=small)


@pytest.fixture
def begun(whole: tuple[RunFolder, Manifest], tmp_path: Path) -> RunFolder:
    """A copy in which only the first network is finished."""
    run = RunFolder(tmp_path / "begun")
    shutil.copytree(whole[0].path, run.path)
    run.manifest.unlink()
    run.onnx.unlink()
    shutil.rmtree(run.member(2).path)
    return run


def manifest_of(run: RunFolder) -> Manifest:
    return Manifest.from_json(run.manifest.read_bytes())


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_folder_holds_the_whole_and_a_complete_run_of_each_network(
    whole: tuple[RunFolder, Manifest],
):
    run, manifest = whole
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.json", "start.json", "manifest.json", "model.onnx", "members"),
    }
    assert {path.name for path in (run.path / "members").iterdir()} == {"1", "2"}
    for number in (1, 2):
        assert {path.name for path in run.member(number).path.iterdir()} == {
            *("recipe.json", "start.json", "manifest.json", "history.csv", "weights.safetensors"),
            *("model.onnx", "model.keras", "checkpoints", "plots", "mistakes.csv", "report.html"),
        }
    assert [path for path in run.path.rglob("*") if path.name.startswith(".")] == []
    assert manifest_of(run) == manifest


def test_networks_have_the_recipe_and_the_following_seeds(
    whole: tuple[RunFolder, Manifest], swift: Recipe
):
    run, _ = whole
    begun = Start(seed=5, data="small", source=None, sha256="0" * 64, members=2)
    assert read_start(run) == (swift, begun)
    for number, seed in ((1, 5), (2, 6)):
        member = run.member(number)
        assert read_start(member) == (swift, begun.model_copy(update={"seed": seed, "members": 1}))
        assert manifest_of(member).seed == seed
        assert manifest_of(member).members is None
    one, two = (read_arrays(run.member(number).weights)[0] for number in (1, 2))
    assert np.abs(one["dense2/kernel"] - two["dense2/kernel"]).max() > 1e-2


def test_the_figures_are_those_of_the_joined_file(
    whole: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe
):
    run, manifest = whole
    classifier = OnnxClassifier(run.onnx)
    parts = split_for(small, swift)
    for part, record in ((parts.test, manifest.test), (parts.validation, manifest.validation)):
        assert record == score(evaluate(classifier.probabilities(part.images), part.labels))
    assert (manifest.test.n, manifest.validation.n) == (200, 128)
    assert manifest.test_augmented is None


def test_the_manifest_says_how_the_whole_was_made(whole: tuple[RunFolder, Manifest]):
    run, manifest = whole
    assert manifest.seed == SEED
    assert manifest.command == f"inkdigits train --recipe {run.recipe} --members 2 --seed 5"
    members = [manifest_of(run.member(number)) for number in (1, 2)]
    assert manifest.members == tuple(each.test for each in members)
    assert manifest.data == members[0].data
    assert manifest.train.images == 2 * 2 * 512
    assert manifest.train.seconds == sum(each.train.seconds for each in members)
    rate = manifest.train.images / manifest.train.seconds
    assert manifest.train.images_per_second == pytest.approx(rate)
    assert manifest.timing.keys() == {"members", "confidence", "export", "evaluate", "total"}
    assert manifest.timing["members"] > manifest.train.seconds
    assert manifest.sha256 == digest_files(run)
    assert manifest.sha256.keys() > {"recipe.json", "model.onnx", "members/2/manifest.json"}


def test_the_confidence_is_that_of_the_file_and_rejects_one_validation_image_at_most(
    whole: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe
):
    run, manifest = whole
    classifier = OnnxClassifier(run.onnx)
    assert manifest.confidence
    assert classifier.rejection
    assert classifier.rejection.temperature == manifest.confidence.temperature
    assert classifier.rejection.threshold == manifest.confidence.threshold
    assert classifier.rejection.score == manifest.confidence.score
    validation = split_for(small, swift).validation
    assert len(validation) == 128
    assert classifier.answers(validation.images).rejected.sum() <= 1


def test_its_answers_are_the_mean_of_the_networks_logits(
    whole: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe
):
    run, manifest = whole
    architecture = find_architecture(swift.network)
    weights = [read_arrays(run.member(number).weights)[0] for number in (1, 2)]
    images = small.test.images
    logits = [
        InnerNetwork([Network(architecture, each)], small.class_names).look_at(images).logits
        for each in weights
    ]
    assert manifest.confidence
    powers = np.exp(np.mean(logits, axis=0, dtype=float) / manifest.confidence.temperature)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(OnnxClassifier(run.onnx).probabilities(images), expected, atol=1e-3)


def test_evaluate_finds_the_joined_file_and_its_manifest(whole: tuple[RunFolder, Manifest]):
    run, manifest = whole
    assert find_network(run.path).name == str(run.onnx)
    assert read_manifest(run.path) == manifest


def test_evaluate_refuses_a_joined_file_that_was_changed(
    whole: tuple[RunFolder, Manifest], tmp_path: Path
):
    shutil.copytree(whole[0].path, tmp_path / "copy")
    run = find_run(tmp_path / "copy")
    run.onnx.write_bytes(run.onnx.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match=r"model\.onnx is not the file that the run wrote"):
        find_network(run.path)


def test_stopped_in_the_second_network_it_goes_on_to_the_same_end(
    whole: tuple[RunFolder, Manifest], begun: RunFolder, small: Dataset, recorder: Callable
):
    before = contents(begun.member(1).path)
    with pytest.raises(InterruptedRunError) as caught:
        resume(begun.path, dataset=small, observer=recorder(stop_at=2))
    assert str(caught.value) == (
        "stopped in network 2 of 2; nothing is lost: go on with "
        f"`inkdigits train --resume {begun.path}`"
    )
    assert not begun.manifest.exists()
    assert not begun.member(2).manifest.exists()
    rest = recorder()
    run, manifest = resume(begun.path, dataset=small, observer=rest)
    assert run == begun
    assert [record.epoch for record in rest.records] == [2]  # of the second network alone
    assert contents(begun.member(1).path) == before
    uninterrupted, resumed = (read_arrays(each.member(2).weights)[0] for each in (whole[0], begun))
    assert uninterrupted.keys() == resumed.keys()
    for name, array in uninterrupted.items():
        np.testing.assert_allclose(resumed[name], array, rtol=1e-3, atol=1e-4)
    assert manifest.test.correct == whole[1].test.correct
    assert manifest.command == f"inkdigits train --recipe {run.recipe} --members 2 --seed 5"
    assert find_network(begun.path).name == str(begun.onnx)


def test_an_ensemble_whose_networks_are_finished_is_only_joined(
    whole: tuple[RunFolder, Manifest], small: Dataset, recorder: Callable, tmp_path: Path
):
    copy = RunFolder(tmp_path / "copy")
    shutil.copytree(whole[0].path, copy.path)
    copy.manifest.unlink()
    copy.onnx.unlink()
    observer = recorder()
    _, manifest = resume(copy.path, dataset=small, observer=observer)
    assert observer.records == []
    assert copy.onnx.read_bytes() == whole[0].onnx.read_bytes()
    assert (manifest.test, manifest.members) == (whole[1].test, whole[1].members)


def test_it_does_not_go_on_with_other_data(begun: RunFolder, small: Dataset):
    other = Dataset("other", small.train, small.test, small.class_names, "1" * 64)
    with pytest.raises(ModelFileError, match="the run was begun on other data: the SHA-256"):
        resume(begun.path, dataset=other)
    assert not begun.member(2).path.exists()


def test_a_finished_ensemble_is_not_trained_again(
    whole: tuple[RunFolder, Manifest], small: Dataset
):
    with pytest.raises(UsageError, match=r"is finished$"):
        resume(whole[0].path, dataset=small)


def test_a_member_whose_manifest_is_damaged_is_told(begun: RunFolder, small: Dataset):
    shutil.copytree(begun.member(1).path, begun.member(2).path)
    begun.member(2).manifest.write_text("{")
    with pytest.raises(ModelFileError, match=r"manifest\.json is damaged"):
        resume(begun.path, dataset=small)


def test_held_out_images_that_leave_none_are_refused_before_anything_is_written(
    small: Dataset, swift: Recipe, tmp_path: Path
):
    greedy = swift.replace(validation_images=640)
    with pytest.raises(UsageError, match="`validation_images` must be below the 640 training"):
        train(greedy, members=2, out=tmp_path / "run", dataset=small)
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    "reason",
    [
        OutputError("cannot write it: disk full"),
        pytest.param(
            OutputError("cannot write it: disk full; go on with members/2"), id="from a run"
        ),
    ],
)
def test_a_full_disk_names_the_folder_of_the_whole(
    begun: RunFolder, small: Dataset, monkeypatch: pytest.MonkeyPatch, reason: OutputError
):
    def fail(*_: object, **__: object) -> None:
        if "go on" in str(reason):
            raise reason from OutputError("cannot write it: disk full")
        raise reason

    monkeypatch.setattr(workflow, "start_run", fail)
    with pytest.raises(OutputError) as caught:
        resume(begun.path, dataset=small)
    assert str(caught.value) == (
        "cannot write it: disk full; every finished network and epoch is kept: make room, then go "
        f"on with `inkdigits train --resume {begun.path}`"
    )


def test_networks_are_started_in_order_and_begun_ones_resumed(
    begun: RunFolder, swift: Recipe, small: Dataset, monkeypatch: pytest.MonkeyPatch
):
    write_start(begun, swift, Start(seed=5, data="small", sha256="0" * 64, members=4))
    begun.member(2).path.mkdir()
    write_start(begun.member(2), swift, Start(seed=6, data="small", sha256="0" * 64))
    begun.member(3).path.mkdir()  # stopped before it wrote its start
    calls = []

    def start_run(run: RunFolder, recipe: Recipe, *, seed: int, **_: object) -> None:
        calls.append(("start", run.path.name, seed))
        shutil.copytree(begun.member(1).path, run.path, dirs_exist_ok=True)

    def resume_run(run: RunFolder, **_: object) -> None:
        calls.append(("resume", run.path.name, None))
        shutil.copytree(begun.member(1).path, run.path, dirs_exist_ok=True)

    monkeypatch.setattr(workflow, "start_run", start_run)
    monkeypatch.setattr(workflow, "resume_run", resume_run)
    _, manifest = resume(begun.path, dataset=small)
    assert calls == [("resume", "2", None), ("start", "3", 7), ("start", "4", 8)]
    assert manifest.members
    assert set(manifest.members) == {manifest_of(begun.member(1)).test}
    assert len(manifest.members) == 4
    # Four times the same network answers like that network.
    assert manifest.test.correct == manifest.members[0].correct


def test_every_network_is_as_durable_as_the_whole(
    swift: Recipe, small: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    told: list[object] = []

    def start_run(run: RunFolder, recipe: Recipe, **options: object) -> None:
        told.append((options["seed"], options["deterministic"], options["checkpoints"]))
        raise OutputError("cannot write it: disk full")

    monkeypatch.setattr(workflow, "start_run", start_run)
    interval = Interval(seconds=9.0, steps=4)
    durable = {"deterministic": True, "checkpoints": interval}
    with pytest.raises(OutputError):
        train(swift, seed=5, members=2, out=tmp_path / "run", dataset=small, **durable)
    with pytest.raises(OutputError):
        resume(tmp_path / "run", dataset=small)
    assert told == [(5, True, interval), (5, True, interval)]


def test_networks_are_not_begun_where_there_are_some(
    begun: RunFolder, swift: Recipe, small: Dataset
):
    start = Start(seed=5, data="small", sha256="0" * 64, members=2)
    with pytest.raises(UsageError, match=f"there is a run in {begun.path} already"):
        workflow.train_members(workflow.Ensemble(begun, swift, start, small))


def test_networks_validated_on_test_images_get_no_confidence(
    begun: RunFolder,
    small: Dataset,
    random_weights: Callable,
    monkeypatch: pytest.MonkeyPatch,
):
    """The parts of a run of `published`, without its training."""
    recipe = recipes.PUBLISHED.replace(epochs=2)
    write_start(begun, recipe, Start(seed=5, data="small", sha256="0" * 64, members=2))
    member = begun.member(1)
    write_arrays(member.weights, random_weights(PUBLISHED))
    promised = manifest_of(member).model_copy(update={"sha256": digest_files(member)})
    member.manifest.write_text(promised.to_json())
    shutil.copytree(begun.member(1).path, begun.member(2).path)

    def fit(*_: object) -> None:
        pytest.fail("something was fitted on test images")

    monkeypatch.setattr(InnerNetwork, "fit", fit)
    run, manifest = resume(begun.path, dataset=small)
    assert manifest.confidence is None
    assert OnnxClassifier(run.onnx).rejection is None
    assert manifest.validation == manifest.test
    assert manifest.data.validation_images == manifest.validation.n == 200
    assert manifest.test_augmented is None
    assert json.loads(run.manifest.read_text())["confidence"] is None
