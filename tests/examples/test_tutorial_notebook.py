"""The tutorial notebook runs, shows what it promises, and its saved outputs belong to its code.

It is run here on a small slice of the data. Running this file as a program runs the whole notebook
and saves its outputs, which takes about ten minutes:

    python tests/examples/test_tutorial_notebook.py
"""

import base64
import copy
import re
import struct

import nbformat
import pytest
from nbclient import NotebookClient

from tests.places import REPOSITORY

NOTEBOOK = REPOSITORY / "examples" / "tutorial.ipynb"
SLICE = {"TRAIN_IMAGES": 640, "TEST_IMAGES": 640, "EPOCHS": 1}
LARGEST_FILE = 3_000_000  # bytes
SAME = "same-on-any-slice"  # tags the cells whose output depends neither on slice nor on training
FIGURES = 18


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def with_parameters(notebook, values):
    changed = copy.deepcopy(notebook)
    (cell,) = (
        cell for cell in code_cells(changed) if "parameters" in cell.metadata.get("tags", ())
    )
    for name, value in values.items():
        cell.source, found = re.subn(rf"(?m)^{name} = None$", f"{name} = {value}", cell.source)
        assert found == 1, name
    return changed


def execute(notebook, folder):
    """Run all cells of a notebook in a folder, and put their outputs into it."""
    NotebookClient(
        notebook,
        record_timing=False,  # or every run would change the file
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def printed(cell):
    """Return what a cell printed or showed, each picture only as its name."""
    texts = []
    for output in cell.outputs:
        texts.append(output.text if output.output_type == "stream" else output.data["text/plain"])
    return "".join(texts)


def kinds(cell):
    """Return of what kind each output of a cell is."""
    return [
        output.name if output.output_type == "stream" else sorted(output.get("data", {}))
        for output in cell.outputs
    ]


def stale_cells(saved, executed):
    """Return the cells whose saved outputs cannot have come from the code that was executed."""
    return [
        old.id
        for old, new in zip(code_cells(saved), code_cells(executed), strict=True)
        if kinds(old) != kinds(new)
        or (SAME in old.metadata.get("tags", ()) and printed(old) != printed(new))
    ]


def pictures(notebook):
    return [
        base64.b64decode(output.data["image/png"])
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def text_of(notebook):
    return "\n".join(printed(cell) for cell in code_cells(notebook))


@pytest.fixture(scope="module")
def saved():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(saved, tmp_path_factory):
    """The notebook after a run on a slice, in an empty folder and with nobody's settings."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = with_parameters(saved, SLICE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        execute(notebook, folder)
    assert not list(folder.iterdir())
    return notebook


@pytest.fixture(params=["saved", "executed"])
def either(request):
    return request.getfixturevalue(request.param)


def test_nothing_fails_or_disturbs(either):
    for cell in code_cells(either):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", output.text
            assert "WARNING" not in output.get("text", ""), output.text


def test_saved_outputs_are_those_of_a_whole_run_from_top_to_bottom(saved):
    cells = code_cells(saved)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert "60,000 images to learn from, 10,000 to test on" in text_of(saved)
    assert text_of(saved).count("epoch 5:") == 3  # one per full run


def test_saved_outputs_belong_to_the_code(saved, executed):
    assert stale_cells(saved, executed) == []


def test_a_stale_output_would_be_noticed(executed):
    changed = copy.deepcopy(executed)
    numbered = [cell for cell in code_cells(changed) if kinds(cell) == ["stdout"]]
    first, second = [cell for cell in numbered if SAME in cell.metadata.get("tags", ())][:2]
    first.outputs[0].text += "1"
    second.outputs = []
    assert stale_cells(changed, executed) == [first.id, second.id]


@pytest.mark.parametrize(
    "claim",
    [
        "(60000, 28, 28) uint8 (60000,)",
        "(10000, 28, 28) uint8 (10000,)",
        "(100, 28, 28, 1) float32",
        "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]",
        "((28 - 3 + 2*0) / 1) + 1 = 26; 32 kernels",
        "((24 - 2) / 2) + 1 = 12",
        "(3*3*1) * 32 + 32 = 320",
        "all 22 layers agree: 601,706 parameters",
        "601,706  598,314 are trained",
        "normalisation constructed:   320",
        "normalisation added:         448",
        "as published: 594,922 parameters",
        "as meant:     601,706 parameters",
        "6,784 = 4 * (32 + 32 + 32 + 64 + 1024 + 512)",
    ],
)
def test_it_shows(claim, either):
    assert claim in text_of(either)


def test_both_figures_of_the_published_network_come_with_intervals(either):
    lines = re.findall(
        r"(augmented test, \d|clean test|as meant, test) .*95 % interval", text_of(either)
    )
    assert lines == [*(f"augmented test, {n}" for n in range(1, 6)), "clean test", "as meant, test"]


def test_figures_are_pictures(either):
    shown = pictures(either)
    assert len(shown) == FIGURES
    for content in shown:
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", content[16:24])
        assert width > 300
        assert height > 300


def test_the_file_is_small_and_names_no_machine():
    content = NOTEBOOK.read_text(encoding="utf-8")
    assert len(content.encode()) < LARGEST_FILE
    text = re.sub(r'"image/png": "[^"]*"', "", content)
    assert not re.findall(r"(?:/home|/root|/tmp|/Users|/usr|[A-Z]:\\)[^\s\"]*", text)
    assert "site-packages" not in text


def test_metadata_holds_no_times(saved):
    assert saved.metadata.kernelspec.name == "python3"
    assert set(saved.metadata) == {"kernelspec", "language_info"}
    for cell in saved.cells:
        assert set(cell.metadata) <= {"tags"}


if __name__ == "__main__":
    whole = nbformat.read(NOTEBOOK, as_version=4)
    execute(whole, NOTEBOOK.parent)
    nbformat.write(whole, NOTEBOOK)
