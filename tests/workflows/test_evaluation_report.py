import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import OutputError
from inkdigits.evaluation.comparison import compare
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.rejection import OutlierFigures, OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.plots.png import SIGNATURE, image_to_png
from inkdigits.recognition.answers import Answers, Rejection
from inkdigits.workflows import evaluation_report
from inkdigits.workflows.evaluation_report import draw_evaluation, write_evaluation_report
from tests.hand_made_networks import write_network

LABELS = np.repeat(np.arange(10, dtype=np.uint8), 2)
IMAGES = np.stack([np.full((28, 28), 10 * i, np.uint8) for i in range(20)])
TEST = LabelledImages(IMAGES, LABELS)
SPECK = image_to_png(np.zeros((2, 2), np.uint8))


def reading(*wrong):
    """Twenty answers; the images named are read as the next digit, the first the most surely."""
    rows = np.eye(10, dtype=np.float32)[LABELS]
    for order, index in enumerate(wrong):
        sure = 0.9 - order / 50
        rows[index] = (1 - sure) / 9
        rows[index, (LABELS[index] + 1) % 10] = sure
    return evaluate(rows, LABELS)


def answers(scores, digits, threshold):
    outlierness = np.array(scores, np.float32)
    rows = np.eye(10, dtype=np.float32)[digits]
    return Answers(rows, outlierness, outlierness > threshold)


@pytest.fixture
def measured():
    """All suites, on twenty images whose i-th has ink 10 * i everywhere."""
    clean, other = reading(4, 7), reading(7, 9)
    figures = OutlierFigures(20, 0.9, 0.1, 0.5)
    # Images 17, 18 and 19 are stranger than the threshold: two of them are nines.
    digits = answers(np.arange(20), LABELS, 16.5)
    shoes = answers([9, 1, 5, 20, 3, 30], [1, 1, 1, 2, 2, 3], 16.5)
    rejection = Rejection("mean-ink", 16.5, 1.0)
    return Measured(
        clean=clean,
        undisputed=clean,
        rejection=rejection,
        test=TEST,
        against=(other, compare(clean, other)),
        corruptions=CorruptionSuite(
            {"fog": reading(0), "stripe": reading()}, {"fog": 255 - IMAGES, "stripe": IMAGES // 2}
        ),
        outliers=OutlierSuite(
            {"letters": figures}, 0.15, digits, {"letters": shoes}, {"letters": IMAGES[:6]}
        ),
        other_writers=(reading(1), TEST),
    )


@pytest.fixture
def drawn(monkeypatch):
    """What each function of the plots was called with, by its name; no PNG is written."""
    calls = {}
    monkeypatch.setattr(evaluation_report, "to_png", lambda _: SPECK)
    for name in ("corruption_chart", "mistakes", "outlier_examples", "score_histograms"):
        real = getattr(evaluation_report, name)

        def watch(*given, name=name, real=real):
            calls.setdefault(name, []).append(given)
            return real(*given)

        monkeypatch.setattr(evaluation_report, name, watch)
    return calls


def test_every_plot_that_there_is_something_to_show_on_is_drawn(measured):
    plots = draw_evaluation(measured)
    assert set(plots) == {
        *("confusion-matrix", "calibration", "only-first", "only-second", "corruptions"),
        *("scores", "outliers", "other-writers", "other-writers-mistakes"),
    }
    assert all(png.startswith(SIGNATURE) for png in plots.values())


def test_clean_images_alone_have_two_plots(measured):
    alone = Measured(measured.clean, measured.undisputed, None, TEST)
    assert set(draw_evaluation(alone)) == {"confusion-matrix", "calibration"}


def test_mistakes_are_those_that_only_one_of_the_two_makes(measured, drawn):
    draw_evaluation(measured)
    inks = [given[0][:, 0, 0].tolist() for given in drawn["mistakes"]]
    # Only the first is right on image 9, only the second on image 4; both err in image 7.
    assert inks[:2] == [[90], [40]]
    assert inks[2] == [10]


def test_networks_that_fail_alike_have_no_pictures_of_it(measured, drawn):
    same = replace(measured, against=(measured.clean, compare(measured.clean, measured.clean)))
    assert not {"only-first", "only-second"} & draw_evaluation(same).keys()


def test_the_chart_shows_the_first_of_each_class_in_every_corruption(measured, drawn):
    draw_evaluation(measured)
    ((clean, corrupted, mean, start),) = drawn["corruption_chart"]
    np.testing.assert_array_equal(clean.pictures, IMAGES[::2])
    assert [row.name for row in corrupted] == ["fog", "stripe"]
    np.testing.assert_array_equal(corrupted[0].pictures, 255 - IMAGES[::2])
    assert [row.accuracy for row in corrupted] == [0.95, 1.0]
    assert mean == pytest.approx(0.975)
    assert start <= min(row.interval95[0] for row in corrupted)


def test_classes_that_were_not_kept_are_left_out_of_the_chart(measured, drawn):
    few = {name: images[:3] for name, images in measured.corruptions.samples.items()}
    draw_evaluation(
        replace(measured, corruptions=CorruptionSuite(measured.corruptions.evaluations, few))
    )
    assert len(drawn["corruption_chart"][0][0].pictures) == 2  # a 0 and a 1


def test_examples_are_the_first_and_the_worst_one_of_each_answer_before_others(measured, drawn):
    draw_evaluation(measured)
    (((digits, letters),),) = drawn["outlier_examples"]
    assert digits.note == "3 of 20 rejected"
    # The strangest 9 and the strangest 8, then the other 9.
    assert digits.wrong[:, 0, 0].tolist() == [190, 170, 180]
    assert digits.captions == ["a 9", "a 8", "a 9"]
    assert digits.typical[:, 0, 0].tolist() == [0, 10, 20, 30, 40]
    assert letters.note == "4 of 6 accepted"
    # The least strange taken for a 1 and for a 2, then the others taken for a 1.
    assert letters.wrong[:, 0, 0].tolist() == [10, 40, 20, 0]
    assert letters.captions == ["as 1", "as 2", "as 1", "as 1"]
    assert not letters.excused


def test_a_score_that_rejects_nothing_and_accepts_nothing_can_be_shown(measured, drawn):
    suite = measured.outliers
    wholly = replace(
        suite,
        digits=answers(np.zeros(20), LABELS, 1.0),
        answers={"letters": answers([2] * 6, [0] * 6, 1.0)},
    )
    draw_evaluation(replace(measured, outliers=wholly))
    (((digits, letters),),) = drawn["outlier_examples"]
    assert digits.captions == letters.captions == []
    assert (digits.note, letters.note) == ("0 of 20 rejected", "0 of 6 accepted")


@pytest.mark.usefixtures("drawn")
class TestPage:
    def write(self, path, measured, network):
        write_evaluation_report(
            path, measured, network=network, against=Path("theirs"), command="inkdigits evaluate"
        )

    def test_it_is_one_file_with_the_digest_of_the_network(self, measured, tmp_path):
        network = write_network(tmp_path / "mine.onnx", answer=1)
        page = tmp_path / "page.html"
        self.write(page, measured, network)
        html = page.read_text()
        assert html.startswith("<!DOCTYPE html>") and html.rstrip().endswith("</html>")
        assert hashlib.sha256(network.read_bytes()).hexdigest() in html
        assert "mine.onnx" in html and "theirs" in html
        assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.onnx", "page.html"]

    def test_an_old_page_is_replaced(self, measured, tmp_path):
        network = write_network(tmp_path / "mine.onnx", answer=1)
        page = tmp_path / "page.html"
        page.write_text("old")
        self.write(page, measured, network)
        assert page.read_text().startswith("<!DOCTYPE html>")

    def test_a_folder_that_is_not_there_is_told(self, measured, tmp_path):
        network = write_network(tmp_path / "mine.onnx", answer=1)
        with pytest.raises(OutputError, match=r"cannot write .*none/page\.html"):
            self.write(tmp_path / "none" / "page.html", measured, network)
