import os
import platform
import subprocess
import sys

import pytest

from inkdigits.tensorflow_switches import SWITCHES, set_switches

CONVOLVE = """
import inkdigits.cli.main as m
m.run = m._leave = lambda _: 0
m.main()
import numpy as np, tensorflow as tf
pixels, kernel = np.ones((1, 28, 28, 1), "f"), np.ones((3, 3, 1, 8), "f")
print(tf.function(tf.nn.conv2d)(pixels, kernel, 1, "VALID").numpy().sum())
"""


def test_what_is_set_already_stays():
    environment = {"TF_CPP_MIN_LOG_LEVEL": "0", "HOME": "/"}
    set_switches(environment)
    assert environment == {"TF_CPP_MIN_LOG_LEVEL": "0", "HOME": "/", "TF_ENABLE_ONEDNN_OPTS": "1"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="oneDNN by itself is for x86-64")
@pytest.mark.parametrize(("given", "used"), [({}, True), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, False)])
def test_the_command_line_has_convolutions_by_onednn(given: dict[str, str], used: bool):
    environment = {k: v for k, v in os.environ.items() if k not in SWITCHES}
    ended = subprocess.run(
        [sys.executable, "-c", CONVOLVE],
        env=environment | {"ONEDNN_VERBOSE": "1"} | given,
        capture_output=True,
        text=True,
    )
    lines = ended.stdout.splitlines()
    assert float(lines[-1]) == 26 * 26 * 9 * 8
    assert any("exec,cpu,convolution" in line for line in lines) is used
