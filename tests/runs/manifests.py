"""A manifest for run folders that no training has made."""

from inkdigits.runs.finished import digest_files
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import DataSource, Machine, Manifest, Score, Training

_SCORE = Score(accuracy=0.5, correct=1, n=2, interval95=(0.1, 0.9), loss=1.25)


def write_manifest(run: RunFolder) -> Manifest:
    """Finish a run as it lies there: write a manifest that names every file."""
    manifest = Manifest(
        inkdigits="0.1.0",
        command="inkdigits train",
        finished="2026-11-24T00:00:00+00:00",
        seed=7,
        data=DataSource(
            name="mnist", sha256="0" * 64, train_images=1, validation_images=2, test_images=2
        ),
        machine=Machine(system="", processor="", cores=1, python="", packages={}),
        train=Training(
            seconds=1.0,
            images_per_second=1.0,
            images=1,
            epochs=1,
            precision="float32",
            backend="tensorflow",
        ),
        timing={"train": 0.5},
        validation=_SCORE,
        test=_SCORE,
        test_augmented=None,
        sha256=digest_files(run),
    )
    run.manifest.write_text(manifest.to_json())
    return manifest
