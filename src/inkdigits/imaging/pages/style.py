"""How generated pages look: writing, paper, light and camera, each with knobs of its own.

Comes in: choices. Goes out: checked values. It does not know how anything is drawn.

A field with two numbers is a range that each page draws from; a field with one is the largest
deviation to either side, a strength, or the share of pages or of neighbours that it applies to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TypeAlias

from inkdigits.errors import UsageError
from inkdigits.imaging.pages.pens import PENS

Range: TypeAlias = tuple[float, float]
Count: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Writing:
    """What is written and how.

    Attributes:
        lines: Lines on a page.
        numbers: Numbers in a line.
        length: Digits of a number.
        height: Height of the digits in pixels, the same on a page but for the jitter; small and
            large ones are as frequent as on a logarithmic scale.
        height_jitter: By which share a digit is larger or smaller than its neighbours.
        baseline_jitter: How far a digit stands above or below its line, in heights.
        rotation: Degrees by which a digit is turned.
        slant: Columns per row by which a page's writing leans; a digit leans up to a quarter of
            that more or less.
        pen_width: Width of the strokes; 1 is as they are in the images.
        spacing: Gap between the digits of a number, in heights.
        touching: Share of neighbours in a number that touch.
        pens: Names of pens for light paper; each page is written with one.
        opacity: How much of the paper the ink covers; a pencil's is less still.
        letters: Share of lines that begin with a word.
        signs: Share of gaps between numbers with a plus or minus sign or a dash in them.
        frames: Share of numbers with a frame around them.
        underlines: Share of numbers with a line below.
        boxes: Share of numbers of which each digit stands in a box of its own, as in a form.
    """

    lines: Count = (1, 1)
    numbers: Count = (1, 1)
    length: Count = (5, 5)
    height: Range = (20, 160)
    height_jitter: float = 0.06
    baseline_jitter: float = 0.05
    rotation: float = 4
    slant: float = 0.1
    pen_width: Range = (0.7, 1.1)
    spacing: Range = (0.2, 0.7)
    touching: float = 0
    pens: tuple[str, ...] = ("black", "blue", "pencil", "red")
    opacity: Range = (0.85, 1)
    letters: float = 0
    signs: float = 0
    frames: float = 0
    underlines: float = 0
    boxes: float = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for name in ("lines", "numbers", "length"):
            _check_range(name, getattr(self, name), 1, 1000)
        _check_range("height", self.height, 8, 2000)
        _check_range("pen_width", self.pen_width, 0.2, 2.5)
        _check_range("spacing", self.spacing, 0.05, 3)
        _check_range("opacity", self.opacity, 0.05, 1)
        for name, high in {"height_jitter": 0.5, "baseline_jitter": 0.5, "rotation": 45}.items():
            _check_number(name, getattr(self, name), high)
        for name in ("slant", "touching", "letters", "signs", "frames", "underlines", "boxes"):
            _check_number(name, getattr(self, name), 1)
        if not self.pens or not set(self.pens) <= set(PENS):
            raise UsageError(f"`pens` must be some of {', '.join(PENS)}; received {self.pens!r}")


@dataclass(frozen=True)
class Ground:
    """What is written on.

    Attributes:
        size: Width and height of the page in pixels; None for as much as the writing needs.
        margin: Paper around the writing on each side, in heights of a digit; without effect on
            a page of fixed size beyond its lower bound.
        brightness: Of the paper, 0 to 255.
        tint: How far the paper may be from grey, 0 to 1.
        dark: Share of pages with light ink on a dark ground.
        grain: Strength of the paper's grain and fibres, 0 to 1.
        ruled: Share of pages with horizontal rules, some with a margin line.
        squared: Share of pages with squares.
        specks: Dark dots for each 100,000 pixels.
    """

    size: tuple[int, int] | None = None
    margin: Range = (0.4, 1.5)
    brightness: Range = (243, 255)
    tint: float = 0
    dark: float = 0
    grain: float = 0
    ruled: float = 0
    squared: float = 0
    specks: Range = (0, 0)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.size is not None:
            _check_range("size", (min(self.size), max(self.size)), 16, 20_000)
        _check_range("margin", self.margin, 0.1, 20)
        _check_range("brightness", self.brightness, 60, 255)
        _check_range("specks", self.specks, 0, 1000)
        for name in ("tint", "dark", "grain", "ruled", "squared"):
            _check_number(name, getattr(self, name), 1)
        if self.ruled + self.squared > 1:
            raise UsageError(
                "`ruled` and `squared` must be at most 1 together; "
                f"received {self.ruled} and {self.squared}"
            )


@dataclass(frozen=True)
class Camera:
    """How the page is lit and taken.

    Attributes:
        tilt: Degrees by which the page is turned.
        perspective: How far the corners of the page move, as a share of its shorter side.
        uneven: How much darker than the brightest the darkest place may be, 0 to 1.
        shadow: Share of pages with the edge of a shadow.
        cast: Strength of the colour of the light, 0 to 1.
        vignette: How much darker the corners are, 0 to 1.
        blur: Standard deviation of the blur in hundredths of a digit's height.
        noise: Standard deviation of the sensor's noise in grey levels.
        jpeg: Share of pages that were saved as JPEG.
        quality: JPEG quality of those, 1 to 100.
    """

    tilt: float = 0
    perspective: float = 0
    uneven: Range = (0, 0)
    shadow: float = 0
    cast: float = 0
    vignette: float = 0
    blur: Range = (0, 0)
    noise: Range = (0, 0)
    jpeg: float = 0
    quality: Count = (90, 90)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        _check_range("uneven", self.uneven, 0, 0.9)
        _check_range("blur", self.blur, 0, 10)
        _check_range("noise", self.noise, 0, 60)
        _check_range("quality", self.quality, 1, 100)
        highest = {"tilt": 30, "perspective": 0.3, "vignette": 0.9, "shadow": 1, "cast": 1}
        for name, high in {**highest, "jpeg": 1}.items():
            _check_number(name, getattr(self, name), high)


@dataclass(frozen=True)
class Style:
    """Writing, ground and camera together.

    Raises:
        UsageError: If a value of theirs is out of its range.

    Example:
        >>> from dataclasses import replace
        >>> several = replace(HARD, writing=replace(HARD.writing, lines=(3, 5)))
        >>> several.writing.lines, several.ground is HARD.ground
        ((3, 5), True)
    """

    writing: Writing = field(default_factory=Writing)
    ground: Ground = field(default_factory=Ground)
    camera: Camera = field(default_factory=Camera)


def _check_range(name: str, received: Range | Count, low: float, high: float) -> None:
    if len(received) != 2 or not low <= received[0] <= received[1] <= high:
        raise UsageError(
            f"`{name}` must be a lower and an upper bound between {low} and {high}; "
            f"received {received}"
        )


def _check_number(name: str, received: float, high: float) -> None:
    if not (isfinite(received) and 0 <= received <= high):
        raise UsageError(f"`{name}` must be between 0 and {high}; received {received}")


# An even, nearly white ground and separate digits, as in a scan or a drawing program.
CLEAN = Style()

# A photo by hand, in bad light, of a page from a school book, a pad or a blackboard.
HARD = Style(
    writing=Writing(
        rotation=6,
        slant=0.2,
        baseline_jitter=0.08,
        pen_width=(0.65, 1.2),
        spacing=(0.15, 0.8),
        opacity=(0.7, 1),
    ),
    ground=Ground(
        margin=(0.5, 2.5),
        brightness=(150, 250),
        tint=0.5,
        dark=0.08,
        grain=0.6,
        ruled=0.25,
        squared=0.2,
        specks=(0, 6),
    ),
    camera=Camera(
        tilt=4,
        perspective=0.06,
        uneven=(0.05, 0.55),
        shadow=0.35,
        cast=0.6,
        vignette=0.35,
        blur=(0.3, 2),
        noise=(1, 7),
        jpeg=0.8,
        quality=(35, 92),
    ),
)

# A form on even paper, scanned or photographed with care: a box for each digit.
FORMS = Style(
    writing=Writing(spacing=(0.7, 1.2), boxes=1),
    ground=Ground(brightness=(200, 255), tint=0.2, grain=0.3),
    camera=Camera(tilt=2, uneven=(0, 0.3), blur=(0.3, 1), noise=(0, 4), jpeg=0.8, quality=(50, 92)),
)
