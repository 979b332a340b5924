"""Sharing the cores, in a process of its own: TensorFlow takes the number once for a process."""

import json
import os
import subprocess
import sys

from inkdigits.training import threads

PROGRAM = """
import json, os
import tensorflow as tf
from inkdigits.training import threads

cores = tf.config.threading.get_intra_op_parallelism_threads

unasked = threads.cores_are_shared(2)
if hasattr(os, "sched_setaffinity"):
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(own)})
threads.share_cores(1)
allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
of_own = [cores(), allowed]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, own)

def share(number, parts):
    threads.available_cores = lambda: number
    return threads.share_cores(parts), cores()

answers = [share(8, 1), share(8, 2), share(7, 2), share(2, 4), share(8, 2)]
tf.constant(1.0) + 1.0
shared = [threads.cores_are_shared(parts) for parts in (1, 2, 8)]
refused = share(8, 8)
still = [threads.cores_are_shared(parts) for parts in (1, 2, 8)]
print(json.dumps([of_own, unasked, answers, shared, refused, still]))
"""


def test_before_tensorflow_begins_each_part_gets_its_share_of_the_cores_and_afterwards_none():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=True,
    )
    own, unasked, answers, shared, refused, still = json.loads(done.stdout.splitlines()[-1])
    assert own[0] == own[1]  # the cores are those that the process may use
    assert unasked is False
    assert answers == [[True, 8], [True, 4], [True, 3], [True, 1], [True, 4]]
    assert refused == [False, 4]
    assert shared == still == [False, True, False]


def test_another_backend_has_no_such_setting(monkeypatch):
    monkeypatch.setattr(threads.keras.backend, "backend", lambda: "torch")
    assert threads.share_cores(2) is False
    assert threads.cores_are_shared(2) is False
