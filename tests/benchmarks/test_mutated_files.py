import json
import random
from pathlib import Path
from types import ModuleType

import pytest

from inkdigits.errors import ModelFileError


@pytest.fixture
def script(load):
    return load("mutated_files")


def test_damaged_files_load_to_the_same_or_are_refused_with_a_typed_error(
    script: ModuleType, tmp_path: Path
):
    bench = script.Bench(tmp_path, script.CASES)
    told = [bench.attempt(7, number) for number in range(300)]
    wrong = [each for each in told if each["outcome"] not in ("same", "refused", "another valid")]
    assert wrong == []
    assert {each["case"] for each in told} == {case.name for case in script.CASES}
    assert sum(each["outcome"] == "refused" for each in told) > 200
    assert {each["case"] for each in told if each["outcome"] == "another valid"} <= {
        "a recipe of one's own"
    }


def text_case(script: ModuleType, load, **options) -> object:
    def make(folder: Path) -> Path:
        (folder / "a").write_text("good")
        return folder / "a"

    return script.Case("text", make, load, **options)


def outcomes(script: ModuleType, folder: Path, case: object) -> set[str]:
    bench = script.Bench(folder, [case])
    return {bench.attempt(0, number)["outcome"] for number in range(20)}


def test_meta_a_file_that_loads_to_another_thing_is_noticed(script: ModuleType, tmp_path: Path):
    case = text_case(script, lambda folder: (folder / "a").read_bytes().hex())
    assert "another" in outcomes(script, tmp_path, case)


def test_meta_where_nothing_can_tell_it_is_counted_apart(script: ModuleType, tmp_path: Path):
    case = text_case(script, lambda folder: (folder / "a").read_bytes().hex(), unsealed=True)
    assert outcomes(script, tmp_path, case) <= {"another valid", "same"}


@pytest.mark.parametrize(
    ("error", "outcome"), [(ValueError("x"), "untyped"), (ModelFileError("x"), "refused")]
)
def test_meta_errors_are_told_apart(script: ModuleType, tmp_path: Path, error, outcome: str):
    def load(folder: Path) -> str:
        if (folder / "a").read_text(errors="replace") != "good":
            raise error
        return "good"

    assert outcomes(script, tmp_path, text_case(script, load)) == {outcome}


def test_a_file_is_put_right_again(script: ModuleType, tmp_path: Path):
    bench = script.Bench(tmp_path, script.CASES[-1:])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    bench.attempt(0, 0)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_changed_value_leaves_json(script: ModuleType):
    content = json.dumps({"a": {"b": 1, "c": "x"}, "d": [1]}).encode()
    changed = {script.other_value(content, random.Random(number)) for number in range(50)}
    assert len(changed) > 10
    assert all(json.loads(each).keys() == {"a", "d"} for each in changed)


def test_whatever_goes_wrong_is_counted_and_named(script: ModuleType):
    one = {"case": "a", "outcome": "same", "note": "", "number": 3, "seconds": 0.5}
    lost = {**one, "outcome": "crash", "number": 4, "note": "ended with -11", "seconds": 0.0}
    row, note = script.table([one, lost]).splitlines()[2:]
    assert row == "| a | 2 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 500 ms |"
    assert note == "crash: a 4: ended with -11"
