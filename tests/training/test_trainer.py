from dataclasses import asdict

import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.networks.weights import get_weights
from inkdigits.training.recipe import Augmentation
from inkdigits.training.recipes import PUBLISHED, TUTORIAL
from inkdigits.training.trainer import Trainer

# float32, so that results do not depend on the processor; without batch normalisation, because
# Adam steps along the rounding errors of biases that have no gradient.
RECIPE = PUBLISHED.replace(
    name="small",
    epochs=2,
    batch_size=16,
    schedule="one-cycle",
    label_smoothing=0.1,
    validation="held-out",
)
STILL = Augmentation()


@pytest.fixture(scope="module")
def train_part(digits):
    return digits.take(slice(200))


@pytest.fixture(scope="module")
def validation_part(digits):
    return digits.take(slice(200, 250))


@pytest.fixture(scope="module")
def make_trainer(train_part, validation_part):
    def make(recipe=RECIPE, seed=0, **parts):
        parts = {"train": train_part, "validation": validation_part, **parts}
        return Trainer(recipe, seed=seed, **parts)

    return make


class Recorder:
    """Writes down what it is told, and stops the run at an epoch and a step of it."""

    def __init__(self, stop_at=(None, None)):
        self.calls, self.progress, self.records = [], [], []
        self.stop_at, self.now = stop_at, (1, 0)

    def should_stop(self):
        self.calls.append("should_stop")
        epoch, step = self.stop_at
        return epoch is not None and self.now >= (epoch, step)

    def on_progress(self, progress):
        self.calls.append("on_progress")
        self.progress.append(progress)
        self.now = (progress.epoch, progress.step)

    def on_epoch(self, record):
        self.calls.append("on_epoch")
        self.records.append(record)
        self.now = (record.epoch + 1, 0)


@pytest.fixture(scope="module")
def finished(make_trainer):
    """A trainer whose run is over, and what its observer was told."""
    trainer, recorder = make_trainer(), Recorder()
    trainer.prepare()
    assert trainer.fit(recorder) is True
    return trainer, recorder


def figures(history):
    """The history without the time it took."""
    return [
        {name: value for name, value in asdict(record).items() if name != "seconds"}
        for record in history
    ]


def assert_same_run(first, second):
    for one, two in zip(figures(first.history), figures(second.history), strict=True):
        assert one == pytest.approx(two, rel=1e-3, abs=1e-3)
    weights = get_weights(first.model), get_weights(second.model)
    for name in weights[0]:
        np.testing.assert_allclose(weights[0][name], weights[1][name], 1e-2, 1e-4, err_msg=name)


def test_the_loss_falls(make_trainer):
    recipe = RECIPE.replace(epochs=4, augmentation=STILL, label_smoothing=0.0)
    trainer = make_trainer(recipe)
    trainer.fit(Recorder())
    first, last = trainer.history[0], trainer.history[-1]
    assert last.loss < 0.6 * first.loss
    assert last.val_loss < first.val_loss
    assert last.accuracy > first.accuracy


def test_history_has_a_record_for_every_epoch(finished):
    trainer, recorder = finished
    assert list(trainer.history) == recorder.records
    assert [record.epoch for record in trainer.history] == [1, 2]
    for record in trainer.history:
        assert 0 <= record.accuracy <= 1
        assert 0 <= record.val_accuracy <= 1
        assert record.loss > 0
        assert record.val_loss > 0
    assert 0 < trainer.history[0].seconds < trainer.history[1].seconds == trainer.seconds


def test_history_has_the_learning_rate_at_the_end_of_each_epoch(finished):
    trainer, _ = finished
    # 24 steps, 5 of them up; after 12 the cosine has gone 7 of 19 steps down.
    halfway = 0.0005 * (1 + np.cos(np.pi * 7 / 19))
    rates = [record.learning_rate for record in trainer.history]
    assert rates == pytest.approx([halfway, 0.0], rel=1e-4, abs=1e-9)


def test_validation_figures_are_those_of_the_held_out_images(finished, validation_part):
    trainer, _ = finished
    probabilities = trainer.predict(scale(validation_part.images))
    n, labels = len(validation_part), validation_part.labels
    record = trainer.history[-1]
    assert record.val_accuracy == (probabilities.argmax(axis=1) == labels).mean()
    expected = -np.log(probabilities[np.arange(n), labels]).mean()
    assert record.val_loss == pytest.approx(expected, rel=1e-5)


def test_the_observer_is_asked_before_steps_and_told_after_them_and_after_each_epoch(finished):
    _, recorder = finished
    per_epoch = " ".join(recorder.calls).split(" on_epoch")
    assert len(per_epoch) == 3
    assert per_epoch[-1] == ""
    for calls in per_epoch[:-1]:
        words = calls.split()
        assert words == ["should_stop", "on_progress"] * (len(words) // 2)
        assert words


def test_progress_grows_to_the_last_step_of_each_epoch(finished):
    trainer, recorder = finished
    places = [(each.epoch, each.step) for each in recorder.progress]
    assert places == sorted(set(places))
    assert {(1, 12), (2, 12)} <= set(places)
    for each in recorder.progress:
        assert (each.epochs, each.steps) == (2, trainer.steps_per_epoch) == (2, 12)
        assert each.images_per_second > 0
    at_the_end = {each.epoch: each for each in recorder.progress if each.step == each.steps}
    for record in trainer.history:
        assert at_the_end[record.epoch].loss == record.loss
        assert at_the_end[record.epoch].accuracy == record.accuracy


def test_images_are_counted_in_full_batches(finished, make_trainer):
    trainer, _ = finished
    assert trainer.images_seen == 2 * 12 * 16
    assert trainer.images_per_second == pytest.approx(trainer.images_seen / trainer.seconds)
    fresh = make_trainer()
    assert (fresh.images_seen, fresh.images_per_second, fresh.seconds) == (0, 0.0, 0.0)


def test_a_finished_run_has_nothing_left_to_do(finished):
    trainer, _ = finished
    recorder = Recorder()
    before = trainer.history
    assert trainer.fit(recorder) is True
    assert recorder.calls == []
    assert trainer.history == before


def test_the_same_seed_gives_the_same_run(finished, make_trainer):
    again = make_trainer()
    again.fit(Recorder())
    assert_same_run(finished[0], again)


def test_another_seed_gives_another_run(finished, make_trainer):
    other = make_trainer(seed=1)
    other.fit(Recorder())
    assert figures(other.history) != figures(finished[0].history)


@pytest.mark.parametrize("stop_at", [(1, 0), (1, 8), (2, 0), (2, 8)], ids=str)
def test_a_stopped_run_goes_on_in_a_new_trainer_as_if_nothing_had_happened(
    finished, make_trainer, stop_at
):
    stopped, recorder = make_trainer(), Recorder(stop_at)
    assert stopped.fit(recorder) is False
    assert len(stopped.history) == stop_at[0] - 1
    state = stopped.state()
    assert (state.epoch, state.step) == recorder.now >= stop_at

    resumed = make_trainer()
    resumed.load_state(state)
    assert resumed.images_seen == stopped.images_seen
    assert resumed.seconds == stopped.seconds
    assert resumed.fit(Recorder()) is True
    assert resumed.images_seen == finished[0].images_seen
    assert_same_run(finished[0], resumed)


def test_a_stopped_run_goes_on_in_the_same_trainer_too(finished, make_trainer):
    trainer = make_trainer()
    assert trainer.fit(Recorder((1, 8))) is False
    assert trainer.fit(Recorder()) is True
    assert_same_run(finished[0], trainer)


def test_a_state_does_not_change_when_its_trainer_goes_on(make_trainer):
    trainer = make_trainer()
    trainer.fit(Recorder((1, 8)))
    state = trainer.state()
    kept = {name: array.copy() for name, array in state.arrays.items()}
    trainer.fit(Recorder())
    for name in kept:
        np.testing.assert_array_equal(state.arrays[name], kept[name])


def test_the_state_is_complete_when_an_epoch_is_reported(make_trainer):
    trainer = make_trainer(RECIPE.replace(epochs=1))
    states = []

    class Keeper(Recorder):
        def on_epoch(self, record):
            states.append((record, trainer.state()))

    trainer.fit(Keeper())
    ((record, state),) = states
    assert (state.epoch, state.step, state.sums.images) == (2, 0, 0)
    assert state.history == (record,)
    assert state.seconds == record.seconds


def test_a_state_of_another_network_is_refused(make_trainer):
    state = make_trainer().state()
    with pytest.raises(ModelFileError):
        make_trainer(RECIPE.replace(network="tutorial")).load_state(state)


def test_images_of_another_size_are_refused(make_trainer, train_part):
    small = LabelledImages(train_part.images[:, :20, :20], train_part.labels)
    with pytest.raises(UsageError, match="reads images of 28x28 pixels; received 20x20"):
        make_trainer(train=small)


def test_nobody_need_watch(make_trainer):
    trainer = make_trainer(RECIPE.replace(epochs=1))
    assert trainer.fit() is True
    assert len(trainer.history) == 1


def test_labels_without_a_class_are_refused(make_trainer, train_part):
    labels = train_part.labels + np.uint8(1)
    with pytest.raises(ValueError, match="labels must be below 10; received 10"):
        make_trainer(train=LabelledImages(train_part.images, labels))


def test_recipe_decides_model_optimiser_and_precision(make_trainer):
    trainer = make_trainer(TUTORIAL.replace(precision="bfloat16", norm_momentum=0.9))
    assert trainer.precision == "bfloat16"
    assert trainer.model.count_params() == 601_706
    assert trainer.model.get_layer("norm1").momentum == 0.9
    assert trainer.model.get_layer("conv1").compute_dtype == "bfloat16"
    assert make_trainer().precision == "float32"
    assert trainer.backend == keras.backend.backend()
