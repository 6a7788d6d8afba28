"""Ids of our own: short texts that sort by the time at which they were made."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, so that it can be read out."""

_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_RANDOM_BYTES: Final = 10
_RANDOM_LETTERS: Final = 16
_BITS: Final = 130
_TIME_BITS: Final = 50
_MOST_TIMES: Final = 64
_BY_CHANCE: Final = (_ALPHABET * 8).encode()
"""The letter for each of 256 bytes: each letter for eight of them."""


def new_id(now: datetime, random_bytes: bytes | None = None) -> str:
    """An id of 26 characters: 48 bits of `now` in milliseconds, then 80 random bits, as in a ULID.

    Ids of different milliseconds sort as their times do; within one millisecond their order is arbitrary.
    `random_bytes` (ten of them) makes it repeatable. Times before 1970 count as 1970.
    """
    chance = secrets.token_bytes(_RANDOM_BYTES) if random_bytes is None else random_bytes
    if len(chance) != _RANDOM_BYTES:
        raise ValueError(f"an id takes {_RANDOM_BYTES} random bytes, got {len(chance)}")
    return _base32((_milliseconds(now) << 80) | int.from_bytes(chance), _BITS)


def new_ids(moments: Sequence[datetime]) -> list[str]:
    """One for each moment, of the same kind; the system is asked for chance only once."""
    letters = secrets.token_bytes(_RANDOM_LETTERS * len(moments)).translate(_BY_CHANCE).decode()
    starts = range(0, len(letters), _RANDOM_LETTERS)
    return [
        _time(_milliseconds(at)) + letters[start : start + _RANDOM_LETTERS]
        for at, start in zip(moments, starts, strict=True)
    ]


@lru_cache(maxsize=_MOST_TIMES)
def _time(milliseconds: int) -> str:
    """What stands first in an id; many have the same."""
    return _base32(milliseconds, _TIME_BITS)


def _milliseconds(now: datetime) -> int:
    return max(0, (now - _EPOCH) // _MILLISECOND)


def _base32(number: int, bits: int) -> str:
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(bits - 10, -1, -10)])
