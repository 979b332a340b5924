import numpy as np

from inkdigits.runs.machine import describe_machine, peak_memory_mib


def test_the_versions_are_those_installed():
    assert describe_machine().packages["numpy"] == np.__version__


def test_the_peak_of_memory_is_that_of_this_process():
    before = peak_memory_mib()
    assert before is not None and before > 10  # a Python process holds tens of MiB
    held = np.ones(100 * 2**20 + int(before) * 2**20, np.uint8)
    after = peak_memory_mib()
    assert after is not None and after >= held.nbytes / 2**20
