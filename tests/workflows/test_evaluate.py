from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS
from inkdigits.evaluation.disputed import DISPUTED_MNIST_TEST
from inkdigits.evaluation.outliers import OUTLIER_SETS
from inkdigits.recognition.shipped import shipped_network
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Start, write_start
from inkdigits.training.recipes import TUTORIAL
from inkdigits.workflows import evaluate
from inkdigits.workflows.evaluate import find_network, measure
from tests.hand_made_networks import write_network

SEVENS, ONES = 1028, 1135  # in MNIST's 10,000 test images


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A network that always says 7, and has no outlier score."""
    return write_network(tmp_path / "seven.onnx", answer=7)


@pytest.fixture
def careful(tmp_path: Path) -> Path:
    """The same with a score: it rejects what is inked by more than a half."""
    return write_network(tmp_path / "careful.onnx", answer=7, threshold=0.5)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, mnist) -> LabelledImages:
    """Twelve test images in place of all, the second with a disputed label."""
    few = mnist.test.take(slice(12))
    monkeypatch.setattr(evaluate, "load_mnist_test", lambda: few)
    monkeypatch.setattr(evaluate, "DISPUTED_MNIST_TEST", (1,))
    return few


class TestClean:
    def test_a_network_that_always_says_seven_is_right_for_the_sevens(self, seven: Path):
        measured = measure(seven)
        assert (measured.clean.correct, measured.clean.n) == (SEVENS, 10_000)
        assert measured.clean.confusion[:, 7].sum() == 10_000

    def test_nothing_else_is_measured_unless_asked_for(self, seven: Path, few: LabelledImages):
        measured = measure(seven)
        rest = (measured.against, measured.corruptions, measured.outliers, measured.other_writers)
        assert rest == (None, None, None, None)
        assert measured.rejection is None
        assert measured.test is few

    def test_disputed_labels_are_left_out_a_second_time(self, seven: Path, mnist):
        disputed = mnist.test.labels[list(DISPUTED_MNIST_TEST)]
        undisputed = measure(seven).undisputed
        assert undisputed.n == 9_985
        assert undisputed.correct == SEVENS - (disputed == 7).sum()

    def test_the_score_in_the_file_is_told(self, careful: Path, few: LabelledImages):
        rejection = measure(careful).rejection
        assert rejection is not None
        assert (rejection.score, rejection.threshold) == ("mean-ink", 0.5)
        assert rejection.temperature == 1.5


class TestAgainst:
    def test_two_networks_are_compared_image_by_image(self, seven: Path, tmp_path: Path):
        one = write_network(tmp_path / "one.onnx", answer=1)
        measured = measure(seven, against=one)
        assert measured.against is not None
        theirs, comparison = measured.against
        assert theirs.correct == ONES
        assert (comparison.only_first, comparison.only_second) == (SEVENS, ONES)
        assert (comparison.both_right, comparison.both_wrong) == (0, 10_000 - SEVENS - ONES)

    def test_a_missing_one_is_told_before_any_work(self, seven: Path, tmp_path: Path):
        told: list[str] = []
        with pytest.raises(ModelFileError, match=r"there is no run folder or ONNX file .*none"):
            measure(seven, against=tmp_path / "none", progress=told.append)
        assert told == []


class TestSuites:
    def test_everything_is_measured_and_told(self, careful: Path, few: LabelledImages):
        told: list[str] = []
        suites = ("other-writers", "outliers", "clean", "corruptions")
        measured = measure(careful, suites, against=careful, progress=told.append)
        assert measured.corruptions is not None and measured.outliers is not None
        assert list(measured.corruptions.evaluations) == list(CORRUPTIONS)
        assert {each.n for each in measured.corruptions.evaluations.values()} == {12}
        assert tuple(measured.outliers.figures) == OUTLIER_SETS
        assert measured.outliers.false_rejection == 0.0  # no digit is half ink
        assert measured.outliers.figures["noise"].rejected > 0
        scores, ink = measured.outliers.digits.outlierness, few.images.mean(axis=(1, 2)) / 255
        np.testing.assert_allclose(scores, ink, rtol=1e-5)
        assert measured.other_writers is not None
        others, seen = measured.other_writers
        assert others.correct == (seen.labels == 7).sum() == 179  # scikit-learn's sevens
        assert told[:2] == ["test images", "test images, with the other network"]
        assert told[2].startswith("corruption 1 of 15") and told[17].startswith("outliers 1 of 5")
        assert told[-1] == "digits of other writers" and len(told) == 2 + 15 + 5 + 1

    @pytest.mark.parametrize("suites", [["cleen"], ["clean", "all"], "clean", [""]])
    def test_an_unknown_suite_is_told_with_those_there_are(self, seven: Path, suites: list[str]):
        known = "clean, corruptions, outliers, other-writers; received"
        with pytest.raises(UsageError, match=f"a suite must be one of {known}"):
            measure(seven, suites)

    def test_outliers_need_a_score(self, seven: Path):
        told: list[str] = []
        with pytest.raises(UsageError, match=r"needs a network with an outlier score; .*seven"):
            measure(seven, ["clean", "outliers"], progress=told.append)
        assert told == []


class TestNetworks:
    def test_a_network_of_other_classes_is_refused(self, tmp_path: Path):
        letters = write_network(tmp_path / "letters.onnx", answer=0, names="abcdefghij")
        with pytest.raises(ModelFileError, match="must tell the ten digits apart; it tells a, b,"):
            measure(letters)

    def test_a_network_for_other_sizes_is_refused(self, tmp_path: Path):
        large = write_network(tmp_path / "large.onnx", answer=0, side=32)
        with pytest.raises(
            ModelFileError, match="reads images of 32x32 pixels; received 28x28 pixels"
        ):
            measure(large)

    def test_a_missing_path_is_told(self, tmp_path: Path):
        with pytest.raises(ModelFileError, match=r"there is no run folder or ONNX file .*none"):
            find_network(tmp_path / "none")

    def test_shipped_is_the_one_that_comes_along(self, tmp_path: Path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert find_network(Path("shipped")).content == shipped_network().read_bytes()
        (tmp_path / "shipped").write_bytes(b"")  # unless something has that name
        with pytest.raises(ModelFileError, match="shipped is not a network of inkdigits"):
            find_network(Path("shipped"))

    def test_an_unfinished_run_is_told_how_to_go_on(self, tmp_path: Path):
        write_start(RunFolder(tmp_path), TUTORIAL, Start(seed=0, data="mnist", sha256="00"))
        with pytest.raises(ModelFileError, match="is not finished; go on with `inkdigits train -"):
            find_network(tmp_path)

    def test_a_damaged_manifest_is_told(self, tmp_path: Path):
        run = RunFolder(tmp_path)
        write_start(run, TUTORIAL, Start(seed=0, data="mnist", sha256="00"))
        run.manifest.write_text("{")
        with pytest.raises(ModelFileError, match=r"manifest\.json is damaged"):
            find_network(tmp_path)
