"""Texts, times and values go into both databases and come back, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from connector.store.columns import Moment, are_plain, as_key, clean

DIALECT = sqlite.dialect()
ANY_TEXT = st.text(st.characters(codec=None))


@given(st.lists(st.none() | st.text() | st.text("a", min_size=398, max_size=402)))
def test_texts_that_are_plain_are_held_as_they_are(texts: list[str | None]) -> None:
    held = [one is None or (one.isascii() and one == as_key(one)) for one in texts]

    assert are_plain(texts) == all(held)


@given(ANY_TEXT)
def test_a_cleaned_text_can_be_written_and_stays_as_long(text: str) -> None:
    cleaned = clean(text)

    assert "\0" not in cleaned.encode().decode()
    assert len(cleaned) == len(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_sound_text_is_left_alone(text: str) -> None:
    assert clean(text) == text


@given(ANY_TEXT.map(lambda text: text * 50), ANY_TEXT.map(lambda text: text * 50))
def test_long_keys_fit_into_an_index_and_stay_apart(one: str, other: str) -> None:
    assert len(as_key(one)) <= 400
    assert (as_key(one) == as_key(other)) == (clean(one) == clean(other))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_a_time_comes_back_to_the_microsecond_whatever_its_zone(moment: datetime, minutes: int) -> None:
    column = Moment()
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    kept = column.bind_processor(DIALECT)(local)

    assert column.process_result_value(kept, DIALECT) == local


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_times_compare_in_the_database_as_they_do_here(one: datetime, other: datetime) -> None:
    kept = [Moment().bind_processor(DIALECT)(moment) or 0 for moment in (one, other)]

    assert (kept[0] < kept[1]) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        Moment().bind_processor(DIALECT)(datetime(2027, 3, 1))  # noqa: DTZ001 that is what is tested
