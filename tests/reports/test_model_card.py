import re

from inkdigits.recognition.cascade import MARK, ONE
from inkdigits.recognition.shipped import read_card
from inkdigits.reports.model_card import counter_card, medium_card, model_card, quick_card


def score(correct, n):
    return {"accuracy": correct / n, "correct": correct, "n": n, "interval95": [0.5, 0.75]}


MEMBER = {
    "network": "robust",
    "command": "inkdigits train --recipe best --seed 7",
    "seed": 7,
    "finished": "2026-11-22T23:00:00+00:00",
    "data": {
        "name": "mnist",
        "sha256": "abc",
        "train_images": 55_000,
        "validation_images": 5_000,
        "test_images": 10_000,
    },
    "machine": {"processor": "a processor", "cores": 2},
    "seconds": 125.0,
    "precision": "bfloat16",
}
CARD = {
    "members": [MEMBER],
    "sha256": "def",
    "bytes": 2_345_678,
    "figures": {
        "test": {
            **score(3, 4),
            "undisputed": score(2, 3),
            "loss": 0.0123,
            "brier": 0.0045,
            "calibration_error": 0.001,
        },
        "rejection": {"score": "energy", "threshold": -2.5, "temperature": 0.512},
        "other_writers": score(9, 10),
        "corruptions": {"mean_accuracy": 0.97, "each": {"shot_noise": score(7, 8)}},
        "outliers": {
            "false_rejection": 0.01,
            "sets": {
                "blank": {"auroc": 0.9987, "false_positive_rate_at_95": 0.02, "rejected": 0.985}
            },
        },
    },
}


def cells(page):
    """Every row of the page's tables as a tuple."""
    rows = [line for line in page.splitlines() if line.startswith("|")]
    return {tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows}


def test_the_card_tells_which_networks_it_went_on_from_the_latest_first():
    first = {"sha256": "789"}
    second = {"sha256": "456", "command": "b", "seconds": 61.0, "finished": "noon"}
    member = {**MEMBER, "began_with": {**second, "began_with": first}}
    page = model_card({**CARD, "members": [member]})
    assert (
        "| began with | the network `456`, trained by `b` in 1 min 1 s, finished noon |\n"
        "| began with | the network `789` |\n\nEvery choice"
    ) in page
    assert "began with" not in model_card(CARD)


def test_the_card_tells_between_which_networks_one_began():
    first, other = {"sha256": "123"}, {"sha256": "456", "command": "b"}
    began = {
        "sha256": "789",
        "command": "a",
        "began_with": first,
        "towards": {"share": 0.3, **other},
    }
    page = model_card({**CARD, "members": [{**MEMBER, "began_with": began}]})
    assert (
        "| began with | the network `789`, trained by `a` |\n"
        "| began with | the network `123` |\n"
        "| 30 % of the way to | the network `456`, trained by `b` |\n\nEvery choice"
    ) in page


def test_the_card_tells_whose_answers_it_learnt():
    member = {**MEMBER, "taught_by": {"sha256": "321", "command": "c"}}
    page = model_card({**CARD, "members": [member]})
    assert ("taught by", "the network `321`, trained by `c`") in cells(page)
    assert "taught by" not in model_card(CARD)


def test_of_a_teacher_whose_command_nobody_noted_the_digest_is_told():
    member = {**MEMBER, "taught_by": {"sha256": "321"}}
    page = model_card({**CARD, "members": [member]})
    assert ("taught by", "the network `321`") in cells(page)


def test_of_several_networks_the_card_tells_how_each_was_made():
    other = {**MEMBER, "command": "inkdigits train --recipe best --seed 8"}
    page = model_card({**CARD, "members": [MEMBER, other]})
    first, second = page.index("### Network 1 of 2"), page.index("### Network 2 of 2")
    assert first < page.index("--seed 7`") < second < page.index("--seed 8`")
    assert "2 convolutional networks for the ten digits in one file" in page
    assert "### Network" not in model_card(CARD)


def test_the_card_tells_how_the_network_was_made():
    rows = cells(model_card(CARD))
    assert ("command", "`inkdigits train --recipe best --seed 7`") in rows
    assert ("layers", "those of `robust`") in rows
    assert ("data", "mnist, SHA-256 `abc`") in rows
    assert ("images", "55,000 learnt from, 5,000 held out") in rows
    assert ("machine", "a processor, 2 cores, bfloat16") in rows


def test_the_counters_card_tells_how_it_was_made_and_what_it_knows():
    counter = {**MEMBER, "sha256": "def", "bytes": 2_345_678}
    data = {**MEMBER["data"], "name": "strips"}
    began = {"sha256": "ghi", "command": "inkdigits train", "seconds": 65.0}
    page = counter_card({**counter, "data": data, "test": score(3, 4), "began_with": began})
    assert page.startswith("## The second network")
    assert "2,345,678 bytes of ONNX (SHA-256 `def`)" in page
    rows = cells(page)
    assert ("data", "strips, SHA-256 `abc`") in rows
    assert ("time", "2 min 5 s") in rows
    assert ("began with", "the network `ghi`, trained by `inkdigits train` in 1 min 5 s") in rows
    assert (
        "marks and parts that it did not learn from",
        "75.00 % (3 of 4; 50.00 to 75.00 %)",
    ) in rows


def test_the_small_networks_card_tells_how_it_was_made_and_when_it_is_believed():
    quick = {**MEMBER, "sha256": "def", "bytes": 2_345_678}
    page = quick_card({**quick, "test": score(3, 4)})
    assert page.startswith("## The small network")
    assert "2,345,678 bytes of ONNX (SHA-256 `def`)" in page.replace("\n", " ")
    flat = page.replace("\n", " ")
    assert f"a probability of {ONE.sure}" in flat
    assert f"no digit one of {ONE.surely_none}" in flat
    assert f"it takes {MARK.sure} and more, and at most {MARK.none}." in flat
    rows = cells(page)
    assert ("time", "2 min 5 s") in rows
    assert ("test images, of all of them", "75.00 % (3 of 4; 50.00 to 75.00 %)") in rows


def test_the_medium_networks_card_tells_which_of_the_networks_it_is():
    card = {"member": 3, "sha256": "def", "bytes": 2_345_678, "temperature": 0.51249}
    page = medium_card({**card, "test": score(3, 4)})
    assert "network 3 of those above" in page
    assert "2,345,678 bytes of ONNX (SHA-256 `def`)" in page
    assert ("temperature", "0.512") in cells(page)
    assert ("test images, of all of them", "75.00 % (3 of 4; 50.00 to 75.00 %)") in cells(page)


def test_the_card_gives_each_figure_with_its_interval():
    rows = cells(model_card(CARD))
    assert ("clean test images", "75.00 % (3 of 4; 50.00 to 75.00 %)") in rows
    assert ("without the 15 disputed labels", "66.67 % (2 of 3; 50.00 to 75.00 %)") in rows
    assert ("MNIST-C, mean of fifteen", "97.00 %") in rows
    assert ("MNIST-C, shot noise", "87.50 % (7 of 8; 50.00 to 75.00 %)") in rows
    assert ("temperature", "0.512") in rows
    assert ("blank", "0.9987", "2.00 %", "98.50 %") in rows


def test_the_card_of_the_network_in_the_package_names_all_fifteen_corruptions_and_its_limits():
    page = model_card(read_card())
    assert len(re.findall(r"^\| MNIST-C, (?!mean)", page, re.M)) == 15
    assert "## Limits" in page
