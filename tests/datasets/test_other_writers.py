import hashlib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.other_writers import OTHER_WRITERS_SHA256, load_other_writers
from inkdigits.errors import DataError

FOLDER = Path(str(resources.files("inkdigits.datasets")))
PACKAGED = FOLDER / "other_writers.npz"

# Published with the data set: how often each digit occurs in its test part.
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]

# SHA-256 of the table inside scikit-learn's digits.csv.gz, unpacked.
TABLE_SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"


@pytest.fixture(scope="module")
def others():
    return load_other_writers()


def test_shapes_and_types(others):
    assert others.images.shape == (1797, 8, 8)
    assert others.labels.shape == (1797,)
    assert others.images.dtype == others.labels.dtype == np.uint8


def test_each_digit_occurs_as_often_as_published(others):
    assert others.class_counts(10) == COUNTS


def test_sixteenths_of_a_cell_are_spread_from_0_to_255(others):
    assert np.unique(others.images).tolist() == [round(k * 255 / 16) for k in range(17)]


def test_every_value_is_that_of_the_original_table(others):
    counts = np.rint(others.images * (16 / 255)).astype(int).reshape(-1, 64)
    rows = np.column_stack([counts, others.labels])
    table = "".join(",".join(map(str, row)) + "\n" for row in rows.tolist())
    assert hashlib.sha256(table.encode()).hexdigest() == TABLE_SHA256


def test_the_checksum_is_that_of_the_packaged_file():
    assert hashlib.sha256(PACKAGED.read_bytes()).hexdigest() == OTHER_WRITERS_SHA256


def test_a_damaged_copy_is_refused(tmp_path):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(PACKAGED.read_bytes())
    assert len(load_other_writers(copy)) == 1797
    copy.write_bytes(PACKAGED.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"copy\.npz is damaged"):
        load_other_writers(copy)


def test_the_licence_lies_beside_the_data():
    notice = (FOLDER / "LICENSE-other-writers.txt").read_text(encoding="utf-8")
    assert "other_writers.npz" in notice
    assert "Alpaydin" in notice
    assert "Kaynak" in notice
    assert "https://creativecommons.org/licenses/by/4.0/" in notice
