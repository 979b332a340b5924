import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.training.adam import FusedAdam

SHAPES = [(3, 3, 2, 4), (5, 7), (6,), ()]


def after_steps(kind, steps=4, **options):
    """The variables of an optimiser's model, and its own, after steps with the same gradients."""
    rng = np.random.default_rng(0)
    variables = [keras.Variable(rng.normal(size=shape).astype(np.float32)) for shape in SHAPES]
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 1, 0.7)
    optimizer = kind(rate, beta_1=0.8, beta_2=0.95, epsilon=1e-3, **options)
    optimizer.build(variables)

    @tf.function
    def step(*gradients):
        optimizer.apply(list(gradients), variables)

    for _ in range(steps):
        step(*(tf.constant(rng.normal(size=shape).astype(np.float32)) for shape in SHAPES))
    return [np.asarray(each) for each in (*variables, *optimizer.variables)]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="plain"),
        pytest.param({"amsgrad": True}, id="amsgrad"),
        pytest.param({"gradient_accumulation_steps": 2}, id="accumulating"),
        pytest.param({"use_ema": True, "ema_momentum": 0.5}, id="averaging"),
    ],
)
def test_steps_are_those_of_keras(options):
    ours, theirs = after_steps(FusedAdam, **options), after_steps(keras.optimizers.Adam, **options)
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-6)


def test_the_first_step_is_the_learning_rate_against_the_sign_of_the_gradient():
    variable = keras.Variable(np.array([1.0, 1.0, 1.0], np.float32))
    optimizer = FusedAdam(0.25, epsilon=1e-12)
    optimizer.build([variable])
    optimizer.apply([tf.constant([3.0, -0.001, 0.0])], [variable])
    # Both means are corrected to g and g squared, so a step is rate * g / |g|.
    np.testing.assert_allclose(np.asarray(variable), [0.75, 1.25, 1.0], rtol=1e-5)


def test_without_the_fused_operation_it_is_keras_own(monkeypatch):
    fused = after_steps(FusedAdam)
    monkeypatch.setattr(FusedAdam, "_can_fuse", lambda *_: False)
    for one, other in zip(fused, after_steps(FusedAdam), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
