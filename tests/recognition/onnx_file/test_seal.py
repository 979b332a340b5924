import hashlib

import onnx
import pytest

from inkdigits.recognition.onnx_file.seal import check_seal, seal
from inkdigits.recognition.onnx_file.wire import RefusedError

BEFORE = onnx.ModelProto(ir_version=9, producer_name="me").SerializeToString()


def properties(content):
    model = onnx.ModelProto.FromString(content)
    return {each.key: each.value for each in model.metadata_props}


def test_the_digest_is_a_property_behind_all_else():
    sealed = seal(BEFORE)
    assert sealed.startswith(BEFORE)
    assert properties(sealed) == {"sha256": hashlib.sha256(BEFORE).hexdigest()}
    check_seal(sealed, properties(sealed))


def test_without_a_digest_anything_goes():
    check_seal(BEFORE, properties(BEFORE))


def test_every_changed_byte_is_noticed():
    sealed = seal(BEFORE)
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        with pytest.raises(RefusedError, match="not as it was written"):
            check_seal(bytes(damaged), properties(sealed))


def test_nothing_may_follow():
    content = seal(BEFORE) + onnx.ModelProto(domain="more").SerializeToString()
    with pytest.raises(RefusedError, match="not as it was written"):
        check_seal(content, properties(content))
