"""Where what is tested lies."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
BENCHMARKS = REPOSITORY / "benchmarks"
