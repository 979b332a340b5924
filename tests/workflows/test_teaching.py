import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, ModelFileError, UsageError
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import Manifest, TeacherRecord
from inkdigits.runs.start import StartedFrom, read_start
from inkdigits.training.recipe import Recipe
from inkdigits.training.teacher import Lesson
from inkdigits.workflows.teaching import load_teacher
from inkdigits.workflows.train import resume, train


@pytest.fixture(scope="module")
def one(
    small: Dataset, quick: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    """A finished network."""
    out = tmp_path_factory.mktemp("teachers") / "one"
    return train(quick.replace(epochs=1), dataset=small, out=out)


@pytest.fixture(scope="module")
def two(
    small: Dataset, swift: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest]:
    """Two finished networks as one."""
    out = tmp_path_factory.mktemp("teachers") / "two"
    return train(swift.replace(epochs=1), members=2, dataset=small, out=out)


@pytest.fixture(scope="module")
def pupil(
    two: tuple[RunFolder, Manifest],
    small: Dataset,
    swift: Recipe,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[RunFolder, Manifest]:
    """A network that the two taught."""
    out = tmp_path_factory.mktemp("pupils") / "whole"
    return train(swift, seed=3, dataset=small, teacher=two[0].path, out=out)


@pytest.mark.parametrize(("which", "members"), [("one", 1), ("two", 2)])
def test_a_run_teaches_with_all_its_networks(
    which: str, members: int, small: Dataset, request: pytest.FixtureRequest
):
    run, manifest = request.getfixturevalue(which)
    teaching = load_teacher(run.path)
    assert teaching.record == StartedFrom(
        network=str(run.path), sha256=manifest.sha256["model.onnx"]
    )
    assert teaching.class_names == small.class_names
    assert len(teaching.teacher.members) == members
    lesson = Lesson(teaching.teacher, 10, "float32")
    inputs = keras.ops.convert_to_tensor(scale(small.test.images))
    answers = np.array(lesson.answers(inputs, lesson.values)).argmax(axis=1)
    expected = OnnxClassifier(run.onnx).probabilities(small.test.images).argmax(axis=1)
    np.testing.assert_array_equal(answers, expected)


def test_the_networks_of_the_package_teach():
    teaching = load_teacher(Path("shipped"))
    assert teaching.name == "shipped"
    assert teaching.teacher.architecture.none_class


def test_what_is_learnt_are_the_teachers_answers(
    two: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe, tmp_path: Path
):
    wrong = replace(small, train=replace(small.train, labels=(small.train.labels + 1) % 10))
    run, _ = train(
        swift.replace(epochs=8), dataset=wrong, teacher=two[0].path, out=tmp_path / "run"
    )
    answers, taught = (
        OnnxClassifier(each).probabilities(small.test.images).argmax(axis=1)
        for each in (run.onnx, two[0].onnx)
    )
    assert (answers == taught).mean() > 0.8


def test_the_manifest_names_the_teacher_and_the_command_does(
    pupil: tuple[RunFolder, Manifest], two: tuple[RunFolder, Manifest]
):
    path = two[0].path
    assert pupil[1].teacher == TeacherRecord(network=str(path), sha256=two[1].sha256["model.onnx"])
    assert pupil[1].command.endswith(f" --teacher {path} --seed 3")


def test_the_report_tells_who_taught(
    pupil: tuple[RunFolder, Manifest], two: tuple[RunFolder, Manifest]
):
    assert str(two[0].path) in pupil[0].report.read_text(encoding="utf-8")


def test_a_taught_run_goes_on_with_its_teacher(
    pupil: tuple[RunFolder, Manifest],
    two: tuple[RunFolder, Manifest],
    small: Dataset,
    swift: Recipe,
    recorder: Callable,
    tmp_path: Path,
):
    out = tmp_path / "stopped"
    with pytest.raises(InterruptedRunError):
        train(
            swift, seed=3, dataset=small, teacher=two[0].path, out=out, observer=recorder(stop_at=2)
        )
    assert read_start(RunFolder(out))[1].teacher == load_teacher(two[0].path).record
    _, manifest = resume(out, dataset=small)
    assert manifest.teacher == pupil[1].teacher
    assert manifest.test.correct == pytest.approx(pupil[1].test.correct, abs=2)


def test_several_networks_may_have_one_teacher(
    one: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe, tmp_path: Path
):
    run, manifest = train(
        swift.replace(epochs=1), members=2, dataset=small, teacher=one[0].path, out=tmp_path / "run"
    )
    assert manifest.teacher and manifest.teacher.network == str(one[0].path)
    assert f"--teacher {one[0].path} --members 2" in manifest.command
    member = Manifest.from_json(run.member(2).manifest.read_bytes())
    assert member.teacher == manifest.teacher


def test_another_teacher_than_the_run_began_with_is_refused(
    one: tuple[RunFolder, Manifest],
    two: tuple[RunFolder, Manifest],
    small: Dataset,
    swift: Recipe,
    recorder: Callable,
    tmp_path: Path,
):
    teacher, out = tmp_path / "teacher", tmp_path / "run"
    shutil.copytree(one[0].path, teacher)
    with pytest.raises(InterruptedRunError):
        train(swift, dataset=small, teacher=teacher, out=out, observer=recorder(stop_at=1))
    shutil.rmtree(teacher)
    shutil.copytree(two[0].path, teacher)
    with pytest.raises(ModelFileError, match="the run was taught by another network"):
        resume(out, dataset=small)


def test_a_teacher_of_other_classes_is_refused_with_nothing_written(
    one: tuple[RunFolder, Manifest], small: Dataset, swift: Recipe, tmp_path: Path
):
    others = replace(small, class_names=(*"abcdefghij",))
    for members in (1, 2):
        with pytest.raises(UsageError, match="the teacher must know the classes a, b, c"):
            train(swift, members=members, dataset=others, teacher=one[0].path, out=tmp_path / "run")
        assert not list((tmp_path / "run").glob("*"))


def test_what_is_no_finished_run_cannot_teach(
    one: tuple[RunFolder, Manifest], swift: Recipe, tmp_path: Path
):
    with pytest.raises(ModelFileError, match="a teacher is a run folder or `shipped`"):
        train(swift, teacher=tmp_path / "none", out=tmp_path / "run")
    copy = tmp_path / "copy"
    shutil.copytree(one[0].path, copy)
    weights = RunFolder(copy).weights
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="is not the file that the run wrote"):
        load_teacher(copy)
    assert not (tmp_path / "run").exists()
