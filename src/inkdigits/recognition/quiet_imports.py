"""Importing the runtimes without their telemetry.

Comes in: nothing. Goes out: the modules. Left alone, the import of either runtime writes an
identifier of the user into the home folder and reports its use over the network: ONNX Runtime to
Microsoft, OpenVINO to Google Analytics. A program that reads private pictures does neither.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from inkdigits.hidden_modules import hidden

_SWITCH = "ORT_DISABLE_TELEMETRY"
_SENDER = "openvino_telemetry"


def import_onnxruntime() -> ModuleType:
    """Import ONNX Runtime with its telemetry switched off, as its Privacy.md describes.

    It looks at the environment once, when it is imported, and stays silent from then on.

    Example:
        >>> import_onnxruntime().__name__
        'onnxruntime'
    """
    with _switched_off():
        import onnxruntime
    module: ModuleType = onnxruntime
    module.disable_telemetry_events()  # where another part of the program was the first importer
    return module


def import_openvino() -> ModuleType:
    """Import OpenVINO as if the package that sends its telemetry were not installed.

    OpenVINO does without that package where it is missing.

    Raises:
        ImportError: If OpenVINO is not installed.
    """
    with hidden(_SENDER):
        import openvino
    module: ModuleType = openvino
    return module


@contextmanager
def _switched_off() -> Iterator[None]:
    before = os.environ.get(_SWITCH)
    os.environ[_SWITCH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SWITCH]
        else:
            os.environ[_SWITCH] = before
