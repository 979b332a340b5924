"""What the tests of reports share: a small run whose figures are known, and a parser of pages."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.metrics import evaluate
from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.arithmetic import summarise
from inkdigits.plots.png import image_to_png
from inkdigits.reports.content import ReportContent
from inkdigits.reports.page import render
from inkdigits.runs.manifest import DataSource, Machine, Manifest, Score, Training
from inkdigits.training.recipes import find_recipe
from inkdigits.training.state import EpochRecord

VOID = {"meta", "link", "img", "br", "hr", "input"}
PLOTS = ("samples", "augmented-batch", "curves", "confusion-matrix", "mistakes", "calibration")


def score(correct, n):
    """A score whose interval is two points wide either way."""
    share = correct / n
    interval = (max(0.0, share - 0.02), min(1.0, share + 0.02))
    return Score(accuracy=share, correct=correct, n=n, interval95=interval, loss=0.25)


def make_manifest(recipe, test, augmented):
    held_out = recipe.validation == "held-out"
    return Manifest(
        inkdigits="1.2.3",
        command=f"inkdigits train --recipe {recipe.name} --seed 7",
        finished="2030-01-02T03:04:05+00:00",
        seed=7,
        data=DataSource(
            name="mnist",
            sha256="abc123" * 10 + "beef",
            train_images=55_000 if held_out else 60_000,
            validation_images=5_000 if held_out else 9_984,
            test_images=test.n,
        ),
        machine=Machine(
            system="Linux",
            processor="A Processor",
            cores=2,
            python="3.11.2",
            packages={"keras": "3.15.1", "numpy": "2.3.0"},
        ),
        train=Training(
            seconds=125.0,
            images_per_second=4321.0,
            images=540_000,
            epochs=2,
            precision="float32",
            backend="tensorflow",
        ),
        timing={"data": 1.0, "train and validate": 130.0, "total": 140.0},
        validation=augmented or score(4_950, 5_000),
        test=test,
        test_augmented=augmented,
        sha256={"weights.safetensors": "f00d" * 16},
    )


@pytest.fixture
def make_content():
    """A function that makes the content of a run from its probabilities and labels.

    By default there are ten test images, one for each digit; the 4 is read as 9 with probability
    0.75, the 7 as 1 with 0.5, the others rightly.
    """

    def make(recipe="tutorial", probabilities=None, labels=None, class_names=None):
        if probabilities is None:
            labels = np.arange(10, dtype=np.uint8)
            probabilities = np.eye(10, dtype=np.float32)
            probabilities[4] = [0, 0, 0, 0, 0.125, 0, 0.0625, 0.0625, 0, 0.75]
            probabilities[7] = [0.25, 0.5, 0, 0.125, 0, 0, 0, 0.0625, 0.0625, 0]
        classes = probabilities.shape[1]
        found = evaluate(probabilities, labels)
        recipe = find_recipe(recipe).replace(epochs=2)
        flawed = recipe.validation == "augmented-test"
        test = score(found.correct, found.n)
        return ReportContent(
            manifest=make_manifest(recipe, test, score(9_773, 9_984) if flawed else None),
            recipe=recipe,
            summary=summarise(find_architecture(recipe.network)),
            history=(
                EpochRecord(1, 0.1732, 0.9458, 0.0517, 0.983, 0.002, 60.0),
                EpochRecord(2, 0.0387, 0.9872, 0.0224, 0.9946, 0.0, 125.0),
            ),
            class_names=tuple(class_names or "0123456789"),
            train_counts=tuple(range(5_000, 5_000 + classes)),
            evaluation=found,
            reliability=reliability(probabilities, labels),
            test=LabelledImages(np.zeros((len(labels), 28, 28), np.uint8), labels),
            plots={
                name: image_to_png(np.full((20 + i, 40), i, np.uint8))
                for i, name in enumerate(PLOTS)
            },
        )

    return make


@pytest.fixture
def change():
    """A function that returns a content with fields of its manifest changed."""

    def apply(content, **fields):
        return replace(content, manifest=content.manifest.model_copy(update=fields))

    return apply


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict
    parent: "Element | None" = None
    children: list = field(default_factory=list)

    @property
    def text(self):
        """All text inside, runs of white space as one space."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join("".join(parts).split())

    def all(self, tag=None, **attributes):
        """Every element inside, in order, with this tag and these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and wanted.items() <= child.attributes.items():
                    yield child
                yield from child.all(tag, **attributes)

    def one(self, tag=None, **attributes):
        """The only such element inside."""
        (found,) = self.all(tag, **attributes)
        return found

    def rows(self):
        """The texts of a table's body, row by row."""
        body = self.one("tbody")
        return [[c.text for c in row.children if isinstance(c, Element)] for row in body.all("tr")]


class TreeBuilder(HTMLParser):
    """Builds elements, and fails where a tag is not closed in turn."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag):
        assert self.open.tag == tag, f"<{self.open.tag}> is closed by </{tag}>"
        self.open = self.open.parent

    def handle_data(self, data):
        self.open.children.append(data)


@pytest.fixture
def parse():
    """A function that turns HTML into a tree of elements."""

    def build(html):
        builder = TreeBuilder()
        builder.feed(html)
        builder.close()
        assert builder.open is builder.root, f"<{builder.open.tag}> is never closed"
        return builder.root

    return build


@pytest.fixture
def page(parse, make_content):
    """A function that renders a content, or the default one, and parses the page."""
    return lambda content=None: parse(render(content or make_content()))
