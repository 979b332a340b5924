import pytest

from inkdigits.reports.facts import accuracy_bar, axis_start, changes, laps, total
from inkdigits.runs.manifest import Score
from inkdigits.training.augmentation.ranges import Augmentation


def score(low, high):
    return Score(accuracy=(low + high) / 2, correct=1, n=2, interval95=(low, high), loss=0.0)


@pytest.mark.parametrize(
    ("lows", "start"),
    [([0.996], 0.995), ([0.993], 0.99), ([0.993, 0.977], 0.95), ([0.3], 0.0), ([0.0], 0.0)],
)
def test_the_axis_starts_below_every_interval(lows, start):
    assert axis_start([score(low, 1.0) for low in lows]) == start


def test_a_bar_runs_from_the_start_to_one():
    bar = accuracy_bar(score(0.6, 1.0), start=0.5)
    assert (bar.low, bar.point, bar.high) == pytest.approx((0.2, 0.6, 1.0))


def test_every_field_of_the_augmentation_has_a_row():
    rows = changes(Augmentation(), (28, 28))
    assert [row.name.replace(" ", "_") for row in rows] == list(Augmentation.model_fields)
    assert all(row.description for row in rows)
    assert {row.limits for row in rows} == {"none", "nearest"}


@pytest.mark.parametrize(
    ("field", "value", "limits"),
    [
        ("rotation", 90.0, "up to 90° either way: 14.0 pixels at the edge"),
        ("shear", 8.0, "up to 8° either way: 1.9 pixels at the edge"),
        ("zoom", 0.1, "0.9 to 1.1 times the size"),
        ("fill", "constant", "constant"),
        ("elastic", 1.5, "up to 1.5 pixels"),
        ("stroke", 0.4, "up to 0.4 of the way"),
        ("texture", 0.3, "up to 0.3 of full ink"),
        ("fading", 0.6, "up to 0.6 of the ink"),
        ("plain_share", 0.5, "50 % of the images"),
    ],
)
def test_limits_are_told_with_their_units(field, value, limits):
    rows = changes(Augmentation(**{field: value}), (28, 28))
    assert {row.name: row.limits for row in rows}[field.replace("_", " ")] == limits


def test_shifts_are_told_in_pixels_of_their_own_side():
    moved = Augmentation(width_shift=0.1, height_shift=0.1)
    limits = {row.name: row.limits for row in changes(moved, (20, 40))}
    assert limits["width shift"].endswith("4.0 pixels")
    assert limits["height shift"].endswith("2.0 pixels")


def test_shares_of_time_are_of_the_total_even_if_parts_are_missing():
    parts = laps({"train": 6.0, "total": 8.0})
    assert [(lap.name, lap.share) for lap in parts] == [("train", 0.75)]
    assert total({"train": 6.0, "total": 8.0}) == 8.0


def test_no_time_at_all_divides_by_nothing():
    assert laps({"train": 0.0})[0].share == 0.0
    assert laps({}) == []
