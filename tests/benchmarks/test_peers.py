import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from inkdigits.workflows.contest import Contestant, hold_contest
from tests.places import BENCHMARKS

PEERS = sorted((BENCHMARKS / "peers").glob("*.py"))
IMAGES = "1280"


@pytest.mark.parametrize("script", PEERS, ids=lambda script: script.stem)
def test_a_peer_measures_or_says_what_it_lacks(script: Path):
    outcome = hold_contest([Contestant("peer", (sys.executable, str(script), IMAGES))], repeats=1)
    if "torch" in script.stem and find_spec("torch") is None:
        assert outcome.missing == {"peer": "No module named 'torch'; pip install torch"}
    else:
        assert outcome.values["peer"][0] > 0
