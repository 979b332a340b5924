"""The engine on JAX, in a process of its own: a backend is chosen once for a process."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from inkdigits.training.tensorflow_engine import TensorFlowEngine
from tests.places import REPOSITORY
from tests.training.jax_cases import CASES, END_TO_END, NEUTRAL, initial_weights, train_case

# Compiled in half the time; what is compiled computes the same, only slower.
QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
WAYS = ("engine", "sliced")  # on a CPU step by step; on a graphics processor many in a loop
OPTIONS = ("-W", "error", "-W", "ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def weights():
    return {name: initial_weights(case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def report(weights, tmp_path_factory):
    """What the program that trains on JAX wrote down: figures and arrays."""
    folder = tmp_path_factory.mktemp("jax")
    begin, end = folder / "weights.npz", folder / "report.npz"
    np.savez(begin, **{f"{case}|{k}": v for case, each in weights.items() for k, v in each.items()})
    done = subprocess.run(
        [sys.executable, *OPTIONS, "-m", "tests.training.jax_cases", str(begin), str(end)],
        cwd=REPOSITORY,
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": QUICKLY},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with np.load(end) as stored:
        arrays = dict(stored)
    return json.loads(str(arrays.pop("figures"))), arrays


def arrays_of(report, prefix):
    arrays = {
        name.removeprefix(prefix): each
        for name, each in report[1].items()
        if name.startswith(prefix)
    }
    assert arrays
    return arrays


def assert_equal(first, second):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def assert_close(first, second, tolerance=1e-3):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_allclose(
            first[name].astype(float), second[name].astype(float), tolerance, tolerance, name
        )


def test_the_program_ran_on_jax(report):
    figures, _ = report
    assert figures["backend"] == figures["trainer"]["backend"] == "jax"


def test_on_jax_the_compiled_engine_is_chosen(report):
    figures, _ = report
    assert figures["engine"]["engine"] == figures["trainer"]["engine"] == "JaxEngine"
    assert figures["engine"]["needs accumulation"] is False


def test_both_engines_on_jax_train_to_the_same_weights_losses_and_hits(report, weights):
    figures, _ = report
    compiled, neutral = figures[NEUTRAL], figures["neutral"]
    assert compiled["images"] == neutral["images"] == CASES[NEUTRAL].images
    assert compiled["classified"] == neutral["classified"]
    assert compiled["loss"] == pytest.approx(neutral["loss"], rel=1e-4)
    assert abs(compiled["correct"] - neutral["correct"]) <= 1  # two classes may tie
    arrays = arrays_of(report, f"{NEUTRAL}|")
    assert_close(arrays, arrays_of(report, "neutral|"))
    assert np.abs(arrays["dense1/kernel"] - weights[NEUTRAL]["dense1/kernel"]).max() > 0.005


@pytest.mark.parametrize("case", sorted(CASES.keys() - {NEUTRAL}))
def test_jax_and_tensorflow_train_to_the_same_weights_losses_and_hits(report, weights, case):
    on_jax = report[0][case]
    on_tensorflow, arrays = train_case(TensorFlowEngine, CASES[case], weights[case])
    assert on_jax["images"] == on_tensorflow["images"]
    assert on_jax["classified"] == on_tensorflow["classified"]
    assert on_jax["loss"] == pytest.approx(on_tensorflow["loss"], rel=1e-4)
    assert abs(on_jax["correct"] - on_tensorflow["correct"]) <= 1
    assert_close(arrays, arrays_of(report, f"{case}|"))


def test_images_without_a_class_are_seen_and_not_counted_as_classified(report):
    counts = {case: report[0][case] for case in ("long", "changed")}
    assert (counts["long"]["images"], counts["long"]["classified"]) == (280, 280)
    assert (counts["changed"]["images"], counts["changed"]["classified"]) == (96, 64)


def test_the_averages_are_others_than_the_latest_weights(report):
    arrays = arrays_of(report, "averaging|")
    averages = arrays["average of dense1/kernel"]
    assert np.abs(arrays["dense1/kernel"] - averages).max() > 0.005


def test_a_plan_longer_than_the_loop_takes_at_once_is_the_same_step_by_step(report):
    stepped, sliced = (report[0][way] for way in WAYS)
    assert sliced["slice"] < CASES["long"].steps
    assert sliced["whole"] == pytest.approx(stepped["whole"], rel=1e-5)
    first, other = (arrays_of(report, f"{way}|first reading/") for way in WAYS)
    assert_close(first, other, tolerance=1e-4)


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_in_parts_is_the_whole_plan(report, way):
    figures = report[0][way]
    assert figures["parts"][1:] == figures["whole"][1:]
    assert figures["parts"][0] == pytest.approx(figures["whole"][0], rel=1e-5)
    first, parts = (arrays_of(report, f"{way}|{part}/") for part in ("first reading", "in parts"))
    assert_close(first, parts, tolerance=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_without_steps_and_preparing_change_nothing(report, way):
    assert report[0][way]["nothing"] == [0.0, 0, 0, 0]
    beginning, untouched = (
        arrays_of(report, f"{way}|{stage}/") for stage in ("beginning", "untouched")
    )
    assert_equal(beginning, untouched)


@pytest.mark.parametrize("way", WAYS)
def test_preparing_compiles_what_runs(report, way):
    assert report[0][way]["programs"] == [1, 1]


@pytest.mark.parametrize("way", WAYS)
def test_variables_can_be_read_again_and_again_after_a_run(report, way):
    first, second = (
        arrays_of(report, f"{way}|{reading} reading/") for reading in ("first", "second")
    )
    assert_equal(first, second)


@pytest.mark.parametrize("way", WAYS)
def test_values_from_before_a_run_are_not_taken_away(report, way):
    assert report[0][way]["old values can still be read"] is True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("n", [1, 1001])
def test_predict_is_the_model_in_inference(report, n, way):
    arrays = arrays_of(report, f"{way}|")
    predicted = arrays[f"predicted {n}"]
    assert predicted.shape == (n, 10)
    assert predicted.dtype == np.float32
    np.testing.assert_allclose(predicted, arrays[f"expected {n}"], rtol=1e-4, atol=1e-6)


def test_predict_of_no_images_has_no_rows(report):
    predicted = report[1]["engine|predicted 0"]
    assert predicted.shape == (0, 10)
    assert predicted.dtype == np.float32


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_learnt_from_is_refused_and_changes_nothing(report, way):
    figures = report[0][way]
    assert "labels must be below 10; received 10" in figures["label refused"]
    assert figures["uneven parts refused"] != "nothing was refused"
    before, after = (
        arrays_of(report, f"{way}|{stage}/") for stage in ("in parts", "after refusals")
    )
    assert_equal(before, after)


def test_cores_are_not_shared_on_jax(report):
    assert report[0]["engine"]["cores shared"] == [False, False]


def test_the_recipe_fast_trains_to_its_end_on_jax(report):
    figures, arrays = report[0]["trainer"], arrays_of(report, "trainer|")
    assert figures["finished"] is True
    assert figures["images"][0] == 2 * 40
    history = figures["histories"][0]
    assert len(history) == END_TO_END.epochs
    assert history[1][0] < history[0][0]
    # The last validation measured the weights that the run keeps.
    probabilities, labels = arrays["predicted"], arrays["labels"]
    chosen = probabilities[np.arange(20), labels]
    assert history[-1][2] == pytest.approx(-np.log(chosen).mean(), rel=1e-4)
    assert history[-1][3] == (probabilities.argmax(axis=1) == labels).mean()


def test_a_finished_run_on_jax_can_be_read_and_fitted_again_and_does_not_change(report):
    assert report[0]["trainer"]["state"] == [END_TO_END.epochs + 1, 0]
    assert_equal(*(arrays_of(report, f"trainer|{run}/") for run in ("whole", "whole again")))


def test_a_deterministic_run_resumed_on_jax_ends_bit_for_bit_as_one_that_was_not_stopped(report):
    figures = report[0]["trainer"]
    assert figures["stopped early"] is True
    assert figures["images"] == [80, 40, 80]
    whole, resumed = figures["histories"]
    assert whole == resumed
    assert_equal(*(arrays_of(report, f"trainer|{run}/") for run in ("whole", "resumed")))


def test_xla_is_given_an_option_that_it_knows_and_no_other(report):
    assert report[0]["options"] == [{"xla_cpu_experimental_ynn_fusion_type": ""}, {}]
