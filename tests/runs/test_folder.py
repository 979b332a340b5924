import os
from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError, OutputError, UsageError
from inkdigits.runs.folder import (
    RunFolder,
    create_run,
    find_run,
    find_unfinished_run,
    refuse_begun_run,
)

as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write where permissions forbid it")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_folders_are_numbered_by_recipe():
    paths = [create_run(name).path for name in ("tutorial", "published", "tutorial")]
    assert [str(path) for path in paths] == [
        "runs/tutorial-1",
        "runs/published-1",
        "runs/tutorial-2",
    ]


def test_numbers_go_on_after_the_highest_and_ignore_other_names():
    for name in ("tutorial-7", "tutorial-x", "tutorial-old-9"):
        Path("runs", name).mkdir(parents=True)
    assert create_run("tutorial").path == Path("runs/tutorial-8")


def test_out_may_be_new_with_missing_parents_or_empty():
    assert create_run("tutorial", Path("a/b/c")).path.is_dir()
    Path("empty").mkdir()
    assert create_run("tutorial", Path("empty")).path == Path("empty")


@pytest.mark.parametrize("kind", ["file", "full folder"])
def test_out_that_holds_something_is_refused_unharmed(kind: str):
    taken = Path("taken")
    if kind == "file":
        taken.write_text("mine")
    else:
        taken.mkdir()
        (taken / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="`--out` must be a new or empty folder; received taken"):
        create_run("tutorial", taken)
    assert (taken if kind == "file" else taken / "mine.txt").read_text() == "mine"


def test_out_below_a_file_is_refused():
    Path("file").touch()
    with pytest.raises(OutputError, match="Not a directory"):
        create_run("tutorial", Path("file/run"))


@as_root
def test_out_without_permission_is_refused():
    Path("locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        create_run("tutorial", Path("locked/run"))


def test_a_file_system_that_takes_no_files_is_refused():
    with pytest.raises(OutputError, match=r"cannot write /proc/.*"):
        create_run("tutorial", Path("/proc/inkdigits"))


def test_a_folder_without_a_recipe_is_no_run():
    Path("other").mkdir()
    with pytest.raises(ModelFileError, match=r"other is not a run folder: it has no recipe\.json"):
        find_run(Path("other"))


def test_a_member_is_a_run_below_its_ensemble():
    member = RunFolder(Path("runs/all")).member(3)
    assert member == RunFolder(Path("runs/all/members/3"))
    assert member.onnx == Path("runs/all/members/3/model.onnx")


@pytest.mark.parametrize(
    ("report", "end"), [(True, r"; its report is run/report\.html"), (False, "")]
)
def test_a_finished_run_is_refused_and_its_report_named_if_it_has_one(report: bool, end: str):
    run = create_run("tutorial", Path("run"))
    run.recipe.touch()
    assert find_unfinished_run(run.path) == run
    run.manifest.touch()
    if report:
        run.report.touch()
    with pytest.raises(UsageError, match=f"the run in run is finished{end}$"):
        find_unfinished_run(run.path)


def test_what_is_left_before_a_run_began_does_not_count():
    out = Path("run")
    out.mkdir()
    for name in (".lock", ".writable", ".writing-abc.json", "start.json"):
        (out / name).touch()
    run = create_run("tutorial", out)
    refuse_begun_run(run)
    run.recipe.touch()
    with pytest.raises(UsageError, match="`--out` must be a new or empty folder; received run"):
        create_run("tutorial", out)
    with pytest.raises(UsageError, match="there is a run in run already"):
        refuse_begun_run(run)
