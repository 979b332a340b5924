import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.networks.architecture import TUTORIAL
from inkdigits.networks.build import build
from inkdigits.training.plan import plan_epoch
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.sums import Sums
from inkdigits.training.task import Task
from inkdigits.training.tensorflow_engine import TensorFlowEngine


@pytest.fixture
def task(digits):
    model = build(TUTORIAL, precision="bfloat16", fast_layers=True, norm_momentum=0.9)
    optimizer = keras.optimizers.Adam(0.002)
    optimizer.build(model.trainable_variables)
    return Task(model, optimizer, 0.0, "nearest", scale(digits.images), digits.labels)


def plan_of(epoch):
    return plan_epoch(
        images=256,
        batch_size=64,
        size=(28, 28),
        augmentation=PUBLISHED.augmentation,
        seed=0,
        epoch=epoch,
    )


def test_the_tutorials_network_learns_in_bfloat16(task):
    engine = TensorFlowEngine(task)
    engine.prepare()
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


def test_batches_of_any_size_run_in_the_same_loop(task):
    engine = TensorFlowEngine(task)
    small = plan_epoch(
        images=256,
        batch_size=5,
        size=(28, 28),
        augmentation=PUBLISHED.augmentation,
        seed=0,
        epoch=1,
    )
    assert engine.run(small.part(0, 2)).images == 10
    assert engine.run(plan_of(1).part(0, 1)).images == 64
    assert int(task.optimizer.iterations.numpy()) == 3
