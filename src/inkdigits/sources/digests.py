"""One checksum for a source of many files.

Comes in: names and contents. Goes out: a SHA-256. It does not know what the files hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from inkdigits.errors import DataError
from inkdigits.sources.names import shown


def file_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file, whatever its size.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def digest_files(files: Iterable[tuple[str, Path]]) -> str:
    """Return the SHA-256 over the names and the contents of files.

    Args:
        files: Names and paths; the order counts.

    Raises:
        DataError: If a file cannot be read.

    Example:
        >>> digest_files([])[:8]
        'e3b0c442'
    """
    whole = hashlib.sha256()
    for name, path in files:
        try:
            content = file_digest(path)
        except OSError as error:
            raise DataError(f"{shown(path)} cannot be read: {error.strerror}") from error
        whole.update(hashlib.sha256(name.encode(errors="surrogateescape")).digest())
        whole.update(content)
    return whole.hexdigest()
