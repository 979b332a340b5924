import threading
import warnings

import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import decode
from inkdigits.imaging.quiet import pillow_is_quiet
from tests.imaging.seed_files import SEEDS

WARN = compile("import warnings; warnings.warn('odd')", "toy.py", "exec")


def test_warnings_of_pillow_are_ignored_and_no_others():
    with pillow_is_quiet():
        exec(WARN, {"__name__": "PIL.TiffImagePlugin"})
        with pytest.raises(UserWarning):
            exec(WARN, {"__name__": "PILLS"})


def test_the_filters_are_put_back_by_the_last_to_leave():
    before = list(warnings.filters)
    entered, leave = threading.Event(), threading.Event()

    def stay():
        with pillow_is_quiet():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    entered.wait(10)
    with pillow_is_quiet():
        pass
    with pytest.raises(UserWarning):
        exec(WARN, {"__name__": "toy"})
    exec(WARN, {"__name__": "PIL.Image"})
    leave.set()
    thread.join()
    assert warnings.filters == before


def test_libtiff_prints_nothing(capfd):
    tiff = SEEDS["tiff-lzw"]
    for at in range(200, len(tiff), 40):
        try:
            decode(tiff[:at] + b"\xff" * 40 + tiff[at + 40 :])
        except PictureError:
            pass
    assert capfd.readouterr() == ("", "")
