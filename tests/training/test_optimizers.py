import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.architecture import ARCHITECTURES
from inkdigits.networks.build import build
from inkdigits.training.muon import HiddenMuon
from inkdigits.training.optimizers import make_optimizer
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST
from inkdigits.training.schedule import learning_rate

ADAM = Recipe(
    name="adam",
    network="tutorial",
    batch_size=8,
    learning_rate=0.01,
    momentum=0.8,
    adam_beta_2=0.95,
)
MUON = ADAM.replace(name="muon", optimizer="muon", adam_share=0.25, muon_iterations=3)
EACH = pytest.mark.parametrize("recipe", [ADAM, MUON], ids=lambda recipe: recipe.name)


def tiny(seed=0):
    """A hidden layer, a normalisation and the scores of three classes."""
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, name="hidden", kernel_initializer=glorot(seed)),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(3, name="scores", kernel_initializer=glorot(seed + 1)),
            keras.layers.Activation("softmax"),
        ]
    )


def glorot(seed):
    return keras.initializers.GlorotUniform(seed)


def drawn_gradients(model, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=each.shape).astype(np.float32) for each in model.trainable_variables]


def values(model):
    return [variable.numpy() for variable in model.trainable_variables]


def assert_alike(ours, theirs, rtol=1e-6):
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=rtol, atol=1e-7)


def test_adam_takes_the_steps_of_keras_adam_with_the_recipes_numbers():
    first, second = tiny(), tiny()
    ours = make_optimizer(ADAM, first, 100)
    theirs = keras.optimizers.Adam(0.01, beta_1=0.8, beta_2=0.95)
    theirs.build(second.trainable_variables)
    for step in range(3):
        for optimizer, model in ((ours, first), (theirs, second)):
            optimizer.apply(drawn_gradients(model, step), model.trainable_variables)
    assert_alike(values(first), values(second))
    assert (ours.name, ours.use_ema) == ("adam", False)


def test_muon_takes_the_steps_of_hidden_muon_with_the_recipes_numbers():
    first, second = tiny(), tiny()
    ours = make_optimizer(MUON, first, 100)
    theirs = HiddenMuon(
        0.01,
        adam_lr_ratio=0.25,
        adam_beta_1=0.8,
        adam_beta_2=0.95,
        momentum=0.8,
        ns_steps=3,
        rms_rate=None,
        weight_decay=None,
        adam_weight_decay=None,
        exclude_layers=["scores"],
    )
    theirs.build(second.trainable_variables)
    for step in range(3):
        for optimizer, model in ((ours, first), (theirs, second)):
            optimizer.apply(drawn_gradients(model, step), model.trainable_variables)
    assert_alike(values(first), values(second))
    assert (ours.name, ours.use_ema) == ("muon", False)


def test_muon_turns_hidden_kernels_alone_and_leaves_the_rest_to_adam():
    """A first step of Adam is its rate for every number; one of Muon nearly orthogonal."""
    model = tiny()
    before = values(model)
    optimizer = make_optimizer(MUON, model, 100)
    optimizer.apply(drawn_gradients(model, 0), model.trainable_variables)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        taken = np.abs(variable.numpy() - old)
        if variable.path.endswith("hidden/kernel"):
            lengths = np.linalg.svd(variable.numpy() - old, compute_uv=False)
            assert (lengths > 0.01 * 0.4).all() and (lengths < 0.01 * 1.21).all()
        else:
            np.testing.assert_allclose(taken, 0.25 * 0.01, rtol=1e-3, err_msg=variable.path)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_layer_of_the_scores_is_the_one_that_muon_leaves_out(name):
    model = build(ARCHITECTURES[name], fast_layers=True)
    optimizer = make_optimizer(FAST.replace(network=name), model, 10)
    with_velocity = {
        variable.path.split("/", 1)[1]
        for variable, velocity in zip(
            model.trainable_variables, optimizer.adam_velocities, strict=True
        )
        if velocity is not None
    }
    kernels = {name for name in with_velocity if name.endswith("kernel")}
    scores = [layer.name for layer in model.layers if layer.name.startswith("dense")][-1]
    assert kernels == {f"{scores}/kernel"}
    assert with_velocity > {f"{scores}/bias"}


@EACH
def test_the_rate_follows_the_recipes_schedule(recipe):
    recipe = recipe.replace(schedule="one-cycle", final_rate=0.1)
    model = tiny()
    optimizer, expected = make_optimizer(recipe, model, 6), learning_rate(recipe, 6)
    for step in range(6):
        assert float(optimizer.learning_rate) == pytest.approx(float(expected(step)))
        optimizer.apply(drawn_gradients(model, step), model.trainable_variables)


@EACH
def test_all_variables_are_made_at_once(recipe):
    model = tiny()
    optimizer = make_optimizer(recipe.replace(averaging=0.5), model, 6)
    count = len(optimizer.variables)
    optimizer.apply(drawn_gradients(model, 0), model.trainable_variables)
    assert optimizer.built
    assert len(optimizer.variables) == count


@EACH
def test_averaged_weights_are_the_moving_average_of_those_after_each_step(recipe):
    model = tiny()
    optimizer = make_optimizer(recipe.replace(averaging=0.75), model, 10)
    expected = None
    for step in range(4):
        optimizer.apply(drawn_gradients(model, step), model.trainable_variables)
        latest = values(model)
        expected = (
            latest
            if expected is None
            else [0.75 * old + 0.25 * new for old, new in zip(expected, latest, strict=True)]
        )
    optimizer.finalize_variable_values(model.trainable_variables)
    assert_alike(values(model), expected, rtol=1e-5)


@EACH
def test_without_averaging_the_last_weights_stay(recipe):
    model = tiny()
    optimizer = make_optimizer(recipe, model, 10)
    optimizer.apply(drawn_gradients(model, 0), model.trainable_variables)
    latest = values(model)
    optimizer.finalize_variable_values(model.trainable_variables)
    assert_alike(values(model), latest, rtol=0)


@EACH
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("parts", [2, 4])
def test_accumulating_is_a_step_with_the_mean_gradient(recipe, parts, compiled):
    """Rate, bias correction and averaging count steps, not the parts of a batch."""
    recipe = recipe.replace(micro_batches=parts, schedule="one-cycle", averaging=0.75)
    whole, dealt = tiny(), tiny()
    by_steps = make_optimizer(recipe, whole, 5)
    by_parts = make_optimizer(recipe, dealt, 5, accumulate=True)

    def apply(gradients):
        by_parts.apply(gradients, dealt.trainable_variables)

    run = tf.function(apply) if compiled else apply
    for step in range(5):
        shares = [drawn_gradients(dealt, 10 * step + part) for part in range(parts)]
        means = [np.mean(each, axis=0) for each in zip(*shares, strict=True)]
        assert float(by_parts.learning_rate) == pytest.approx(float(by_steps.learning_rate))
        by_steps.apply(means, whole.trainable_variables)
        for share in shares:
            run([tf.constant(each) for each in share])
        assert_alike(values(dealt), values(whole), rtol=1e-4)
    for optimizer, model in ((by_steps, whole), (by_parts, dealt)):
        assert int(optimizer.iterations) == 5
        optimizer.finalize_variable_values(model.trainable_variables)
    assert_alike(values(dealt), values(whole), rtol=1e-4)


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("parts", [1, 4])
def test_only_several_parts_are_accumulated_and_only_where_asked(accumulate, parts):
    recipe = ADAM.replace(micro_batches=parts)
    optimizer = make_optimizer(recipe, tiny(), 5, accumulate=accumulate)
    expected = parts if accumulate and parts > 1 else None
    assert optimizer.gradient_accumulation_steps == expected
