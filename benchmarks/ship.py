"""Make a finished run the network that comes with the package.

Comes in: a run folder, of `inkdigits train` or of `go_on.py`. Goes out: `model.onnx` and
`card.json` in src/inkdigits/recognition/shipped, the figures measured anew from the copied file on
every suite. Afterwards `make docs` writes docs/model-card.md from the card.

Example: python benchmarks/ship.py runs/robust-1
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from go_on import BEGAN

from inkdigits.recognition.shipped import SHIPPED, shipped_network
from inkdigits.runs.manifest import Manifest

MAX_BYTES = 5_000_000


def main() -> None:
    """Copy the network, measure it and write its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a finished run's folder")
    run: Path = parser.parse_args().run
    manifest = Manifest.from_json((run / "manifest.json").read_bytes())
    source, target = run / "model.onnx", shipped_network()
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != manifest.sha256["model.onnx"] or source.stat().st_size > MAX_BYTES:
        sys.exit(f"{source} must be what the run wrote, and of at most {MAX_BYTES:,} bytes")
    began = run / BEGAN
    note = json.loads(began.read_bytes()) if began.exists() else {}
    shutil.copyfile(source, target)
    card = {
        **facts(manifest),
        "areas": manifest.confidence.areas if manifest.confidence else None,
        "sha256": digest,
        "bytes": source.stat().st_size,
        **note,
        "figures": _measure(),
    }
    write_card(target.with_name("card.json"), card)


def facts(manifest: Manifest) -> dict[str, object]:
    """Return how a network was trained."""
    return {
        "command": manifest.command,
        "seed": manifest.seed,
        "finished": manifest.finished,
        "data": manifest.data.model_dump(),
        "machine": manifest.machine.model_dump(),
        "seconds": manifest.train.seconds,
        "precision": manifest.train.precision,
        "validation": manifest.validation.model_dump(),
    }


def write_card(path: Path, card: Mapping[str, object]) -> None:
    """Write what is known of a network beside it."""
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _measure() -> dict[str, object]:
    program = Path(sys.executable).with_name("inkdigits")
    words = ["evaluate", SHIPPED, "--suite", "all", "--json"]
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, check=True)
    figures: dict[str, object] = json.loads(done.stdout)
    figures.pop("mistakes", None)
    return figures


if __name__ == "__main__":
    main()
