"""A change of ours and what a platform tells of it are the same in one form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.changes import WHOLE, Change, canonical_value, told_by
from connector.model.event import Event
from connector.model.values import Value
from connector.platforms.hubspot.values import as_text


def event(name: str, **subjects: Mapping[str, Value]) -> Event:
    """Something that a platform tells."""
    return Event("e1", name, datetime(2026, 11, 22, tzinfo=UTC), "hubspot", "hubspot", subjects=subjects)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("true", "TRUE"),
        ("2000", "2000.00"),
        ("0", "-0"),
        ("1500000", "1500000.0"),
        ("2026-07-31T00:00:00.000Z", "1785456000000"),
        ("2026-07-31", "1785456000000"),
        ("2026-07-31T12:30:00+02:00", "1785493800000"),
        ("b;a", "a;b;"),
        ("Café ", "Café"),
    ],
)
def test_one_value_in_two_writings_is_one(ours: str, theirs: str) -> None:
    assert Change("p", ours).digest == Change("p", theirs).digest


@pytest.mark.parametrize(
    ("one", "other"), [("2000", "2001"), ("a", "A"), ("", "0"), ("2026-13-31", "2026-12-31"), ("a;b", "a;c")]
)
def test_other_values_are_others(one: str, other: str) -> None:
    assert Change("p", one).digest != Change("p", other).digest


def test_an_address_is_the_same_in_capitals() -> None:
    assert Change("email", "Eva@Example.com").digest == Change("email", "eva@example.com").digest


def test_any_value_has_a_digest_of_its_own_and_no_value_does_not() -> None:
    assert Change("p").digest == ""
    assert Change("p", "").digest != ""


def test_the_value_cannot_be_read_from_its_digest() -> None:
    assert "eva" not in Change("email", "eva@example.com").digest


@given(st.text(max_size=200))
def test_any_text_has_a_form_that_is_its_own(text: str) -> None:
    once = canonical_value("p", text)

    assert canonical_value("p", once) == once


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - in UTC
def test_a_moment_that_we_write_is_the_milliseconds_that_hubspot_tells(at: datetime) -> None:
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    assert canonical_value("p", as_text(at)) == str(milliseconds)


@pytest.mark.parametrize(
    ("told", "change"),
    [
        (event("contact.changed", change={"property": "city", "value": "Breda"}), Change("city", "Breda")),
        (event("contact.changed", change={"property": "city"}), Change("city", "")),
        (event("contact.changed"), Change(WHOLE)),
        (event("company.changed", change={"property": "city", "value": "x"}), Change("company.city", "x")),
        (event("deal.changed", deal={"id": "1", "stage": "won"}), Change("deal.dealstage", "won")),
        (event("deal.won", deal={"id": "1", "stage": "won"}), Change("deal.dealstage", "won")),
        (event("deal.changed", deal={"id": "1", "amount": Decimal("20.0")}), Change("deal.amount", "20.0")),
        (event("deal.changed", deal={"id": "1", "name": "Boat"}), Change("deal.dealname", "Boat")),
        (event("deal.created", deal={"id": "1"}), Change("deal.created")),
        (event("newsletter.unsubscribed"), Change("newsletter.unsubscribed")),
        (event("order.paid", order={"id": "1"}), None),
        (event("email.opened"), None),
    ],
)
def test_an_event_tells_of_a_change(told: Event, change: Change | None) -> None:
    assert told_by(told) == change
