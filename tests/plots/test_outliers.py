import warnings

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import StepPatch

from inkdigits.plots.mosaic import gap
from inkdigits.plots.outliers import (
    BINS,
    GREY,
    TYPICAL,
    WRONG,
    ExampleRow,
    outlier_examples,
    score_histograms,
)
from inkdigits.plots.png import to_png
from inkdigits.plots.style import BLUE, MUTED, ORANGE

LARGEST = np.finfo(np.float32).max


def floats(*values):
    return np.array(values, np.float32)


def stairs(axes):
    """Accepted and rejected part of a histogram: colour, counts as drawn and their edges."""
    patches = [patch for patch in axes.patches if isinstance(patch, StepPatch)]
    return [(patch.get_facecolor()[:3], *patch.get_data()[:2]) for patch in patches]


@pytest.fixture
def histograms():
    """Four digits, one of them rejected; four shoes, one of them accepted; two O's, one each."""
    return score_histograms(
        floats(0, 1, 2, 6),
        {"shoes": floats(4, 7, 8, 9), "like digits": floats(1, 9)},
        threshold=5.0,
        score="energy",
        excused={"like digits"},
    )


class TestScoreHistograms:
    def test_each_set_has_its_row_with_the_share_that_is_rejected(self, histograms, texts):
        found = texts(histograms)
        named = [text for text in found if text in ("digits", "shoes", "like digits")]
        assert named == ["digits", "shoes", "like digits"]
        rejected = [text for text in found if text.endswith(" rejected") and "%" in text]
        assert rejected == ["25.0 % rejected", "75.0 % rejected", "50.0 % rejected"]
        assert "outlier score: energy, higher is stranger" in found

    def test_what_is_judged_wrongly_is_orange_and_what_is_excused_grey(self, histograms):
        colors = [[color for color, *_ in stairs(axes)] for axes in histograms.axes]
        assert colors == [
            [to_rgb(BLUE), to_rgb(ORANGE)],
            [to_rgb(ORANGE), to_rgb(BLUE)],
            [to_rgb(GREY), to_rgb(BLUE)],
        ]

    def test_bars_stand_where_the_scores_are(self, histograms):
        for axes, below, above in zip(
            histograms.axes, ([0, 1, 2], [4], [1]), ([6], [7, 8, 9], [9]), strict=True
        ):
            for (_, heights, edges), scores in zip(stairs(axes), (below, above), strict=True):
                full = np.flatnonzero(heights)
                assert len(full) == len(scores) and set(heights[full]) == {1.0}
                for bin_, score in zip(full, scores, strict=True):
                    assert edges[bin_] <= score <= edges[bin_ + 1]

    def test_the_threshold_is_a_line_in_every_row_and_an_edge_of_the_bins(self, histograms):
        for axes in histograms.axes:
            (line,) = axes.get_lines()
            assert set(line.get_xdata()) == {5.0}
            assert 5.0 in stairs(axes)[0][2]

    def test_all_rows_have_the_same_scale_and_only_the_last_shows_it(self, histograms):
        assert len({axes.get_xlim() for axes in histograms.axes}) == 1
        histograms.draw_without_rendering()
        shown = [
            any(tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks())
            for axes in histograms.axes
        ]
        assert shown == [False, False, True]

    def test_a_score_on_the_threshold_is_accepted(self, texts):
        figure = score_histograms(floats(1, 5), {"shoes": floats(5, 6)}, 5.0, "energy")
        assert "0.0 % rejected" in texts(figure) and "50.0 % rejected" in texts(figure)

    def test_the_axis_is_logarithmic_where_scores_lie_far_apart(self):
        far = score_histograms(floats(1e-6, 1e-5), {"shoes": floats(0.5, 0.9)}, 0.01, "max")
        near = score_histograms(floats(1, 2), {"shoes": floats(3, 4)}, 2.5, "max")
        assert [figure.axes[0].get_xscale() for figure in (far, near)] == ["log", "linear"]

    def test_scores_of_zero_are_counted_at_the_lower_end_of_a_logarithmic_axis(self):
        figure = score_histograms(floats(0, 0, 1e-6), {"shoes": floats(0.5, 0.9)}, 0.01, "max")
        assert figure.axes[0].get_xscale() == "log"
        _, heights, _ = stairs(figure.axes[0])[0]
        assert np.flatnonzero(heights).tolist()[0] <= 1 and heights.max() == 1.0

    def test_negative_scores_have_an_even_axis(self):
        figure = score_histograms(floats(-9000, -1), {"shoes": floats(-0.5, 3)}, -0.7, "energy")
        assert figure.axes[0].get_xscale() == "linear"

    def test_a_few_scores_far_out_do_not_squeeze_the_others(self):
        digits = np.linspace(-1, 1, 2000).astype(np.float32)
        digits[0] = LARGEST
        figure = score_histograms(digits, {"shoes": digits + 1}, 0.5, "energy")
        low, high = figure.axes[0].get_xlim()
        assert -1.2 < low < high < 2.2
        heights = np.concatenate([part[1] for part in stairs(figure.axes[0])])
        assert (heights > 0).sum() > BINS / 3

    def test_scores_that_are_all_zero_can_be_drawn(self):
        assert to_png(score_histograms(floats(0), {"shoes": floats(0, 0)}, 0.5, "max"))

    @pytest.mark.parametrize("score", [0.0, -3.0, 5.0, float(LARGEST)])
    def test_one_score_alone_can_be_drawn(self, score):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert to_png(score_histograms(floats(score), {"$x^{$": floats(score)}, score, "e"))


CELL, COLUMN = 28 + gap(28), 28 + 3 * gap(28)


def example(name="shoes", n=3, wrong=2, **options):
    pictures = np.stack([np.full((28, 28), 10 * (i + 1), np.uint8) for i in range(n + wrong)])
    captions = [f"as {i}" for i in range(wrong)]
    return ExampleRow(name, f"{wrong} accepted", pictures[:n], pictures[n:], captions, **options)


class TestOutlierExamples:
    def test_pictures_stand_in_two_groups_in_their_order(self, drawn):
        grid = drawn(outlier_examples([example(n=TYPICAL, wrong=WRONG)]))
        inks = grid[14][grid[14] > 0]
        assert list(dict.fromkeys(inks.tolist())) == [10 * (i + 1) for i in range(TYPICAL + WRONG)]

    def test_names_notes_and_captions_are_written(self, texts):
        found = texts(outlier_examples([example("digits"), example("shoes", wrong=1)]))
        assert {"digits", "shoes", "2 accepted", "1 accepted"} <= set(found)
        assert [text for text in found if text.startswith("as ") and text[3:].isdigit()] == [
            "as 0",
            "as 1",
            "as 0",
        ]

    def test_where_nothing_is_wrong_it_says_so(self, texts):
        assert "none" in texts(outlier_examples([example(wrong=0)]))
        assert "none" not in texts(outlier_examples([example(wrong=1)]))

    def test_captions_are_orange_and_those_excused_grey(self):
        figure = outlier_examples([example("a", wrong=1), example("b", wrong=1, excused=True)])
        captions = [text for text in figure.axes[0].texts if text.get_text() == "as 0"]
        assert [caption.get_color() for caption in captions] == [ORANGE, MUTED]

    def test_long_names_are_cut_and_make_the_figure_wider(self, texts):
        short, long = (outlier_examples([example(name)]) for name in ("a", "a" * 50))
        assert "a" * 21 + "…" in texts(long)
        assert long.get_size_inches()[0] > short.get_size_inches()[0]

    def test_it_can_be_drawn_whatever_the_name(self):
        assert to_png(outlier_examples([example("$x^{$")]))
