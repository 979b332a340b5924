import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.networks.architecture import (
    FAST,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Relu,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.weights import get_weights
from inkdigits.training import tensorflow_engine
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.plan import plan_epoch
from inkdigits.training.prediction import predict_with
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.sums import Sums
from inkdigits.training.task import PREDICT_BATCH, Task
from inkdigits.training.tensorflow_engine import TensorFlowEngine

SIZE = (28, 28)
MOVED = Augmenter(PUBLISHED.augmentation, SIZE)
STILL = Augmenter(Augmentation(), SIZE)

# Every kind of layer of `tutorial`; that takes half a minute where bfloat16 is emulated.
SMALL = Architecture(
    "small",
    (28, 28, 1),
    (
        *(Conv2D(16, 5), BatchNormalization(), Relu(), MaxPooling2D(4), Flatten()),
        *(Dense(64), BatchNormalization(), Relu(), Dropout(0.2), Dense(10), Softmax()),
    ),
)


def make_task(digits, network=SMALL, micro_batches=1, augmenter=MOVED):
    model = build(network, seed=1, precision="bfloat16", fast_layers=True, norm_momentum=0.9)
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    return Task(model, optimizer, 0.0, micro_batches, augmenter, digits.images, digits.labels)


@pytest.fixture
def task(digits):
    return make_task(digits)


def plan_of(epoch, augmenter=MOVED, batch_size=64):
    return plan_epoch(images=256, batch_size=batch_size, augmenter=augmenter, seed=0, epoch=epoch)


@pytest.mark.parametrize(
    ("network", "micro_batches", "augmenter"), [(SMALL, 1, MOVED), (FAST, 2, None)]
)
def test_a_network_learns_in_bfloat16(digits, network, micro_batches, augmenter):
    engine = TensorFlowEngine(make_task(digits, network, micro_batches, augmenter))
    engine.prepare(64)
    first, *_, last = (engine.run(plan_of(epoch)) for epoch in range(1, 6))
    assert first.images == last.images == 256
    assert last.loss < 0.5 * first.loss
    assert last.correct > first.correct


def test_a_plan_without_steps_changes_nothing(task):
    engine = TensorFlowEngine(task)
    before = task.model.get_weights()
    assert engine.run(plan_of(1).part(0, 0)) == Sums()
    for old, new in zip(before, task.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("micro_batches", [1, 2])
def test_batches_of_any_size_run_in_the_same_loop(digits, micro_batches):
    task = make_task(digits, FAST, micro_batches)
    engine = TensorFlowEngine(task)
    engine.prepare(64)
    assert engine.run(plan_of(1, batch_size=6).part(0, 2)).images == 12
    assert engine.run(plan_of(1).part(0, 1)).images == 64
    assert int(task.optimizer.iterations.numpy()) == 3


def test_images_kept_in_bfloat16_train_as_images_cast_by_the_network(digits):
    still = plan_of(1, STILL).part(0, 2)
    tasks = [make_task(digits, FAST, augmenter=augmenter) for augmenter in (STILL, None)]
    sums = [TensorFlowEngine(task).run(still) for task in tasks]
    assert sums[1].loss == pytest.approx(sums[0].loss, rel=1e-5)
    warped, plain = (get_weights(task.model) for task in tasks)
    for name in plain:
        np.testing.assert_allclose(plain[name], warped[name], atol=1e-4, err_msg=name)


@pytest.mark.parametrize("images", [1, PREDICT_BATCH + 1])
def test_an_image_that_is_left_over_is_answered_on_its_own(digits, monkeypatch, images):
    monkeypatch.setattr(tensorflow_engine, "cores_are_shared", lambda parts: True)
    task = make_task(digits, micro_batches=2)
    inputs = scale(np.resize(digits.images, (images, *SIZE)))
    answers = TensorFlowEngine(task).predict(inputs)
    assert answers.shape == (images, 10)
    np.testing.assert_allclose(answers, predict_with(task.model, inputs), atol=0.02)


def test_a_filtered_network_answers_as_many_images_at_a_time_as_it_trains_on(digits, many_channels):
    model = build(many_channels, fast_layers=True, by_xla=True)
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.build(model.trainable_variables)
    engine = TensorFlowEngine(Task(model, optimizer, 0.0, 2, None, digits.images, digits.labels))
    engine.prepare(6)
    inputs = scale(digits.images[:7])
    # Six images are a batch, the last is answered beside blank ones.
    np.testing.assert_allclose(engine.predict(inputs), predict_with(model, inputs), atol=1e-5)
    assert not any(getattr(layer, "filters_always", False) for layer in model.layers)
