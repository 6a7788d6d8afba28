"""Ids sort by time, can be repeated, and are never the same twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.ids import new_id, new_ids

LETTERS = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 the zone follows


def test_the_time_is_written_as_in_the_ulid_specification() -> None:
    """The example of github.com/ulid/spec: 1469918176385 milliseconds are 01ARYZ6S41."""
    moment = datetime.fromtimestamp(1469918176, UTC) + timedelta(milliseconds=385)

    assert new_id(moment, bytes(10)) == "01ARYZ6S41" + "0" * 16


@given(TIMES, TIMES)
def test_ids_of_different_milliseconds_sort_as_their_times(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))

    early, late = new_id(earlier, b"\xff" * 10), new_id(later + timedelta(milliseconds=1), bytes(10))

    assert early < late


def test_a_thousand_ids_of_one_moment_are_a_thousand() -> None:
    assert len({new_id(NOON) for _ in range(1000)}) == 1000


@given(st.lists(TIMES, max_size=5))
def test_ids_that_are_made_together_are_of_the_same_kind(moments: list[datetime]) -> None:
    alone, together = [new_id(one) for one in moments], new_ids(moments)

    assert [one[:10] for one in together] == [one[:10] for one in alone]
    assert all(len(one) == 26 and set(one) <= LETTERS for one in together)


def test_every_letter_is_as_likely_as_any_other() -> None:
    told = Counter("".join(one[10:] for one in new_ids([NOON] * 2000)))

    assert set(told) == LETTERS
    assert max(told.values()) < 2 * min(told.values())
    assert len(set(new_ids([NOON] * 1000))) == 1000


def test_a_time_before_1970_still_has_an_id() -> None:
    assert new_id(datetime(1969, 1, 1, tzinfo=UTC), bytes(10)) == "0" * 26


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="10 random bytes, got 3"):
        new_id(NOON, b"abc")
