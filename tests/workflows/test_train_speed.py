import pytest

from inkdigits.training.recipe import Recipe
from inkdigits.workflows import train_speed
from inkdigits.workflows.train_speed import training_speed


@pytest.mark.parametrize("name", ["quick", "swift"])
def test_every_measurement_is_a_speed(name: str, request: pytest.FixtureRequest):
    recipe: Recipe = request.getfixturevalue(name)
    measure = training_speed(recipe, images=640)
    assert measure() > 0
    assert measure() > 0


def test_the_cores_are_shared_out_before_anything_is_built(
    swift: Recipe, monkeypatch: pytest.MonkeyPatch
):
    calls: list[object] = []

    class BuildError(Exception):
        pass

    def build(*_: object, images_to_come: int) -> None:
        calls.append("build")
        # Compiled as for the whole recipe: two epochs of MNIST.
        assert images_to_come == 120_000
        raise BuildError

    monkeypatch.setattr(train_speed, "share_cores", calls.append)
    monkeypatch.setattr(train_speed, "Trainer", build)
    with pytest.raises(BuildError):
        training_speed(swift, images=640)
    assert calls == [2, "build"]
