"""Hand hostile model files to every door of inkdigits, and measure what refusing them takes.

Comes in: nothing: the files are made on the spot, after published vulnerabilities of Keras, ONNX
and others. Goes out: a table. A file counts as refused if every door answers with an error of
inkdigits, nothing outside its folder was opened and no code of its own ran.

Example: python benchmarks/hostile_models.py
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hostile.corpus import CORPUS, attempts
from hostile.trap import set_trap

FOLDER = Path(__file__).parent


def attack(folder: Path, *, measure: bool = False) -> list[dict[str, Any]]:
    """Make every hostile file in an empty folder and try it at every door.

    Args:
        folder: Where.
        measure: Whether each attempt gets a process of its own, to tell its memory.

    Returns:
        For each attempt its name, door, error, whether that is one of inkdigits, trespasses and
        seconds; with `measure` also the memory in MiB.
    """
    trap = set_trap(folder)
    made = [asdict(each) for each in attempts(trap)]
    job = {"secret": str(trap.secret), "canary": str(trap.canary), "attempts": made}
    path = folder / "attempts.json"
    path.write_text(json.dumps(job))
    command = [sys.executable, "-m", "hostile.attack", str(path), *(["--measure"] * measure)]
    search = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": search}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"the attack ended with {done.returncode}: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def failures(told: Iterable[dict[str, Any]]) -> list[str]:
    """Return what was taken, refused with another error, or went where it should not."""
    return [
        f"{each['name']} at {each['door']}: {each['error'] or 'taken'} {each['trespasses']}"
        for each in told
        if not each["typed"] or each["trespasses"]
    ]


def table(told: list[dict[str, Any]]) -> str:
    """Lay the figures out as a Markdown table, a row for each hostile file."""
    lines = ["| file | after | attempts | refused | slowest | most memory |", "| --- " * 6 + "|"]
    for hostile in CORPUS:
        own = [each for each in told if each["name"].split(" as ")[0] == hostile.name]
        refused = len(own) - len(failures(own))
        seconds = max(each["seconds"] for each in own)
        memory = max(each.get("mebibytes", 0.0) for each in own)
        lines.append(
            f"| {hostile.name} | {hostile.after} | {len(own)} | {refused} "
            f"| {1000 * seconds:.0f} ms | {memory:.0f} MiB |"
        )
    return "\n".join(lines)


def main() -> None:
    """Attack and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = attack(Path(folder), measure=True)
    print(table(told))
    print(
        f"\n{len(CORPUS)} files, {len(told)} attempts, {len(failures(told))} not as they should be"
    )
    print("\n".join(failures(told)))


if __name__ == "__main__":
    main()
