import hashlib
import json
from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.finished import digest_files, open_finished
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import Start, read_start, write_start
from inkdigits.training.recipes import TUTORIAL
from tests.runs.manifests import write_manifest

START = Start(seed=7, data="mnist", sha256="00")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    write_start(run, TUTORIAL, START)
    run.onnx.write_bytes(b"network")
    run.checkpoints.mkdir()
    (run.checkpoints / "epoch.safetensors").write_bytes(b"state")
    run.plots.mkdir()
    (run.plots / "curves.png").write_bytes(b"curves")
    (run.path / ".lock").touch()
    write_manifest(run)
    return run


def test_everything_is_in_the_manifest_but_itself_checkpoints_and_what_is_hidden(run: RunFolder):
    digests = open_finished(run.path).manifest.sha256
    assert digests.keys() == {"recipe.json", "start.json", "model.onnx", "plots/curves.png"}
    assert digests["model.onnx"] == hashlib.sha256(b"network").hexdigest()


def test_an_ensemble_s_manifest_pins_those_of_its_networks(run: RunFolder):
    ensemble = RunFolder(run.path.parent)
    assert "run/manifest.json" in digest_files(ensemble)


def test_a_file_is_read_as_it_was_written(run: RunFolder):
    assert open_finished(run.path).read(run.onnx, 7) == b"network"


def test_another_content_is_refused(run: RunFolder):
    run.onnx.write_bytes(b"NETWORK")
    with pytest.raises(
        ModelFileError, match=r"model\.onnx is not the file that the run wrote: its"
    ):
        open_finished(run.path).read(run.onnx, 100)


def test_a_larger_file_than_agreed_is_not_read(run: RunFolder):
    with pytest.raises(ModelFileError, match=r"model\.onnx must be at most 6 bytes; received 7"):
        open_finished(run.path).read(run.onnx, 6)


def test_a_file_that_is_gone_is_named(run: RunFolder):
    run.onnx.unlink()
    with pytest.raises(ModelFileError, match=r"cannot read .*model\.onnx: No such file"):
        open_finished(run.path).read(run.onnx, 100)


def test_what_the_manifest_does_not_name_is_not_read(run: RunFolder):
    run.weights.write_bytes(b"new")
    with pytest.raises(ModelFileError, match=r"manifest\.json does not name weights\.safetensors"):
        open_finished(run.path).read(run.weights, 100)


def test_without_a_manifest_the_run_is_not_finished(run: RunFolder):
    run.manifest.unlink()
    with pytest.raises(ModelFileError, match="is not finished; go on with `inkdigits train --resu"):
        open_finished(run.path)


def test_recipe_and_start_of_a_finished_run_are_those_in_the_manifest(run: RunFolder):
    assert read_start(run) == (TUTORIAL, START)
    run.recipe.write_text(TUTORIAL.replace(epochs=6).to_json())
    with pytest.raises(ModelFileError, match=r"recipe\.json is not the file that the run wrote"):
        read_start(run)


def test_a_changed_recipe_of_an_unfinished_run_is_noticed(run: RunFolder):
    run.manifest.unlink()
    run.recipe.write_text(TUTORIAL.replace(epochs=6).to_json())
    with pytest.raises(ModelFileError, match=r"start\.json is damaged: its seal is not that of it"):
        read_start(run)


class TestManifest:
    def test_it_comes_back(self, run: RunFolder):
        manifest = write_manifest(run)
        assert Manifest.from_json(run.manifest.read_bytes()) == manifest

    def test_a_changed_figure_is_noticed(self, run: RunFolder):
        text = run.manifest.read_text().replace('"accuracy": 0.5', '"accuracy": 0.9')
        with pytest.raises(ModelFileError, match="its seal is not that of its content"):
            Manifest.from_json(text)

    @pytest.mark.parametrize(
        "name",
        ["../secret", "/etc/passwd", "a/../../b", "./a", "a//b", "", "a/", "\x1b[2J", "a" * 301],
    )
    def test_names_that_lead_out_of_the_folder_are_refused(self, run: RunFolder, name: str):
        document = json.loads(run.manifest.read_text())
        del document["seal"]
        document["sha256"][name] = "0" * 64
        with pytest.raises(ModelFileError, match=r"manifest\.json is damaged: sha256") as caught:
            Manifest.from_json(json.dumps(document))
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize("digest", ["", "0" * 63, "G" * 64, "0" * 65, "0" * 64 + "\n"])
    def test_digests_that_are_none_are_refused(self, run: RunFolder, digest: str):
        document = json.loads(run.manifest.read_text())
        document["sha256"]["a"] = digest
        with pytest.raises(ModelFileError, match=r"manifest\.json is damaged: sha256"):
            Manifest.from_json(json.dumps(document))

    def test_one_with_endless_entries_is_not_parsed(self):
        with pytest.raises(ModelFileError, match="must have at most 10,000 entries"):
            Manifest.from_json("{" + ",".join(f'"{place}":0' for place in range(10_001)) + "}")

    def test_an_enormous_one_is_not_read(self, run: RunFolder):
        with run.manifest.open("r+b") as file:
            file.truncate(5_000_000)
        with pytest.raises(ModelFileError, match=r"manifest\.json must be at most 1,000,000 bytes"):
            open_finished(run.path)


class TestLinks:
    @pytest.mark.parametrize("name", ["model.keras", "plots/more.png", "members"])
    def test_a_link_anywhere_in_the_folder_is_refused(self, run: RunFolder, name: str):
        (run.path / name).symlink_to(run.path.parent)
        with pytest.raises(ModelFileError, match=f"must hold no links; .*{name} is one"):
            open_finished(run.path)

    def test_the_folder_itself_may_be_reached_through_one(self, run: RunFolder, tmp_path: Path):
        (tmp_path / "here").symlink_to(run.path)
        finished = open_finished(tmp_path / "here")
        assert finished.read(finished.run.onnx, 7) == b"network"
