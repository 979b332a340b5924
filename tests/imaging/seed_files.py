"""The small files of every kind that `benchmarks/seed_pictures.py` makes, and its makers of PDF."""

from pathlib import Path
from runpy import run_path

_SCRIPT = run_path(str(Path(__file__).parents[2] / "benchmarks" / "seed_pictures.py"))

SEEDS: dict[str, bytes] = _SCRIPT["seed_pictures"]()
small_pdf = _SCRIPT["small_pdf"]
pdf_of = _SCRIPT["pdf_of"]
