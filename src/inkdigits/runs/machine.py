"""The machine and the installed versions that a run's figures belong to.

Comes in: nothing. Goes out: a description. Versions are read from the installed packages' own
records, without importing them.
"""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

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


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name as the system knows it.

    Args:
        cpuinfo: The Linux kernel's description of the processors.
    """
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
