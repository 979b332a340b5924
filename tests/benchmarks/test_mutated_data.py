import pytest

pytest.importorskip("pyarrow")


@pytest.fixture
def script(load):
    return load("mutated_data")


def test_undamaged_files_hold_what_is_expected(script):
    seeds = script.seed_files()
    assert {script.attempt(kind, content, seeds)[0] for kind, content in seeds.items()} == {"same"}


def test_damaged_files_are_loaded_or_refused_with_one_type_of_error(script):
    seeds = script.seed_files()
    outcomes = {kind: set() for kind in seeds}
    for number in range(250):
        kind, content = script.mutant(3, number, seeds)
        outcomes[kind].add(script.attempt(kind, content, seeds)[0])
    assert set().union(*outcomes.values()) == {"same", "other", "refused"}
    for kind in ("npz", "npz-packed", "idx-images.gz"):  # these have checksums of their own
        assert outcomes[kind] <= {"same", "refused"}


def test_with_their_checksums_beside_them_files_are_the_same_or_refused(script):
    seeds = script.seed_files()
    outcomes = set()
    for number in range(150):
        kind, content = script.mutant(4, number, seeds)
        if content == seeds[kind]:
            continue
        outcome, note = script.attempt(kind, content, seeds, sums=True)
        assert "was changed: its SHA-256 must be" in note
        outcomes.add(outcome)
    assert outcomes == {"refused"}


def test_undamaged_files_with_their_checksums_load(script):
    seeds = script.seed_files()
    results = {script.attempt(kind, each, seeds, sums=True) for kind, each in seeds.items()}
    assert results == {("same", "")}


def test_a_file_is_the_same_whenever_it_is_made(script):
    seeds = script.seed_files()
    assert seeds == script.seed_files()
    assert script.mutant(1, 2, seeds) == script.mutant(1, 2, seeds)


def test_what_went_wrong_is_in_the_table(script, monkeypatch):
    def defect(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(script, "load", defect)
    assert script.attempt("npz", b"", {}) == ("untyped", "KeyError: 'x'")
    lines = script.table({"npz": script.Counter(untyped=1, same=2)}, {"npz": 0.5}).splitlines()
    assert lines[2] == "| npz | 3 | 2 | 0 | 0 | 1 | 0 | 0 | 0.50 s |"
