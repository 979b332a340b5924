"""What the page of an evaluation shows.

Comes in: what was measured, and the plots of it. Goes out: one value that the page is rendered
from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inkdigits.arrays import AnyImages
from inkdigits.evaluation.calibration import Reliability
from inkdigits.evaluation.measured import Measured


@dataclass(frozen=True, eq=False)
class EvaluationContent:
    """Everything that the page tells.

    Attributes:
        network: What the user calls the network.
        other: What the user calls the one it is compared with; None if there is none.
        command: The command that measures it again.
        finished: When it was measured, in ISO 8601 with the zone.
        program: Version of the program.
        sha256: Digest of the network's file.
        class_names: Name of each class.
        measured: The figures.
        shown: The test images as they are shown: digits in grey, pictures in colour.
        reliability: Confidence against accuracy on the test images.
        mistakes_shown: How many mistakes the plots show at most.
        plots: PNG of each plot by name: "confusion-matrix" and "calibration"; "corruptions",
            "scores", "outliers", "other-writers", "other-writers-mistakes", "only-first" and
            "only-second" where there is something to show.
    """

    network: str
    other: str | None
    command: str
    finished: str
    program: str
    sha256: str
    class_names: tuple[str, ...]
    measured: Measured
    shown: AnyImages
    reliability: Reliability
    mistakes_shown: int
    plots: Mapping[str, bytes]
