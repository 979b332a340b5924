import pytest

from inkdigits.training.pace import Pace


def stops(pace: Pace, steps: int, taken: int = 0, seconds: float = 0.0) -> list[int]:
    """Where the chunks of a run end, each step taking that long."""
    places = []
    while taken < steps:
        chunk = pace.steps(taken)
        pace.took(chunk, chunk * seconds)
        taken += chunk
        places.append(taken)
    return places


def test_chunks_grow_fourfold_until_they_take_half_a_second():
    # 0.5 s hold 100 steps of 5 ms: 8, then 32, then 100 steps and 100 more.
    assert stops(Pace(), 200, seconds=0.005) == [8, 40, 140, 240]


def test_chunks_shrink_to_a_single_slow_step():
    assert stops(Pace(), 11, seconds=2.0) == [8, 9, 10, 11]


def test_every_multiple_is_a_stop():
    places = stops(Pace(every=50), 200, seconds=0.005)
    assert {50, 100, 150, 200} <= set(places)
    assert stops(Pace(every=1), 3) == [1, 2, 3]


@pytest.mark.parametrize("taken", [0, 3, 8, 13])
@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_a_steady_pace_stops_at_the_same_steps_whatever_they_take(taken: int, seconds: float):
    places = stops(Pace(steady=True), 40, taken=taken, seconds=seconds)
    assert places == [place for place in (8, 16, 24, 32, 40) if place > taken]


def test_a_steady_pace_stops_at_the_multiples_besides():
    assert stops(Pace(10, steady=True), 24) == [8, 10, 16, 20, 24]
