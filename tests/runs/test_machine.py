import os
from pathlib import Path

import numpy as np

from inkdigits.runs.machine import available_cores, describe_machine, processor_name


def test_the_versions_are_those_installed():
    assert describe_machine().packages["numpy"] == np.__version__


def test_no_more_cores_than_the_machine_has():
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_the_name_comes_from_the_kernel(tmp_path: Path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nmodel name : Abacus 9000\nmodel name : Abacus 9000\n")
    assert processor_name(cpuinfo) == "Abacus 9000"


def test_without_the_kernels_word_there_is_still_a_name(tmp_path: Path):
    assert processor_name(tmp_path / "none")
