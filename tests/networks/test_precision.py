import pytest

from inkdigits.networks.precision import BFLOAT16_FLAGS, resolve_precision
from inkdigits.processor import processor_flags

INTEL = """\
processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
bugs\t\t: spectre_v1 amx_bf16_is_no_flag_here
flags\t\t: fpu vme avx2 avx512f {}
vmx flags\t: vnmi

processor\t: 1
flags\t\t: fpu of_the_second
"""
ARM = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm {}\nCPU part\t: 0xd40\n"


@pytest.fixture
def cpuinfo(tmp_path):
    """A function that writes a file like /proc/cpuinfo and returns its path."""

    def write(text):
        path = tmp_path / "cpuinfo"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (INTEL.format("amx_bf16 amx_tile"), "bfloat16"),
        (INTEL.format("avx512_bf16"), "bfloat16"),
        (INTEL.format("avx512_vnni"), "float32"),
        (ARM.format("bf16 i8mm"), "bfloat16"),
        (ARM.format("i8mm"), "float32"),
        ("", "float32"),
        ("flags\n", "float32"),
        ("flags\t:\n", "float32"),
        (b"\xff\xfe\x00 not text \x80: bf16\n", "float32"),
        (b"model name: \xff\xff\nflags: bf16\n", "bfloat16"),
    ],
)
def test_auto_is_bfloat16_where_the_processor_has_it(cpuinfo, text, expected):
    assert resolve_precision("auto", processor_flags(cpuinfo(text))) == expected


def test_flags_are_those_of_the_first_processor(cpuinfo):
    assert processor_flags(cpuinfo(INTEL.format("abc"))) == {"fpu", "vme", "avx2", "avx512f", "abc"}


def test_a_system_without_the_file_has_no_flags(tmp_path):
    assert processor_flags(tmp_path / "missing") == frozenset()
    assert processor_flags(tmp_path) == frozenset()


@pytest.mark.parametrize("flag", sorted(BFLOAT16_FLAGS))
def test_any_one_of_the_flags_is_enough(flag):
    assert resolve_precision("auto", frozenset({"avx2", flag})) == "bfloat16"


@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
@pytest.mark.parametrize("flags", [frozenset(), BFLOAT16_FLAGS])
def test_what_is_asked_for_by_name_is_given_on_every_processor(wanted, flags):
    assert resolve_precision(wanted, flags) == wanted
