import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from scipy import stats

from inkdigits.arrays import scale
from inkdigits.training.augmentation.affine import Movements, draw_movements, to_matrices, warp
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.recipes import PUBLISHED

SIZE = (28, 28)
FAR = Augmentation(rotation=180.0, width_shift=0.5, height_shift=0.4, shear=60.0, zoom=0.7)


def moved(**fields):
    """The movement of one image, everything else at rest."""
    rest = {"rotation": 0, "shift_x": 0, "shift_y": 0, "shear": 0, "zoom_x": 1, "zoom_y": 1}
    return Movements(**{name: np.array([float(v)]) for name, v in {**rest, **fields}.items()})


def warped(image, fill="nearest", **fields):
    """A small picture given as rows of numbers, after one movement, as rows of numbers."""
    pixels = np.array(image, np.float32)
    matrices = to_matrices(moved(**fields), pixels.shape)
    result = warp(keras.ops.convert_to_tensor(pixels[None, :, :, None]), matrices, fill)
    return np.round(keras.ops.convert_to_numpy(result)[0, :, :, 0], 4).tolist()


def by_image_data_generator(inputs, movements, fill):
    """What Keras's own generator makes of the images with the same movements."""
    generator = ImageDataGenerator(fill_mode=fill, cval=0.0)
    return np.stack(
        [
            generator.apply_transform(
                image,
                {
                    "theta": movements.rotation[i],
                    "tx": movements.shift_x[i],
                    "ty": movements.shift_y[i],
                    "shear": movements.shear[i],
                    "zx": movements.zoom_x[i],
                    "zy": movements.zoom_y[i],
                },
            )
            for i, image in enumerate(inputs)
        ]
    )


# Keras calls SciPy by a name that SciPy will drop in version 2.
KERAS_CALLS_SCIPY_BY_AN_OLD_NAME = pytest.mark.filterwarnings(
    "ignore:Please import `affine_transform` from the `scipy.ndimage` namespace:DeprecationWarning"
)


@KERAS_CALLS_SCIPY_BY_AN_OLD_NAME
@pytest.mark.parametrize("ranges", [PUBLISHED.augmentation, FAR], ids=["published", "far"])
# SciPy calls it "grid-constant" when pixels just outside the border are mixed from both sides.
@pytest.mark.parametrize(
    ("fill", "same_in_scipy"), [("nearest", "nearest"), ("constant", "grid-constant")]
)
def test_warp_is_the_one_of_image_data_generator(ranges, fill, same_in_scipy, rng):
    inputs = rng.random((100, *SIZE, 1), np.float32)
    movements = draw_movements(ranges, 100, SIZE, rng)
    ours = warp(keras.ops.convert_to_tensor(inputs), to_matrices(movements, SIZE), fill)
    theirs = by_image_data_generator(inputs, movements, same_in_scipy)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours), theirs, atol=1e-4)


@KERAS_CALLS_SCIPY_BY_AN_OLD_NAME
@pytest.mark.parametrize("fill", ["nearest", "constant"])
def test_digits_with_a_black_border_are_warped_as_by_image_data_generator(digits, rng, fill):
    inputs = scale(digits.images[:100])
    inputs[:, [0, -1]] = inputs[:, :, [0, -1]] = 0
    movements = draw_movements(FAR, 100, SIZE, rng)
    ours = warp(keras.ops.convert_to_tensor(inputs), to_matrices(movements, SIZE), fill)
    theirs = by_image_data_generator(inputs, movements, fill)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours), theirs, atol=1e-4)


SQUARE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


@pytest.mark.parametrize("fill", ["nearest", "constant"])
def test_at_rest_nothing_changes(fill):
    assert warped(SQUARE, fill) == SQUARE


def test_shift_x_looks_one_column_to_the_right_and_nearest_repeats_the_border():
    assert warped(SQUARE, "nearest", shift_x=1) == [[2, 3, 3], [5, 6, 6], [8, 9, 9]]
    assert warped(SQUARE, "constant", shift_x=1) == [[2, 3, 0], [5, 6, 0], [8, 9, 0]]


def test_shift_y_looks_one_row_lower():
    assert warped(SQUARE, "nearest", shift_y=1) == [[4, 5, 6], [7, 8, 9], [7, 8, 9]]
    assert warped(SQUARE, "constant", shift_y=-1) == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]


def test_half_a_pixel_is_the_mean_of_two():
    assert warped([[0, 4, 8]], "nearest", shift_x=0.5) == [[2, 6, 8]]
    assert warped([[0, 4, 8]], "constant", shift_x=0.5) == [[2, 6, 4]]


def test_rotation_by_90_degrees_turns_the_picture_to_the_left():
    assert warped(SQUARE, rotation=90) == np.rot90(SQUARE).tolist()
    assert warped(SQUARE, rotation=-90) == np.rot90(SQUARE, -1).tolist()
    assert warped([[1, 2], [3, 4]], rotation=180) == [[4, 3], [2, 1]]


def test_a_zoom_below_1_makes_the_picture_wider_about_its_centre():
    assert warped([[0, 2, 4]], zoom_x=0.5) == [[1, 2, 3]]
    assert warped([[0], [2], [4]], zoom_y=0.5) == [[1], [2], [3]]
    assert warped([[0, 2, 4]], zoom_y=0.5) == [[0, 2, 4]]


def test_a_zoom_above_1_shows_what_is_outside():
    assert warped([[1, 2, 4]], "nearest", zoom_x=2) == [[1, 2, 4]]
    assert warped([[1, 2, 4]], "constant", zoom_x=2) == [[0, 2, 0]]


def test_a_negative_zoom_mirrors_left_to_right():
    assert warped([[1, 2, 4]], zoom_x=-1) == [[4, 2, 1]]


def test_half_of_the_images_are_mirrored_where_the_share_says_so():
    drawn = draw_movements(Augmentation(mirror_share=0.5), 1000, (28, 28), np.random.default_rng(0))
    assert set(drawn.zoom_x.tolist()) == {-1.0, 1.0}
    assert 450 < int((drawn.zoom_x < 0).sum()) < 550
    assert (drawn.zoom_y == 1.0).all()


def test_shear_moves_a_row_by_the_sine_of_the_angle_times_its_distance():
    columns = [[0, 2, 4]] * 3
    assert warped(columns, shear=30) == [[1, 3, 4], [0, 2, 4], [0, 1, 3]]


def test_the_shift_is_turned_with_the_picture():
    # Looking one column right in the turned frame is looking one row down in the picture.
    turned_and_shifted = warped(SQUARE, rotation=90, shift_x=1)
    assert turned_and_shifted == np.rot90(warped(SQUARE, shift_y=1)).tolist()


def test_each_image_of_a_batch_moves_by_its_own_matrix():
    images = np.array([SQUARE, SQUARE], np.float32)[..., None]
    both = Movements(
        *(
            np.concatenate([a, b])
            for a, b in zip(vars(moved()).values(), vars(moved(shift_x=1)).values(), strict=True)
        )
    )
    result = keras.ops.convert_to_numpy(warp(images, to_matrices(both, (3, 3)), "constant"))
    assert result[0, :, :, 0].tolist() == SQUARE
    assert result[1, :, :, 0].tolist() == [[2, 3, 0], [5, 6, 0], [8, 9, 0]]


def test_channels_move_together():
    pixels = np.stack([SQUARE, np.negative(SQUARE)], axis=-1).astype(np.float32)[None]
    result = keras.ops.convert_to_numpy(
        warp(pixels, to_matrices(moved(rotation=90), (3, 3)), "nearest")
    )
    np.testing.assert_allclose(result[..., 0], -result[..., 1])


angles = st.floats(-180, 180)
leans = st.floats(-80, 80)
shifts = st.floats(-30, 30)
zooms = st.floats(0.1, 2)


@given(angles, shifts, shifts, leans, zooms, zooms, st.integers(1, 60), st.integers(1, 60))
def test_matrices_scale_areas_by_the_zooms_and_keep_the_centre(
    rotation, shift_x, shift_y, shear, zoom_x, zoom_y, height, width
):
    movements = moved(
        rotation=rotation,
        shift_x=shift_x,
        shift_y=shift_y,
        shear=shear,
        zoom_x=zoom_x,
        zoom_y=zoom_y,
    )
    (matrix,) = to_matrices(movements, (height, width))
    assert matrix.dtype == np.float32
    assert matrix[6:].tolist() == [0, 0]
    rows = matrix[:6].reshape(2, 3).astype(float)
    area = np.linalg.det(rows[:, :2])
    assert area == pytest.approx(zoom_x * zoom_y * np.cos(np.deg2rad(shear)), abs=1e-5)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    sampled = rows @ [*centre, 1] - centre
    assert np.hypot(*sampled) == pytest.approx(np.hypot(shift_x, shift_y), abs=1e-3)


@given(angles)
def test_turning_forth_and_back_is_rest(angle):
    forth, back = (
        np.vstack([to_matrices(moved(rotation=a), SIZE)[0, :6].reshape(2, 3), [0, 0, 1]])
        for a in (angle, -angle)
    )
    np.testing.assert_allclose(forth @ back, np.eye(3), atol=1e-4)


N = 20_000
RANGES = Augmentation(rotation=8.0, width_shift=0.25, height_shift=0.1, shear=0.3, zoom=0.08)
BOUNDS = {
    "rotation": (-8, 8),
    "shift_x": (-10, 10),
    "shift_y": (-2, 2),
    "shear": (-0.3, 0.3),
    "zoom_x": (0.92, 1.08),
    "zoom_y": (0.92, 1.08),
}


@pytest.fixture(scope="module")
def drawn():
    """Many movements of images 20 pixels high and 40 wide."""
    return draw_movements(RANGES, N, (20, 40), np.random.default_rng(7))


@pytest.mark.parametrize("name", BOUNDS)
def test_each_movement_is_uniform_in_its_range(drawn, name):
    low, high = BOUNDS[name]
    values = getattr(drawn, name)
    width = high - low
    assert values.shape == (N,)
    assert low <= values.min() < low + 0.01 * width
    assert high - 0.01 * width < values.max() <= high
    assert values.mean() == pytest.approx((low + high) / 2, abs=0.01 * width)
    assert values.var() == pytest.approx(width**2 / 12, rel=0.03)
    assert stats.kstest(values, "uniform", (low, width)).pvalue > 0.001


def test_movements_are_independent_of_each_other(drawn):
    correlations = np.corrcoef([getattr(drawn, name) for name in BOUNDS])
    assert np.abs(correlations - np.eye(len(BOUNDS))).max() < 0.03


def test_the_same_randomness_draws_the_same_movements():
    first, again, other = (
        draw_movements(RANGES, 5, SIZE, np.random.default_rng(seed)).rotation for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist() != other.tolist()


def test_without_augmentation_the_matrices_are_the_identity(rng):
    matrices = to_matrices(draw_movements(Augmentation(), 3, SIZE, rng), SIZE)
    assert matrices.tolist() == [[1, 0, 0, 0, 1, 0, 0, 0]] * 3


def test_no_images_need_no_movements(rng):
    assert to_matrices(draw_movements(RANGES, 0, SIZE, rng), SIZE).shape == (0, 8)
