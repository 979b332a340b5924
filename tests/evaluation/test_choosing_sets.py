import numpy as np
import pytest

from inkdigits.errors import UsageError
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS, choosing_set
from inkdigits.evaluation.outliers import outlier_set


@pytest.mark.parametrize("form", CHOOSING_SETS)
def test_they_are_the_first_of_the_images_to_choose_by(form, monkeypatch):
    monkeypatch.setattr("inkdigits.evaluation.choosing_sets.CHOOSING_IMAGES", 12)
    for name in CHOOSING_SETS[form]:
        np.testing.assert_array_equal(choosing_set(name), outlier_set(name, "choosing", 12))


def test_an_unknown_set_is_refused():
    with pytest.raises(UsageError, match='no outlier set "shoes"'):
        choosing_set("shoes")


def test_they_are_drawn_once_and_stay_what_they_are():
    noise = choosing_set("noise")
    assert choosing_set("noise") is noise
    with pytest.raises(ValueError, match="read-only"):
        noise[0, 0, 0] = 1
