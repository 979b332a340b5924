"""Finished networks that others are made of: several answer together, or one goes on learning.

Comes in: the path of a run folder, of `inkdigits train` or of `go_on.py`; or `shipped`, the
networks of the package as they are, or `shipped/1`, the first of them. Goes out: each network with
what the card says of it. It does not know what they are for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from origins import origin

from inkdigits.errors import UsageError
from inkdigits.networks.network import Network
from inkdigits.recognition.shipped import SHIPPED, read_card, shipped_network
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
    if path.parts[:1] == (SHIPPED,):
        return _shipped(*path.parts[1:])
    run = open_run(path, purpose)
    facts = {"network": run.architecture.name, **origin(run)}
    return [Member(network, facts, run.sha256) for network in run.networks()]


def _shipped(number: str | None = None) -> list[Member]:
    card, networks = read_card(), shipped_networks(shipped_network().read_bytes())
    members = [
        Member(network, facts, card["sha256"])
        for network, facts in zip(networks, card["members"], strict=True)
    ]
    if number is None:
        return members
    if number not in map(str, range(1, len(members) + 1)):
        raise UsageError(
            f"the package has the networks {SHIPPED}/1 to {SHIPPED}/{len(members)}; "
            f"received {SHIPPED}/{number}"
        )
    return [members[int(number) - 1]]
