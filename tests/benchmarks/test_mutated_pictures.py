import pytest


@pytest.fixture
def script(load):
    return load("mutated_pictures")


def test_damaged_files_are_decoded_or_refused_with_one_type_of_error(script):
    seeds = script.seed_pictures()
    tally = script.Tally()
    for number in range(320):
        name, content = script.mutant(7, number, seeds)
        if not name.startswith(("pdf", "heic")):  # these take their time
            tally.add(name, *script.attempt(content, read=False), 0.0)
    assert set(tally.outcomes) == {"decoded", "refused"}, tally.table()
    assert min(tally.outcomes.values()) > 20


def test_a_file_is_the_same_whenever_it_is_made(script):
    seeds = script.seed_pictures()
    assert script.mutant(1, 2, seeds) == script.mutant(1, 2, seeds)
    assert script.mutant(1, 2, seeds) != script.mutant(2, 2, seeds)


def test_mended_checksums_are_those_of_the_chunks(script):
    png = bytearray(script.seed_pictures()["png-grey"])
    damaged = bytearray(png)
    damaged[29:33] = b"\0\0\0\0"  # the checksum of the header
    assert script._with_checksums(damaged) == png


def test_whatever_goes_wrong_is_counted_and_named(script):
    tally = script.Tally()
    tally.add("a", "decoded", "", 0.5)
    tally.add("b", "crash", "exit code -11", 0.0)
    tally.add("c", "refused", "cut off", 2.5)
    row, note = tally.table().splitlines()[2:]
    assert row == "| 3 | 1 | 1 | 0 | 1 | 0 | 1 | 2.50 s (c) |"
    assert note == "crash: b: exit code -11"


def test_a_process_that_is_lost_is_noticed_and_replaced(script):
    worker = script.Worker(script._work, (0, False), lambda number: f"file {number}")
    lost = worker._process
    lost.kill()
    lost.join()
    try:
        name, outcome, note, _ = worker.attempt(1)
        assert (name, outcome) == ("file 1", "crash")
        assert note == "exit code -9"
        assert worker._process.is_alive()
    finally:
        worker._process.kill()
        worker._process.join()
