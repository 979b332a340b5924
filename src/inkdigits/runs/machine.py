"""The machine and the installed versions that a run's figures belong to.

Comes in: nothing. Goes out: a description. Versions are read from the installed packages' own
records, without importing them.
"""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from inkdigits.processor import available_cores, processor_name
from inkdigits.runs.manifest import Machine

PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "onnxruntime")


def describe_machine() -> Machine:
    """Return system, processor, cores and the versions of what computes."""
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        processor=processor_name(),
        cores=available_cores(),
        python=platform.python_version(),
        packages={name: version for name in PACKAGES if (version := installed_version(name))},
    )


def peak_memory_mib() -> float | None:
    """Return the most memory that this process has held at a time, None where nobody tells."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return mebibytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def mebibytes(maxrss: int) -> float:
    """Return the system's figure for a process's peak of memory, `ru_maxrss`, in MiB."""
    return maxrss / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, KiB elsewhere


def installed_version(package: str) -> str | None:
    """Return a package's version, None if it is not installed.

    Example:
        >>> installed_version("no-such-package") is None
        True
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
