"""A digest in a JSON document, by which damage is noticed.

Comes in: an object as JSON, and the contents of other files that go with it. Goes out: the same
with the SHA-256 of all that under "seal", and whether it holds. White space and order do not count.
Whoever changes a file on purpose can seal it anew: this is for accidents.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

SEAL = "seal"


def with_seal(text: str, *others: bytes) -> str:
    """Return a JSON object with its seal as the last entry.

    Args:
        text: The object, without a seal.
        others: Contents of files that belong to it.

    Example:
        >>> sealed = with_seal('{"seed": 1}')
        >>> holds(sealed), holds(sealed.replace("1", "2"))
        (True, False)
    """
    document = json.loads(text)
    return json.dumps({**document, SEAL: _digest(document, others)}, indent=2) + "\n"


def holds(text: str | bytes, *others: bytes) -> bool:
    """Return whether a JSON object has the seal of its content, or none.

    Args:
        text: The object; that it is one has been checked.
        others: Contents of files that belong to it.
    """
    document = json.loads(text)
    seal = document.pop(SEAL, None)
    return seal is None or seal == _digest(document, others)


def _digest(document: dict[str, Any], others: tuple[bytes, ...]) -> str:
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode())
    for other in others:
        digest.update(hashlib.sha256(other).digest())
    return digest.hexdigest()
