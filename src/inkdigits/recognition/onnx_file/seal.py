"""A digest at the end of an ONNX file, by which damage is noticed.

Comes in: a file's content. Goes out: the same with the SHA-256 of all before as its last property,
and whether that holds. Whoever changes a file on purpose can seal it anew: this is for accidents.
"""

from __future__ import annotations

import hashlib

from inkdigits.recognition.onnx_file.wire import RefusedError

SEAL = "sha256"
_LENGTH = 76


def seal(content: bytes) -> bytes:
    r"""Return an ONNX file with its digest.

    Example:
        >>> len(seal(b"")), seal(b"")[:12]
        (76, b'rJ\n\x06sha256\x12@')
    """
    return content + _entry(content)


def check_seal(content: bytes, properties: dict[str, str]) -> None:
    """Refuse a file that has a digest, but not that of its content.

    Args:
        content: The file.
        properties: What it says of itself; a file by another program has no digest.

    Raises:
        RefusedError: If the digest is another, or not the last thing in the file.
    """
    if SEAL in properties and content[-_LENGTH:] != _entry(memoryview(content)[:-_LENGTH]):
        raise RefusedError("it is not as it was written: its SHA-256 is another")


def _entry(content: bytes | memoryview) -> bytes:
    """Return the last field of the message `ModelProto`: `metadata_props` with key and value."""
    digest = hashlib.sha256(content).hexdigest().encode()
    pair = b"\x0a" + _sized(SEAL.encode()) + b"\x12" + _sized(digest)
    return b"\x72" + _sized(pair)


def _sized(content: bytes) -> bytes:
    return bytes([len(content)]) + content
