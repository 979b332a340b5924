import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkdigits.training.recipes import TUTORIAL
from inkdigits.training.schedule import learning_rate


def one_cycle(total_steps, **changes):
    fields = {"schedule": "one-cycle", "learning_rate": 0.5, "final_rate": 0.0, **changes}
    recipe = TUTORIAL.replace(**fields)
    rate = learning_rate(recipe, total_steps)
    return [float(rate(step)) for step in range(total_steps + 1)]


def test_constant_is_the_recipes_number():
    recipe = TUTORIAL.replace(schedule="constant", learning_rate=0.01)
    assert learning_rate(recipe, 1000) == 0.01


def test_one_cycle_climbs_linearly_from_a_tenth_to_the_peak():
    rates = one_cycle(10, warmup=0.4)
    assert rates[:5] == pytest.approx([0.05, 0.1625, 0.275, 0.3875, 0.5], rel=1e-6)


def test_one_cycle_falls_along_a_cosine_to_zero():
    rates = one_cycle(10, warmup=0.4)
    expected = [0.25 * (1 + np.cos(np.pi * k / 6)) for k in range(7)]
    assert rates[4:] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("final_rate", [0.2, 1.0])
@pytest.mark.parametrize(("warmup", "climb"), [(0.4, 4), (0.0, 0)])
def test_one_cycle_falls_to_the_final_rates_share_of_the_peak(warmup, climb, final_rate):
    rates = one_cycle(10, warmup=warmup, final_rate=final_rate)
    fall = 10 - climb
    falling = [(1 + np.cos(np.pi * k / fall)) / 2 for k in range(fall + 1)]
    expected = [0.5 * (final_rate + (1 - final_rate) * part) for part in falling]
    assert rates[climb:] == pytest.approx(expected, rel=1e-5)
    assert rates[-1] == pytest.approx(0.5 * final_rate)
    if climb:
        assert rates[:4] == pytest.approx([0.05, 0.1625, 0.275, 0.3875], rel=1e-6)


@pytest.mark.parametrize("warmup", [0.0, 0.5])
def test_after_its_last_step_one_cycle_stays_at_the_final_rate(warmup):
    fields = {"learning_rate": 0.5, "warmup": warmup, "final_rate": 0.3}
    recipe = TUTORIAL.replace(schedule="one-cycle", **fields)
    assert float(learning_rate(recipe, 10)(1000)) == pytest.approx(0.15)


def test_the_final_rate_belongs_to_one_cycle_alone():
    recipe = TUTORIAL.replace(schedule="constant", learning_rate=0.01, final_rate=0.2)
    assert learning_rate(recipe, 1000) == 0.01


def test_without_warmup_one_cycle_starts_at_the_peak():
    rates = one_cycle(8, warmup=0.0)
    assert rates[0] == pytest.approx(0.5)
    assert rates[8] == pytest.approx(0, abs=1e-7)


@settings(max_examples=20)
@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True), st.floats(0, 1))
def test_one_cycle_stays_between_0_and_the_peak_and_ends_at_its_share(
    total_steps, warmup, final_rate
):
    rates = np.array(one_cycle(total_steps, warmup=warmup, final_rate=final_rate))
    assert (rates >= -1e-7).all()
    assert (rates <= 0.5 + 1e-6).all()
    assert rates[-1] == pytest.approx(0.5 * final_rate, rel=1e-5, abs=1e-7)
    peak = int(rates.argmax())
    assert rates[peak] == pytest.approx(0.5)
    assert (np.diff(rates[: peak + 1]) >= 0).all()
    assert (np.diff(rates[peak:]) <= 1e-7).all()
    if peak:
        assert rates[0] == pytest.approx(0.05)
        assert abs(peak - warmup * total_steps) <= 1
