import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.networks.architecture import (
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
from inkdigits.training.engine import NeutralEngine, make_engine, predict_with
from inkdigits.training.plan import plan_epoch
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.sums import Sums
from inkdigits.training.task import PREDICT_BATCH, Task
from inkdigits.training.tensorflow_engine import TensorFlowEngine
from inkdigits.training.variables import read_variables

SMALL = Architecture(
    "small",
    (28, 28, 1),
    (
        *(Conv2D(4, 5), BatchNormalization(), Relu(), MaxPooling2D(4)),
        *(Flatten(), Dense(16), BatchNormalization(), Relu(), Dropout(0.2), Dense(10), Softmax()),
    ),
)
# A bias before a batch normalisation has no gradient, but Adam would step along its rounding error.
PLAIN = Architecture(
    "plain",
    SMALL.input_shape,
    tuple(layer for layer in SMALL.layers if not isinstance(layer, BatchNormalization)),
)
ENGINES = [NeutralEngine, TensorFlowEngine]


def make_task(digits, network=SMALL, optimizer=None, label_smoothing=0.0, fill="nearest"):
    model = build(network, seed=1, fast_layers=True)
    optimizer = optimizer or keras.optimizers.SGD(0.1, momentum=0.5)
    optimizer.build(model.trainable_variables)
    return Task(model, optimizer, label_smoothing, fill, scale(digits.images), digits.labels)


def make_plan(digits, steps=6):
    plan = plan_epoch(
        images=len(digits),
        batch_size=32,
        size=(28, 28),
        augmentation=PUBLISHED.augmentation,
        seed=3,
        epoch=1,
    )
    return plan.part(0, steps)


def assert_close(first, second, tolerance=1e-4):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_allclose(
            first[name].astype(float),
            second[name].astype(float),
            tolerance,
            tolerance,
            err_msg=name,
        )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="momentum"),
        pytest.param({"label_smoothing": 0.3}, id="label smoothing"),
        pytest.param({"fill": "constant"}, id="constant fill"),
    ],
)
def test_both_engines_train_to_the_same_variables_losses_and_hits(digits, options):
    tasks = [make_task(digits, **options) for _ in ENGINES]
    plan = make_plan(digits)
    before = get_weights(tasks[0].model)
    neutral, compiled = (
        engine(task).run(plan) for engine, task in zip(ENGINES, tasks, strict=True)
    )
    assert neutral.images == compiled.images == plan.order.size
    assert compiled.loss == pytest.approx(neutral.loss, rel=1e-4)
    assert abs(compiled.correct - neutral.correct) <= 1  # two classes may tie to within rounding
    # Dropout's random state is among the variables: both engines drew the same masks.
    assert_close(*(read_variables(task.model, task.optimizer) for task in tasks), tolerance=1e-3)
    after = get_weights(tasks[0].model)
    assert np.abs(after["dense1/kernel"] - before["dense1/kernel"]).max() > 0.01


def test_both_engines_agree_with_adam(digits):
    tasks = [make_task(digits, PLAIN, keras.optimizers.Adam(0.002)) for _ in ENGINES]
    sums = [
        engine(task).run(make_plan(digits)) for engine, task in zip(ENGINES, tasks, strict=True)
    ]
    assert sums[0].loss == pytest.approx(sums[1].loss, rel=1e-4)
    assert_close(*(get_weights(task.model) for task in tasks), tolerance=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_running_in_parts_is_running_the_whole(digits, engine):
    whole, parts = make_task(digits), make_task(digits)
    plan = make_plan(digits)
    total = engine(whole).run(plan)
    in_parts = engine(parts)
    sums = sum((in_parts.run(plan.part(a, b)) for a, b in ((0, 1), (1, 4), (4, 6))), Sums())
    assert (sums.images, sums.correct) == (total.images, total.correct)
    assert sums.loss == pytest.approx(total.loss, rel=1e-5)
    assert_close(get_weights(whole.model), get_weights(parts.model))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_loss_of_a_step_is_the_sum_of_its_cross_entropies_before_it(digits, engine):
    dry = Architecture("dry", (28, 28, 1), (Flatten(), Dense(10), Softmax()))
    task = make_task(digits, dry)
    plan = plan_epoch(
        images=len(digits),
        batch_size=16,
        size=(28, 28),
        augmentation=PUBLISHED.augmentation.model_copy(
            update=dict.fromkeys(("rotation", "width_shift", "height_shift", "shear", "zoom"), 0.0)
        ),
        seed=0,
        epoch=1,
    ).part(0, 1)
    (chosen,) = plan.order
    probabilities = predict_with(task.model, task.inputs[chosen])
    truth = digits.labels[chosen]
    sums = engine(task).run(plan)
    assert sums.images == 16
    assert sums.correct == (probabilities.argmax(axis=1) == truth).sum()
    assert sums.loss == pytest.approx(-np.log(probabilities[np.arange(16), truth]).sum(), rel=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_preparing_changes_nothing(digits, engine):
    task = make_task(digits)
    before = read_variables(task.model, task.optimizer)
    engine(task).prepare()
    after = read_variables(task.model, task.optimizer)
    assert before.keys() == after.keys()
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", [1, PREDICT_BATCH, PREDICT_BATCH + 1])
def test_predict_is_the_model_in_inference(digits, engine, n):
    task = make_task(digits)
    inputs = task.inputs[np.arange(n) % len(digits)]
    probabilities = engine(task).predict(inputs)
    assert probabilities.shape == (n, 10)
    assert probabilities.dtype == np.float32
    expected = keras.ops.convert_to_numpy(task.model(inputs, training=False))
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_predict_of_no_images_has_no_rows(digits, engine):
    task = make_task(digits)
    probabilities = engine(task).predict(task.inputs[:0])
    assert probabilities.shape == (0, 10)
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize("engine", ENGINES)
def test_predict_sees_what_was_trained(digits, engine):
    task = make_task(digits)
    made = engine(task)
    before = made.predict(task.inputs[:4])
    made.run(make_plan(digits))
    after = made.predict(task.inputs[:4])
    assert np.abs(before - after).max() > 0.01
    np.testing.assert_allclose(after, predict_with(task.model, task.inputs[:4]), 1e-4, 1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_label_without_a_class_is_refused(digits, engine):
    task = make_task(digits)
    labels = digits.labels.copy()
    labels[3] = 10
    with pytest.raises(ValueError, match="labels must be below 10; received 10"):
        engine(Task(task.model, task.optimizer, 0.0, "nearest", task.inputs, labels))


def test_on_tensorflow_the_compiled_engine_is_chosen(digits):
    assert keras.backend.backend() == "tensorflow"
    assert isinstance(make_engine(make_task(digits)), TensorFlowEngine)


def test_on_another_backend_the_neutral_engine_is_chosen(digits, monkeypatch):
    task = make_task(digits)
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    assert isinstance(make_engine(task), NeutralEngine)
