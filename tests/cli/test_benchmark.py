from collections.abc import Callable
from pathlib import Path

import pytest

from inkdigits.cli import benchmark
from inkdigits.workflows.contest import Contestant, Outcome


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Contestant]:
    """Let a contest end at once, and tell who was asked to take part."""
    asked: list[Contestant] = []

    def contest(contestants: list[Contestant], repeats: int, **_: object) -> Outcome:
        asked.extend(contestants)
        names = [each.name for each in contestants if each.name != "absent"]
        return Outcome({name: [2000.0] * repeats for name in names}, {"absent": "no library"})

    monkeypatch.setattr(benchmark, "hold_contest", contest)
    return asked


def test_json_has_every_figure_of_every_round(inkdigits: Callable, asked: list[Contestant]):
    document = inkdigits("benchmark", "train", "--repeats", "3", "--json").document
    rows = {row["name"]: row for row in document["rows"]}
    assert {"published", "tutorial", "matrix product, float32"} <= rows.keys()
    assert rows["tutorial"]["values"] == [2000.0] * 3
    assert rows["tutorial"]["ratio"] == 1.0
    assert document["ratio_to"] == "published"
    assert document["machine"]["cores"] >= 1


def test_people_see_a_table_and_who_is_missing(inkdigits: Callable, asked: list[Contestant]):
    out = inkdigits("benchmark", "train").out
    assert "2,000 images/s" in out
    assert "1.00x" in out
    assert "absent did not take part: no library" in out


def test_every_script_of_the_peers_takes_part(
    inkdigits: Callable, asked: list[Contestant], tmp_path: Path
):
    for name in ("fast_peer.py", "absent.py", "notes.txt"):
        (tmp_path / name).touch()
    inkdigits("benchmark", "train", "--peers", str(tmp_path))
    assert [each.name for each in asked[-2:]] == ["absent", "fast peer"]
    assert asked[-1].command[-1] == str(tmp_path / "fast_peer.py")


def test_a_folder_without_scripts_is_refused(inkdigits: Callable, tmp_path: Path):
    result = inkdigits("benchmark", "train", "--peers", str(tmp_path))
    assert result.code == 2
    assert f"`--peers` must be a folder of Python scripts; received {tmp_path}" in result.err


def test_no_rounds_are_refused(inkdigits: Callable):
    result = inkdigits("benchmark", "train", "--repeats", "0")
    assert result.code == 2
    assert "`--repeats` must be between 1 and 1,000; received 0" in result.err
