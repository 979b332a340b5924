import sys
from pathlib import Path

import pytest

from inkdigits.errors import UsageError
from inkdigits.workflows.contest import Contestant, hold_contest

COUNTING = """
from inkdigits.workflows.contest import take_part
counter = iter(range(100))
take_part(lambda: float(next(counter)))
"""
ABSENT = """
from inkdigits.workflows.contest import stay_away
stay_away("no such library")
"""
TALKATIVE = """
print("a library says hello")
from inkdigits.workflows.contest import take_part
def measure():
    print("and again")
    return 5.0
take_part(measure)
"""
QUITTING = """
import sys
from pathlib import Path
from inkdigits.workflows.contest import take_part
take_part(sys.exit)
"""


def contestant(name: str, program: str) -> Contestant:
    return Contestant(name, (sys.executable, "-c", program))


def test_everybody_measures_in_every_round_in_turn():
    seen = []
    outcome = hold_contest(
        [contestant("a", COUNTING), contestant("b", COUNTING)],
        repeats=3,
        on_value=lambda name, value: seen.append((name, value)),
    )
    assert outcome.values == {"a": [0.0, 1.0, 2.0], "b": [0.0, 1.0, 2.0]}
    assert seen == [("a", 0.0), ("b", 0.0), ("a", 1.0), ("b", 1.0), ("a", 2.0), ("b", 2.0)]


MEETING = """
import sys, time
from pathlib import Path
mine, other = map(Path, sys.argv[1:])
mine.touch()
while not other.exists():
    time.sleep(0.01)
from inkdigits.workflows.contest import take_part
take_part(lambda: 1.0)
"""


def test_all_set_themselves_up_at_the_same_time(tmp_path: Path):
    files = [str(tmp_path / name) for name in "ab"]
    both = [
        Contestant(name, (sys.executable, "-c", MEETING, *order))
        for name, order in (("a", files), ("b", files[::-1]))
    ]
    assert hold_contest(both, repeats=1).values == {"a": [1.0], "b": [1.0]}


def test_who_cannot_take_part_says_why_and_the_others_go_on():
    outcome = hold_contest([contestant("a", ABSENT), contestant("b", COUNTING)], repeats=1)
    assert outcome.missing == {"a": "no such library"}
    assert outcome.values == {"b": [0.0]}


def test_who_fails_to_start_is_missing_with_its_exit_code():
    outcome = hold_contest([contestant("a", "raise SystemExit(7)")], repeats=1)
    assert outcome.missing == {"a": "it ended with exit code 7"}


def test_what_libraries_print_is_passed_over():
    assert hold_contest([contestant("a", TALKATIVE)], repeats=2).values == {"a": [5.0, 5.0]}


def test_who_gives_up_in_the_middle_is_an_error():
    with pytest.raises(RuntimeError, match=r"a contestant gave up: .*exit code 0"):
        hold_contest([contestant("a", QUITTING)], repeats=1)


@pytest.mark.parametrize("repeats", [0, -1, 1001])
def test_an_impossible_number_of_rounds_is_refused(repeats: int):
    with pytest.raises(UsageError, match=f"between 1 and 1,000; received {repeats}"):
        hold_contest([], repeats)
