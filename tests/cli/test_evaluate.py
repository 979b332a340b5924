import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from rich.console import Console

from inkdigits.cli import evaluate as command
from inkdigits.cli import extras
from inkdigits.cli.evaluate import Suite
from inkdigits.datasets.mnist import load_mnist
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS
from inkdigits.evaluation.measured import SUITES, Measured
from inkdigits.evaluation.outliers import OUTLIER_SETS
from inkdigits.evaluation.statistics import wilson_interval
from inkdigits.workflows import evaluate
from tests.hand_made_networks import write_network

KEYS = {
    *("run", "report", "data", "class_names", "test", "classes", "train"),
    *("confusion", "mistakes"),
    *("rejection", "against", "corruptions", "outliers", "other_writers"),
}


@pytest.fixture
def seven(tmp_path: Path) -> str:
    """A network that always says 7, and has no outlier score."""
    return str(write_network(tmp_path / "seven.onnx", answer=7))


def take_ten_images(patch: pytest.MonkeyPatch, mnist: Any) -> None:
    """Put ten test images in the place of all: 7 2 1 0 4 1 4 9 5 9; the second is disputed."""
    patch.setattr(evaluate, "load_mnist_test", lambda: mnist.test.take(slice(10)))
    patch.setattr(evaluate, "DISPUTED_MNIST_TEST", (1,))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, mnist: Any) -> None:
    take_ten_images(monkeypatch, mnist)


@pytest.fixture(scope="module")
def everything(mnist: Any, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """All figures of a network that always says 7, against one that always says 1.

    It rejects what is inked by more than a quarter.
    """
    folder = tmp_path_factory.mktemp("networks")
    careful = write_network(folder / "careful.onnx", answer=7, threshold=0.25)
    one = write_network(folder / "one.onnx", answer=1)
    with pytest.MonkeyPatch.context() as patch:
        take_ten_images(patch, mnist)
        return evaluate.measure(careful, SUITES, against=one)


@pytest.fixture
def measured_once(everything: Measured, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Puts these figures in the place of measuring; what was asked for."""
    asked: list[Any] = []

    def remember(network: Path, suites: list[str], **options: Any) -> Measured:
        asked.append((network, suites, options["against"]))
        return everything

    monkeypatch.setattr(evaluate, "measure", remember)
    return asked


def score_of(correct: int, n: int) -> dict[str, Any]:
    interval = list(wilson_interval(correct, n))
    return {"accuracy": correct / n, "correct": correct, "n": n, "interval95": interval}


@pytest.fixture
def own_digits(tmp_path: Path) -> Path:
    """Three 7 and three 2 of MNIST in folders, of which one each is to be measured on."""
    mnist = load_mnist()
    for part, images, count in (("train", mnist.train, 2), ("test", mnist.test, 1)):
        for label in (2, 7):
            folder = tmp_path / "own" / part / str(label)
            folder.mkdir(parents=True)
            chosen = images.images[images.labels == label][:count]
            for i, image in enumerate(chosen):
                Pillow.fromarray(image).save(folder / f"{i}.png")
    return tmp_path / "own"


class TestJson:
    def test_clean_figures_alone(self, inkdigits: Callable, seven: str):
        document = inkdigits("evaluate", seven, "--json").document
        assert set(document) == KEYS
        test = document["test"]
        assert {key: test[key] for key in score_of(0, 1)} == score_of(1028, 10_000)
        assert test["undisputed"]["n"] == 9_985
        # Its logits are 2 for the seven and 0 for nine others.
        assert 0 < test["loss"] < 3 and 0 < test["brier"] < 2
        sure = 7.389056 / (7.389056 + 9)
        assert test["calibration_error"] == pytest.approx(sure - 0.1028, abs=1e-6)
        assert document["classes"][7] == {"precision": 0.1028, "recall": 1.0}
        assert document["classes"][3] == {"precision": None, "recall": 0.0}
        assert sum(document["confusion"][4]) == document["confusion"][4][7]
        assert len(document["mistakes"]) == 10_000 - 1028
        assert document["run"] == seven and document["data"] == "mnist"
        assert document["class_names"] == list("0123456789")
        there = {"run", "data", "class_names", "test", "classes", "confusion", "mistakes"}
        absent = KEYS - there
        assert {key: document[key] for key in absent} == dict.fromkeys(absent)

    def test_data_of_ones_own(self, inkdigits: Callable, seven: str, own_digits: Path):
        document = inkdigits("evaluate", seven, "--data", str(own_digits), "--json").document
        assert document["data"] == "own"
        assert (document["test"]["correct"], document["test"]["n"]) == (1, 2)
        assert document["test"]["undisputed"] is None

    def test_suites_are_for_mnist(self, inkdigits: Callable, seven: str, own_digits: Path):
        words = ("--data", str(own_digits), "--suite", "outliers")
        result = inkdigits("evaluate", seven, *words)
        assert result.code == 2
        assert "the suite outliers is made from MNIST's digits" in result.err

    def test_every_suite(self, inkdigits: Callable, seven: str, measured_once: list[Any]):
        words = ("--suite", "all", "--against", "one.onnx", "--json")
        document = inkdigits("evaluate", seven, *words).document
        assert measured_once == [(Path(seven), list(SUITES), Path("one.onnx"))]
        assert document["rejection"] == {
            "score": "mean-ink",
            "threshold": 0.25,
            "temperature": 1.5,
        }
        assert document["test"]["undisputed"] == score_of(1, 9)
        # Of the ten, one is a 7 and two are a 1.
        assert document["against"] == {
            "network": "one.onnx",
            "accuracy": 0.2,
            "correct": 2,
            "only_first": 1,
            "only_second": 2,
            "both_right": 0,
            "both_wrong": 7,
            "p_value": 1.0,
        }
        assert document["corruptions"] == {
            "mean_accuracy": pytest.approx(0.1),
            "each": {name: score_of(1, 10) for name in CORRUPTIONS},
        }
        assert document["outliers"]["false_rejection"] == 0.0
        assert set(document["outliers"]["sets"]) == set(OUTLIER_SETS)
        for figures in document["outliers"]["sets"].values():
            assert set(figures) == {"n", "auroc", "false_positive_rate_at_95", "rejected"}
            assert figures["n"] == 1000
        assert document["other_writers"] == score_of(179, 1797)

    @pytest.mark.usefixtures("few")
    def test_progress_goes_to_stderr_line_by_line(self, inkdigits: Callable, seven: str):
        result = inkdigits("evaluate", seven, "--suite", "other-writers", "--json")
        json.loads(result.out)
        assert result.err.splitlines() == [
            "measuring test images",
            "measuring digits of other writers",
        ]


@pytest.mark.usefixtures("few")
def test_on_a_terminal_progress_stays_in_one_place_and_is_cleared(
    inkdigits: Callable, seven: str, monkeypatch: pytest.MonkeyPatch
):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, _environ={"TERM": "xterm"})
    monkeypatch.setattr(command, "stderr", lambda: console)
    result = inkdigits("evaluate", seven, "--json")
    json.loads(result.out)
    assert result.err == ""
    assert "measuring" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is erased in the end


class TestSuites:
    def test_the_command_knows_every_suite_there_is(self):
        assert tuple(Suite) == (*SUITES, "all")

    def test_a_suite_may_be_named_several_times(
        self, inkdigits: Callable, seven: str, measured_once: list[Any]
    ):
        words = ("--suite", "other-writers", "--suite", "clean", "--suite", "other-writers")
        assert inkdigits("evaluate", seven, *words, "--json").code == 0
        assert measured_once == [(Path(seven), ["clean", "other-writers"], None)]

    def test_an_unknown_suite_is_one_line_and_code_2(self, inkdigits: Callable, seven: str):
        result = inkdigits("evaluate", seven, "--suite", "dirty")
        assert (result.code, result.out) == (2, "")
        assert "Invalid value for '--suite'" in result.err and "other-writers" in result.err
        assert len(result.err.strip().splitlines()) == 1

    @pytest.mark.parametrize("suite", ["outliers", "all"])
    def test_outliers_of_a_network_without_a_score_are_one_line_and_code_2(
        self, inkdigits: Callable, seven: str, suite: str
    ):
        result = inkdigits("evaluate", seven, "--suite", suite)
        assert (result.code, result.out) == (2, "")
        assert "the suite outliers needs a network with an outlier score" in result.err
        assert len(result.err.strip().splitlines()) == 1


class TestForPeople:
    @pytest.mark.usefixtures("measured_once")
    def test_every_figure_is_there_with_what_it_means(self, inkdigits: Callable, seven: str):
        out = inkdigits("evaluate", seven, "--suite", "all", "--against", "one.onnx").out
        low, high = (100 * bound for bound in wilson_interval(1, 10))
        interval = f"95 % interval {low:.2f} to {high:.2f} %"
        assert f"test accuracy 10.00 % (1 of 10; {interval})" in out
        assert "without the 1 disputed labels 11.11 % (1 of 9;" in out
        assert "temperature 1.500; rejects as no digit what the score mean-ink puts above" in out
        assert "one.onnx: test accuracy 20.00 % (2 of 10;" in out
        assert "this may well be chance at the 5 % level" in out
        assert "share that passes for digits when 95 % of digits pass" in out
        assert "0.5 is guessing" in out
        assert "digits of other writers: accuracy 9.96 % (179 of 1,797;" in out
        rows = [line.split("│")[1:-1] for line in out.splitlines() if line.startswith("│")]
        named = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
        assert {*CORRUPTIONS, *OUTLIER_SETS} <= set(named)
        assert named["stripe"][:2] == ["1", "10.00 %"]
        assert named["mean of 15 (the worst is shot_noise)"][1] == "10.00 %"

    @pytest.mark.usefixtures("few")
    def test_classes_and_confusions_are_tables(self, inkdigits: Callable, seven: str):
        out = inkdigits("evaluate", seven).out
        assert re.search(r"│ 7 +│ +1 │ +1 │ +10\.00 % │ 100\.00 % │", out)
        assert re.search(r"│ 3 +│ +0 │ +0 │ +n/a │ +n/a │", out)  # the ten have no 3
        assert re.search(r"│ 1 │ · │ +· │ +· │ +· │ +· │ +· │ +· │ +2 │ +· │ +· │", out)
        for absent in ("corruption", "AUROC", "other writers", "McNemar", "temperature"):
            assert absent not in out


class TestReport:
    @pytest.mark.usefixtures("few")
    def test_a_page_is_written_and_named(self, inkdigits: Callable, seven: str, tmp_path: Path):
        page = tmp_path / "my page.html"
        words = ("--suite", "other-writers", "--against", seven, "--report", str(page))
        result = inkdigits("evaluate", seven, *words)
        assert result.code == 0
        assert result.out.splitlines()[-1] == f"report: {page}"
        html = page.read_text()
        command = f"inkdigits evaluate {seven} --suite other-writers"
        assert f"{command} --against {seven} --report '{page}'" in unescape(html)
        assert 'id="other-writers"' in html and 'id="corruptions"' not in html

    @pytest.mark.usefixtures("measured_once")
    def test_the_command_for_every_suite_is_short(
        self, inkdigits: Callable, seven: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        from inkdigits.workflows import evaluation_report

        given: list[Any] = []
        monkeypatch.setattr(
            evaluation_report, "write_evaluation_report", lambda *_, **rest: given.append(rest)
        )
        words = ("--suite", "corruptions", "--suite", "all", "--report", f"{tmp_path}/a.html")
        assert inkdigits("evaluate", seven, *words).code == 0
        command = f"inkdigits evaluate {seven} --suite all --report {tmp_path}/a.html"
        assert given == [{"network": Path(seven), "against": None, "command": command}]

    @pytest.mark.usefixtures("few")
    def test_with_json_the_document_names_it(self, inkdigits: Callable, seven: str, tmp_path: Path):
        page = tmp_path / "page.html"
        page.write_text("an older one")
        result = inkdigits("evaluate", seven, "--report", str(page), "--json")
        assert result.document["report"] == str(page)
        assert result.err.splitlines() == ["measuring test images", "drawing the report"]
        assert page.read_text().startswith("<!DOCTYPE html>")

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("none/page.html", "cannot write none/page.html: there is no folder none"),
            ("folder.html", "cannot write folder.html: it is a folder"),
            ("seven.onnx", "`--report` must be a file that ends in .html; received seven.onnx"),
            ("page", "`--report` must be a file that ends in .html; received page"),
            ("/proc/page.html", "cannot write /proc/page.html: "),
        ],
    )
    def test_a_path_that_will_not_do_is_told_before_any_work(
        self,
        inkdigits: Callable,
        seven: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        path: str,
        message: str,
    ):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "folder.html").mkdir()
        before = Path(seven).read_bytes()
        result = inkdigits("evaluate", seven, "--report", path)
        assert (result.code, result.out) == (2, "")
        assert message in result.err and "measuring" not in result.err
        assert len(result.err.strip().splitlines()) == 1
        assert sorted(each.name for each in tmp_path.iterdir()) == ["folder.html", "seven.onnx"]
        assert Path(seven).read_bytes() == before


class TestExtras:
    @pytest.mark.parametrize(
        ("words", "absent", "message"),
        [
            (
                ["--suite", "corruptions"],
                {"skimage", "scipy"},
                "the suite corruptions needs scikit-image, scipy; install them with "
                "`pip install 'inkdigits[suites]'`",
            ),
            (
                ["--report", "page.html"],
                {"jinja2"},
                "a report needs jinja2; install them with `pip install 'inkdigits[train]'`",
            ),
        ],
    )
    def test_what_is_not_installed_is_told_before_any_work(
        self,
        inkdigits: Callable,
        seven: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        words: list[str],
        absent: set[str],
        message: str,
    ):
        monkeypatch.chdir(tmp_path)
        found = extras.find_spec
        present = lambda name: None if name in absent else found(name)  # noqa: E731
        monkeypatch.setattr(extras, "find_spec", present)
        result = inkdigits("evaluate", seven, *words)
        assert (result.code, result.out) == (2, "")
        assert result.err.strip() == f"inkdigits: {message}"

    @pytest.mark.usefixtures("few")
    def test_clean_images_need_none_of_it(
        self, inkdigits: Callable, seven: str, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(extras, "find_spec", lambda _: None)
        assert inkdigits("evaluate", seven).code == 0


HEAVY = ("keras", "tensorflow", "scipy", "skimage", "matplotlib", "jinja2")
RUN = """
import sys
from inkdigits.cli.main import run
code = run(sys.argv[1:])
print([name for name in %r if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def loaded(*words: str) -> list[str]:
    """What a call of the program has imported, of what takes long to import."""
    done = subprocess.run(
        [sys.executable, "-c", RUN % (HEAVY,), *words], capture_output=True, text=True, check=True
    )
    return [name for name in HEAVY if f"'{name}'" in done.stderr.splitlines()[-1]]


def test_plain_evaluation_imports_nothing_heavy(seven: str):
    assert loaded("evaluate", seven, "--json") == []


def test_meta_what_a_report_imports_is_seen(seven: str, tmp_path: Path):
    found = loaded("evaluate", seven, "--report", str(tmp_path / "page.html"))
    assert found == ["matplotlib", "jinja2"]


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("none.onnx", "there is no run folder or ONNX file none.onnx"),
        ("text.onnx", "text.onnx is not a network of inkdigits"),
        ("empty", "empty is not a run folder: it has no recipe.json"),
    ],
)
def test_what_is_no_network_is_one_line_and_code_2(
    inkdigits: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, message: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.onnx").write_text("no network")
    (tmp_path / "empty").mkdir()
    good = str(write_network(tmp_path / "good.onnx", answer=0))
    for words in ((network,), (good, "--against", network)):
        result = inkdigits("evaluate", *words)
        assert (result.code, result.out) == (2, "")
        assert message in result.err
        assert len(result.err.strip().splitlines()) == 1
