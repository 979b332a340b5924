"""How long reading takes: a large photo, one small picture from the shell, a folder of 10,000.

Comes in: a number of rounds. Goes out: a Markdown table, or one JSON document. Each reading is a
process of its own, and a round does each once. The photo has 12 megapixels, 100 digits and uneven
light, and is saved as JPEG; its time is that from the file's bytes to the reading, in a process
that has loaded the network before, and its memory is the peak of that whole process. The small
picture and the folder are timed from the shell's prompt to the end of `inkdigits predict`. Wall
times suffer from whatever else the machine does; the processor time beside them hardly.

Example: python benchmarks/read_speed.py --rounds 7
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from photo_scores import edit_distance

from inkdigits.runs.machine import describe_machine, mebibytes

PHOTO, SMALL, FOLDER = "photo.jpg", "small.png", "folder"
TRUTH = "truth.txt"
WANTED = {
    PHOTO: "0.6 s and 500 MiB",
    SMALL: "0.6 s",
    FOLDER: "3,000 pictures a second",
}
_SIZE = (4000, 3000)


@dataclass(frozen=True)
class Cost:
    """What one reading took.

    Attributes:
        seconds: Wall time.
        processor: Seconds of processor time of the whole process, over all its threads.
        memory: The most memory the process held, in MiB.
        pictures: How many pictures were read.
        note: How much was read right, where that is looked at.
    """

    seconds: float
    processor: float
    memory: float
    pictures: int = 1
    note: str = ""


def make_pictures(folder: Path, pictures: int) -> None:
    """Write the photo, the small picture and the folder of pictures.

    Args:
        folder: Where; it must exist.
        pictures: How many of MNIST's test images the folder gets, at most 10,000.
    """
    import cv2
    import numpy as np

    from inkdigits.datasets.mnist import load_mnist
    from inkdigits.imaging.pages.page import make_page
    from inkdigits.imaging.pages.style import Camera, Ground, Style, Writing

    test = load_mnist().test
    style = Style(
        Writing(lines=(10, 10), numbers=(2, 2), length=(5, 5), height=(150, 150)),
        Ground(size=_SIZE, grain=0.5),
        Camera(uneven=(0.3, 0.3), noise=(3, 3)),
    )
    page = make_page(test, np.random.default_rng(0), style)
    cv2.imwrite(str(folder / PHOTO), page.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    (folder / TRUTH).write_text(page.text, encoding="utf-8")
    small = cv2.resize(255 - test.images[0], (112, 112), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(folder / SMALL), np.pad(small, 40, constant_values=255))
    (folder / FOLDER).mkdir()
    for number, image in enumerate(test.images[:pictures]):
        cv2.imwrite(str(folder / FOLDER / f"{number:05}.png"), image)


def read_photo(photo: Path) -> dict[str, object]:
    """Read a picture with a reader that is ready; return the seconds and the lines."""
    import numpy as np

    from inkdigits.imaging.decode import decode
    from inkdigits.imaging.picture import picture_of
    from inkdigits.workflows.readers import load_reader

    reader = load_reader()
    reader.read(picture_of(np.full((64, 64), 255, np.uint8)))
    started = time.perf_counter()
    reading = reader.read(decode(photo.read_bytes())[0])
    return {"seconds": time.perf_counter() - started, "text": reading.text}


def run(command: Sequence[str]) -> tuple[Cost, str]:
    """Run a command to its end and return what it took and what it printed.

    Raises:
        RuntimeError: If the command fails.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout as stream:
        printed = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with exit code {process.returncode}")
    spent = usage.ru_utime + usage.ru_stime
    return Cost(seconds, spent, mebibytes(usage.ru_maxrss)), printed


def measure(folder: Path, rounds: int) -> dict[str, list[Cost]]:
    """Read everything once in each round."""
    costs: dict[str, list[Cost]] = {name: [] for name in WANTED}
    for _ in range(rounds):
        costs[PHOTO].append(_photo(folder))
        costs[SMALL].append(_predict(folder / SMALL)[0])
        cost, printed = _predict(folder / FOLDER, "--json")
        results = json.loads(printed)["results"]
        costs[FOLDER].append(Cost(cost.seconds, cost.processor, cost.memory, len(results)))
    return costs


def _photo(folder: Path) -> Cost:
    cost, printed = run([sys.executable, __file__, "--photo", str(folder / PHOTO)])
    document = json.loads(printed)
    truth = (folder / TRUTH).read_text(encoding="utf-8").replace("\n", "")
    right = len(truth) - edit_distance(truth, document["text"].replace("\n", ""))
    note = f"{right} of {len(truth)} digits right"
    return Cost(document["seconds"], cost.processor, cost.memory, note=note)


def _predict(path: Path, *options: str) -> tuple[Cost, str]:
    program = str(Path(sys.executable).with_name("inkdigits"))
    return run([program, "predict", str(path), *options])


def table(costs: Mapping[str, Sequence[Cost]]) -> str:
    """Lay the costs out as a Markdown table."""
    lines = [
        "| reading | rounds | wall time, median | lowest to highest | processor time, median "
        "| peak memory | pictures a second, median | wanted | |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, each in costs.items():
        seconds = [cost.seconds for cost in each]
        lines.append(
            f"| {name} | {len(each)} | {median(seconds):.2f} s "
            f"| {min(seconds):.2f} to {max(seconds):.2f} s "
            f"| {median(cost.processor for cost in each):.2f} s "
            f"| {max(cost.memory for cost in each):,.0f} MiB "
            f"| {median(cost.pictures / cost.seconds for cost in each):,.1f} "
            f"| {WANTED[name]} | {each[-1].note} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pictures", type=int, default=10_000, help="in the folder")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--photo", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make_pictures(options.make, options.pictures)
    elif options.photo:
        print(json.dumps(read_photo(options.photo)))
    else:
        _report(options.rounds, options.pictures, options.json)


def _report(rounds: int, pictures: int, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: a process starts with the peak of memory of its parent.
        made = [sys.executable, __file__, "--make", folder, "--pictures", str(pictures)]
        subprocess.run(made, check=True)
        costs = measure(Path(folder), rounds)
    if as_json:
        print(json.dumps({name: [asdict(cost) for cost in each] for name, each in costs.items()}))
        return
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(table(costs))


if __name__ == "__main__":
    main()
