from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import PUBLISHED
from inkdigits.networks.build import build
from inkdigits.networks.weights import get_weights
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Start, write_start
from inkdigits.training.recipes import TUTORIAL
from inkdigits.workflows.evaluate import evaluate_network, find_network


def constant_network(path: Path, answer: int, names: str = "0123456789") -> Path:
    """Write a network that always gives the same answer."""
    weights = {name: np.zeros_like(array) for name, array in get_weights(build(PUBLISHED)).items()}
    weights["dense2/bias"][answer] = 1.0
    path.write_bytes(to_onnx(PUBLISHED, weights, tuple(names)))
    return path


def test_a_network_that_always_says_seven_is_right_for_the_sevens(tmp_path: Path):
    result = evaluate_network(constant_network(tmp_path / "seven.onnx", answer=7))
    assert (result.correct, result.n) == (1028, 10_000)  # MNIST has 1,028 sevens in its test set
    assert result.confusion[:, 7].sum() == 10_000


def test_a_network_of_other_classes_is_refused(tmp_path: Path):
    letters = constant_network(tmp_path / "letters.onnx", answer=0, names="abcdefghij")
    with pytest.raises(ModelFileError, match="must tell the ten digits apart; it tells a, b, c"):
        evaluate_network(letters)


def test_a_missing_path_is_told(tmp_path: Path):
    with pytest.raises(ModelFileError, match=r"there is no run folder or ONNX file .*none"):
        find_network(tmp_path / "none")


def test_an_unfinished_run_is_told_how_to_go_on(tmp_path: Path):
    write_start(RunFolder(tmp_path), TUTORIAL, Start(seed=0, data="mnist", sha256="00"))
    with pytest.raises(ModelFileError, match="is not finished; go on with `inkdigits train --r"):
        find_network(tmp_path)


def test_a_damaged_manifest_is_told(tmp_path: Path):
    run = RunFolder(tmp_path)
    write_start(run, TUTORIAL, Start(seed=0, data="mnist", sha256="00"))
    run.manifest.write_text("{")
    with pytest.raises(ModelFileError, match=r"manifest\.json is damaged"):
        find_network(tmp_path)
