import keras
import numpy as np
import pytest

from inkdigits.training.muon import HiddenMuon

RATE, SHARE, MOMENTUM = 0.02, 0.25, 0.7
PLAIN = {"weight_decay": None, "adam_weight_decay": None, "rms_rate": None}


def nearest(x, steps=5):
    return np.asarray(HiddenMuon().zeropower_via_newtonschulz5(keras.ops.array(x), steps))


def of_keras(x, steps=5):
    return np.asarray(
        keras.optimizers.Muon().zeropower_via_newtonschulz5(keras.ops.array(x), steps)
    )


def iterated(singular_value, steps):
    """The iteration on one singular value, as a share of the matrix's norm."""
    s = singular_value
    for _ in range(steps):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


SHAPES = [(8, 8), (5, 40), (300, 20), (40, 39), (768, 96), (1, 7), (7, 1), (1, 1)]


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matrices_wide_and_tall_become_what_kerass_muon_makes_of_them(shape, steps):
    x = drawn(*shape)
    ours = nearest(x, steps)
    assert (ours.shape, ours.dtype) == (shape, np.float32)
    np.testing.assert_allclose(ours, of_keras(x, steps), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_singular_values_end_between_about_07_and_12_and_their_vectors_stay(shape):
    x = drawn(*shape)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    assert (s > np.linalg.norm(x) / 600).all()
    turned = u.T @ nearest(x) @ vt.T
    np.testing.assert_allclose(turned, np.diag(np.diag(turned)), atol=2e-3)
    assert (np.diag(turned) > 0.68).all()
    assert (np.diag(turned) < 1.21).all()


@pytest.mark.parametrize("steps", [1, 3, 5])
@pytest.mark.parametrize("padding", [(0, 0), (3, 0), (0, 3)])
def test_the_singular_values_3_and_4_are_iterated_as_06_and_08_of_the_norm_5(steps, padding):
    x = np.pad(np.diag([3.0, 4.0]).astype(np.float32), [(0, padding[0]), (0, padding[1])])
    expected = np.zeros_like(x)
    expected[0, 0], expected[1, 1] = iterated(0.6, steps), iterated(0.8, steps)
    np.testing.assert_allclose(nearest(x, steps), expected, atol=1e-4)


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e6])
def test_the_length_of_a_gradient_does_not_matter(factor):
    x = drawn(30, 10)
    np.testing.assert_allclose(nearest(factor * x), nearest(x), rtol=1e-3, atol=1e-4)


def test_no_gradient_gives_no_step():
    for shape in ((4, 3), (3, 4), (3, 3, 2, 5)):
        np.testing.assert_array_equal(nearest(np.zeros(shape, np.float32)), np.zeros(shape))


@pytest.mark.parametrize("shape", [(3, 3, 16, 48), (3, 3, 1, 32), (1, 1, 2, 8), (2, 3, 5)], ids=str)
def test_a_convolutions_kernel_is_a_matrix_with_a_column_for_each_output_channel(shape):
    x = drawn(*shape)
    expected = of_keras(x.reshape(-1, shape[-1])).reshape(shape)
    np.testing.assert_allclose(nearest(x), expected, rtol=1e-3, atol=1e-4)


def variables(**shapes):
    made = {}
    for i, (path, shape) in enumerate(shapes.items()):
        made[path] = keras.Variable(drawn(*shape, seed=i), name=path)
    return made


def gradients(shape, steps=4):
    return [drawn(*shape, seed=100 + step) for step in range(steps)]


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (2, 2, 3, 5)], ids=str)
@pytest.mark.parametrize("nesterov", [True, False])
def test_steps_of_a_kernel_are_those_of_momentum_and_the_nearest_orthogonal_matrix(shape, nesterov):
    options = {"momentum": MOMENTUM, "ns_steps": 3, "nesterov": nesterov, **PLAIN}
    muon = HiddenMuon(RATE, **options)
    (variable,) = variables(kernel=shape).values()
    expected, mean = variable.numpy(), np.zeros(shape, np.float32)
    muon.build([variable])
    for gradient in gradients(shape):
        muon.apply([gradient], [variable])
        mean = MOMENTUM * mean + gradient
        followed = gradient + MOMENTUM * mean if nesterov else mean
        expected = expected - RATE * nearest(followed, steps=3)
        np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_all_that_is_no_matrix_and_the_excluded_layer_follow_adam_exactly():
    shapes = {"bias": (7,), "scale": (), "scores_kernel": (5, 3), "scores_conv": (2, 2, 1, 3)}
    with_muon, with_adam = variables(**shapes), variables(**shapes)
    muon = HiddenMuon(
        RATE,
        adam_lr_ratio=SHARE,
        adam_beta_1=MOMENTUM,
        adam_beta_2=0.9,
        momentum=0.5,
        exclude_layers=["scores"],
        **PLAIN,
    )
    adam = keras.optimizers.Adam(RATE * SHARE, beta_1=MOMENTUM, beta_2=0.9)
    for optimizer, each in ((muon, with_muon), (adam, with_adam)):
        optimizer.build(list(each.values()))
        for step in zip(*map(gradients, shapes.values()), strict=True):
            optimizer.apply(list(step), list(each.values()))
    for name, start in variables(**shapes).items():
        assert (with_muon[name].numpy() != start.numpy()).all()
        np.testing.assert_allclose(with_muon[name].numpy(), with_adam[name].numpy(), rtol=1e-6)


def test_a_layer_that_is_not_excluded_does_not_follow_adam():
    """The comparison with Adam would notice if nothing followed it."""
    with_muon, with_adam = (variables(hidden_kernel=(5, 3))["hidden_kernel"] for _ in range(2))
    muon = HiddenMuon(RATE, exclude_layers=["scores"], **PLAIN)
    for optimizer, variable in ((muon, with_muon), (keras.optimizers.Adam(RATE), with_adam)):
        optimizer.build([variable])
        optimizer.apply(gradients((5, 3))[:1], [variable])
    assert np.abs(with_muon.numpy() - with_adam.numpy()).max() > 0.1 * RATE


def test_keras_can_copy_it_from_its_configuration_with_its_iterations():
    muon = HiddenMuon(RATE, ns_steps=3, momentum=MOMENTUM, exclude_layers=["scores"], **PLAIN)
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(muon))
    assert type(copy) is HiddenMuon
    assert copy.ns_steps == 3
    assert copy.get_config() == muon.get_config()
