import keras
import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.networks.architecture import Architecture, Dense, Dropout, Flatten, Softmax
from inkdigits.networks.build import build
from inkdigits.training.variables import read_variables, write_variables

NETWORK = Architecture("small", (2, 2, 1), (Flatten(), Dropout(0.5), Dense(3), Softmax()))
INPUTS = np.arange(32, dtype=np.float32).reshape(8, 2, 2, 1) / 32
TARGETS = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2, 0, 1]]


def trained(steps, network=NETWORK, seed=0):
    """A model and its optimiser after some steps."""
    model, optimizer = build(network, seed=seed), keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "categorical_crossentropy", jit_compile=False)
    for _ in range(steps):
        model.train_on_batch(INPUTS, TARGETS)
    return model, optimizer


@pytest.fixture(scope="module")
def after_two():
    return read_variables(*trained(2))


def test_what_is_written_is_what_is_read(after_two):
    other = trained(0, seed=9)
    write_variables(*other, after_two)
    back = read_variables(*other)
    assert back.keys() == after_two.keys()
    for name in back:
        np.testing.assert_array_equal(back[name], after_two[name])
        assert back[name].dtype == after_two[name].dtype


def test_dropouts_random_state_and_the_optimisers_memory_are_included(after_two):
    before = read_variables(*trained(0))
    changed = {name for name in before if (before[name] != after_two[name]).any()}
    assert any(name.startswith("model/dropout1/") for name in changed)
    assert any(name.startswith("model/dense1/") for name in changed)
    moments = {name for name in changed if name.startswith("optimizer/")}
    assert len(moments) == 5  # the step count, and two moments each of kernel and bias


def test_names_do_not_depend_on_what_the_process_built_before(after_two):
    for _ in range(3):
        build(NETWORK)
    assert read_variables(*trained(0)).keys() == after_two.keys()


def test_going_on_from_written_variables_is_going_on(after_two):
    resumed, uninterrupted = trained(0, seed=9), trained(3)
    write_variables(*resumed, after_two)
    resumed[0].train_on_batch(INPUTS, TARGETS)
    first, second = read_variables(*resumed), read_variables(*uninterrupted)
    for name in first:
        np.testing.assert_allclose(
            first[name].astype(float), second[name].astype(float), 1e-5, 1e-6, err_msg=name
        )


def test_arrays_that_were_read_do_not_change_with_the_model(after_two):
    model, optimizer = trained(0)
    arrays = read_variables(model, optimizer)
    kept = {name: array.copy() for name, array in arrays.items()}
    write_variables(model, optimizer, after_two)
    for name in kept:
        np.testing.assert_array_equal(arrays[name], kept[name])


@pytest.mark.parametrize("damage", ["lacking", "unknown", "misshapen"])
def test_variables_of_another_model_are_refused_and_change_nothing(after_two, damage):
    model, optimizer = trained(0)
    before = read_variables(model, optimizer)
    arrays = dict(after_two)
    if damage == "lacking":
        del arrays["model/dense1/0"]
    elif damage == "unknown":
        arrays["model/dense7/0"] = np.zeros(1, np.float32)
    else:
        arrays["model/dense1/0"] = arrays["model/dense1/0"].T
    with pytest.raises(ModelFileError, match=r"model/dense[17]/0"):
        write_variables(model, optimizer, arrays)
    after = read_variables(model, optimizer)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])
