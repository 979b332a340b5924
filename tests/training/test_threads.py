"""Sharing the cores, in processes of their own: TensorFlow takes the number once for a process."""

import json
import os
import subprocess
import sys

from inkdigits.training import threads


def answers_of(program, backend="tensorflow"):
    """What a program prints as JSON, Keras running on a backend of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_before_tensorflow_begins_each_part_gets_its_share_of_the_cores_and_afterwards_none():
    program = """
import json
import tensorflow as tf
from inkdigits.training import threads

def share(cores, parts):
    threads.available_cores = lambda: cores
    taken = threads.share_cores(parts)
    return taken, tf.config.threading.get_intra_op_parallelism_threads()

unasked = threads.cores_are_shared(2)
answers = [share(8, 1), share(8, 2), share(7, 2), share(2, 4), share(8, 2)]
tf.constant(1.0) + 1.0
shared = [threads.cores_are_shared(parts) for parts in (1, 2, 8)]
refused = share(8, 8)
still = [threads.cores_are_shared(parts) for parts in (1, 2, 8)]
print(json.dumps([unasked, answers, shared, refused, still]))
"""
    unasked, answers, shared, refused, still = answers_of(program)
    assert unasked is False
    assert answers == [[True, 8], [True, 4], [True, 3], [True, 1], [True, 4]]
    assert refused == [False, 4]
    assert shared == still == [False, True, False]


def test_the_cores_are_those_that_the_process_may_use():
    program = """
import json, os
import tensorflow as tf
from inkdigits.training.threads import share_cores

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
share_cores(1)
allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
print(json.dumps([tf.config.threading.get_intra_op_parallelism_threads(), allowed]))
"""
    received, allowed = answers_of(program)
    assert received == allowed


def test_another_backend_has_no_such_setting(monkeypatch):
    monkeypatch.setattr(threads.keras.backend, "backend", lambda: "torch")
    assert threads.share_cores(2) is False
    assert threads.cores_are_shared(2) is False
