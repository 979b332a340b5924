from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.networks.weights import check_shapes
from inkdigits.recognition.shipped import read_card, shipped_network
from inkdigits.workflows.shipped_networks import shipped_networks


def test_the_networks_of_the_package_have_all_weights_of_their_architecture():
    networks = shipped_networks(shipped_network().read_bytes())
    names = [each.architecture.name for each in networks]
    assert names == [each["network"] for each in read_card()["members"]]
    for network in networks:
        check_shapes(weight_shapes(network.architecture), network.weights)
