import numpy as np
import pytest

from inkdigits.networks.winograd import cheapest_tile, winograd_matrices

SIZES = [(tile, kernel) for kernel in range(2, 9) for tile in range(1, 10 - kernel)]


@pytest.mark.parametrize(("tile", "kernel"), SIZES)
def test_a_row_is_filtered_as_by_the_plain_sum(tile, kernel, rng):
    row, taps = rng.integers(-5, 6, tile + kernel - 1), rng.integers(-5, 6, kernel)
    matrices = winograd_matrices(tile, kernel)
    products = (matrices.kernel @ taps) * (matrices.inputs @ row)
    assert products.shape == (tile + kernel - 1,)
    expected = np.correlate(row, taps, mode="valid")
    np.testing.assert_allclose(matrices.outputs @ products, expected, atol=1e-8)


def test_two_outputs_of_three_taps_by_hand():
    matrices = winograd_matrices(2, 3)
    # The polynomial's values at 0, -1 and 1, and its highest coefficient.
    assert matrices.outputs.tolist() == [[1, 1, 1, 0], [0, -1, 1, 1]]
    assert matrices.kernel.tolist() == [[-1, 0, 0], [0.5, -0.5, 0.5], [0.5, 0.5, 0.5], [0, 0, 1]]
    assert matrices.inputs.tolist() == [[-1, 0, 1, 0], [0, -1, 1, 0], [0, 1, 1, 0], [0, -1, 0, 1]]


@pytest.mark.parametrize(("tile", "kernel"), [(0, 3), (4, 1), (7, 3), (1, 9)])
def test_sizes_without_enough_points_are_refused(tile, kernel):
    with pytest.raises(ValueError, match=f"at most 9; received {tile} and {kernel}"):
        winograd_matrices(tile, kernel)


@pytest.mark.parametrize(
    ("kernel", "outputs", "tile"),
    [
        # 36 tiles of 6 x 6 products are a quarter more than 16 of 8 x 8.
        (3, (24, 24), 4),
        (3, (10, 10), 5),
        (3, (2, 2), 2),
        (5, (7, 7), 4),
        (5, (3, 3), 3),
        (3, (1, 1), 1),
        (8, (9, 9), 1),
        (9, (9, 9), 1),
    ],
)
def test_cheapest_tile(kernel, outputs, tile):
    assert cheapest_tile(kernel, *outputs) == tile


@pytest.mark.parametrize("kernel", [2, 3, 5, 7])
@pytest.mark.parametrize("height", [1, 2, 5, 9])
@pytest.mark.parametrize("width", [1, 3, 8, 20])
def test_no_tile_takes_more_products_than_the_plain_sum(kernel, height, width):
    tile = cheapest_tile(kernel, height, width)
    tiles = -(-height // tile) * -(-width // tile)
    assert tiles * (tile + kernel - 1) ** 2 <= height * width * kernel**2
