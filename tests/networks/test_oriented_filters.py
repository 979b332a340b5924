import numpy as np
import pytest

from inkdigits.errors import UsageError
from inkdigits.networks.oriented_filters import oriented_filters

EACH_SIZE = pytest.mark.parametrize(
    ("filters", "kernel"), [(2, 3), (4, 3), (6, 4), (10, 5), (16, 5), (16, 8), (32, 21)]
)


def kernels(filters, kernel):
    """The edges and the lines, each of shape (filters / 2, kernel, kernel)."""
    flat = oriented_filters(filters, kernel)[:, :, 0].transpose(2, 0, 1)
    return flat[: filters // 2], flat[filters // 2 :]


def places(kernel):
    """Each pixel's distance from the middle: to the right, and down."""
    middle = (kernel - 1) / 2
    y, x = np.mgrid[:kernel, :kernel] - middle
    return x, y


def step(angle, kernel=5):
    """Black paper that turns white in this direction, pixels on the border grey."""
    x, y = places(kernel)
    return 0.5 + 0.5 * np.sign(np.round(x * np.cos(angle) + y * np.sin(angle), 6))


def stroke(angle, kernel=5):
    """A white line of about one pixel whose normal points in this direction."""
    x, y = places(kernel)
    return np.maximum(0, 1 - np.abs(x * np.cos(angle) + y * np.sin(angle)))


def answers(bank, picture):
    return np.tensordot(bank, picture, axes=2)


@EACH_SIZE
def test_shape_and_type_are_those_of_a_convolutions_kernel(filters, kernel):
    drawn = oriented_filters(filters, kernel)
    assert drawn.shape == (kernel, kernel, 1, filters)
    assert drawn.dtype == np.float32


@EACH_SIZE
def test_each_kernel_has_norm_2_and_sums_to_0(filters, kernel):
    drawn = oriented_filters(filters, kernel)
    np.testing.assert_allclose(np.sqrt((drawn**2).sum(axis=(0, 1, 2))), 2, rtol=1e-6)
    np.testing.assert_allclose(drawn.sum(axis=(0, 1, 2)), 0, atol=1e-5)


@EACH_SIZE
def test_no_two_kernels_are_alike_and_they_are_the_same_every_time(filters, kernel):
    flat = oriented_filters(filters, kernel).reshape(-1, filters)
    likeness = flat.T @ flat / 4
    assert (likeness[~np.eye(filters, dtype=bool)] < 0.9999).all()
    np.testing.assert_array_equal(
        oriented_filters(filters, kernel), oriented_filters(filters, kernel)
    )


def test_an_edge_of_nine_pixels_worked_out_by_hand():
    # x exp(-(x^2 + y^2) / (2 * 0.75^2)): a corner is exp(-1 / 1.125) of the pixel beside it.
    corner = np.exp(-1 / 1.125)
    row = np.array([corner, 1, corner]) * 2 / np.sqrt(4 * corner**2 + 2)
    (right, *_), _ = kernels(8, 3)
    np.testing.assert_allclose(right, np.stack([-row, 0 * row, row], axis=1), atol=1e-6)


@EACH_SIZE
def test_edges_point_in_evenly_turned_directions_all_around(filters, kernel):
    edges, _ = kernels(filters, kernel)
    x, y = places(kernel)
    pointing = np.arctan2(answers(edges, y), answers(edges, x))
    turned = np.arange(filters // 2) * 360 / (filters // 2)
    difference = (np.degrees(pointing) - turned + 180) % 360 - 180
    np.testing.assert_allclose(difference, 0, atol=1e-3)


@pytest.mark.parametrize("kernel", [3, 4, 5, 9])
@pytest.mark.parametrize("half", [4, 8, 12])
def test_a_quarter_turn_of_a_kernel_is_a_kernel(half, kernel):
    edges, lines = kernels(2 * half, kernel)
    for i in range(half):  # clockwise, since y points down
        np.testing.assert_allclose(edges[(i + half // 4) % half], np.rot90(edges[i], -1), atol=1e-6)
        np.testing.assert_allclose(lines[(i + half // 2) % half], np.rot90(lines[i], -1), atol=1e-6)


@pytest.mark.parametrize("half", [2, 4, 6, 8])
def test_the_opposite_of_an_edge_is_its_negative(half):
    edges, _ = kernels(2 * half, 5)
    np.testing.assert_allclose(edges[half // 2 :], -edges[: half // 2], atol=1e-6)


def test_the_edge_in_the_steps_direction_answers_most_and_its_opposite_least():
    edges, _ = kernels(16, 5)
    for i in range(8):
        answer = answers(edges, step(2 * np.pi * i / 8))
        assert answer.argmax() == i
        assert answer.argmin() == (i + 4) % 8
        assert answer[i] == pytest.approx(-answer[(i + 4) % 8])


def test_an_edge_does_not_answer_to_a_step_along_it():
    edges, _ = kernels(16, 5)
    for i in range(8):
        assert answers(edges, step(2 * np.pi * i / 8))[(i + 2) % 8] == pytest.approx(0, abs=1e-5)


def test_the_line_in_a_strokes_direction_answers_most_and_the_one_across_not():
    _, lines = kernels(16, 5)
    for i in range(8):
        answer = answers(lines, stroke(np.pi * i / 8))
        assert answer.argmax() == i
        assert answer[(i + 4) % 8] < 0.1 * answer[i]
        assert answers(lines, 1 - stroke(np.pi * i / 8))[i] == pytest.approx(-answer[i], rel=1e-4)


def test_flat_paper_gives_no_answer_and_ink_about_1():
    edges, lines = kernels(16, 5)
    for bank in (edges, lines):
        np.testing.assert_allclose(answers(bank, np.full((5, 5), 0.7)), 0, atol=1e-5)
    strongest = [answers(edges, step(0.0)).max(), answers(lines, stroke(0.0)).max()]
    assert all(0.5 < answer < 5 for answer in strongest), strongest


@pytest.mark.parametrize("i", range(3))
def test_kernels_are_the_derivatives_of_a_gaussian_up_to_scale_and_mean(i):
    """Differences of the Gaussian itself, over a thousandth of a pixel, agree."""
    edges, lines = kernels(6, 11)
    x, y = places(11)
    h = 1e-3

    def gaussian(angle, width, shift):
        across = x * np.cos(angle) + y * np.sin(angle) + shift
        along = y * np.cos(angle) - x * np.sin(angle)
        return np.exp(-((across / (width * 11)) ** 2) / 2 - (along / (0.25 * 11)) ** 2 / 2)

    turn = 2 * np.pi * i / 3
    first = gaussian(turn, 0.25, -h) - gaussian(turn, 0.25, h)
    assert np.corrcoef(first.ravel(), edges[i].ravel())[0, 1] == pytest.approx(1, abs=1e-6)
    turn = np.pi * i / 3
    second = 2 * gaussian(turn, 0.15, 0) - gaussian(turn, 0.15, h) - gaussian(turn, 0.15, -h)
    assert np.corrcoef(second.ravel(), lines[i].ravel())[0, 1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("filters", [-2, -1, 0, 1, 3, 15])
def test_an_odd_or_too_small_number_of_filters_is_refused(filters):
    with pytest.raises(UsageError) as caught:
        oriented_filters(filters, 5)
    message = f"`filters` must be an even number from 2; received {filters}"
    assert str(caught.value) == message


@pytest.mark.parametrize("kernel", [-5, 0, 1, 2])
def test_a_kernel_without_room_for_a_shape_is_refused(kernel):
    with pytest.raises(UsageError) as caught:
        oriented_filters(16, kernel)
    assert str(caught.value) == f"`kernel` must be at least 3 pixels; received {kernel}"
