"""Ways to damage a file's bytes at random.

Comes in: content, a source of randomness, and other files by name. Goes out: the content after one
change: bits and fields flipped, parts cut off, inserted, deleted or doubled, two files spliced. It
does not know what the files are.
"""

from __future__ import annotations

import random
import struct

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutate(content: bytes, rng: random.Random, seeds: dict[str, bytes]) -> bytearray:
    """Return the content after one to three changes.

    Args:
        content: Of a file that is as it should be.
        rng: Decides everything.
        seeds: Other files, by name, to splice with.
    """
    changed = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        how = rng.choice((flip, flip, field, field, cut, insert, delete, double, splice))
        changed = how(changed, rng, seeds)
        if not changed:
            break
    return changed


def flip(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    for _each in range(rng.choice((1, 1, 2, 8, 32))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def field(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    size, order = rng.choice((1, 2, 4)), rng.choice("<>")
    value = rng.choice(EXTREMES) & ((1 << 8 * size) - 1)
    reach = rng.choice((64, 256, len(content)))
    at = rng.randrange(max(1, min(reach, len(content)) - size))
    content[at : at + size] = struct.pack(order + {1: "B", 2: "H", 4: "I"}[size], value)
    return content


def cut(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    return content[: rng.randrange(len(content))]


def insert(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(rng.randint(1, 64)) + content[at:]


def delete(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.randint(1, 64) :]


def double(content: bytearray, rng: random.Random, _: dict[str, bytes]) -> bytearray:
    at = rng.randrange(len(content))
    end = at + rng.randint(1, 256)
    return content[:end] + content[at:end] * rng.randint(1, 20) + content[end:]


def splice(content: bytearray, rng: random.Random, seeds: dict[str, bytes]) -> bytearray:
    other = seeds[rng.choice(list(seeds))]
    return content[: rng.randrange(len(content))] + other[rng.randrange(len(other)) :]
