from dataclasses import asdict

import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.networks.architecture import (
    Architecture,
    Dense,
    Flatten,
    Softmax,
    find_architecture,
)
from inkdigits.networks.build import build
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights, set_weights
from inkdigits.training import pace as pace_module
from inkdigits.training import trainer as trainer_module
from inkdigits.training.accelerator import Accelerator
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.engine import NeutralEngine
from inkdigits.training.no_digits.mixture import NO_CLASS, add_no_digits
from inkdigits.training.prediction import predict_with
from inkdigits.training.recipes import FAST, PUBLISHED, TUTORIAL
from inkdigits.training.teacher import Teacher
from inkdigits.training.trainer import Trainer

# float32, so that results do not depend on the processor.
RECIPE = PUBLISHED.replace(
    name="small",
    network="fast",
    epochs=2,
    batch_size=16,
    schedule="one-cycle",
    label_smoothing=0.1,
    norm_momentum=0.5,
    validation="held-out",
)
STILL = Augmentation()
BENT = Augmentation(zoom=0.1, fill="constant", elastic=1.0)
AVERAGING = FAST.replace(
    name="averaging",
    epochs=2,
    batch_size=16,
    learning_rate=0.05,
    averaging=0.75,
    precision="float32",
)


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


def test_what_is_taught_is_learnt_in_place_of_the_labels(make_trainer, train_part):
    trainer = make_trainer(RECIPE.replace(epochs=6, learning_rate=0.005), teacher=saying(3))
    trainer.fit()
    answers = trainer.predict(scale(train_part.images)).argmax(axis=1)
    assert (answers == 3).mean() > 0.9
    # Hits are those of the labels.
    assert trainer.history[-1].accuracy < 0.3


@pytest.mark.parametrize(
    ("shape", "classes", "message"),
    [
        ((28, 28, 1), 9, "must tell 10 classes apart; received one for 9"),
        ((20, 28, 1), 10, "must read images of 28x28 pixels, as the network fast does"),
    ],
)
def test_a_teacher_must_be_for_the_images_and_the_classes(make_trainer, shape, classes, message):
    with pytest.raises(UsageError, match=message):
        make_trainer(teacher=saying(3, shape, classes))


def saying(answer, shape=(28, 28, 1), classes=10):
    """A teacher that is sure of the same answer to every image."""
    layers = Architecture("sure", shape, (Flatten(), Dense(classes), Softmax()))
    bias = np.zeros(classes, np.float32)
    bias[answer] = 20.0
    kernel = np.zeros((shape[0] * shape[1], classes), np.float32)
    return Teacher([Network(layers, {"dense1/kernel": kernel, "dense1/bias": bias})])


@pytest.mark.parametrize(
    ("epochs", "to_come", "by_xla"),
    [
        (499, None, False),  # of 200 images
        (500, None, True),
        (1, 99_999, False),
        (1, 100_000, True),
        (500, 1, False),
    ],
)
def test_what_takes_long_to_compile_is_for_trainings_of_many_images(
    make_trainer, epochs, to_come, by_xla
):
    recipe = TUTORIAL.replace(epochs=epochs, batch_size=16, precision="float32")
    model = make_trainer(recipe, images_to_come=to_come).model
    assert {layer.by_xla for layer in model.layers if "conv" in layer.name} == {by_xla}


def test_graphics_processors_convolve_in_their_own_way(make_trainer, monkeypatch):
    some = Accelerator("NVIDIA H200", bfloat16=True)
    monkeypatch.setattr(trainer_module, "find_accelerator", lambda: some)
    recipe = TUTORIAL.replace(batch_size=16)
    model = make_trainer(recipe, images_to_come=10**6).model
    assert not any(getattr(layer, "by_xla", False) for layer in model.layers)


def test_a_training_by_xla_goes_as_one_by_plain_convolutions(make_trainer, many_channels):
    recipe = RECIPE.replace(epochs=1, batch_size=50, micro_batches=2, fast_layers=True)
    trainers = [
        make_trainer(recipe, architecture=many_channels, images_to_come=each) for each in (1, 10**6)
    ]
    for trainer in trainers:
        trainer.prepare()
        trainer.fit()
    assert [bool(each.model.get_layer("conv2").rehearse(1)) for each in trainers] == [False, True]
    assert_same_run(*trainers)


def test_nobody_need_watch(make_trainer):
    trainer = make_trainer(RECIPE.replace(epochs=1))
    assert trainer.fit() is True
    assert len(trainer.history) == 1


def test_labels_without_a_class_are_refused(make_trainer, train_part):
    labels = train_part.labels + np.uint8(1)
    with pytest.raises(ValueError, match="labels must be below 10; received 10"):
        make_trainer(train=LabelledImages(train_part.images, labels))


def test_recipe_decides_model_optimiser_and_precision(make_trainer):
    trainer = make_trainer(TUTORIAL.replace(batch_size=16, precision="bfloat16", norm_momentum=0.9))
    assert trainer.precision == "bfloat16"
    assert trainer.model.count_params() == 601_706
    assert trainer.model.get_layer("norm1").momentum == 0.9
    assert trainer.model.get_layer("conv1").compute_dtype == "bfloat16"
    assert make_trainer().precision == "float32"
    assert trainer.backend == keras.backend.backend()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (0.1, 1, RECIPE.augmentation)),
        ({"augmentation": STILL, "micro_batches": 4}, (0.1, 4, None)),
        ({"augmentation": BENT}, (0.1, 1, BENT)),
        ({"label_smoothing": 0.0, "micro_batches": 2}, (0.0, 2, RECIPE.augmentation)),
    ],
)
def test_recipe_decides_what_the_engine_works_on(
    make_trainer, train_part, monkeypatch, fields, expected
):
    tasks = []
    monkeypatch.setattr(trainer_module, "make_engine", tasks.append)
    trainer = make_trainer(RECIPE.replace(**fields))
    (task,) = tasks
    ranges = task.augmenter.ranges if task.augmenter else None
    assert (task.label_smoothing, task.micro_batches, ranges) == expected
    assert task.augmenter in (trainer.feed.augmenter, None)
    np.testing.assert_array_equal(task.images, train_part.images)
    np.testing.assert_array_equal(task.labels, train_part.labels)


@pytest.fixture(scope="module")
def outlying(make_trainer):
    """A finished trainer that learnt from 200 digits and 40 images without one."""
    trainer, recorder = make_trainer(RECIPE.replace(no_digits=40)), Recorder()
    assert trainer.fit(recorder) is True
    return trainer, recorder


def test_images_without_a_digit_are_dealt_out_and_seen_like_all_others(outlying, make_trainer):
    trainer, _ = outlying
    assert make_trainer().steps_per_epoch == 12
    assert trainer.steps_per_epoch == 15
    assert sorted(trainer.feed.plan(1).order.ravel().tolist()) == list(range(240))
    assert trainer.images_seen == 2 * 240


def test_images_without_a_digit_come_behind_the_training_images(
    make_trainer, train_part, monkeypatch
):
    tasks = []
    monkeypatch.setattr(trainer_module, "make_engine", tasks.append)
    make_trainer(RECIPE.replace(no_digits=40))
    (task,) = tasks
    added = add_no_digits(train_part, 40)
    np.testing.assert_array_equal(task.images, added.images)
    np.testing.assert_array_equal(task.labels, added.labels)
    assert (task.labels[200:] == NO_CLASS).all()


def test_accuracy_is_of_the_digits_alone_and_validation_has_nothing_else(outlying, validation_part):
    trainer, recorder = outlying
    for record in trainer.history:
        hits = record.accuracy * 200
        assert hits == pytest.approx(round(hits))
        assert 0 < hits <= 200
    assert [each.accuracy for each in recorder.progress if each.step == 15] == [
        each.accuracy for each in trainer.history
    ]
    np.testing.assert_array_equal(trainer.validation_set(1)[1], validation_part.labels)


def test_a_run_with_images_without_a_digit_goes_on_as_if_it_had_not_been_stopped(
    outlying, make_trainer
):
    recipe = RECIPE.replace(no_digits=40)
    stopped = make_trainer(recipe)
    assert stopped.fit(Recorder((1, 8))) is False
    state = stopped.state()
    assert state.sums.images == state.step * 16
    assert 0 < state.sums.classified < state.sums.images
    resumed = make_trainer(recipe)
    resumed.load_state(state)
    assert resumed.fit() is True
    assert_same_run(outlying[0], resumed)


def test_every_kind_of_change_can_be_learnt_from(make_trainer):
    ranges = Augmentation(elastic=1.0, stroke=0.4, texture=0.3, fading=0.3, plain_share=0.5)
    trainer = make_trainer(RECIPE.replace(epochs=1, no_digits=8, augmentation=ranges))
    assert trainer.fit() is True
    assert np.isfinite(trainer.history[0].loss)
    assert trainer.images_seen == 13 * 16  # of 208 images


class Stepper(Recorder):
    """Writes down the weights after every step and after every epoch."""

    def __init__(self, trainer):
        super().__init__()
        self.trainer, self.after_steps, self.after_epochs = trainer, [], []

    def on_progress(self, progress):
        super().on_progress(progress)
        self.after_steps.append(get_weights(self.trainer.model))

    def on_epoch(self, record):
        super().on_epoch(record)
        self.after_epochs.append(get_weights(self.trainer.model))


@pytest.fixture(scope="module")
def stepped(make_trainer):
    """A finished trainer with averaging, and the weights after each of its steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace_module, "FIRST_CHUNK", 1)
        patch.setattr(pace_module, "CHUNK_SECONDS", 0.0)
        trainer = make_trainer(AVERAGING)
        stepper = Stepper(trainer)
        trainer.fit(stepper)
    return trainer, stepper


def learnt(weights):
    """The weights that gradients change, which are the ones that are averaged."""
    stay = ("filters1/kernel", "conv1/bias", "dense1/bias")
    return {k: v for k, v in weights.items() if "moving" not in k and k not in stay}


def averages_of(after_steps):
    """The first weights, then three quarters of the old average and one of each next."""
    first, *others = after_steps
    averages = dict(learnt(first))
    for weights in others:
        averages = {k: 0.75 * v + 0.25 * weights[k] for k, v in averages.items()}
    return averages


def test_every_step_of_an_averaging_run_is_reported_here(stepped):
    assert len(stepped[1].after_steps) == 2 * 12


def test_training_goes_on_with_the_latest_weights_after_a_validation(stepped):
    _, stepper = stepped
    for epoch in (1, 2):
        latest = stepper.after_steps[12 * epoch - 1]
        for name, array in stepper.after_epochs[epoch - 1].items():
            np.testing.assert_array_equal(array, latest[name], err_msg=name)


def test_the_finished_model_holds_the_averages(stepped):
    trainer, stepper = stepped
    kept, latest = get_weights(trainer.model), stepper.after_steps[-1]
    averages = averages_of(stepper.after_steps)
    for name, average in averages.items():
        np.testing.assert_allclose(kept[name], average, 1e-4, 1e-5, err_msg=name)
    for name in kept.keys() - averages.keys():
        np.testing.assert_array_equal(kept[name], latest[name], err_msg=name)
    assert np.abs(kept["dense1/kernel"] - latest["dense1/kernel"]).max() > 0.001


@pytest.mark.parametrize("epoch", [1, 2])
def test_validation_measures_the_averages(stepped, validation_part, epoch):
    trainer, stepper = stepped
    so_far = stepper.after_steps[: 12 * epoch]
    model = build(find_architecture(AVERAGING.network))
    set_weights(model, {**so_far[-1], **averages_of(so_far)})
    probabilities = predict_with(model, scale(validation_part.images))
    n, labels = len(validation_part), validation_part.labels
    record = trainer.history[epoch - 1]
    expected = -np.log(probabilities[np.arange(n), labels]).mean()
    assert record.val_loss == pytest.approx(expected, rel=1e-3)
    set_weights(model, so_far[-1])
    latest = predict_with(model, scale(validation_part.images))
    assert record.val_loss != pytest.approx(-np.log(latest[np.arange(n), labels]).mean(), rel=1e-2)


def test_fitting_a_finished_averaging_run_again_changes_nothing(stepped):
    trainer, _ = stepped
    before, history = get_weights(trainer.model), trainer.history
    recorder = Recorder()
    assert trainer.fit(recorder) is True
    assert (recorder.calls, trainer.history) == ([], history)
    for name, array in get_weights(trainer.model).items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_without_averaging_the_last_weights_are_kept(make_trainer):
    trainer = make_trainer(AVERAGING.replace(averaging=0.0, epochs=1))
    stepper = Stepper(trainer)
    trainer.fit(stepper)
    for name, array in get_weights(trainer.model).items():
        np.testing.assert_array_equal(array, stepper.after_steps[-1][name], err_msg=name)


def test_the_latest_weights_come_back_when_a_validation_fails(make_trainer, monkeypatch):
    trainer = make_trainer(AVERAGING)
    stepper = Stepper(trainer)

    def fail(_):
        raise MemoryError

    monkeypatch.setattr(trainer.engine, "predict", fail)
    with pytest.raises(MemoryError):
        trainer.fit(stepper)
    for name, array in get_weights(trainer.model).items():
        np.testing.assert_array_equal(array, stepper.after_steps[-1][name], err_msg=name)


@pytest.mark.parametrize("kept_after", [1, 2])
def test_an_averaging_run_goes_on_from_an_epochs_state_as_if_nothing_had_happened(
    stepped, make_trainer, kept_after
):
    whole, _ = stepped
    states = {}
    first = make_trainer(AVERAGING)

    class Keeper(Recorder):
        def on_epoch(self, record):
            super().on_epoch(record)
            states[record.epoch] = first.state()

    first.fit(Keeper())
    resumed = make_trainer(AVERAGING)
    resumed.load_state(states[kept_after])
    assert resumed.fit() is True
    assert len(resumed.history) == 2
    assert_same_run(whole, resumed)
    assert_same_run(first, resumed)


def test_an_averaging_run_stopped_between_two_steps_goes_on_too(stepped, make_trainer):
    stopped = make_trainer(AVERAGING)
    assert stopped.fit(Recorder((1, 8))) is False
    resumed = make_trainer(AVERAGING)
    resumed.load_state(stopped.state())
    assert resumed.fit() is True
    assert_same_run(stepped[0], resumed)


def test_a_backend_without_a_compiled_engine_ends_in_the_same_weights(make_trainer, monkeypatch):
    # With a low rate, for the two engines round otherwise, and a rectifier may tip over.
    recipe = AVERAGING.replace(learning_rate=0.005)
    compiled = make_trainer(recipe)
    compiled.fit()
    monkeypatch.setattr(keras.backend, "backend", lambda: "another")
    neutral = make_trainer(recipe)
    assert isinstance(neutral.engine, NeutralEngine)
    assert neutral.fit() is True
    assert_same_run(compiled, neutral)


def test_a_state_without_averages_does_not_fit_a_run_with_them(make_trainer):
    state = make_trainer(AVERAGING.replace(averaging=0.0)).state()
    with pytest.raises(ModelFileError):
        make_trainer(AVERAGING).load_state(state)
