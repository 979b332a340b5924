"""The rules of the layout, and for each a small package that breaks it."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import inkdigits
from tests.import_rules import (
    facade_imports,
    foreign_owners,
    import_cycle,
    read_imports,
    unknown_parts,
    upward_imports,
)

FOLDER = Path(inkdigits.__file__).parent

# Each part imports only what stands before it.
ORDER = (
    *(
        "errors",
        "array_types",
        "arrays",
        "formats",
        "hidden_modules",
        "once",
        "processor",
        "python_process",
        "tensorflow_switches",
        "datasets",
        "imaging",
        "sources",
        "networks",
        "training",
        "runs",
        "recognition",
    ),
    *("evaluation", "explanation", "export", "plots", "reports", "workflows", "serving"),
    *("distributed", "cli", "__main__"),
)

OWNERS = {
    "keras": {
        f"inkdigits.{part}"
        for part in ("networks", "training", "explanation", "export", "distributed")
    },
    "jaxtyping": {"inkdigits.array_types"},
    "tensorflow": {
        "inkdigits.networks.tensorflow_norm",
        "inkdigits.networks.tensorflow_ops",
        "inkdigits.networks.tensorflow_winograd",
        "inkdigits.networks.tensorflow_xla",
        "inkdigits.training.accelerator",
        "inkdigits.training.determinism",
        "inkdigits.training.tensorflow_engine",
        "inkdigits.training.threads",
    },
    "jax": {
        "inkdigits.training.accelerator",
        "inkdigits.training.determinism",
        "inkdigits.training.jax_engine",
    },
    "PIL": {"inkdigits.imaging"},
    "pi_heif": {"inkdigits.imaging"},
    "pypdfium2": {"inkdigits.imaging"},
    "cv2": {"inkdigits.imaging"},
    "openvino": {"inkdigits.recognition"},
    "pyarrow": {"inkdigits.sources"},
    "scipy": {"inkdigits.evaluation.corruptions"},
    "skimage": {"inkdigits.evaluation.corruptions"},
    "matplotlib": {"inkdigits.plots"},
    "jinja2": {"inkdigits.reports"},
    "starlette": {"inkdigits.serving"},
    "fastapi": {"inkdigits.serving"},
    "ray": {"inkdigits.distributed"},
}


@pytest.fixture(scope="module")
def imports():
    return read_imports(FOLDER)


@pytest.fixture
def write_package(tmp_path):
    """A function that writes a package from module names and sources, and returns its folder."""

    def write(name="toy", **sources):
        folder = tmp_path / name
        for module, source in sources.items():
            file = folder / f"{module.replace('__in__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(source))
        (folder / "__init__.py").touch()
        return folder

    return write


def test_no_import_cycle(imports):
    assert import_cycle(imports, "inkdigits") == []


def test_every_part_has_its_place_in_the_order(imports):
    assert unknown_parts(imports, "inkdigits", ORDER) == []


def test_parts_import_only_what_stands_above_them(imports):
    assert upward_imports(imports, "inkdigits", ORDER) == []


def test_each_heavy_dependency_has_one_owner(imports):
    assert foreign_owners(imports, OWNERS) == []


def test_modules_take_nothing_but_the_version_from_the_facade(imports):
    assert facade_imports(imports, "inkdigits", {"__version__"}) == []


def test_the_imports_that_everybody_knows_of_are_found(imports):
    found = {(each.importer, each.imported) for module in imports.values() for each in module}
    assert ("inkdigits.networks.build", "keras") in found
    assert ("inkdigits.arrays", "numpy") in found
    assert ("inkdigits.training.trainer", "inkdigits.training.plan") in found
    inside_a_function = ("inkdigits.networks.layers", "inkdigits.networks.tensorflow_ops")
    assert inside_a_function in found


@pytest.mark.parametrize(
    "statement",
    [
        "import toy.a",
        "from toy import a",
        "from toy.a import name",
        "from . import a",
        "from .a import name",
        "def f():\n    from toy.a import name",
        "class C:\n    def f(self):\n        import toy.a as b",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toy.a import name",
        "from importlib import import_module\nimport_module('toy.a')",
        "import importlib\nimportlib.import_module('toy.a')",
        "__import__('toy.a')",
    ],
)
def test_meta_every_way_to_import_is_seen(write_package, statement):
    imports = read_imports(write_package(a="name = 1", b=statement))
    assert "toy.a" in {each.imported for each in imports["toy.b"]}


def test_meta_relative_imports_of_packages_above_are_seen(write_package):
    imports = read_imports(
        write_package(
            a="name = 1", deep__in____init__="from .. import a", deep__in__b="from ..a import name"
        )
    )
    assert [each.imported for each in imports["toy.deep"]] == ["toy.a"]
    assert [each.imported for each in imports["toy.deep.b"]] == ["toy.a"]


def test_meta_a_cycle_is_found_even_through_a_function(write_package):
    folder = write_package(
        a="import toy.b", b="from toy import c", c="def f():\n    from toy.a import name"
    )
    assert set(import_cycle(read_imports(folder), "toy")) == {"toy.a", "toy.b", "toy.c"}


def test_meta_a_cycle_through_the_facade_alone_is_none(write_package):
    folder = write_package(a="from toy import __version__")
    (folder / "__init__.py").write_text("from toy.a import name")
    assert import_cycle(read_imports(folder), "toy") == []


def test_meta_an_import_against_the_order_is_found(write_package):
    folder = write_package(errors="", cli="import toy.errors", networks__in__build="import toy.cli")
    imports = read_imports(folder)
    order = ("errors", "networks", "cli")
    assert upward_imports(imports, "toy", order) == ["toy.networks.build:1 imports toy.cli"]
    assert upward_imports(imports, "toy", ("errors", "cli", "networks")) == []


def test_meta_a_part_without_a_place_is_found(write_package):
    imports = read_imports(write_package(errors="", helpers__in__misc=""))
    assert unknown_parts(imports, "toy", ("errors",)) == ["helpers"]


def test_meta_a_heavy_dependency_outside_its_owner_is_found(write_package):
    imports = read_imports(
        write_package(
            networks__in__build="import keras.layers",
            networks_too="def f():\n    from keras import ops",
            plain="import keras_like",
        )
    )
    violations = foreign_owners(imports, {"keras": {"toy.networks"}})
    assert violations == ["toy.networks_too:2 imports keras.ops"]


def test_meta_a_name_from_the_facade_is_found(write_package):
    imports = read_imports(
        write_package(a="from toy import __version__, train", b="import toy", c="from toy import a")
    )
    assert facade_imports(imports, "toy", {"__version__"}) == [
        "toy.a:1 imports toy.train",
        "toy.b:1 imports toy",
    ]


# What other libraries do at import is theirs: they come first, then nothing may change any more.
IMPORT_ALL = """
import os, random, sys, threading, warnings
import numpy as np
from importlib import import_module
from pkgutil import walk_packages

for module in sys.argv[2:]:
    import_module(module)

def seen():
    state = np.random.get_state()
    return {
        "os.environ": dict(os.environ),
        "the working folder": os.getcwd(),
        "random": random.getstate(),
        "numpy.random": (state[1].tobytes(), state[2]),
        "warnings.filters": list(warnings.filters),
        "threads": threading.active_count(),
    }

before = seen()
print("--")
print("--", file=sys.stderr)
package = import_module(sys.argv[1])
for each in walk_packages(package.__path__, package.__name__ + "."):
    import_module(each.name)
after = seen()
changed = [name for name in before if before[name] != after[name]]
if changed:
    sys.exit("changed: " + ", ".join(changed))
"""


def trouble_at_import(package, libraries, search_path):
    """Import every module of a package in a new process; return what it printed or changed."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, package, *libraries],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(search_path)},
        capture_output=True,
        text=True,
    )
    printed = [text.partition("--\n")[2] for text in (done.stdout, done.stderr)]
    return "".join(printed) or ("" if done.returncode == 0 else f"exit code {done.returncode}")


def other_libraries(imports):
    """The libraries that the package imports, those used inside functions too."""
    found = {each.imported.split(".")[0] for module in imports.values() for each in module}
    return sorted(found - {"inkdigits", "__future__"})


def test_nothing_happens_at_import(imports):
    libraries = [
        *other_libraries(imports),
        "matplotlib.figure",
        "scipy.special",
        "tensorflow",
        "rich.console",
    ]
    assert trouble_at_import("inkdigits", libraries, FOLDER.parent) == ""


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        ("import os; os.environ['TOY'] = '1'", "changed: os.environ"),
        ("import os; os.chdir('/')", "changed: the working folder"),
        ("import numpy; numpy.random.seed(0)", "changed: numpy.random"),
        ("import random; random.seed(0)", "changed: random"),
        ("import warnings; warnings.simplefilter('ignore')", "changed: warnings.filters"),
        ("print('hello')", "hello"),
        ("import sys; print('hello', file=sys.stderr)", "hello"),
        ("raise SystemExit(3)", "exit code 3"),
    ],
)
def test_meta_what_happens_at_import_is_found(write_package, source, trouble):
    folder = write_package(deep__in____init__="", deep__in__a=source)
    assert trouble_at_import("toy", [], folder.parent).strip() == trouble
