import keras
import numpy as np
import pytest

from inkdigits.training.averaging import averages_for_a_while, take_averages


@pytest.fixture
def stepped():
    """A model of one weight, and its optimiser, after the weight went from 4 by 3 to 2."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    (weight,) = model.trainable_variables
    weight.assign([[4.0]])
    optimizer = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.build([weight])
    for _ in range(2):
        optimizer.apply([keras.ops.convert_to_tensor([[1.0]])], [weight])
    return model, optimizer


def weight_of(model):
    return float(np.array(model.trainable_variables[0]).item())


def test_the_average_takes_the_place_of_the_last_weight(stepped):
    model, optimizer = stepped
    assert weight_of(model) == 2.0
    take_averages(model, optimizer, 0.5)
    # After the first step the average is 3, after the second the mean of 3 and 2.
    assert weight_of(model) == 2.5
    take_averages(model, optimizer, 0.5)
    assert weight_of(model) == 2.5


def test_for_a_while_means_until_the_block_ends_however_it_does(stepped):
    model, optimizer = stepped
    with pytest.raises(KeyError), averages_for_a_while(model, optimizer, 0.5):
        assert weight_of(model) == 2.5
        raise KeyError
    assert weight_of(model) == 2.0


def test_without_averages_the_weights_stay(stepped):
    model, optimizer = stepped
    with averages_for_a_while(model, optimizer, 0.0):
        assert weight_of(model) == 2.0
    take_averages(model, optimizer, 0.0)
    assert weight_of(model) == 2.0
