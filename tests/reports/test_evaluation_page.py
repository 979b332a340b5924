from base64 import b64decode
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.comparison import compare
from inkdigits.evaluation.measured import Measured
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.rejection import OutlierFigures, OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.plots.png import image_to_png
from inkdigits.recognition.answers import Answers, Rejection
from inkdigits.reports.evaluation_content import EvaluationContent
from inkdigits.reports.evaluation_page import SECTIONS, render_evaluation

SUITES = ("comparison", "corruptions", "outliers", "other-writers")
PLOTS = {
    "comparison": ("only-first", "only-second"),
    "corruptions": ("corruptions",),
    "outliers": ("scores", "outliers"),
    "other-writers": ("other-writers", "other-writers-mistakes"),
}
LABELS = np.arange(10, dtype=np.uint8)
HOSTILE = '</title><script>alert("1")</script><img src=x onerror=alert(1)>'


def reading(*wrong):
    """Ten answers, one for each digit; those named are read as the next digit, surely."""
    rows = np.eye(10, dtype=np.float32)
    for digit in wrong:
        rows[digit] = np.eye(10)[(digit + 1) % 10]
    return evaluate(rows, LABELS)


def figures_of(auroc):
    return OutlierFigures(n=1000, auroc=auroc, false_positive_rate=0.125, rejected=0.75)


ANSWERS = Answers(np.eye(10, dtype=np.float32), np.zeros(10, np.float32), np.zeros(10, bool))


@pytest.fixture
def make_content():
    """A function that makes the content of an evaluation, of these suites besides the clean one.

    Of ten test images the 4 and the 7 are read wrongly; the other network errs in the 7 alone.
    """

    def make(*suites, **fields):
        clean, other = reading(4, 7), reading(7)
        images = LabelledImages(np.zeros((10, 28, 28), np.uint8), LABELS)
        corrupted = {"stripe": reading(1, 2, 3, 4, 5), "fog": reading(0)}
        sets = {"letters": figures_of(0.975), "letters-like-digits": figures_of(0.5)}
        names = [*("confusion-matrix", "calibration"), *(n for s in suites for n in PLOTS[s])]
        measured = Measured(
            clean=clean,
            undisputed=evaluate(clean.probabilities[:5], LABELS[:5]),
            rejection=Rejection("energy", 3.5, 0.8) if "outliers" in suites else None,
            test=images,
            against=(other, compare(clean, other)) if "comparison" in suites else None,
            corruptions=CorruptionSuite(corrupted, {}) if "corruptions" in suites else None,
            outliers=OutlierSuite(sets, 0.0125, ANSWERS, {}, {}) if "outliers" in suites else None,
            other_writers=(reading(0), images) if "other-writers" in suites else None,
        )
        content = EvaluationContent(
            network="runs/mine",
            other="theirs.onnx" if "comparison" in suites else None,
            command="inkdigits evaluate runs/mine --suite clean",
            finished="2030-01-02T03:04:05+00:00",
            program="1.2.3",
            sha256="beef" * 16,
            class_names=tuple("0123456789"),
            measured=measured,
            shown=images.images,
            reliability=reliability(clean.probabilities, clean.labels),
            mistakes_shown=24,
            plots={
                name: image_to_png(np.full((20 + i, 40), i, np.uint8))
                for i, name in enumerate(names)
            },
        )
        return replace(content, **fields)

    return make


@pytest.fixture
def page(parse, make_content):
    """A function that renders an evaluation of these suites and parses the page."""
    return lambda *suites, **fields: parse(render_evaluation(make_content(*suites, **fields)))


def table(page, label):
    (found,) = [t for t in page.all("table") if t.one("caption").text == label]
    return found


class TestOneFile:
    def test_nothing_outside_the_file_is_referred_to(self, page):
        root = page(*SUITES)
        references = [
            element.attributes[name]
            for element in root.all()
            for name in ("src", "href", "srcset", "data", "action", "poster")
            if name in element.attributes
        ]
        assert len(references) > 10
        assert all(reference.startswith(("data:", "#")) for reference in references)
        assert not list(root.all("script"))
        style = root.one("style").text
        assert "url(" not in style and "@import" not in style

    def test_every_plot_is_inside_the_file_byte_for_byte_and_once(self, page, make_content):
        inside = [
            b64decode(image.attributes["src"].partition(",")[2])
            for image in page(*SUITES).all("img")
        ]
        plots = make_content(*SUITES).plots
        assert len(plots) == 9
        assert all(inside.count(png) == 1 for png in plots.values())

    def test_the_same_content_gives_the_same_page(self, make_content):
        pages = [render_evaluation(make_content(*SUITES)) for _ in range(2)]
        assert pages[0] == pages[1]


class TestForEveryReader:
    def test_language_title_and_generator(self, page):
        root = page()
        assert root.one("html").attributes["lang"] == "en"
        assert root.one("title").text == "runs/mine: 80.00 %"
        assert root.one("meta", name="generator").attributes["content"] == "inkdigits 1.2.3"

    def test_headings_pictures_and_tables_can_be_read_aloud(self, page):
        root = page(*SUITES)
        levels = [int(e.tag[1]) for e in root.all() if e.tag in ("h1", "h2", "h3", "h4")]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all(image.attributes["alt"] for image in root.all("img"))
        assert all("scope" in cell.attributes for cell in root.all("th"))
        for found in root.all("table"):
            box = found.parent.attributes
            assert box["role"] == "region" and box["aria-label"] and box["tabindex"] == "0"

    def test_the_contents_name_every_section_in_order(self, page):
        root = page(*SUITES)
        titles = [title for _, title, _ in SECTIONS]
        assert [link.text for link in root.one("nav").all("a")] == titles
        assert [heading.text for heading in root.all("h2")] == titles


class TestSections:
    def test_only_what_was_measured_has_a_section(self, page):
        ids = [section.attributes["id"] for section in page().all("section")]
        assert ids == ["result", "figures", "confidence", "mistakes", "again"]

    @pytest.mark.parametrize("suite", SUITES)
    def test_each_suite_has_its_own(self, page, suite):
        ids = {section.attributes["id"] for section in page(suite).all("section")}
        assert ids & set(SUITES) == {suite}


class TestResult:
    def test_accuracy_with_interval_and_without_disputed_labels(self, page):
        text = page().one("section", id="result").text
        low, high = reading(4, 7).interval95
        assert f"8 of 10; 95 % interval {100 * low:.2f} % to {100 * high:.2f} %" in text
        assert "Of 5 test images, people dispute the label" in text
        assert "it reads 80.00 % rightly (4 of 5;" in text

    def test_the_main_figures_of_every_suite_stand_beside_it(self, page):
        facts = {
            row.one("dt").text: row.one("dd").text
            for row in page(*SUITES).one("dl", class_="facts").children
            if not isinstance(row, str)
        }
        assert facts == {
            "Without disputed labels": "80.00 %",
            "Digits of other writers": "90.00 %",
            "Corrupted digits, on average": "70.00 %",
            "The worst of them, stripe": "50.00 %",
            "Area under ROC, worst set: letters": "0.9750",
            "Digits rejected": "1.25 %",
        }


class TestComparison:
    def test_the_four_counts_and_the_verdict(self, page):
        section = page("comparison").one("section", id="comparison")
        assert table(section, "Which network is right where").rows() == [
            ["runs/mine is right", "8", "0"],
            ["runs/mine is wrong", "1", "1"],
        ]
        assert "theirs.onnx, reads 90.00 % of the same images rightly (9 of 10)" in section.text
        assert "theirs.onnx on 1 image where runs/mine is wrong" in section.text
        assert "this may well be chance" in section.text

    def test_where_neither_is_right_alone_there_is_no_picture(self, page, make_content):
        plots = {k: v for k, v in make_content().plots.items() if not k.startswith("only")}
        assert not list(page("comparison", plots=plots).one(id="comparison").all("img"))


class TestCorruptions:
    def test_each_has_its_row(self, page):
        section = page("corruptions").one("section", id="corruptions")
        rows = table(section, "Accuracy on each corruption").rows()
        assert [(row[0], row[2], row[4]) for row in rows] == [
            ("stripe", "50.00 %", "1 read as 2 (1)"),
            ("fog", "90.00 %", "0 read as 1 (1)"),
        ]
        assert all(row[1] for row in rows)
        assert "70.00 % rightly, against 80.00 %" in section.text

    def test_it_says_where_a_scale_begins_that_does_not_begin_at_zero(self, make_content, parse):
        content = make_content("corruptions")
        perfect = evaluate(np.tile(np.eye(10, dtype=np.float32), (100, 1)), np.tile(LABELS, 100))
        suite = CorruptionSuite({"fog": perfect}, {})
        measured = replace(content.measured, clean=perfect, corruptions=suite)
        images = LabelledImages(np.zeros((1000, 28, 28), np.uint8), perfect.labels)
        good = replace(content, measured=replace(measured, test=images))
        texts = [parse(render_evaluation(each)).text for each in (content, good)]
        # Of 1,000 images all right, Wilson's interval begins at 99.62 %.
        sentence = "Mind where the scale begins: at 99.5 %, not at zero."
        assert [sentence in text for text in texts] == [False, True]
        assert "none" in table(parse(render_evaluation(good)), "Accuracy on each corruption").text


class TestOutliers:
    def test_each_set_has_its_row(self, page):
        section = page("outliers").one("section", id="outliers")
        rows = table(section, "How well each set is told from digits").rows()
        assert [[row[0], *row[2:]] for row in rows] == [
            ["letters", "0.9750", "12.50 %", "75.00 %"],
            ["letters-like-digits", "0.5000", "12.50 %", "75.00 %"],
        ]
        assert "of the test images, 1.25 % are" in section.text

    def test_the_score_is_told_where_confidence_is(self, page):
        text = page("outliers").one("section", id="confidence").text
        assert "temperature, 0.800, is" in text and "threshold of 3.5 a picture" in text
        assert "as training left it" in page().one("section", id="confidence").text


class TestOtherWriters:
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ((), "Not one is read wrongly."),
            ((3,), "The only mistake: what it is"),
            ((3, 4), "The mistakes: what it is"),
        ],
    )
    def test_it_says_how_many_are_shown(self, make_content, parse, wrong, sentence):
        content = make_content("other-writers")
        others = (reading(*wrong), content.measured.test)
        measured = replace(content.measured, other_writers=others)
        root = parse(render_evaluation(replace(content, measured=measured)))
        text = root.one("section", id="other-writers").text
        assert sentence in text
        assert f"{100 - 10 * len(wrong)}.00 % of them rightly" in text

    def test_where_there_are_more_it_says_of_how_many(self, make_content, parse):
        content = make_content("other-writers", mistakes_shown=2)
        others = (reading(3, 4, 5), content.measured.test)
        measured = replace(content.measured, other_writers=others)
        root = parse(render_evaluation(replace(content, measured=measured)))
        assert "The 2 most confident mistakes of 3:" in root.text


class TestMistakes:
    def test_no_file_is_promised_beside_the_page(self, page):
        text = page().one("section", id="mistakes").text
        assert "2 test images were read wrongly. Here they all are" in text
        assert "mistakes.csv" not in text


class TestAgain:
    def test_command_digest_and_version(self, page):
        section = page().one("section", id="again")
        assert section.one("pre").text == "inkdigits evaluate runs/mine --suite clean"
        assert table(section, "What was measured with what").rows() == [
            ["Network", "runs/mine"],
            ["SHA-256 of its ONNX file", "beef" * 16],
            ["Versions", "inkdigits 1.2.3"],
        ]


@pytest.mark.parametrize("field", ["network", "other", "command", "finished", "program", "sha256"])
def test_hostile_names_stay_text(page, field):
    root = page(*SUITES, **{field: HOSTILE})
    assert not list(root.all("script"))
    assert not [e for e in root.all() if {"onerror", "onload"} & e.attributes.keys()]
    assert HOSTILE in root.text
