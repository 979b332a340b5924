import numpy as np
import pytest

from inkdigits.plots.digits import augmented_batch, mistakes, sample_grid
from inkdigits.plots.mosaic import gap
from inkdigits.plots.png import to_png

CELL = 28 + gap(28)


class TestSampleGrid:
    def test_every_class_has_its_row_in_the_order_of_the_images(self, pictures, drawn):
        grid = drawn(sample_grid(pictures, np.array([1, 0, 1, 0, 1], np.uint8), ["a", "b"]))
        assert grid.shape == (2 * CELL, 3 * CELL)
        inks = [[int(grid[r * CELL + 14, c * CELL + 14]) for c in range(3)] for r in range(2)]
        assert inks == [[100, 200, 0], [50, 150, 250]]

    def test_pictures_are_drawn_pixel_for_pixel(self, rng, drawn):
        images = rng.integers(0, 256, (2, 28, 28), dtype=np.uint8)
        grid = drawn(sample_grid(images, np.array([0, 1], np.uint8), ["a", "b"]))
        np.testing.assert_array_equal(grid[:28, :28], images[0])
        np.testing.assert_array_equal(grid[CELL : CELL + 28, :28], images[1])

    def test_pictures_in_colour_are_shown_as_they_are_on_white(self, rng, drawn):
        images = rng.integers(0, 256, (1, 28, 28, 3), dtype=np.uint8)
        grid = drawn(sample_grid(images, np.array([1], np.uint8), ["a", "b"]))
        np.testing.assert_array_equal(grid[CELL : CELL + 28, :28], images[0])
        assert (grid[:CELL] == 255).all()

    def test_a_class_without_images_keeps_its_row(self, pictures, drawn, texts):
        figure = sample_grid(pictures, np.zeros(5, np.uint8), ["zero", "one"])
        assert drawn(figure).shape[0] == 2 * CELL
        assert not drawn(figure)[CELL:].any()
        assert {"zero", "one"} <= set(texts(figure))

    def test_no_images_at_all_give_empty_rows(self, drawn):
        none = np.zeros((0, 28, 28), np.uint8)
        assert not drawn(sample_grid(none, np.zeros(0, np.uint8), ["a"])).any()

    def test_long_names_are_cut_and_make_the_figure_wider(self, pictures, texts):
        labels = np.zeros(5, np.uint8)
        short, long = (sample_grid(pictures, labels, [name]) for name in ("a", "a" * 50))
        assert "a" * 17 + "…" in texts(long)
        assert long.get_size_inches()[0] > short.get_size_inches()[0]


class TestAugmentedBatch:
    def test_rows_are_the_original_the_moved_one_and_both(self, drawn):
        before, after = np.zeros((1, 28, 28), np.uint8), np.zeros((1, 28, 28, 1), np.float32)
        before[0, :, :14], after[0, :14, :] = 255, 1.0
        grid = drawn(augmented_batch(before, after))
        white, orange, blue = [1, 1, 1], np.array([213, 94, 0]) / 255, np.array([0, 114, 178]) / 255
        top, middle, bottom = 0, CELL, 2 * CELL
        np.testing.assert_allclose(grid[top + 20, 5], orange)
        np.testing.assert_allclose(grid[top + 5, 20], white)
        np.testing.assert_allclose(grid[middle + 5, 20], blue)
        np.testing.assert_allclose(grid[middle + 20, 5], white)
        np.testing.assert_allclose(grid[bottom + 5, 5], orange * blue)
        np.testing.assert_allclose(grid[bottom + 20, 5], orange)
        np.testing.assert_allclose(grid[bottom + 5, 20], blue)

    def test_sixteen_images_stand_in_two_even_blocks(self, drawn, texts):
        before = np.zeros((16, 28, 28), np.uint8)
        figure = augmented_batch(before, np.zeros((16, 28, 28, 1), np.float32))
        assert drawn(figure).shape[:2] == (2 * (3 * CELL + 2 * gap(28)), 8 * CELL)
        assert texts(figure).count("as trained on") == 2

    def test_what_overshoots_the_range_is_clipped(self, drawn):
        over = np.full((1, 28, 28, 1), 1.2, np.float32)
        grid = drawn(augmented_batch(np.zeros((1, 28, 28), np.uint8), over))
        assert grid.min() >= 0 and grid.max() <= 1

    def test_in_colour_there_are_two_rows_and_nothing_laid_over(self, drawn, texts):
        before = np.zeros((1, 28, 28, 3), np.uint8)
        before[..., 0] = 255
        after = np.zeros((1, 28, 28, 3), np.float32)
        after[..., 2] = 1.2
        figure = augmented_batch(before, after)
        grid = drawn(figure)
        assert grid.shape[:2] == (2 * CELL + 2 * gap(28), CELL)
        np.testing.assert_allclose(grid[5, 5], [1, 0, 0])
        np.testing.assert_allclose(grid[CELL + 5, 5], [0, 0, 1])
        assert "one over the other" not in texts(figure)


class TestMistakes:
    def test_each_picture_has_truth_answer_and_confidence(self, pictures, texts):
        probabilities = np.array([[0.25, 0.75], [0.875, 0.125]], np.float32)
        figure = mistakes(pictures[:2], np.array([0, 1], np.uint8), probabilities, ["4", "9"])
        assert texts(figure)[:-1] == ["4 → 9", "75.0 %", "9 → 4", "87.5 %"]

    def test_pictures_keep_their_order(self, drawn, pictures):
        probabilities = np.tile(np.array([1.0, 0.0], np.float32), (5, 1))
        grid = drawn(mistakes(pictures, np.ones(5, np.uint8), probabilities, ["4", "9"]))
        inks = grid[14][grid[14] > 0]
        assert list(dict.fromkeys(inks.tolist())) == [50, 100, 150, 200, 250]

    def test_without_mistakes_there_is_a_sentence(self, texts):
        figure = mistakes(
            np.zeros((0, 28, 28), np.uint8),
            np.zeros(0, np.uint8),
            np.zeros((0, 10), np.float32),
            list("0123456789"),
        )
        assert "There are none: every image was read rightly." in texts(figure)

    def test_long_names_take_lines_of_their_own(self, pictures, texts):
        figure = mistakes(
            pictures[:1],
            np.array([0], np.uint8),
            np.array([[0.0, 1.0]], np.float32),
            ["T-shirt", "Pullover"],
        )
        assert texts(figure)[:-1] == ["T-shirt", "→ Pullover", "100.0 %"]

    def test_forty_mistakes_fit_on_a_page(self, texts):
        figure = mistakes(
            np.zeros((40, 28, 28), np.uint8),
            np.zeros(40, np.uint8),
            np.tile(np.array([0.0, 1.0], np.float32), (40, 1)),
            ["0", "1"],
        )
        assert texts(figure).count("0 → 1") == 40
        assert figure.get_size_inches()[0] < 8


@pytest.mark.parametrize("name", ["$x^{$", r"\frac", "零", "a\nb"])
def test_names_are_never_read_as_formulas_nor_warned_about(name, pictures):
    assert to_png(sample_grid(pictures, np.zeros(5, np.uint8), [name]))
