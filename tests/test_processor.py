import os
from pathlib import Path

import pytest

from inkdigits.processor import available_cores, processor_name


def test_no_more_cores_than_the_machine_has():
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_the_name_comes_from_the_kernel(tmp_path: Path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nmodel name : Abacus 9000\nmodel name : Abacus 9000\n")
    assert processor_name(cpuinfo) == "Abacus 9000"


def test_without_the_kernels_word_there_is_still_a_name(tmp_path: Path):
    assert processor_name(tmp_path / "none")


@pytest.mark.parametrize(("cpus", "expected"), [(6, 6), (None, 1)])
def test_without_an_affinity_all_cores_count_and_one_where_nobody_knows(
    monkeypatch, cpus, expected
):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cpus)
    assert available_cores() == expected
