"""Fashion-MNIST, clothes in the form of MNIST, from where Debian's package puts it.

Comes in: four IDX files. Goes out: a source. Nothing is downloaded. H. Xiao, K. Rasul and
R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
2017 (https://arxiv.org/abs/1708.07747), Zalando SE, MIT licence. The checksums are those of the
unpacked files in Debian's package dataset-fashion-mnist 0.0~git20200523.55506a9.
"""

from __future__ import annotations

from pathlib import Path

from inkdigits.errors import DataError
from inkdigits.sources.arrays_in_files import ArraySource
from inkdigits.sources.idx import open_idx, unpacked_sha256
from inkdigits.sources.names import shown

FOLDER = Path("/usr/share/datasets/fashion-mnist")

CLASS_NAMES = (
    *("t-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)

SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def open_fashion_mnist(folder: Path = FOLDER) -> ArraySource:
    """Read Fashion-MNIST's 60,000 training and 10,000 test images.

    Args:
        folder: Where its four files are, each gzipped.

    Raises:
        DataError: If the files are missing, or their content is not Fashion-MNIST's.
    """
    if not folder.is_dir():
        raise DataError(
            f"fashion-mnist is not installed in {shown(folder)}; on Debian and Ubuntu "
            "`apt-get install dataset-fashion-mnist` puts it there, anywhere else name a folder "
            "with its four IDX files in place of `fashion-mnist`"
        )
    for name, expected in SHA256.items():
        path = folder / f"{name}.gz"
        received = unpacked_sha256(path)
        if received != expected:
            raise DataError(
                f"{shown(path)} is not Fashion-MNIST's: unpacked, its SHA-256 must be {expected}; "
                f"received {received}"
            )
    source = open_idx(folder, CLASS_NAMES)
    return ArraySource("fashion-mnist", source.class_names, True, source.arrays, source.digest)
