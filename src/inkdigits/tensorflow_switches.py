"""Switches that TensorFlow reads from the environment, once, when it is imported."""

from __future__ import annotations

from collections.abc import MutableMapping

SWITCHES = {
    # Otherwise pages of notices about the processor.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Convolutions and the like by oneDNN. TensorFlow uses that library unasked only where the
    # processor multiplies bytes in groups (VNNI) or bfloat16; with AVX2 alone training is 1.2 to
    # 1.7 times as fast with it (benchmarks/RESULTS.md).
    "TF_ENABLE_ONEDNN_OPTS": "1",
}


def set_switches(environment: MutableMapping[str, str]) -> None:
    """Set each switch that is not set yet.

    Args:
        environment: `os.environ` of a process that has not imported TensorFlow, or what another
            process is started with.

    Example:
        >>> environment = {"TF_ENABLE_ONEDNN_OPTS": "0"}
        >>> set_switches(environment)
        >>> environment
        {'TF_ENABLE_ONEDNN_OPTS': '0', 'TF_CPP_MIN_LOG_LEVEL': '3'}
    """
    for name, value in SWITCHES.items():
        environment.setdefault(name, value)
