import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.history import history_from_csv, history_to_csv
from inkdigits.training.state import EpochRecord

RECORDS = [
    EpochRecord(1, 0.1, 0.97, 0.05, 0.985, 0.001, 12.5),
    EpochRecord(2, 1 / 3, 0.98, 0.04, 0.99, 0.0, 25.0),
]


def test_records_come_back_with_all_digits():
    assert history_from_csv(history_to_csv(RECORDS)) == RECORDS


def test_the_header_names_the_columns():
    header = "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds"
    assert history_to_csv(RECORDS).splitlines()[0] == header


@pytest.mark.parametrize("text", ["epoch,loss\n1,0.5\n", "epoch\nx\n"])
def test_damage_is_told(text: str):
    with pytest.raises(ModelFileError, match=r"history\.csv is damaged"):
        history_from_csv(text)
