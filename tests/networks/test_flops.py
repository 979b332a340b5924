from inkdigits.networks.architecture import (
    PUBLISHED,
    TUTORIAL,
    Architecture,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    Softmax,
)
from inkdigits.networks.flops import forward_flops, training_flops


def test_each_layer_costs_two_operations_per_multiplication():
    small = Architecture(
        name="small",
        input_shape=(5, 5, 3),
        layers=(Conv2D(2, kernel=3), MaxPooling2D(3), Flatten(), Dense(4), Softmax()),
    )
    convolution = 2 * (3 * 3) * 2 * (3 * 3 * 3)  # 3x3 places, 2 kernels of 3x3x3
    dense = 2 * 2 * 4  # one place of 2 channels is left
    assert forward_flops(small) == convolution + dense


def test_learning_costs_three_times_as_much_as_reading():
    assert training_flops(TUTORIAL) == 3 * forward_flops(TUTORIAL)


def test_batch_normalisation_is_not_counted():
    assert forward_flops(PUBLISHED) == forward_flops(TUTORIAL)
