"""Ids of our own: short texts that sort by the time at which they were made."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, so that it can be read out."""

_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BYTES: Final = 10


def new_id(now: datetime, random_bytes: bytes | None = None) -> str:
    """An id of 26 characters: 48 bits of `now` in milliseconds, then 80 random bits, as in a ULID.

    Ids of different milliseconds sort as their times do; within one millisecond their order is arbitrary.
    `random_bytes` (ten of them) makes it repeatable. Times before 1970 count as 1970.
    """
    chance = secrets.token_bytes(_RANDOM_BYTES) if random_bytes is None else random_bytes
    if len(chance) != _RANDOM_BYTES:
        raise ValueError(f"an id takes {_RANDOM_BYTES} random bytes, got {len(chance)}")
    milliseconds = max(0, (now - _EPOCH) // timedelta(milliseconds=1))
    return _base32((milliseconds << 80) | int.from_bytes(chance))


def _base32(number: int) -> str:
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
