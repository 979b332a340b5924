import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import UsageError
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.plan import EpochPlan, Purpose, plan_epoch

SMALL = {
    "images": 40,
    "batch_size": 8,
    "augmenter": Augmenter(Augmentation(rotation=9.0), (6, 6)),
}


def plan(**changes):
    return plan_epoch(**{**SMALL, "seed": 1, "epoch": 1, **changes})


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 5), st.integers(1, 5))
def test_full_batches_only_and_no_image_twice(images, batch_size, seed, epoch):
    if batch_size > images:
        return
    made = plan(images=images, batch_size=batch_size, seed=seed, epoch=epoch)
    assert made.order.shape == (images // batch_size, batch_size)
    assert made.changes.shape == (images // batch_size, batch_size, 8)
    assert made.order.dtype == np.int32
    assert made.changes.dtype == np.float32
    assert made.steps == images // batch_size
    used = made.order.ravel()
    assert len(set(used.tolist())) == used.size
    assert used.min() >= 0
    assert used.max() < images


def test_without_a_rest_every_image_is_used_once():
    assert sorted(plan().order.ravel().tolist()) == list(range(40))


def test_which_images_are_left_out_changes_from_epoch_to_epoch():
    left_out = {
        tuple(sorted(set(range(40)) - set(plan(batch_size=16, epoch=epoch).order.ravel().tolist())))
        for epoch in range(1, 6)
    }
    assert len(left_out) == 5


def test_the_same_seed_and_epoch_give_the_same_plan():
    first, again = plan(), plan()
    np.testing.assert_array_equal(first.order, again.order)
    np.testing.assert_array_equal(first.changes, again.changes)


@pytest.mark.parametrize(
    "changes",
    [{"seed": 2}, {"epoch": 2}, {"purpose": Purpose.VALIDATION}, {"seed": 2, "epoch": 0}],
    ids=str,
)
def test_another_seed_epoch_or_purpose_gives_another_plan(changes):
    first, other = plan(), plan(**changes)
    assert (first.order != other.order).any()
    assert (first.changes != other.changes).any()


def test_seed_and_epoch_do_not_stand_in_for_each_other():
    assert (plan(seed=1, epoch=2).order != plan(seed=2, epoch=1).order).any()


def test_every_image_of_an_epoch_is_warped_in_its_own_way():
    changes = plan().changes.reshape(-1, 8)
    assert len(np.unique(changes, axis=0)) == len(changes)


def test_changes_are_what_the_augmenter_draws_after_the_order():
    augmenter = Augmenter(Augmentation(rotation=9.0, elastic=1.0, stroke=0.5), (6, 6))
    made = plan(augmenter=augmenter, seed=5, epoch=3)
    rng = np.random.default_rng([5, 3, Purpose.TRAINING])
    np.testing.assert_array_equal(made.order.ravel(), rng.permutation(40))
    np.testing.assert_array_equal(made.changes.reshape(40, -1), augmenter.draw(40, rng))


def test_what_is_changed_does_not_change_the_order():
    more = Augmenter(Augmentation(rotation=9.0, texture=0.5), (6, 6))
    np.testing.assert_array_equal(plan().order, plan(augmenter=more).order)


def test_parts_follow_each_other_to_the_whole():
    whole = plan()
    parts = [whole.part(0, 2), whole.part(2, 3), whole.part(3, 9)]
    assert [part.steps for part in parts] == [2, 1, 2]
    np.testing.assert_array_equal(np.concatenate([part.order for part in parts]), whole.order)
    np.testing.assert_array_equal(np.concatenate([part.changes for part in parts]), whole.changes)
    assert isinstance(parts[0], EpochPlan)


@pytest.mark.parametrize(("images", "batch_size"), [(7, 8), (0, 1), (1, 64)])
def test_a_batch_larger_than_the_set_is_refused(images, batch_size):
    with pytest.raises(UsageError) as caught:
        plan(images=images, batch_size=batch_size)
    assert str(caught.value) == (
        f"`batch_size` must be at most the number of images, {images}; received {batch_size}"
    )
