"""Named arrays in a safetensors file, with every size checked before it is read.

Comes in: arrays by name, and a few words about them. Goes out: a file, and the arrays read back.
The format holds numbers only; nothing in it can run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from inkdigits.errors import ModelFileError
from inkdigits.runs.files import write_whole

MAX_FILE_BYTES = 2**31


def write_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays and metadata to a file, whole or not at all.

    Raises:
        OutputError: If it cannot be written.
    """
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    write_whole(path, save(contiguous, dict(metadata or {})))


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Read the arrays and the metadata of a file.

    Raises:
        ModelFileError: If the file is missing, too large or damaged.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ModelFileError(
                f"{path} must be at most {MAX_FILE_BYTES:,} bytes; received {size:,}"
            )
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}
            return arrays, dict(file.metadata() or {})
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelFileError(f"cannot read {path}: {reason}") from error
    except SafetensorError as error:
        raise ModelFileError(f"{path} is damaged: {error}") from error
