"""The file SHA256SUMS beside data: what each file must hold, in the form of `sha256sum`.

Comes in: what is to be loaded. Goes out: nothing, or an error that names the file that was changed.
Plain pixels cannot show that they were damaged; their checksum does. It does not know what the
files hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from inkdigits.errors import DataError
from inkdigits.sources.digests import file_digest
from inkdigits.sources.names import shown

SUMS = "SHA256SUMS"
_MAX_BYTES = 256 * 2**20  # a line for each of a million pictures takes less
_LINE = re.compile(rb"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPES = {rb"\\": b"\\", rb"\n": b"\n", rb"\r": b"\r"}


def verify_sums(folder: Path, concerns: Callable[[PurePosixPath], bool]) -> None:
    """Hold files against their checksums, where SHA256SUMS lies beside them.

    Args:
        folder: Where the list may lie; files that it does not name are not looked at.
        concerns: Whether a file, by its name below the folder, is to be read.

    Raises:
        DataError: If a listed file is missing, cannot be read or has another checksum, or the list
            is damaged or names a file outside its folder.

    Example:
        >>> verify_sums(Path("no such folder"), lambda name: True)  # nothing is listed
    """
    sums = folder / SUMS
    if not sums.is_file():
        return
    for name, expected in _listed(sums):
        if concerns(name):
            _verify(folder / name, expected, sums)


def _listed(sums: Path) -> Iterator[tuple[PurePosixPath, str]]:
    """Return names below the folder, each with its checksum."""
    try:
        if sums.stat().st_size > _MAX_BYTES:
            raise DataError(f"{shown(sums)} must have at most {_MAX_BYTES:,} bytes")
        content = sums.read_bytes()
    except OSError as error:
        raise DataError(f"{shown(sums)} cannot be read: {error.strerror}") from error
    for number, line in enumerate(content.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if not found:
            raise DataError(
                f"{shown(sums)}: line {number} must be a SHA-256 and a name, as `sha256sum` writes "
                "them"
            )
        escaped, digest, written = found.groups()
        try:
            name = PurePosixPath((_unescape(written) if escaped else written).decode())
        except UnicodeDecodeError:
            raise DataError(f"{shown(sums)}: line {number} has a name that is no UTF-8") from None
        if name.is_absolute() or ".." in name.parts or b"\0" in written:
            raise DataError(f"{shown(sums)}: line {number} names a file outside the folder")
        yield name, digest.decode()


def _unescape(name: bytes) -> bytes:
    return re.sub(rb"\\[\\nr]", lambda found: _ESCAPES[found[0]], name)


def _verify(file: Path, expected: str, sums: Path) -> None:
    try:
        received = file_digest(file).hex()
    except OSError as error:
        reason = error.strerror
        raise DataError(f"{shown(file)}, listed in {SUMS}, cannot be read: {reason}") from error
    if received != expected:
        raise DataError(
            f"{shown(file)} was changed: its SHA-256 must be {expected}, as {shown(sums)} says; "
            f"received {received}"
        )
