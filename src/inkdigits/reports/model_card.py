"""The model card of the network that comes with the package, from its measured figures.

Comes in: what the card beside the network's file says. Goes out: Markdown. It measures nothing.
"""

from __future__ import annotations

from typing import Any

from inkdigits import formats
from inkdigits.recognition.cascade import MARK, ONE

LIMITS = """\
## Limits

- It reads one digit in an image of 28x28 pixels, light ink on dark paper, brought to size as in
  MNIST: the ink fitted into 20x20 pixels, its centre of mass in the middle. On other input it
  answers, too, but nothing is promised.
- It learnt from American writers of the 1990s; 1s with an upstroke, crossed 7s and slashed 0s only
  from drawings. Other ways to write digits, or digits of other scripts, may be misread.
- A letter in the shape of a digit is taken for one: nobody can tell a printed O from a 0.
- Its confidence was fitted on held-out images like those it learnt from. On corrupted images it
  is too sure of itself.
- The corruptions it is measured on were not learnt from, but their strength of effect on held-out
  images was looked at while the recipe's own textures, strokes and outlines were chosen. Turning,
  shifting, leaning and scaling are part of the recipe as they are of the corruptions, and its
  outlines of one pixel look much like Canny's edges: that figure is of something half known. So are
  the digits of other writers, of 8x8 cells: MNIST's own were learnt from after such a reduction.
- Fashion-MNIST, noise, blank paper and letters were not learnt from. The kind of score that
  rejects them was chosen on other pictures of the same four kinds.
"""


def model_card(card: dict[str, Any]) -> str:
    """Write the card.

    Args:
        card: As `read_card` of `inkdigits.recognition.shipped` returns it.

    Returns:
        Markdown: how the network was trained, what it reaches, where it ends.
    """
    return "\n".join([_training(card), _figures(card["figures"]), LIMITS])


def counter_card(card: dict[str, Any]) -> str:
    """Write the card of the network that tells one digit from two that touch.

    Args:
        card: As `read_counter_card` of `inkdigits.recognition.shipped` returns it.

    Returns:
        Markdown.
    """
    return f"""\
## The second network: one digit or two

Where a piece of ink may be one digit or two that touch, `inkdigits predict` asks a network that
looks at all of it, squeezed into 28x28 pixels: 112 answers, for the ten digits, the hundred pairs,
more than two, and no whole digit. {card["bytes"]:,} bytes of ONNX (SHA-256 `{card["sha256"]}`).

| | |
| --- | --- |
{_how(card)}
{_beginnings(card)}| marks and parts that it did not learn from | {_score(card["test"])} |

The marks are those that the reader finds on generated pages, drawn by `benchmarks/strips.py` from
MNIST's training digits, and parts of those in which several digits touch, many of them cut in the
wrong place; the last row's are from the 5,000 digits that are held out of every training. Of other
hands and of digits that overlap by much it knows less.
"""


def quick_card(card: dict[str, Any]) -> str:
    """Write the card of the small network that answers what is clear.

    Args:
        card: As `read_quick_card` of `inkdigits.recognition.shipped` returns it.

    Returns:
        Markdown.
    """
    return f"""\
## The small network: what is clear

`inkdigits predict` first asks a network that does a hundredth of the work. Where that gives a digit
a probability of {ONE.sure} and more, as for nine in ten of MNIST's own, and no digit one of at most
{ONE.none}, its answer stands, and so it does where it gives no digit one of {ONE.surely_none} and
more. For a mark on a page, which may be two digits that touch, it takes {MARK.sure} and more, and
at most {MARK.none}. Of all others the medium network is asked.

{card["bytes"]:,} bytes of ONNX (SHA-256 `{card["sha256"]}`).

| | |
| --- | --- |
{_how(card)}
| test images, of all of them | {_score(card["test"])} |

It learnt from the same pictures without a digit as the first network, and like that has an output
for them. From which probability its answers stand was chosen by `benchmarks/quick.py`, on held-out
digits and pictures without one: both networks together make hardly more mistakes than the first
alone.
"""


def medium_card(card: dict[str, Any]) -> str:
    """Write the card of the network that answers what is not clear to the small one, but to it.

    Args:
        card: As `read_medium_card` of `inkdigits.recognition.shipped` returns it.

    Returns:
        Markdown.
    """
    return f"""\
## The medium network: what is clear to one of several

What is not clear to the small network is asked of network {card["member"]} of those above, by
itself: a quarter of their work. Where its answer is as clear as the small one's must be, that
stands; of the others, one in three of MNIST's own that have come so far, all are asked.

{card["bytes"]:,} bytes of ONNX (SHA-256 `{card["sha256"]}`).

| | |
| --- | --- |
| temperature | {card["temperature"]:.3f} |
| test images, of all of them | {_score(card["test"])} |
"""


def _how(card: dict[str, Any]) -> str:
    """Return the rows about how a network was trained."""
    data, machine = card["data"], card["machine"]
    accelerator = f", {card['accelerator']}" if card.get("accelerator") else ""
    return f"""\
| command | `{card["command"]}` |
| data | {data["name"]}, SHA-256 `{data["sha256"]}` |
| images | {data["train_images"]:,} learnt from, {data["validation_images"]:,} held out |
| seed | {card["seed"]} |
| machine | {machine["processor"]}, {machine["cores"]} cores{accelerator}, {card["precision"]} |
| time | {formats.duration(card["seconds"])} |
| finished | {card["finished"]} |"""


def _training(card: dict[str, Any]) -> str:
    members = card["members"]
    what = "one convolutional network for the ten digits"
    if len(members) > 1:
        what = (
            f"{len(members)} convolutional networks for the ten digits in one file, of whose logits"
            " the mean answers"
        )
    trained = "\n".join(_member(each, i, len(members)) for i, each in enumerate(members, 1))
    return f"""\
# Model card: the network in the package

What `inkdigits evaluate shipped` measures: {what},
{card["bytes"]:,} bytes of ONNX (SHA-256 `{card["sha256"]}`).

## Training

{trained}
Every choice was made on held-out training images; the {members[0]["data"]["test_images"]:,} test
images were read when the networks were finished. The recipe's fields: [recipes.md](recipes.md).
"""


def _member(member: dict[str, Any], number: int, of: int) -> str:
    heading = f"### Network {number} of {of}\n\n" if of > 1 else ""
    return f"""\
{heading}| | |
| --- | --- |
| layers | those of `{member["network"]}` |
{_how(member)}
{_teacher(member)}{_beginnings(member)}"""


def _teacher(card: dict[str, Any]) -> str:
    """Return a row for the network whose answers it learnt, if there is one."""
    if "taught_by" not in card:
        return ""
    teacher = card["taught_by"]
    how = f", trained by `{teacher['command']}`" if "command" in teacher else ""
    return f"| taught by | the network `{teacher['sha256']}`{how} |\n"


def _beginnings(card: dict[str, Any]) -> str:
    """Return a row for each network that this one went on from, the latest first.

    Where it began between two networks, all that the one came from stand before the other.
    """
    rows = ""
    if "began_with" in card:
        rows += _beginning("began with", card["began_with"])
    if "towards" in card:
        share = formats.percent(card["towards"]["share"], 0)
        rows += _beginning(f"{share} of the way to", card["towards"])
    return rows


def _beginning(place: str, card: dict[str, Any]) -> str:
    how = f", trained by `{card['command']}`" if "command" in card else ""
    time = f" in {formats.duration(card['seconds'])}" if "seconds" in card else ""
    until = f", finished {card['finished']}" if "finished" in card else ""
    return f"| {place} | the network `{card['sha256']}`{how}{time}{until} |\n{_beginnings(card)}"


def _figures(figures: dict[str, Any]) -> str:
    test, rejection = figures["test"], figures["rejection"]
    rows = [
        ("clean test images", _score(test)),
        ("without the 15 disputed labels", _score(test["undisputed"])),
        ("log loss, in nats", f"{test['loss']:.4f}"),
        ("Brier score", f"{test['brier']:.4f}"),
        ("expected calibration error, 15 bins", formats.percent(test["calibration_error"])),
        ("temperature", f"{rejection['temperature']:.3f}"),
        ("digits of other writers (scikit-learn's 1,797)", _score(figures["other_writers"])),
        ("MNIST-C, mean of fifteen", formats.percent(figures["corruptions"]["mean_accuracy"])),
        *((f"MNIST-C, {name}", _score(one)) for name, one in _corruptions(figures)),
    ]
    outliers = figures["outliers"]
    sets = [
        f"| {name} | {one['auroc']:.4f} | {formats.percent(one['false_positive_rate_at_95'])} | "
        f"{formats.percent(one['rejected'])} |"
        for name, one in outliers["sets"].items()
    ]
    return "\n".join(
        [
            "## Figures\n",
            "Made by `inkdigits evaluate shipped --suite all`; intervals are Wilson's, 95 %.\n",
            "| what | figure |",
            "| --- | --- |",
            *(f"| {what} | {figure} |" for what, figure in rows),
            "",
            f"Pictures that are no digits, told by {rejection['score']}, rejected above "
            f"{rejection['threshold']:.4g}. {formats.percent(outliers['false_rejection'])} of the "
            "test digits are rejected, too.\n",
            "| set | area under the ROC curve | pass for digits when 95 % of digits pass "
            "| rejected |",
            "| --- | --- | --- | --- |",
            *sets,
            "",
        ]
    )


def _corruptions(figures: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name.replace("_", " "), one) for name, one in figures["corruptions"]["each"].items()]


def _score(score: dict[str, Any]) -> str:
    low, high = score["interval95"]
    return (
        f"{formats.percent(score['accuracy'])} ({score['correct']:,} of {score['n']:,}; "
        f"{100 * low:.2f} to {formats.percent(high)})"
    )
