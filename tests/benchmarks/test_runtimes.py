import pytest


@pytest.fixture
def script(load):
    return load("runtimes")


def test_the_break_even_is_where_the_saved_time_is_that_of_the_start(script):
    # 1,000 and 2,000 images a second: half a millisecond saved an image.
    assert script.break_even(0.2, 1000, 2000, threads=1) == pytest.approx(400)
    assert script.break_even(0.2, 1000, 2000, threads=2) == pytest.approx(800)


@pytest.mark.parametrize("fast", [1000, 900])
def test_a_runtime_that_is_no_faster_never_pays(script, fast):
    assert script.break_even(0.2, 1000, fast, threads=1) == float("inf")


def test_the_tables_give_medians(script):
    slow = {(name, n): [900.0, 1000.0, 5000.0] for name in script.NAMES for n in script.BATCHES}
    speeds = slow | {("OpenVINO, bfloat16", n): [2000.0] for n in script.BATCHES}
    assert (
        script.speed_table(speeds)
        .splitlines()[2]
        .startswith("| ONNX Runtime, float32 | 1,000 images/s |")
    )
    starts = dict.fromkeys(script.NAMES, 0.2)
    assert script.start_table(starts, speeds, threads=1).splitlines()[2:] == [
        "| ONNX Runtime, float32 | 0.20 s |  |",
        "| OpenVINO, float32 | 0.20 s | never |",
        "| OpenVINO, bfloat16 | 0.20 s | 400 images |",
    ]


def test_a_start_is_measured_in_a_process_of_its_own(script):
    assert script.start("ONNX Runtime, float32") > 0


def test_every_runtime_is_measured_with_every_size(script, monkeypatch):
    monkeypatch.setattr(script, "BATCHES", (1, 2))
    speeds = script.measure(seconds=0)
    assert set(speeds) == {(name, n) for name in script.NAMES for n in (1, 2)}
    assert all(len(each) == 1 and each[0] > 0 for each in speeds.values())
