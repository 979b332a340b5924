"""The first bytes of a file -> which kind of picture file it is.

Comes in: the content of a file. Goes out: the kind, or a `PictureError`. The file's name plays no
part, and nothing is decoded.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from inkdigits.errors import PictureError

Kind: TypeAlias = Literal["PNG", "JPEG", "WebP", "BMP", "TIFF", "GIF", "HEIC", "PDF"]

# What is looked for in folders; a file that is named outright is read whatever it is called.
SUFFIXES = frozenset(
    ".bmp .gif .heic .heif .jfif .jpe .jpeg .jpg .pdf .png .tif .tiff .webp".split()
)

_SIGNATURES: dict[bytes, Kind] = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",  # BigTIFF
    b"MM\0+": "TIFF",
}

# Brands of ISO/IEC 23008-12 (HEIF), sections B.4 and 10.2: pictures and series of them, in HEVC.
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_BRANDS |= {b"mif1", b"mif2", b"msf1"}

_PDF_WITHIN = 1024  # ISO 32000-1, annex H.3: readers look for the header in the first 1024 bytes
_SHOWN = 12  # bytes of an unknown file


def kind_of(content: bytes) -> Kind:
    """Tell a picture file's kind.

    Args:
        content: The whole file, or at least its first 1024 bytes.

    Raises:
        PictureError: If the file is of no kind that can be decoded.

    Example:
        >>> kind_of(b"GIF89a and so on")
        'GIF'
    """
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "HEIC"
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return "PDF"
    raise PictureError(
        f"received a file that starts with {content[:_SHOWN]!r}; "
        "it should be PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC or PDF"
    )
