from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import InterruptedRunError, ModelFileError, UsageError
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import StartedFrom, read_start, write_start
from inkdigits.runs.weights_file import read_arrays
from inkdigits.sources.load import load_dataset
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.base import load_base
from inkdigits.workflows.matching import load_for_tuning
from inkdigits.workflows.material import material_for
from inkdigits.workflows.train import fine_tune, resume, start, train


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 640 training and 200 test images of MNIST."""
    mnist, path = load_mnist(), tmp_path_factory.mktemp("known") / "known.npz"
    np.savez(
        path,
        x_train=mnist.train.images[:640],
        y_train=mnist.train.labels[:640],
        x_test=mnist.test.images[:200],
        y_test=mnist.test.labels[:200],
    )
    return path


@pytest.fixture(scope="module")
def base(known: Path, quick: Recipe, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run that learnt from these."""
    recipe = quick.replace(epochs=1, fast_layers=False)
    out = tmp_path_factory.mktemp("base") / "run"
    return train(recipe, dataset=load_dataset(known), out=out)[0]


@pytest.fixture(scope="module")
def own() -> Dataset:
    """Sevens and ones with their ink turned upside down, as somebody might write them."""
    mnist = load_mnist()

    def take(part: LabelledImages, n: int) -> LabelledImages:
        chosen = part.take(np.flatnonzero((part.labels == 1) | (part.labels == 7))[:n])
        return LabelledImages(np.ascontiguousarray(chosen.images[:, ::-1]), chosen.labels)

    parts = take(mnist.train, 60), take(mnist.test, 30)
    return Dataset("own", *parts, mnist.class_names, "1" * 64)


@pytest.fixture(scope="module")
def tuned(
    base: RunFolder, own: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    out = tmp_path_factory.mktemp("tuned") / "run"
    return fine_tune(base.path, own, frozen="nothing", epochs=1, seed=3, out=out)


def test_it_learns_ones_own_and_tells_both_figures_before_and_after(base, tuned, own, known):
    run, manifest = tuned
    record = manifest.base
    assert record is not None and record.before and record.known_before and record.known_after
    before = OnnxClassifier(base.onnx).probabilities(own.test.images).argmax(axis=1)
    assert record.before.correct == int((before == own.test.labels).sum())
    assert manifest.test.correct > record.before.correct
    images = load_dataset(known).test
    after = OnnxClassifier(run.onnx).probabilities(images.images).argmax(axis=1)
    assert record.known_after.correct == int((after == images.labels).sum())
    assert (record.known_data, record.known_before.n, manifest.test.n) == ("known", 200, 30)
    assert record.network == str(base.path.resolve())


def test_the_command_and_the_start_name_the_network_it_went_on_from(base, tuned):
    run, manifest = tuned
    assert manifest.command == (
        f"inkdigits train --from {base.path} --freeze nothing --epochs 1 --seed 3"
    )
    begun = read_start(run)[1]
    assert begun.base is not None and begun.base.network == str(base.path.resolve())


def test_features_keep_their_weights_unless_asked_for(base, own, tmp_path: Path):
    run, manifest = fine_tune(base.path, own, epochs=1, out=tmp_path / "run")
    before, after = (read_arrays(each.weights)[0] for each in (base, run))
    changed = {name for name, array in after.items() if (array != before[name]).any()}
    assert changed == {"dense2/kernel", "dense2/bias"}
    assert "--freeze" not in manifest.command


def test_other_classes_get_a_last_layer_of_their_own(base, own, tmp_path: Path):
    letters = replace(own, class_names=("i", "l"), train=two(own.train), test=two(own.test))
    run, manifest = fine_tune(base.path, letters, epochs=1, out=tmp_path / "run")
    assert OnnxClassifier(run.onnx).class_names == ("i", "l")
    record = manifest.base
    assert record is not None
    assert (record.before, record.known_data, record.known_after) == (None, None, None)
    before, after = (read_arrays(each.weights)[0] for each in (base, run))
    np.testing.assert_array_equal(before["conv1/kernel"], after["conv1/kernel"])
    assert manifest.test.accuracy > 0.7


def two(part: LabelledImages) -> LabelledImages:
    return LabelledImages(part.images, (part.labels == 7).astype(np.uint8))


def test_half_of_what_is_learnt_from_is_known_and_none_of_it_was_held_out_before(base, own):
    network = load_base(base.path)
    recipe = network.recipe
    material = material_for(recipe, own, network, lambda _: None)
    assert material.known is not None
    kept = {image.tobytes() for image in material.known.train.images[:640]}
    in_training = [image.tobytes() in kept for image in material.parts.train.images]
    # 512 of the 640 were not held out; a sixth of one's own 60 is.
    assert sum(in_training) == 512
    assert len(material.parts.train) == 512 + 3_000
    assert len(material.parts.validation) == 10 + 128
    learnt = {image.tobytes() for image in material.parts.train.images}
    assert not any(image.tobytes() in learnt for image in material.parts.validation.images[10:])


def test_what_cannot_be_rehearsed_any_more_is_told(base, own):
    network = replace(load_base(base.path), source="/nowhere/known.npz")
    told: list[str] = []
    material = material_for(network.recipe, own, network, told.append)
    assert material.known is None
    assert len(told) == 1 and "may forget it: " in told[0] and "/nowhere/known.npz" in told[0]


def test_stopped_it_goes_on_from_where_it_was(base, own, tuned, tmp_path: Path, recorder: Callable):
    out = tmp_path / "run"
    with pytest.raises(InterruptedRunError):
        fine_tune(base.path, own, epochs=1, seed=3, out=out, observer=recorder(stop_at=2))
    _, manifest = resume(out, dataset=own)
    assert manifest.base is not None
    assert manifest.base.before == tuned[1].base.before


def test_a_base_that_is_another_by_now_is_refused(base, own, tmp_path: Path, recorder: Callable):
    out = tmp_path / "run"
    with pytest.raises(InterruptedRunError):
        fine_tune(base.path, own, epochs=1, out=out, observer=recorder(stop_at=1))
    start_file = RunFolder(out).start
    digest = load_base(base.path).sha256
    assert digest in start_file.read_text()
    recipe, begun = read_start(RunFolder(out))
    other = StartedFrom(network=str(base.path), sha256="0" * 64)
    write_start(RunFolder(out), recipe, begun.model_copy(update={"base": other}))
    with pytest.raises(ModelFileError, match="started from another network: the SHA-256 of"):
        resume(out, dataset=own)


def test_the_network_of_the_package_can_be_gone_on_from():
    network = load_base(Path("shipped"))
    images = load_mnist().test
    assert network.architecture.none_class
    answers = network.classifier.probabilities(images.images[:100]).argmax(axis=1)
    assert (answers == images.labels[:100]).mean() > 0.98


def test_only_one_network_goes_on_from_another(base, own, tmp_path: Path):
    network = load_base(base.path)
    with pytest.raises(UsageError, match="one network goes on from another, not several"):
        start(RunFolder(tmp_path), network.recipe, seed=0, members=2, dataset=own, base=network)


def test_what_is_no_run_folder_is_refused(tmp_path: Path):
    with pytest.raises(ModelFileError, match="a network to go on from is a run folder or `shipp"):
        load_base(tmp_path / "model.onnx")


def test_data_with_known_classes_take_those_of_the_network(known: Path):
    names = tuple("9876543210")
    assert load_for_tuning(known, names, (28, 28, 1), "digits").class_names == names
    fewer = load_for_tuning(known, ("0", "1"), (28, 28, 1), "digits")
    assert fewer.class_names == tuple("0123456789")
