import pickle

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.imaging.annotate import to_png
from inkdigits.imaging.limits import Limits
from inkdigits.recognition.reading import Reading
from inkdigits.workflows import predict as module
from inkdigits.workflows.inputs import Source


def whole_result(result):
    return result


def predict(sources, reader, keep=whole_result, **options):
    return module.predict(sources, reader, keep, **options)


class FakeReader:
    """Finds nothing, and remembers how many pictures it was given at once."""

    def __init__(self):
        self.calls = []

    def read_many(self, pictures, expect=None):
        self.calls.append((len(pictures), expect))
        return [Reading((), picture.width, picture.height) for picture in pictures]


@pytest.fixture
def pictures(tmp_path):
    """Five files; the second is no picture and the others are 1, 3, 4 and 5 pixels wide."""
    sources = []
    for width in range(1, 6):
        path = tmp_path / f"{width}.png"
        path.write_bytes(to_png(np.full((9, width, 3), 255, np.uint8)) if width != 2 else b"text")
        sources.append(Source(str(path)))
    return sources


def test_each_source_has_its_result_in_order_and_a_bad_one_stops_none(pictures):
    results = list(predict(pictures, FakeReader(), expect="number"))
    assert [result.path for result in results] == [source.name for source in pictures]
    assert [result.reading and result.reading.width for result in results] == [1, None, 3, 4, 5]
    assert [result.error is None for result in results] == [True, False, True, True, True]
    assert results[1].picture is None


def width_of(result):
    return result.reading and result.reading.width


@pytest.mark.parametrize("pages", ["first", "all"])
def test_what_is_wanted_of_each_result_is_kept(pictures, pages):
    results = predict(pictures, FakeReader(), width_of, pages=pages)
    assert list(results) == [1, None, 3, 4, 5]


def test_pictures_are_read_many_at_a_time(pictures):
    reader = FakeReader()
    assert len(list(predict(pictures * 100, reader, expect="single"))) == 500
    assert sum(n for n, _ in reader.calls) == 400
    assert {expect for _, expect in reader.calls} == {"single"}
    assert max(n for n, _ in reader.calls) <= module.CHUNK_PICTURES
    assert len(reader.calls) < 20


def test_no_more_pixels_are_held_at_once_than_those_of_two_photos(tmp_path):
    path = tmp_path / "large.png"
    path.write_bytes(to_png(np.full((1500, 2000, 3), 255, np.uint8)))
    reader = FakeReader()
    assert len(list(predict([Source(str(path))] * 7, reader))) == 7
    assert [n for n, _ in reader.calls] == [3, 1, 3]


def test_helpers_do_what_is_done_here(pictures, monkeypatch):
    limits = Limits(max_pixels=40)
    made = work_of_helpers(pictures, monkeypatch, limits=limits, expect="number")
    there, here = made(pictures), list(predict(pictures, FakeReader(), limits=limits))
    assert [result.path for result in there] == [result.path for result in here]
    assert [result.error for result in there] == [result.error for result in here]
    assert [result.reading for result in there] == [result.reading for result in here]
    assert [result.error is None for result in there] == [True, False, True, True, False]
    assert made.keywords["reader"].calls == [(3, "number")]


def test_helpers_keep_what_is_wanted_alone(pictures, monkeypatch):
    assert work_of_helpers(pictures, monkeypatch, keep=width_of)(pictures) == [1, None, 3, 4, 5]


@pytest.mark.parametrize("name", ["-", "/dev/fd/3", "/proc/self/fd/3"])
def test_helpers_are_not_asked_for_what_is_this_process_own(pictures, monkeypatch, name):
    assert work_of_helpers([*pictures, Source(name)], monkeypatch) is None


def work_of_helpers(sources, monkeypatch, **options):
    """Return what works in helpers, sent to them and back."""
    monkeypatch.setattr(module, "share_out", lambda *given, **_: shared.append(given) or iter(()))
    shared = []
    assert list(predict(sources, FakeReader(), another=FakeReader, **options)) == []
    monkeypatch.undo()
    ((items, _, make_work),) = shared
    assert items == sources
    return make_work and pickle.loads(pickle.dumps(make_work))()


def test_limits_reach_the_decoder(pictures):
    results = predict(pictures, FakeReader(), limits=Limits(max_pixels=30))
    assert [result.error is None for result in results] == [True, False, True, False, False]
    (result,) = predict(pictures[:1], FakeReader(), limits=Limits(max_bytes=10))
    assert "at most 10 are allowed" in result.error


def test_the_number_of_sources_done_is_told(pictures):
    told = []
    list(predict(pictures * 100, FakeReader(), progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 500


def test_a_reader_is_not_bothered_with_nothing():
    reader = FakeReader()
    (result,) = predict([Source("a.png", "is missing")], reader)
    assert (result.path, result.error) == ("a.png", "is missing")
    assert reader.calls == []


def frames(tmp_path, n):
    """An animation; its frames are grey, each a little brighter."""
    pictures = [Pillow.new("L", (4, 4), 2 * i) for i in range(n)]
    path = tmp_path / "animation.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    return Source(str(path))


def test_one_page_is_read_unless_all_are_asked_for(tmp_path):
    (result,) = predict([frames(tmp_path, 3)], FakeReader())
    assert result.picture.page == 1


def test_every_page_has_a_result_of_its_own(tmp_path, pictures):
    reader = FakeReader()
    told = []
    sources = [frames(tmp_path, 100), *pictures[:2], frames(tmp_path, 100)]
    results = list(predict(sources, reader, pages="all", progress=told.append))
    pages = [result.picture and result.picture.page for result in results]
    assert pages == [*range(1, 101), 1, None, *range(1, 101)]
    assert [n for n, _ in reader.calls] == [module.CHUNK_PICTURES - 1, 202 - module.CHUNK_PICTURES]
    assert told == [3, 3, 4]


def test_pages_before_a_damaged_one_are_read(tmp_path):
    pictures = [Pillow.new("L", (40, 40), 20 * i) for i in range(3)]
    path = tmp_path / "scan.tiff"
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    path.write_bytes(path.read_bytes()[:-1500])
    results = list(predict([Source(str(path))], FakeReader(), pages="all"))
    assert results[0].reading is not None
    assert results[-1].error is not None
