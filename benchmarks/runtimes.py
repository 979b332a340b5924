"""How fast the runtimes answer, and after how many images OpenVINO's start has paid.

Comes in: seconds to measure for. Goes out: two Markdown tables. Speeds are images for each second
of processor time of a single thread, which other work on the machine hardly changes; the runtimes
take turns, and the median over the turns is given. Starts are the processor time of new processes
from the import of the runtime to its first answer.

Example: python benchmarks/runtimes.py --seconds 120
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from inkdigits.arrays import Images
from inkdigits.networks.precision import Precision
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.openvino_runtime import OpenVinoClassifier
from inkdigits.recognition.shipped import shipped_network
from inkdigits.runs.machine import describe_machine

BATCHES = (1, 10, 100, 1000)
ONNX = "ONNX Runtime, float32"
OPENVINO: dict[str, Precision] = {
    "OpenVINO, float32": "float32",
    "OpenVINO, bfloat16": "bfloat16",
}
NAMES = (ONNX, *OPENVINO)


def load(name: str) -> Classifier:
    """Return the network of the package with one of the runtimes, on one thread."""
    if name == ONNX:
        return OnnxClassifier(shipped_network(), threads=1)
    return OpenVinoClassifier(shipped_network(), threads=1, precision=OPENVINO[name])


def speed(classifier: Classifier, images: Images) -> float:
    """Return how many of these images are answered in a second of processor time."""
    started = time.process_time()
    classifier.answers(images)
    return len(images) / (time.process_time() - started)


def start(name: str) -> float:
    """Return the processor time that a runtime takes to its first answer."""
    done = subprocess.run(
        [sys.executable, __file__, "--start", name], stdout=subprocess.PIPE, check=True
    )
    return float(done.stdout)


def first_answer(name: str) -> float:
    """Return the processor time of loading a runtime and answering, in this process."""
    images = np.zeros((1, 28, 28), np.uint8)
    started = time.process_time()
    load(name).answers(images)
    return time.process_time() - started


def break_even(start_seconds: float, slow: float, fast: float, threads: int) -> float:
    """Return after how many images the faster runtime has saved its start.

    Args:
        start_seconds: What its start takes, on one thread whatever the others do.
        slow: Images a second and thread of the other runtime.
        fast: Images a second and thread of the faster one.
        threads: How many threads share the images.
    """
    saved = (1 / slow - 1 / fast) / threads
    return start_seconds / saved if saved > 0 else float("inf")


def measure(seconds: float) -> dict[tuple[str, int], list[float]]:
    """Let the runtimes answer calls of each size in turn, until the time is over."""
    classifiers = {name: load(name) for name in NAMES}
    images = {n: np.random.default_rng(0).integers(0, 256, (n, 28, 28), np.uint8) for n in BATCHES}
    speeds: dict[tuple[str, int], list[float]] = {}
    end = time.monotonic() + seconds
    while not speeds or time.monotonic() < end:
        for n in BATCHES:
            for name, classifier in classifiers.items():
                classifier.answers(images[n])  # OpenVINO prepares for each new number of images
                speeds.setdefault((name, n), []).append(speed(classifier, images[n]))
    return speeds


def speed_table(speeds: Mapping[tuple[str, int], Sequence[float]]) -> str:
    """Lay the speeds out as a Markdown table, one row per runtime."""
    lines = [
        "| runtime | " + " | ".join(f"{n:,} a call" for n in BATCHES) + " |",
        "| --- |" + " --- |" * len(BATCHES),
    ]
    for name in NAMES:
        cells = (f"{median(speeds[name, n]):,.0f} images/s" for n in BATCHES)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def start_table(
    starts: Mapping[str, float], speeds: Mapping[tuple[str, int], Sequence[float]], threads: int
) -> str:
    """Lay out the starts, and from how many images on each runtime is faster than the first."""
    lines = [f"| runtime | start | pays from, on {threads} cores |", "| --- | --- | --- |"]
    slow = median(speeds[ONNX, BATCHES[-1]])
    for name, seconds in starts.items():
        fast = median(speeds[name, BATCHES[-1]])
        images = break_even(seconds, slow, fast, threads)
        pays = f"{images:,.0f} images" if images != float("inf") else "never"
        lines.append(f"| {name} | {seconds:.2f} s | {'' if name == ONNX else pays} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=120, help="for the speeds")
    parser.add_argument("--starts", type=int, default=5, help="new processes for each runtime")
    parser.add_argument("--start", choices=NAMES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.start:
        print(first_answer(options.start))
        return
    speeds = measure(options.seconds)
    starts = {name: median(start(name) for _ in range(options.starts)) for name in NAMES}
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(speed_table(speeds), start_table(starts, speeds, machine.cores), sep="\n\n")


if __name__ == "__main__":
    main()
