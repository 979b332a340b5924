import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigits.cli.verbs import VERBS, LazyVerbs


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_command_with_its_name(verb: str):
    command = LazyVerbs()[verb]
    assert command.name == verb
    assert not any("completion" in str(parameter.name) for parameter in command.params)


def test_they_are_counted_and_listed_without_being_imported():
    verbs = LazyVerbs()
    assert len(verbs) == len(list(verbs)) == len(VERBS)
    assert "predict" in verbs and "trian" not in verbs and verbs.get("trian") is None


def test_reading_a_picture_imports_nothing_that_it_can_do_without(tmp_path: Path):
    page = np.full((100, 80, 3), 255, np.uint8)
    page[20:80, 36:44] = 0
    Image.fromarray(page).save(tmp_path / "one.png")
    code = (
        "import sys; from inkdigits.cli.main import run; code = run(['predict', sys.argv[1]]);"
        "slow = ('pydantic', 'jaxtyping', 'numpy.ma', 'asyncio', 'importlib.metadata', 'zipfile',"
        "        'PIL.WebPImagePlugin', 'inkdigits.networks.architecture');"
        "print(code, *(name for name in slow if name in sys.modules), file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "one.png")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr.split() == ["0"]


def test_every_module_of_a_verb_is_there():
    for verb in VERBS:
        import_module(f"inkdigits.cli.{verb}")


def test_a_call_imports_the_verb_that_it_names_and_no_other():
    code = (
        "import sys; from inkdigits.cli.main import run; run(['predict', 'nowhere.png']);"
        "heavy = ('keras', 'tensorflow', 'matplotlib', 'scipy', 'skimage', 'jax', 'openvino');"
        "others = ('inkdigits.cli.train', 'inkdigits.cli.benchmark', 'inkdigits.runs.manifest');"
        "print(*(name for name in (*heavy, *others) if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["1 of 1 could not be read", ""]
