import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.cli.main import run
from inkdigits.cli.train_result import say_base
from inkdigits.processor import available_cores
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import BaseRecord, Manifest, Score
from inkdigits.runs.start import Interval, Start, write_start
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST


def test_json_has_the_keys_that_others_rely_on(trained: tuple[Path, Any, str]):
    out, document, _ = trained
    assert document["run"] == str(out)
    assert document["report"] == str(out / "report.html")
    assert document["test"]["n"] == 10_000
    assert document["test"]["accuracy"] == document["test"]["correct"] / 10_000
    low, high = document["test"]["interval95"]
    assert low < document["test"]["accuracy"] < high
    assert document["train"]["seconds"] > 0
    assert document["train"]["images_per_second"] == pytest.approx(
        60_000 / document["train"]["seconds"]
    )
    assert document["timing"]["total"] >= document["train"]["seconds"]
    assert document["test_augmented"]["n"] == 10_000
    assert document["confidence"] is None  # validated on test images
    assert document["members"] is None


def test_it_has_learnt_to_read(trained: tuple[Path, Any, str]):
    assert trained[1]["test"]["accuracy"] > 0.95


def test_options_take_the_place_of_the_recipes_fields(trained: tuple[Path, Any, str]):
    out, document, _ = trained
    recipe = Recipe.from_json((out / "recipe.json").read_bytes())
    assert (recipe.name, recipe.epochs, recipe.batch_size) == ("brisk", 1, 250)
    assert document["seed"] == 5


def test_progress_and_nothing_else_goes_to_stderr(trained: tuple[Path, Any, str]):
    lines = [line for line in trained[2].splitlines() if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("epoch 1/1  loss ")


def test_evaluate_gives_the_figures_of_the_run(trained: tuple[Path, Any, str], inkdigits: Callable):
    out, document, _ = trained
    again = inkdigits("evaluate", str(out), "--json").document
    assert again["test"]["correct"] == document["test"]["correct"]
    assert again["test"]["interval95"] == document["test"]["interval95"]
    assert again["test"]["loss"] == pytest.approx(document["test"]["loss"])
    assert again["train"] == document["train"]
    assert again["run"] == document["run"]


def test_evaluate_takes_the_onnx_file_alone(trained: tuple[Path, Any, str], inkdigits: Callable):
    out, document, _ = trained
    result = inkdigits("evaluate", str(out / "model.onnx"), "--json")
    assert result.document["test"]["correct"] == document["test"]["correct"]
    assert result.document["train"] is None


def test_evaluate_prints_figures_for_people(trained: tuple[Path, Any, str], inkdigits: Callable):
    out, document, _ = trained
    result = inkdigits("evaluate", str(out))
    correct = document["test"]["correct"]
    assert f"test accuracy {correct / 100:.2f} % ({correct:,} of 10,000;" in result.out
    assert "precision" in result.out


def test_a_network_that_was_tampered_with_is_refused(
    trained: tuple[Path, Any, str], inkdigits: Callable, tmp_path: Path
):
    import shutil

    copy = tmp_path / "run"
    shutil.copytree(trained[0], copy)
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    result = inkdigits("evaluate", str(copy))
    assert result.code == 2
    assert "model.onnx is not the file that the run wrote" in result.err


def test_summary_shows_the_network_of_a_run(trained: tuple[Path, Any, str], inkdigits: Callable):
    result = inkdigits("summary", "--model", str(trained[0]), "--json")
    assert result.document["total_params"] == 82_730


def test_a_finished_run_cannot_be_resumed(trained: tuple[Path, Any, str], inkdigits: Callable):
    result = inkdigits("train", "--resume", str(trained[0]))
    assert result.code == 2
    assert "is finished; its report is" in result.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epochs", "0"], "`epochs` must be a whole number between 1 and 10,000; received 0"),
        (["--recipe", "tutrial"], "there is no recipe 'tutrial'; the recipes are published, tut"),
        (["--recipe", "none.json"], "cannot read none.json: No such file or directory"),
        (["--seed", "-1"], "`--seed` must be between 0 and 2,147,483,647; received -1"),
        (["--epoch", "3"], "No such option: --epoch (Possible options: --epochs"),
        (["--epochs", "many"], "Invalid value for '--epochs': 'many' is not a valid int"),
        (["--resume", "nowhere"], "nowhere is not a run folder: it has no recipe.json"),
        (["--resume", "run", "--epochs", "3"], "`--resume` goes with no other option"),
        (["--resume", "run", "--members", "2"], "`--resume` goes with no other option"),
        (["--resume", "run", "--deterministic"], "`--resume` goes with no other option"),
        (["--resume", "run", "--checkpoint-steps", "9"], "`--resume` goes with no other option"),
        (["--resume", "run", "--checkpoint-seconds", "9"], "`--resume` goes with no other option"),
        (
            ["--checkpoint-seconds", "0"],
            "Invalid value for '--checkpoint-seconds': 0.0 is not in th",
        ),
        (["--checkpoint-seconds", "nan"], "Invalid value for '--checkpoint-seconds': nan is not a"),
        (
            ["--checkpoint-steps", "0"],
            "Invalid value for '--checkpoint-steps': 0 is not in the ran",
        ),
        (["--members", "0"], "Invalid value for '--members': 0 is not in the range 1<=x<=100"),
        (["--members", "101"], "Invalid value for '--members': 101 is not in the range 1<=x<=100"),
        (
            ["--seed", "2147483640", "--members", "9"],
            "the last network's seed must be at most 2,147,483,647; received 2147483648",
        ),
        (["--data", "nowhere"], "nowhere"),
        (["--data", "mnist", "--side", "4"], "`side` must be between 8 and 256 pixels; received 4"),
        (["--resume", "run", "--data", "mnist"], "`--resume` goes with no other option"),
        (["--resume", "run", "--freeze", "nothing"], "`--resume` goes with no other option"),
        (["--freeze", "features"], "`--freeze` goes with `--from`"),
        (["--from", "shipped"], "`--from` needs `--data`"),
        (["--from", "shipped", "--data", "a", "--recipe", "fast"], "`--from` goes without `--rec"),
        (["--from", "shipped", "--data", "a", "--members", "2"], "`--from` goes without `--rec"),
        (["--from", "shipped", "--data", "a", "--teacher", "b"], "`--from` goes without `--rec"),
        (
            ["--teacher", "nowhere"],
            "there is no run folder nowhere; a teacher is a run folder or `sh",
        ),
        (["--resume", "run", "--teacher", "b"], "`--resume` goes with no other option"),
        (["--from", "nowhere", "--data", "mnist"], "there is no run folder nowhere"),
        (["--out", "/proc/inkdigits"], "cannot write /proc/inkdigits: "),
        (["--out", "/dev/null"], "`--out` must be a new or empty folder; received /dev/null"),
    ],
)
def test_a_mistake_of_the_users_is_one_line_and_code_2(
    inkdigits: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
):
    monkeypatch.chdir(tmp_path)
    result = inkdigits("train", *words)
    assert result.code == 2
    assert result.out == ""
    assert len(result.err.strip().splitlines()) == 1
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_field_is_one_line_and_code_2(inkdigits: Callable, tmp_path: Path):
    recipe = tmp_path / "mine.json"
    recipe.write_text('{"name": "mine", "network": "tutorial", "epocs": 3}')
    result = inkdigits("train", "--recipe", str(recipe))
    assert result.code == 2
    assert "mine.json: a recipe has no field `epocs`; did you mean `epochs`" in result.err


SCORE = {"accuracy": 0.5, "correct": 1, "n": 2, "interval95": (0.09, 0.91), "loss": 1.0}
BETTER = {**SCORE, "accuracy": 1.0, "correct": 2}
CONFIDENCE = {
    "temperature": 1.5,
    "score": "energy",
    "threshold": -3.0,
    "areas": {"energy": {"noise": 1.0}},
}


@pytest.fixture
def ensemble(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Make the workflow write down what it is asked for, and give the manifest of an ensemble."""
    from inkdigits.workflows import train as workflow

    made = {**dict.fromkeys(("inkdigits", "command", "finished"), "some"), "seed": 4, "timing": {}}
    images = dict.fromkeys(("train_images", "validation_images", "test_images"), 2)
    numbers = dict.fromkeys(("seconds", "images_per_second", "images", "epochs"), 1)
    manifest = Manifest.model_validate(
        {
            **made,
            "data": {"name": "some", "sha256": "00", **images},
            "machine": {
                **dict.fromkeys(("system", "processor", "python"), "some"),
                "cores": 2,
                "packages": {},
            },
            "train": {**numbers, "precision": "float32", "backend": "some"},
            "validation": SCORE,
            "test": BETTER,
            "test_augmented": None,
            "confidence": CONFIDENCE,
            "members": [SCORE, BETTER, SCORE],
            "sha256": {},
        }
    )
    calls: list[dict[str, Any]] = []

    def start(run: RunFolder, recipe: Recipe, **options: Any) -> Manifest:
        calls.append({"run": run, "recipe": recipe, **options})
        return manifest

    monkeypatch.setattr(workflow, "start", start)
    return calls


def test_members_and_seed_reach_the_workflow_and_json_lists_the_members(
    ensemble: list[dict[str, Any]], capfd: pytest.CaptureFixture[str], tmp_path: Path
):
    out = str(tmp_path / "run")
    words = ("--members", "3", "--seed", "4", "--out", out)
    assert run(["train", "--recipe", "fast", *words, "--json"]) == 0
    (call,) = ensemble
    assert (call["members"], call["seed"], call["recipe"]) == (3, 4, FAST)
    document = json.loads(capfd.readouterr().out)
    assert document["members"] == [
        {**each, "interval95": [0.09, 0.91]} for each in (SCORE, BETTER, SCORE)
    ]
    assert document["confidence"] == CONFIDENCE
    assert document["report"] is None
    assert (document["run"], document["seed"]) == (out, 4)


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """Eight pictures of each of two classes, and one that is none."""
    rng = np.random.default_rng(0)
    for name, colour in (("leaf", (30, 160, 40)), ("rose", (200, 30, 60))):
        folder = tmp_path / "plants" / name
        folder.mkdir(parents=True)
        for i in range(8):
            pixels = np.full((40 + i, 60, 3), colour) + rng.integers(-20, 20, (40 + i, 60, 3))
            Pillow.fromarray(pixels.astype(np.uint8)).save(folder / f"{i}.png")
    (tmp_path / "plants" / "rose" / "torn.png").write_bytes(b"PNG?")
    return tmp_path / "plants"


def test_data_of_ones_own_reach_the_workflow_with_a_recipe_that_fits(
    ensemble: list[dict[str, Any]],
    shapes: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
):
    words = ("--data", str(shapes), "--side", "32", "--epochs", "2", "--out", str(tmp_path / "run"))
    assert run(["train", *words]) == 0
    (call,) = ensemble
    assert call["dataset"].class_names == ("leaf", "rose")
    assert call["dataset"].shape == (32, 32, 3)
    assert (call["recipe"].batch_size, call["recipe"].epochs) == (8, 2)
    told = capfd.readouterr().err
    assert "torn.png: " in told
    n = len(call["dataset"].train)
    assert f"fitted to {n} images of plants: " in told
    assert "batch size 8 in place of 256" in told


def test_what_to_go_on_from_reaches_the_workflow(
    ensemble: list[dict[str, Any]], shapes: Path, tmp_path: Path
):
    words = ("--from", "shipped", "--data", "mnist", "--freeze", "nothing", "--epochs", "1")
    assert run(["train", *words, "--out", str(tmp_path / "run")]) == 0
    (call,) = ensemble
    assert call["base"].name == "shipped"
    recipe = call["recipe"]
    assert (recipe.name, recipe.frozen, recipe.epochs) == ("robust-tuned", "nothing", 1)
    assert len(call["dataset"].train) == 60_000


def test_people_are_told_what_a_network_could_do_before_and_what_it_has_kept():
    base = BaseRecord(
        network="shipped",
        sha256="00",
        before=Score.model_validate(SCORE),
        known_data="mnist",
        known_before=Score.model_validate(BETTER),
        known_after=Score.model_validate(SCORE),
    )
    assert say_base(base) == "; before 50.00 %; on mnist 50.00 %, before 100.00 %"
    bare = BaseRecord(network="shipped", sha256="00", before=None)
    assert say_base(bare) == ""


def test_people_are_told_how_the_networks_of_an_ensemble_do_alone(
    ensemble: list[dict[str, Any]], capfd: pytest.CaptureFixture[str], tmp_path: Path
):
    assert run(["train", "--members", "3", "--out", str(tmp_path / "run")]) == 0
    out = capfd.readouterr().out
    assert "test accuracy 100.00 %" in out
    assert "; its 3 networks alone 50.00 to 100.00 %; folder: " in out
    assert f"folder: {tmp_path / 'run'}" in out


def test_how_durable_a_run_is_reaches_the_workflow(ensemble: list[dict[str, Any]], tmp_path: Path):
    options = ("--deterministic", "--checkpoint-seconds", "5", "--checkpoint-steps", "20")
    assert run(["train", *options, "--out", str(tmp_path / "run")]) == 0
    (call,) = ensemble
    assert call["deterministic"] is True
    assert call["checkpoints"] == Interval(seconds=5.0, steps=20)


def test_a_run_that_another_process_writes_is_refused_in_one_line(
    inkdigits: Callable, tmp_path: Path
):
    folder = tmp_path / "run"
    folder.mkdir()
    write_start(RunFolder(folder), FAST, Start(seed=0, data="mnist", sha256="0" * 64))
    hold = (
        "import sys; from pathlib import Path; from inkdigits.runs.folder import RunFolder\n"
        "from inkdigits.runs.lock import sole_writer\n"
        f"with sole_writer(RunFolder(Path({str(folder)!r}))):\n"
        "    print(flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", hold]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        writer.stdout.readline()
        result = inkdigits("train", "--resume", str(folder))
        writer.kill()
    assert (result.code, result.out) == (2, "")
    assert result.err.strip() == f"inkdigits: another process is writing the run in {folder}"


def test_one_network_is_trained_unless_told_otherwise(
    ensemble: list[dict[str, Any]], tmp_path: Path
):
    run(["train", "--out", str(tmp_path / "run")])
    assert (ensemble[0]["members"], ensemble[0]["seed"]) == (1, 0)


def test_without_the_training_extra_it_says_how_to_get_it(
    inkdigits: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from inkdigits.cli import extras

    monkeypatch.setattr(extras, "missing_training_modules", lambda: ["keras"])
    result = inkdigits("train", "--out", str(tmp_path / "run"))
    assert result.code == 2
    assert "training needs keras; install them with `pip install 'inkdigits[train]'`" in result.err
    assert not (tmp_path / "run").exists()


def test_the_recipes_micro_batches_share_the_cores(tmp_path: Path):
    # In processes of their own, in which nothing must have started TensorFlow before.
    program = """
import os, sys
from inkdigits.cli.main import run
from inkdigits.training.trainer import Trainer

def stop_here(trainer):
    import tensorflow as tf
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    print(trainer.recipe.micro_batches, threads, flush=True)
    os._exit(0)

Trainer.prepare = stop_here
run(["train", *sys.argv[1:]])
"""
    out = str(tmp_path / "run")
    for words in (("--recipe", "fast", "--out", out), ("--resume", out)):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
        )
        parts, threads = map(int, done.stdout.split())
        assert parts == FAST.micro_batches > 1
        assert threads == max(1, available_cores() // parts)


def wait_for_training(process: subprocess.Popen[str], out: Path) -> None:
    """Wait until the process has kept its first checkpoint, within an epoch."""
    for _ in range(1200):
        if list(out.glob("checkpoints/epoch-*")) or process.poll() is not None:
            return
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_an_epoch_keeps_the_run_and_says_how_to_go_on(
    program: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals
):
    out = tmp_path / "run"
    words = ("train", "--recipe", "published", "--checkpoint-steps", "5", "--json")
    process = program(*words, "--out", str(out))
    wait_for_training(process, out)
    os.kill(process.pid, number)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert stdout == ""
    assert "Traceback" not in stderr
    last = stderr.strip().splitlines()[-1]
    place = re.fullmatch(
        r"inkdigits: stopped in epoch (\d) of 5, after step (\d+) of 937; nothing is lost: "
        rf"go on with `inkdigits train --resume {re.escape(str(out))}`",
        last,
    )
    assert place
    assert int(place[2]) >= 5
    newest = max(path.name for path in (out / "checkpoints").iterdir())
    assert newest == f"epoch-{int(place[1]):04d}-step-{int(place[2]):06d}.safetensors"
    assert [path for path in out.rglob("*") if path.name.startswith(".")] == []
