"""The small files of every kind that `benchmarks/seed_pictures.py` makes, and its makers of PDF."""

from runpy import run_path

from tests.places import BENCHMARKS

_SCRIPT = run_path(str(BENCHMARKS / "seed_pictures.py"))

SEEDS: dict[str, bytes] = _SCRIPT["seed_pictures"]()
small_pdf = _SCRIPT["small_pdf"]
pdf_of = _SCRIPT["pdf_of"]
