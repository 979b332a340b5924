"""The data files beside this module, checked byte for byte at every load.

Comes in: a file's name and the SHA-256 it must have. Goes out: its arrays. It does not know what
they mean. Nothing is ever downloaded, and nothing is read from a file before it is checked.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from inkdigits.errors import DataError


def read_packaged(name: str, sha256: str, path: Path | None = None) -> dict[str, np.ndarray]:
    """Read the arrays of a packaged .npz file.

    Args:
        name: The file beside this module, such as "other_writers.npz".
        sha256: What its SHA-256 must be, in hexadecimal.
        path: Another copy of the file; None for the one inside the package.

    Returns:
        The arrays by name.

    Raises:
        DataError: If the file is missing or its SHA-256 is another.

    Example:
        >>> from inkdigits.datasets.other_writers import OTHER_WRITERS_SHA256
        >>> sorted(read_packaged("other_writers.npz", OTHER_WRITERS_SHA256))
        ['counts', 'labels']
    """
    content = read_verified(name, sha256, path)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def read_verified(
    name: str, sha256: str, path: Path | None = None, *, called: str = "data file"
) -> bytes:
    """Read the content of a packaged file.

    Args:
        name: The file beside this module.
        sha256: What its SHA-256 must be, in hexadecimal.
        path: Another copy of the file; None for the one inside the package.
        called: What messages call it.

    Raises:
        DataError: If the file is missing or its SHA-256 is another.
    """
    source = path or Path(__file__).with_name(name)
    try:
        content = source.read_bytes()
    except OSError as error:
        raise DataError(
            f"the {called} {source} cannot be read ({error.strerror}); reinstall inkdigits"
        ) from error
    received = hashlib.sha256(content).hexdigest()
    if received != sha256:
        raise DataError(
            f"the {called} {source} is damaged: its SHA-256 must be {sha256}; "
            f"received {received}; reinstall inkdigits"
        )
    return content
