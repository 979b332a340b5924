import importlib
import sys
from pathlib import Path

import pytest

from tests.places import BENCHMARKS


@pytest.fixture
def load(monkeypatch):
    """A function that imports a script of the folder; what came with it is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module
    for name, module in list(sys.modules.items()):
        if (file := getattr(module, "__file__", None)) and BENCHMARKS in Path(file).parents:
            del sys.modules[name]
