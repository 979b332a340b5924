from dataclasses import FrozenInstanceError

import pytest

from inkdigits.training.state import EpochRecord


def test_a_record_cannot_be_changed():
    record = EpochRecord(1, 0.5, 0.9, 0.4, 0.95, 0.001, 12.0)
    with pytest.raises(FrozenInstanceError):
        record.val_accuracy = 1.0
