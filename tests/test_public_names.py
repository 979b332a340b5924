import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import inkdigits

HEAVY = ("keras", "tensorflow", "matplotlib", "jax", "torch", "jinja2", "onnx")


def heavy_modules_after(code):
    """Run code in a new process; return which heavy libraries it imported."""
    report = f"import sys; print(*(m for m in {HEAVY} if m in sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True
    )
    return done.stderr.split()


def names_for_type_checkers():
    """The imports under `if TYPE_CHECKING:` as {name: module}."""
    tree = ast.parse(Path(inkdigits.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {alias.name: node.module for node in block.body for alias in node.names}


@pytest.mark.parametrize("name", inkdigits.__all__)
def test_every_public_name_is_the_one_of_its_home(name):
    home = import_module(names_for_type_checkers()[name])
    value = getattr(inkdigits, name)
    assert value is getattr(home, name)
    assert value.__module__ == home.__name__, "the home must define the name, not pass it on"


def test_the_names_for_type_checkers_are_the_lazy_ones():
    lazy = {name: f"inkdigits.{module}" for name, module in inkdigits._MODULE_OF.items()}
    assert names_for_type_checkers() == lazy


def test_all_lists_the_lazy_names_in_order_and_once():
    assert inkdigits.__all__ == sorted(inkdigits._MODULE_OF)
    assert sum(len(names) for names in inkdigits._HOMES.values()) == len(inkdigits.__all__)


def test_dir_lists_names_that_were_not_used_yet():
    assert set(inkdigits.__all__) <= set(dir(inkdigits))
    assert "__version__" in dir(inkdigits)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'inkdigits' has no attribute 'trian'"):
        _ = inkdigits.trian
    assert not hasattr(inkdigits, "numpy")


def test_star_import_brings_every_public_name():
    names = {}
    exec("from inkdigits import *", names)
    assert set(inkdigits.__all__) <= names.keys()


@pytest.mark.parametrize(
    "code",
    [
        "import inkdigits",
        "import inkdigits; dir(inkdigits); inkdigits.__version__",
        "from inkdigits import scale, load_mnist, hold_out, evaluate, reliability",
        "from inkdigits import Recipe, find_recipe, summarise, find_architecture",
        "from inkdigits.cli.main import run; run(['--help'])",
        "from inkdigits.cli.main import run; run(['--version'])",
        "from inkdigits.cli.main import run; run(['predict', '.'])",
        "from inkdigits import read, Reader, Reading",
        "import inkdigits.recognition.onnx_runtime",
        "from inkdigits import OnnxClassifier",
    ],
)
def test_light_parts_leave_heavy_libraries_alone(code):
    assert heavy_modules_after(code) == []


def test_meta_a_heavy_import_is_seen():
    assert heavy_modules_after("import jinja2") == ["jinja2"]
