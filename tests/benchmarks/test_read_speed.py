import sys

import pytest


@pytest.fixture
def script(load):
    return load("read_speed")


def test_what_a_process_prints_comes_with_its_cost(script):
    cost, printed = script.run([sys.executable, "-c", "print('7')"])
    assert printed == "7\n"
    assert cost.seconds > 0
    assert cost.processor > 0
    assert cost.memory > 1


def test_a_process_that_fails_is_no_figure(script):
    with pytest.raises(RuntimeError, match="ended with exit code 7"):
        script.run([sys.executable, "-c", "raise SystemExit(7)"])


def test_the_table_gives_medians_spread_and_the_highest_memory(script):
    costs = {
        script.FOLDER: [
            script.Cost(seconds, 2 * seconds, memory, pictures=10_000)
            for seconds, memory in [(2.0, 100.0), (4.0, 1500.4), (5.0, 90.0)]
        ],
        script.PHOTO: [script.Cost(0.5, 1.0, 300.0, note="99 of 100 digits right")],
    }
    folder, photo = script.table(costs).splitlines()[2:]
    assert folder == (
        "| folder | 3 | 4.00 s | 2.00 to 5.00 s | 8.00 s | 1,500 MiB | 2,500.0 "
        "| 3,000 pictures a second |  |"
    )
    assert photo.endswith("| 0.6 s and 500 MiB | 99 of 100 digits right |")


def test_the_pictures_are_what_they_are_said_to_be(script, tmp_path):
    import cv2

    script.make_pictures(tmp_path, 3)
    assert cv2.imread(str(tmp_path / script.PHOTO)).shape == (3000, 4000, 3)
    truth = (tmp_path / script.TRUTH).read_text()
    assert len(truth.replace("\n", "")) == 100
    assert cv2.imread(str(tmp_path / script.SMALL), cv2.IMREAD_GRAYSCALE).shape == (192, 192)
    folder = sorted((tmp_path / script.FOLDER).iterdir())
    assert [path.name for path in folder] == ["00000.png", "00001.png", "00002.png"]
    assert cv2.imread(str(folder[0]), cv2.IMREAD_UNCHANGED).shape == (28, 28)
