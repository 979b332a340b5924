import json

import numpy as np
import pytest

from inkdigits.errors import DataError, MissingExtraError
from inkdigits.sources import parquet
from inkdigits.sources.load import load_dataset, load_source
from inkdigits.sources.parquet import open_parquet

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def write(tmp_path):
    """Write columns as a Parquet file, with Hugging Face's notes where features are given."""

    def save(name="mine.parquet", features=None, row_group_size=None, **columns):
        table = pa.table(columns)
        if features:
            notes = {"info": {"features": features}}
            table = table.replace_schema_metadata({"huggingface": json.dumps(notes)})
        pq.write_table(table, tmp_path / name, row_group_size=row_group_size)
        return tmp_path / name

    return save


@pytest.fixture
def files(to_png, shades):
    """A function that returns n grey pictures as Hugging Face writes them."""

    def make(n, first=0):
        return [{"bytes": to_png(image), "path": None} for image in shades(n, first=first)]

    return make


def items(source, part="train"):
    return list(source.items(part))


CATS = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}


def test_what_hugging_face_writes_is_read(write, files, tmp_path):
    write("train-00000-of-00001.parquet", CATS, image=files(4), label=[0, 1, 1, 0])
    write("test-00000-of-00001.parquet", CATS, image=files(1, first=9), label=[1])
    source = open_parquet(tmp_path)
    assert (source.class_names, source.named, source.parts) == (
        *(("cat", "dog"), True),
        ("train", "test"),
    )
    loaded = load_dataset(tmp_path)
    assert (loaded.form, loaded.shape) == ("pictures", (8, 8, 1))
    assert loaded.train.images[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert loaded.train.labels.tolist() == [0, 1, 1, 0]
    assert loaded.test.images[:, 0, 0].tolist() == [9]


def test_more_rows_than_a_batch_are_read_in_order(write, shades):
    n = 2 * parquet._ROWS + 37
    images = [shades(1, first=i % 200).ravel().tolist() for i in range(n)]
    path = write(image=images, label=[i % 7 for i in range(n)], row_group_size=100)
    found = items(open_parquet(path))
    assert [item.label for item in found] == [i % 7 for i in range(n)]
    assert [int(item.picture[3, 3]) for item in found] == [i % 200 for i in range(n)]
    assert found[-1].where == f"mine.parquet row {n - 1}"


def test_only_a_batch_is_read_at_a_time(write, shades, monkeypatch):
    n = 3 * parquet._ROWS
    path = write(image=[bytes([i % 256]) for i in range(n)], label=[i % 2 for i in range(n)])
    batches = []
    pictures_in = parquet.pictures_in
    monkeypatch.setattr(
        parquet,
        "pictures_in",
        lambda column, where: batches.append(1) or pictures_in(column, where),
    )
    stream = iter(open_parquet(path).items("train"))
    next(stream)
    assert len(batches) == 1
    assert len([0, *stream]) == n
    assert len(batches) == 3


@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary"])
def test_labels_may_be_text(write, files, kind):
    names = pa.array(["dog 10", "dog 2", "ape", "ape"])
    column = names.dictionary_encode() if kind == "dictionary" else names.cast(kind)
    source = open_parquet(write(image=files(4), label=column))
    assert (source.class_names, source.named) == (("ape", "dog 2", "dog 10"), True)
    assert [item.label for item in items(source)] == [2, 1, 0, 0]


def test_labels_may_be_any_numbers(write, files):
    source = open_parquet(write(image=files(3), label=[30, -1, 30]))
    assert (source.class_names, source.named) == (("-1", "30"), False)


@pytest.mark.parametrize("names", [("img", "label"), ("pixels", "class"), ("picture", "labels")])
def test_columns_have_several_usual_names(write, files, names):
    path = write(**{names[0]: files(2), names[1]: [0, 1], "other": ["x", "y"]})
    assert len(items(open_parquet(path))) == 2


def test_columns_of_other_names_are_known_by_their_notes(write, files):
    features = {"scan": {"_type": "Image"}, "digit": {"_type": "ClassLabel", "names": ["a", "b"]}}
    source = open_parquet(write(features=features, scan=files(2), digit=[1, 0]))
    assert source.class_names == ("a", "b")
    assert [item.label for item in items(source)] == [1, 0]


def pictures(kind, grey):
    rows = grey.tolist()
    return {
        "flat": pa.array([each.ravel().tolist() for each in grey], pa.list_(pa.uint8())),
        "fixed": pa.array([each.ravel().tolist() for each in grey], pa.list_(pa.uint8(), 64)),
        "rows": pa.array(rows, pa.list_(pa.list_(pa.uint8()))),
        "floats": pa.array(rows, pa.list_(pa.list_(pa.float64()))),
        "channel": pa.array(grey[..., None].tolist(), pa.list_(pa.list_(pa.list_(pa.int32())))),
        "tensor": pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(grey)),
    }[kind]


@pytest.mark.parametrize("kind", ["flat", "fixed", "rows", "floats", "channel", "tensor"])
def test_pixels_come_in_several_shapes(write, rng, kind):
    grey = rng.integers(0, 256, (3, 8, 8), dtype=np.uint8)
    found = items(open_parquet(write(image=pictures(kind, grey), label=[0, 1, 0])))
    assert all((item.picture == image).all() for item, image in zip(found, grey, strict=True))


def test_pixels_may_be_in_colour(write, rng):
    colours = rng.integers(0, 256, (2, 4, 5, 3), dtype=np.uint8)
    found = items(open_parquet(write(image=colours.tolist(), label=[0, 1])))
    assert (found[1].picture == colours[1]).all()


def test_pictures_may_differ_in_size(write, to_png):
    files = [to_png(np.full((4 + i, 9), i, np.uint8)) for i in range(4)]
    loaded = load_dataset(write(image=files, label=["a", "b", "a", "b"]))
    assert loaded.shape == (28, 28, 1)


def test_an_empty_cell_and_a_broken_picture_are_told(write, files):
    column = [*files(4), None, {"bytes": None, "path": "a.png"}, {"bytes": b"no", "path": None}]
    loaded = load_source(write(image=column, label=[0, 1, 0, 1, 0, 1, 0]))
    assert [each.where for each in loaded.unreadable] == [
        f"mine.parquet row {i}" for i in (4, 5, 6)
    ]
    assert loaded.unreadable[0].reason == "there is no picture"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"label": [0, 1]},
            "must have a column called image, img, picture, pixels; received label",
        ),
        ({"image": [b"", b""]}, "must have a column called label, labels, class; received image"),
        (
            {"image": [b"", b""], "label": [0.5, 1]},
            "must be whole numbers or text; received double",
        ),
        ({"image": [b"", b""], "label": [0, None]}, "each row must have a label"),
        ({"image": [b"", b""], "label": [0, 0]}, "2 to 255 classes; received 1"),
        ({"image": [b""] * 300, "label": range(300)}, "2 to 255 classes; received more"),
        ({"image": ["a", "b"], "label": [0, 1]}, "files or lists of pixels; received string"),
        ({"image": [[1, 2, 3]] * 2, "label": [0, 1]}, "square grey picture; received 3 pixels"),
        ({"image": [[]] * 2, "label": [0, 1]}, "pixels must be numbers; received null"),
        ({"image": [[256]] * 2, "label": [0, 1]}, "from 0 to 255; received 256 to 256"),
        ({"image": [[0.5]] * 2, "label": [0, 1]}, "from 0 to 255; received 0.5 to 0.5"),
        ({"image": [[None]] * 2, "label": [0, 1]}, "must have all its pixels"),
        (
            {"image": [[[1], [1, 2]]] * 2, "label": [0, 1]},
            r"must have one length; received \[1, 2\]",
        ),
        (
            {"image": [[[[1, 2]]]] * 2, "label": [0, 1]},
            r"\(height, width, 3\); received \(1, 1, 2\)",
        ),
        ({"image": [[["a"]]] * 2, "label": [0, 1]}, "pixels must be numbers; received string"),
    ],
)
def test_columns_of_another_kind_are_refused_in_one_line(write, columns, message):
    path = write(**{name: list(column) for name, column in columns.items()})
    with pytest.raises(DataError, match=message) as caught:
        items(open_parquet(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_labels_beyond_the_names_are_refused(write, files):
    path = write(features=CATS, image=files(2), label=[0, 2])
    with pytest.raises(
        DataError, match="labels must be 0 to 1, one for each class name; received 2"
    ):
        open_parquet(path)


@pytest.mark.parametrize("notes", [b"{", b"[]", b'{"info": 3}', b"\xff", b"[" * 100_000])
def test_damaged_notes_are_left_alone(tmp_path, files, notes):
    table = pa.table({"image": files(2), "label": [0, 1]})
    table = table.replace_schema_metadata({b"huggingface": notes})
    pq.write_table(table, tmp_path / "mine.parquet")
    assert open_parquet(tmp_path / "mine.parquet").class_names == ("0", "1")


def test_what_is_cut_off_is_refused(write, files):
    path = write(image=files(3), label=[0, 1, 0])
    content = path.read_bytes()
    for end in range(4, len(content), 61):
        path.write_bytes(content[:end])
        with pytest.raises(DataError, match=r"mine\.parquet cannot be read") as caught:
            items(open_parquet(path))
        assert "\n" not in str(caught.value)


def test_a_folder_without_names_of_parts_is_one_part(write, files, tmp_path):
    write("b.parquet", image=files(1, first=5), label=["x"])
    write("a.parquet", image=files(1), label=["y"])
    source = open_parquet(tmp_path)
    assert source.parts == ("train",)
    assert [item.where for item in items(source)] == ["a.parquet row 0", "b.parquet row 0"]


def test_a_test_part_alone_is_refused(write, files, tmp_path):
    write("test.parquet", image=files(2), label=[0, 1])
    with pytest.raises(DataError, match=r"has test\*\.parquet, but no train\*\.parquet"):
        open_parquet(tmp_path)


def test_files_that_disagree_about_labels_are_refused(write, files, tmp_path):
    write("train-0.parquet", image=files(2), label=[0, 1])
    write("train-1.parquet", image=files(2), label=["a", "b"])
    with pytest.raises(DataError, match="all text or all numbers; received both"):
        open_parquet(tmp_path)


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'inkdigits\[parquet\]'"):
        open_parquet(tmp_path / "mine.parquet")


def test_rows_that_would_unpack_to_more_than_any_picture_are_refused(write, monkeypatch):
    path = write(image=[bytes(100_000)] * 2, label=[0, 1])
    assert path.stat().st_size < 30_000
    monkeypatch.setattr(parquet, "_LARGEST_ROW", 40_000)
    with pytest.raises(DataError, match=r"may have rows of up to 40,000 bytes; its notes promise"):
        items(open_parquet(path))
