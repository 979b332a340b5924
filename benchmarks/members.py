"""Finished networks that others are made of: several answer together, or one goes on learning.

Comes in: the path of a run folder, of `inkdigits train` or of `go_on.py`; or `shipped`, the
networks of the package as they are, or `shipped/1`, the first of them. Goes out: each network with
what the card says of it. It does not know what they are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from origins import origin

from inkdigits.errors import UsageError
from inkdigits.networks.network import Network
from inkdigits.recognition.shipped import SHIPPED, is_shipped, read_card, shipped_network
from inkdigits.workflows.opened_run import open_run
from inkdigits.workflows.shipped_networks import shipped_networks


@dataclass(frozen=True, eq=False)
class Member:
    """A finished network.

    Attributes:
        network: Its layers and weights.
        facts: How it was trained, for the card.
        sha256: Digest of the ONNX file that it is in, perhaps with others.
    """

    network: Network
    facts: Mapping[str, Any]
    sha256: str


def members_of(path: Path, purpose: str = "a network to ship") -> list[Member]:
    """Return the network of a finished run, those of an ensemble, or those of the package.

    Args:
        path: A run folder, `shipped`, or `shipped/` and a number from 1.
        purpose: What it is to be, for messages.

    Raises:
        ModelFileError: If there is none, or it is damaged.
        UsageError: If the package has no network of that number.
    """
    if is_shipped(path):
        return _shipped()
    if is_shipped(path.parent):
        return [_numbered(_shipped(), path.name)]
    run = open_run(path, purpose)
    facts = {"network": run.architecture.name, **origin(run)}
    return [Member(network, facts, run.sha256) for network in run.networks()]


def _shipped() -> list[Member]:
    card, networks = read_card(), shipped_networks(shipped_network().read_bytes())
    return [
        Member(network, facts, card["sha256"])
        for network, facts in zip(networks, card["members"], strict=True)
    ]


def _numbered(members: Sequence[Member], number: str) -> Member:
    if number not in map(str, range(1, len(members) + 1)):
        raise UsageError(
            f"the package has the networks {SHIPPED}/1 to {SHIPPED}/{len(members)}; "
            f"received {SHIPPED}/{number}"
        )
    return members[int(number) - 1]
