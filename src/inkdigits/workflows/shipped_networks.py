"""The networks that come with the package, as what they are made of.

Comes in: the content of their file. Goes out: the layers and weights of each. It does not know what
they are for.
"""

from __future__ import annotations

from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.shipped import read_card


def shipped_networks(content: bytes) -> list[Network]:
    """Return the networks that answer together, in their order in the file.

    Args:
        content: That of the file `shipped_network`.

    Example:
        >>> from inkdigits.recognition.shipped import shipped_network
        >>> shipped_networks(shipped_network().read_bytes())[0].architecture.name
        'robust'
    """
    architectures = [find_architecture(each["network"]) for each in read_card()["members"]]
    return networks_from_onnx(content, *architectures)
