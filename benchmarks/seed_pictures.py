"""Small picture files of every kind that can be decoded, in many of their varieties.

Comes in: nothing. Goes out: the content of files, most of which Pillow writes on the fly.
"""

from __future__ import annotations

import base64
import io
import zlib

import numpy as np
from PIL import Image as Pillow

# What no library here can write: 64x48 pixels, white, with a red square of 16 at the upper right;
# stored turned by 90 degrees, with the notes of HEIF and of Exif that both say so.
_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAADEAAgAAAAACHQABAAAAAAAAACQAAAA4aWlu"
    "ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAB"
    "B2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAABAAAAQAAAAAH////w"
    "AAAAAgAAAAAAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAa"
    "aXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAF1tZGF0AAAALSgBr1j5E5Jf/841//lF8h7BwUVvzoMxen8T/cKWlj96"
    "Jjjk2u/rN740RvX5gAAAAAZFeGlmAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA=="
)


def seed_pictures() -> dict[str, bytes]:
    """Return files by a name that begins with their kind."""
    grey = Pillow.fromarray(_strokes())
    colours = Pillow.merge("RGB", (grey, grey.rotate(90), grey))
    clear = Pillow.merge("RGBA", (*colours.split(), grey))
    bits, palette = grey.convert("1"), colours.quantize(16)
    deep = Pillow.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    exif = Pillow.Exif()
    exif[0x0112] = 6
    frames = [colours.rotate(angle) for angle in (90, 180)]
    several = {"save_all": True, "append_images": frames}
    return {
        "png-grey": _write(grey, "PNG"),
        "png-bits": _write(bits, "PNG"),
        "png-deep": _write(deep, "PNG"),
        "png-palette": _write(palette, "PNG", transparency=0),
        "png-clear": _write(clear, "PNG", exif=exif),
        "png-animated": _write(colours, "PNG", **several),
        "jpeg": _write(colours, "JPEG", exif=exif),
        "jpeg-grey": _write(grey, "JPEG", optimize=True),
        "jpeg-progressive": _write(colours, "JPEG", progressive=True, subsampling=0),
        "jpeg-cmyk": _write(colours.convert("CMYK"), "JPEG"),
        "webp": _write(colours, "WEBP", exif=exif),
        "webp-lossless": _write(clear, "WEBP", lossless=True),
        "webp-animated": _write(colours, "WEBP", **several),
        "bmp": _write(colours, "BMP"),
        "bmp-palette": _write(palette, "BMP"),
        "bmp-bits": _write(bits, "BMP"),
        "tiff": _write(colours, "TIFF", **several),
        "tiff-lzw": _write(colours, "TIFF", compression="tiff_lzw"),
        "tiff-deflate": _write(clear, "TIFF", compression="tiff_adobe_deflate"),
        "tiff-jpeg": _write(colours, "TIFF", compression="jpeg"),
        "tiff-fax": _write(bits, "TIFF", compression="group4"),
        "tiff-packed": _write(palette, "TIFF", compression="packbits"),
        "tiff-float": _write(grey.convert("F"), "TIFF"),
        "gif": _write(palette, "GIF", transparency=0),
        "gif-animated": _write(colours, "GIF", **several),
        "heic": _HEIC,
        "pdf": small_pdf(b"4 w 10 10 m 50 90 l S 1 0 0 RG 20 20 30 30 re S"),
        "pdf-picture": _write(colours, "PDF"),
    }


def small_pdf(drawing: bytes, box: bytes = b"0 0 60 100", compressed: bool = True) -> bytes:
    """Return a PDF file of one page.

    Args:
        drawing: What is drawn, in operators of PDF.
        box: The corners of the page in points.
        compressed: Whether what is drawn is compressed.
    """
    how = b"/Filter/FlateDecode" if compressed else b""
    data = zlib.compress(drawing) if compressed else drawing
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<>>>>" % box,
        b"<<%s/Length %d>>\nstream\n%s\nendstream" % (how, len(data), data),
    )


def pdf_of(*objects: bytes) -> bytes:
    """Put a PDF file together; the first object is its catalogue."""
    content = b"%PDF-1.7\n"
    table = b"0000000000 65535 f \n"
    for number, each in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    n = len(objects) + 1
    end = b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\n" % (n, table, n)
    return content + end + b"startxref\n%d\n%%%%EOF\n" % len(content)


def _strokes() -> np.ndarray:
    picture = np.full((64, 48), 255, np.uint8)
    picture[8:56, 20:26] = 0
    picture[8:14, 10:40] = 60
    return picture


def _write(image: Pillow.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
