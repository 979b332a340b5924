from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from inkdigits.datasets.mnist import load_mnist
from inkdigits.workflows import material


@pytest.fixture
def fine_tuning(load):
    return load("fine_tuning")


def test_every_digit_is_either_learnt_from_or_measured_on(fine_tuning: ModuleType):
    first, again, other = (fine_tuning.other_writers(100, seed) for seed in (0, 0, 1))
    assert (len(first.train), len(first.test)) == (100, 1_697)
    np.testing.assert_array_equal(first.train.images, again.train.images)
    assert (first.train.labels != other.train.labels).any()


def test_the_table_has_the_mean_and_the_extremes_of_each_group(fine_tuning: ModuleType):
    outcomes = [
        fine_tuning.Outcome(100, "features", 0.95, after, 0.99, 0.98, 10.0)
        for after in (0.97, 0.99)
    ]
    row = fine_tuning.table(outcomes).splitlines()[-1]
    assert row == (
        "| 100 | features | 2 | 95.00 % | 98.00 % (97.00 to 99.00) | 99.00 % | 98.00 % | 10 s |"
    )


def test_a_run_is_measured_before_and_after(
    fine_tuning: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    mnist = load_mnist()
    known = mnist.test.take(slice(200))
    # Little of what the network knew is rehearsed, and it is measured on these alone.
    rehearsed = mnist.train.take(slice(6000))
    few = replace(mnist, train=rehearsed, test=known)
    monkeypatch.setattr(material, "load_matching", lambda *_: few)
    outcome = fine_tuning.measure(60, "features", 0, known, epochs=1)
    assert outcome.known_before > 0.97 and outcome.known_after > 0.95
    assert outcome.own_after > outcome.own_before > 0.9
