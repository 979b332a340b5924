from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

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
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights, set_weights
from inkdigits.training import tensorflow_engine
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.engine import NeutralEngine, accuracy_among, make_engine, needs_accumulation
from inkdigits.training.muon import HiddenMuon
from inkdigits.training.no_digits.mixture import NO_CLASS
from inkdigits.training.optimizers import make_optimizer
from inkdigits.training.plan import EpochPlan, plan_epoch
from inkdigits.training.prediction import predict_with
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.sums import Sums
from inkdigits.training.task import PREDICT_BATCH, Task
from inkdigits.training.teacher import Lesson, Teacher
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
# Parts of a batch give the whole batch's gradient only where each image goes its own way.
PLAIN = Architecture(
    "plain",
    SMALL.input_shape,
    tuple(layer for layer in SMALL.layers if not isinstance(layer, BatchNormalization | Dropout)),
)
DRY = Architecture("dry", (28, 28, 1), (Flatten(), Dense(10), Softmax()))
MOVED = PUBLISHED.augmentation
ON_BARE_PAPER = MOVED.model_copy(update={"fill": "constant"})
CHANGED = ON_BARE_PAPER.model_copy(
    update={"elastic": 1.5, "stroke": 0.6, "texture": 0.5, "fading": 0.5, "plain_share": 0.25}
)
ENGINES = [NeutralEngine, TensorFlowEngine]


class SideBySide(TensorFlowEngine):
    """The compiled engine as it is where the cores are shared out among the parts of a batch."""

    def __init__(self, task):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tensorflow_engine, "cores_are_shared", lambda parts: True)
            super().__init__(task)


DEALING = [*ENGINES, SideBySide]  # with several parts to a batch, these go different ways
MAKERS = {
    "momentum": lambda **options: keras.optimizers.SGD(0.1, momentum=0.5, **options),
    "adam": lambda **options: keras.optimizers.Adam(0.002, **options),
    "muon": lambda **options: HiddenMuon(
        0.02, weight_decay=None, adam_weight_decay=None, exclude_layers=["dense2"], **options
    ),
}


def make_task(
    digits,
    network=SMALL,
    *,
    engine=TensorFlowEngine,
    optimizer="momentum",
    label_smoothing=0.0,
    micro_batches=1,
    ranges=MOVED,
    without_class=0,
    taught=0,
):
    """A task whose optimiser accumulates gradients where the engine leaves that to it."""
    accumulates = engine is NeutralEngine and micro_batches > 1
    made = MAKERS[optimizer](gradient_accumulation_steps=micro_batches if accumulates else None)
    model = build(network, seed=1, fast_layers=True)
    made.build(model.trainable_variables)
    augmenter = ranges and Augmenter(ranges, (28, 28))
    labels = digits.labels.copy()
    labels[:without_class] = NO_CLASS
    task = Task(model, made, label_smoothing, micro_batches, augmenter, digits.images, labels)
    if not taught:
        return task
    teacher = Teacher([Network(network, get_weights(build(network, seed=2)))])
    return replace(task, lesson=Lesson(teacher, task.outputs, "float32"), taught=taught)


def make_plan(digits, steps=6, ranges=MOVED, batch_size=32):
    plan = plan_epoch(
        images=len(digits),
        batch_size=batch_size,
        augmenter=Augmenter(ranges, (28, 28)),
        seed=3,
        epoch=1,
    )
    return plan.part(0, steps)


def variables_of(task):
    """The model's variables, and the optimiser's unless it keeps sums of gradients as well."""
    variables = read_variables(task.model, task.optimizer)
    if task.optimizer.gradient_accumulation_steps or task.micro_batches > 1:
        return {name: array for name, array in variables.items() if name.startswith("model/")}
    return variables


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
        pytest.param({"ranges": None}, id="no augmentation"),
        pytest.param({"ranges": CHANGED}, id="every kind of change"),
        pytest.param(
            {"without_class": 80, "ranges": CHANGED, "micro_batches": 2, "label_smoothing": 0.1},
            id="some without a class, every change, two parts",
        ),
        pytest.param({"without_class": 256}, id="none with a class"),
        pytest.param({"taught": 150, "label_smoothing": 0.1, "ranges": CHANGED}, id="some taught"),
        pytest.param({"taught": 256, "micro_batches": 2}, id="all taught, two parts"),
        pytest.param({"micro_batches": 4, "optimizer": "adam"}, id="four parts, adam"),
        pytest.param({"optimizer": "adam"}, id="adam"),
        pytest.param({"optimizer": "muon"}, id="muon"),
        pytest.param({"micro_batches": 2, "optimizer": "muon"}, id="two parts, muon"),
    ],
)
def test_all_engines_train_to_the_same_variables_losses_and_hits(digits, options):
    engines = DEALING if "micro_batches" in options else ENGINES
    tasks = [make_task(digits, engine=engine, **options) for engine in engines]
    plan = make_plan(digits, ranges=options.get("ranges") or MOVED)
    classified = (plan.order >= options.get("without_class", 0)).sum()
    before = get_weights(tasks[0].model)
    neutral, *others = (engine(task).run(plan) for engine, task in zip(engines, tasks, strict=True))
    for compiled, task in zip(others, tasks[1:], strict=True):
        assert neutral.images == compiled.images == plan.order.size
        assert neutral.classified == compiled.classified == classified
        assert compiled.loss == pytest.approx(neutral.loss, rel=1e-4)
        assert abs(compiled.correct - neutral.correct) <= 1  # classes may tie
        # Dropout's random state is among the variables: the engines drew the same masks.
        assert_close(variables_of(tasks[0]), variables_of(task), tolerance=1e-3)
    after = get_weights(tasks[0].model)
    assert np.abs(after["dense1/kernel"] - before["dense1/kernel"]).max() > 0.005


@pytest.mark.parametrize("engine", ENGINES)
def test_running_in_parts_is_running_the_whole(digits, engine):
    whole, parts = (make_task(digits, engine=engine, micro_batches=2) for _ in range(2))
    plan = make_plan(digits)
    total = engine(whole).run(plan)
    in_parts = engine(parts)
    sums = sum((in_parts.run(plan.part(a, b)) for a, b in ((0, 1), (1, 4), (4, 6))), Sums())
    assert (sums.images, sums.correct) == (total.images, total.correct)
    assert sums.classified == total.classified == total.images
    assert sums.loss == pytest.approx(total.loss, rel=1e-5)
    assert_close(get_weights(whole.model), get_weights(parts.model))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_loss_of_a_step_is_the_sum_of_its_cross_entropies_before_it(digits, engine):
    task = make_task(digits, DRY)
    plan = make_plan(digits, 1, Augmentation(), batch_size=16)
    (chosen,) = plan.order
    probabilities = predict_with(task.model, scale(task.images[chosen]))
    truth = digits.labels[chosen]
    sums = engine(task).run(plan)
    assert sums.images == sums.classified == 16
    assert sums.correct == (probabilities.argmax(axis=1) == truth).sum()
    assert sums.loss == pytest.approx(-np.log(probabilities[np.arange(16), truth]).sum(), rel=1e-4)


@pytest.mark.parametrize("engine", DEALING)
@pytest.mark.parametrize("micro_batches", [1, 2])
def test_hits_are_counted_among_images_with_a_class_and_losses_among_all(
    digits, engine, micro_batches
):
    task = make_task(
        digits, DRY, engine=engine, micro_batches=micro_batches, ranges=None, without_class=100
    )
    chosen = np.arange(92, 108, dtype=np.int32)  # eight without a class, then eight with one
    probabilities = predict_with(task.model, scale(task.images[chosen])).astype(float)
    truth = digits.labels[100:108]
    sums = engine(task).run(in_this_order(chosen))
    assert (sums.images, sums.classified) == (16, 8)
    assert sums.correct == (probabilities[8:].argmax(axis=1) == truth).sum()
    # An image without a class should be answered with a tenth for each.
    expected = -np.log(probabilities[:8]).mean(axis=1).sum()
    expected -= np.log(probabilities[np.arange(8, 16), truth]).sum()
    assert sums.loss == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("engine", DEALING)
def test_an_image_without_a_class_makes_the_answers_more_alike(digits, engine):
    task = make_task(digits, DRY, engine=engine, ranges=None, without_class=1)
    before = predict_with(task.model, scale(task.images[:1]))
    made = engine(task)
    for _ in range(20):
        sums = made.run(in_this_order([0]))
    assert (sums.images, sums.classified, sums.correct) == (1, 0, 0)
    assert sums.loss == pytest.approx(np.log(10), abs=0.01)  # no answer has a smaller loss
    after = predict_with(task.model, scale(task.images[:1]))
    assert np.ptp(after) < 0.1 * np.ptp(before)


def test_accuracy_counts_the_most_probable_class_and_never_an_image_without_one():
    # What is taught may be another class than the label, which alone is counted.
    wanted = [[1, 0, 0], [0, 1, 1], [1, 0, 1], [0.5, 0.5, NO_CLASS], [0.5, 0.5, NO_CLASS]]
    probabilities = [[0.6, 0.4], [0.6, 0.4], [0.4, 0.6], [0.6, 0.4], [0.4, 0.6]]
    counted = accuracy_among(2)(np.array(wanted, np.float32), np.array(probabilities, np.float32))
    assert keras.ops.convert_to_numpy(counted).tolist() == [1, 0, 1, 0, 0]


def test_accuracy_is_counted_among_the_classes_and_never_for_the_output_of_none():
    wanted = [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, NO_CLASS], [0, 0, 1, NO_CLASS]]
    probabilities = [[0.2, 0.1, 0.7], [0.2, 0.1, 0.7], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]]
    counted = accuracy_among(2)(np.array(wanted, np.float32), np.array(probabilities, np.float32))
    assert keras.ops.convert_to_numpy(counted).tolist() == [1, 0, 0, 0]


def task_with_none_class(digits, engine):
    """Images of which the first hundred show no class, and a network with an output for these."""
    layers = (Flatten(), Dense(11), Softmax())
    network = Architecture("dry-none", (28, 28, 1), layers, none_class=True)
    task = make_task(digits, network, engine=engine, ranges=None, without_class=100)
    return replace(task, none_class=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_hits_are_counted_among_the_classes_and_losses_over_all_outputs(digits, engine):
    task = task_with_none_class(digits, engine)
    weights = get_weights(task.model)
    set_weights(task.model, weights | {"dense1/bias": np.eye(11, dtype=np.float32)[10] * 9})
    chosen = np.arange(92, 108, dtype=np.int32)  # eight without a class, then eight with one
    probabilities = predict_with(task.model, scale(task.images[chosen])).astype(float)
    assert (probabilities.argmax(axis=1) == 10).all()
    truth = digits.labels[100:108]
    sums = engine(task).run(in_this_order(chosen))
    assert (sums.images, sums.classified) == (16, 8)
    assert sums.correct == (probabilities[8:, :10].argmax(axis=1) == truth).sum()
    expected = -np.log(probabilities[np.arange(16), [10] * 8 + truth.tolist()]).sum()
    assert sums.loss == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_image_without_a_class_moves_the_answer_to_its_output(digits, engine):
    task = task_with_none_class(digits, engine)
    made = engine(task)
    for _ in range(20):
        sums = made.run(in_this_order([0]))
    assert (sums.classified, sums.correct) == (0, 0)
    assert predict_with(task.model, scale(task.images[:1]))[0, 10] > 0.9


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ranges", [MOVED, CHANGED, None], ids=["moved", "changed", "none"])
def test_preparing_changes_nothing(digits, engine, ranges):
    task = make_task(digits, ranges=ranges)
    before = read_variables(task.model, task.optimizer)
    engine(task).prepare(32)
    after = read_variables(task.model, task.optimizer)
    assert before.keys() == after.keys()
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


@pytest.mark.parametrize("engine", DEALING)
@pytest.mark.parametrize(
    ("micro_batches", "n"),
    [
        *((1, 1), (1, PREDICT_BATCH), (1, PREDICT_BATCH + 1)),
        *((2, 1), (2, PREDICT_BATCH + 1), (3, 2), (3, PREDICT_BATCH + 1)),
    ],
)
def test_predict_is_the_model_in_inference(digits, engine, micro_batches, n):
    task = make_task(digits, engine=engine, micro_batches=micro_batches)
    inputs = scale(task.images[np.arange(n) % len(digits)])
    probabilities = engine(task).predict(inputs)
    assert probabilities.shape == (n, 10)
    assert probabilities.dtype == np.float32
    expected = keras.ops.convert_to_numpy(task.model(inputs, training=False))
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", DEALING)
@pytest.mark.parametrize("micro_batches", [1, 2])
def test_predict_of_no_images_has_no_rows(digits, engine, micro_batches):
    task = make_task(digits, engine=engine, micro_batches=micro_batches)
    probabilities = engine(task).predict(scale(task.images[:0]))
    assert probabilities.shape == (0, 10)
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize("engine", ENGINES)
def test_predict_sees_what_was_trained(digits, engine):
    task = make_task(digits)
    made = engine(task)
    before = made.predict(scale(task.images[:4]))
    made.run(make_plan(digits))
    after = made.predict(scale(task.images[:4]))
    assert np.abs(before - after).max() > 0.01
    np.testing.assert_allclose(after, predict_with(task.model, scale(task.images[:4])), 1e-4, 1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_label_without_a_class_is_refused(digits, engine):
    task = make_task(digits)
    labels = digits.labels.copy()
    labels[3] = 10
    with pytest.raises(ValueError, match="labels must be below 10; received 10"):
        engine(replace(task, labels=labels))


def picture_task(values, labels, network, optimizer, *, micro_batches, norm_momentum=0.5):
    """A task of pictures of one pixel, each value a 17th of full ink; the weights are all 0."""
    model = build(network, norm_momentum=norm_momentum, fast_layers=True)
    zeros = {
        name: array if "gamma" in name or "variance" in name else np.zeros_like(array)
        for name, array in get_weights(model).items()
    }
    set_weights(model, zeros)
    optimizer.build(model.trainable_variables)
    images = np.array(values, np.uint8).reshape(-1, 1, 1) * np.uint8(15)
    return Task(model, optimizer, 0.0, micro_batches, None, images, np.array(labels, np.uint8))


def in_this_order(*steps):
    order = np.array(steps, np.int32)
    return EpochPlan(order, np.zeros((*order.shape, 8), np.float32))


def accumulating(engine, micro_batches):
    accumulates = engine is NeutralEngine and micro_batches > 1
    return {"gradient_accumulation_steps": micro_batches if accumulates else None}


ONE_PIXEL = Architecture("pixel", (1, 1, 1), (Flatten(), Dense(2), Softmax()))
NORMALISED = Architecture("n", (1, 1, 1), (Flatten(), BatchNormalization(), Dense(2), Softmax()))


@pytest.mark.parametrize("engine", DEALING)
@pytest.mark.parametrize("micro_batches", [1, 2, 4])
def test_a_step_follows_the_mean_gradient_of_all_its_parts(engine, micro_batches):
    optimizer = keras.optimizers.SGD(1.0, **accumulating(engine, micro_batches))
    task = picture_task(
        [1, 2, 3, 4], [0, 0, 0, 1], ONE_PIXEL, optimizer, micro_batches=micro_batches
    )
    sums = engine(task).run(in_this_order([0, 1, 2, 3]))
    # Both classes have the probability 1/2, so each image pulls its own up and the other down by
    # 1/2: (3 - 1) / 2 / 4 for the bias, (1 + 2 + 3 - 4) / 17 / 2 / 4 for the pixel's weight.
    weights = get_weights(task.model)
    np.testing.assert_allclose(weights["dense1/bias"], [0.25, -0.25], atol=1e-6)
    np.testing.assert_allclose(weights["dense1/kernel"], [[0.25 / 17, -0.25 / 17]], rtol=1e-5)
    assert sums.loss == pytest.approx(4 * np.log(2), rel=1e-6)
    assert sums.images == 4
    assert int(keras.ops.convert_to_numpy(optimizer.iterations)) == 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", MAKERS)
def test_where_images_do_not_meet_parts_train_as_the_whole(digits, engine, optimizer):
    whole, halves = (
        make_task(digits, PLAIN, engine=engine, optimizer=optimizer, micro_batches=parts)
        for parts in (1, 2)
    )
    sums = [engine(task).run(make_plan(digits)) for task in (whole, halves)]
    assert sums[0].images == sums[1].images
    assert sums[0].loss == pytest.approx(sums[1].loss, rel=1e-4)
    assert_close(get_weights(whole.model), get_weights(halves.model), tolerance=1e-3)


@pytest.mark.parametrize("engine", DEALING)
@pytest.mark.parametrize(
    ("micro_batches", "mean", "variance"),
    [
        # All four, in 17ths: mean 3, variance 6.5.
        (1, 0.5 * 0 + 0.5 * 3 / 17, 0.5 * 1 + 0.5 * 6.5 / 289),
        # First 0 and 2: mean 1, variance 1. Then 3 and 7: mean 5, variance 4.
        (
            2,
            0.5 * (0.5 * 0 + 0.5 * 1 / 17) + 0.5 * 5 / 17,
            0.5 * (0.5 * 1 + 0.5 * 1 / 289) + 0.5 * 4 / 289,
        ),
    ],
)
def test_each_part_moves_the_averages_of_a_normalisation_in_its_turn(
    engine, micro_batches, mean, variance
):
    optimizer = keras.optimizers.SGD(1.0, **accumulating(engine, micro_batches))
    task = picture_task(
        [3, 2, 0, 7], [0, 0, 1, 1], NORMALISED, optimizer, micro_batches=micro_batches
    )
    engine(task).run(in_this_order([2, 1, 0, 3]))
    weights = get_weights(task.model)
    np.testing.assert_allclose(weights["norm1/moving_mean"], [mean], rtol=1e-5)
    np.testing.assert_allclose(weights["norm1/moving_variance"], [variance], rtol=1e-5)


@pytest.mark.parametrize("engine", DEALING)
def test_each_part_is_normalised_by_itself(engine):
    optimizer = keras.optimizers.SGD(1.0, **accumulating(engine, 2))
    task = picture_task([0, 2, 3, 7], [0, 1, 0, 1], NORMALISED, optimizer, micro_batches=2)
    engine(task).run(in_this_order([0, 1, 2, 3]))
    # In both parts the two pictures become -1 and 1, short of the 0.001 added to the variance,
    # which in 17ths squared is 0.289.
    expected = 0.25 * (1 / np.sqrt(1.289) + 2 / np.sqrt(4.289))
    kernel = get_weights(task.model)["dense1/kernel"]
    np.testing.assert_allclose(kernel, [[-expected, expected]], rtol=1e-5)


def recipe_task(engine, digits, recipe):
    """A task as the trainer makes it, for a recipe of ten steps."""
    model = build(SMALL, seed=1, norm_momentum=recipe.norm_momentum, fast_layers=True)
    optimizer = make_optimizer(recipe, model, 10, accumulate=engine is NeutralEngine)
    ranges = recipe.augmentation
    augmenter = Augmenter(ranges, (28, 28)) if ranges.changes else None
    smoothing, parts = recipe.label_smoothing, recipe.micro_batches
    return Task(model, optimizer, smoothing, parts, augmenter, digits.images, digits.labels)


def averaging_recipe(optimizer, micro_batches):
    return Recipe(
        name="small",
        network="fast",
        epochs=1,
        batch_size=32,
        micro_batches=micro_batches,
        optimizer=optimizer,
        learning_rate=0.02,
        schedule="one-cycle",
        warmup=0.5,
        final_rate=0.1,
        averaging=0.75,
        norm_momentum=0.9,
    )


def averaged(task):
    """The averages that the optimiser keeps; the model has them afterwards."""
    task.optimizer.finalize_variable_values(task.model.trainable_variables)
    return get_weights(task.model)


@pytest.mark.parametrize(("optimizer", "micro_batches"), [("adam", 1), ("muon", 2)])
def test_both_engines_follow_schedule_and_averaging_of_a_recipe(digits, optimizer, micro_batches):
    recipe = averaging_recipe(optimizer, micro_batches)
    tasks = [recipe_task(engine, digits, recipe) for engine in ENGINES]
    sums = [
        engine(task).run(make_plan(digits)) for engine, task in zip(ENGINES, tasks, strict=True)
    ]
    assert sums[0].loss == pytest.approx(sums[1].loss, rel=1e-4)
    rates = [float(keras.ops.convert_to_numpy(task.optimizer.learning_rate)) for task in tasks]
    # Five steps up to 0.02, then one of five down the cosine to a tenth of it.
    halfway = 0.1 + 0.9 * (1 + np.cos(np.pi / 5)) / 2
    assert rates == pytest.approx([0.02 * halfway] * 2, rel=1e-5)
    latest = [get_weights(task.model) for task in tasks]
    assert_close(*latest, tolerance=1e-3)
    averages = [averaged(task) for task in tasks]
    assert_close(*averages, tolerance=1e-3)
    assert np.abs(averages[0]["dense1/kernel"] - latest[0]["dense1/kernel"]).max() > 0.005


@pytest.mark.parametrize("engine", ENGINES)
def test_averages_begin_with_the_first_step_and_take_in_every_further_one(digits, engine):
    task = recipe_task(engine, digits, averaging_recipe("adam", micro_batches=2))
    made, plan = engine(task), make_plan(digits, 3)
    weights = []
    for step in range(3):
        made.run(plan.part(step, step + 1))
        weights.append(get_weights(task.model)["dense2/kernel"])
    first, second, third = weights
    expected = 0.75 * (0.75 * first + 0.25 * second) + 0.25 * third
    np.testing.assert_allclose(averaged(task)["dense2/kernel"], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_an_augmenter_images_go_in_as_they_are_whatever_the_plan_says(digits, engine):
    cases = [
        (Augmentation(), make_plan(digits, ranges=Augmentation())),
        (None, make_plan(digits, ranges=Augmentation())),
        (None, make_plan(digits)),
    ]
    results = []
    for ranges, plan in cases:
        task = make_task(digits, ranges=ranges)
        results.append((engine(task).run(plan), get_weights(task.model)))
    (warped, warped_weights), *others = results
    for sums, weights in others:
        assert sums.loss == pytest.approx(warped.loss, rel=1e-4)
        assert abs(sums.correct - warped.correct) <= 1
        assert_close(weights, warped_weights, tolerance=1e-3)


@pytest.mark.parametrize("engine", DEALING)
def test_a_batch_that_does_not_fall_into_equal_parts_is_refused(digits, engine):
    task = make_task(digits, engine=engine, micro_batches=2)
    before = get_weights(task.model)
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        engine(task).run(make_plan(digits, batch_size=5))
    for name, array in get_weights(task.model).items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    ("micro_batches", "accumulated", "message"),
    [
        (2, None, "must average gradients over 2 micro-batches; received one for 1"),
        (2, 3, "must average gradients over 2 micro-batches; received one for 3"),
        (1, 2, "must average gradients over 1 micro-batches; received one for 2"),
    ],
)
def test_the_neutral_engine_refuses_an_optimiser_for_other_parts(
    digits, micro_batches, accumulated, message
):
    task = replace(
        make_task(digits),
        micro_batches=micro_batches,
        optimizer=keras.optimizers.SGD(0.1, gradient_accumulation_steps=accumulated),
    )
    with pytest.raises(ValueError, match=message):
        NeutralEngine(task)


def test_on_tensorflow_the_compiled_engine_is_chosen(digits):
    assert keras.backend.backend() == "tensorflow"
    assert isinstance(make_engine(make_task(digits)), TensorFlowEngine)
    assert not needs_accumulation()


def test_on_another_backend_the_neutral_engine_is_chosen(digits, monkeypatch):
    task = make_task(digits)
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    assert isinstance(make_engine(task), NeutralEngine)
    assert needs_accumulation()
