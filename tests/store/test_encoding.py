"""What we store of the model comes back as it was, also from an older or newer release."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.model.action import Cause
from connector.model.contact import Cart, Consent, Contact, Order, Run, Standing, Stated
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.event import ConsentClaim, Event, Identity
from connector.model.values import dumps, loads
from connector.store.encoding import decode, encode
from tests.store.make import EVA, NOON, event

TIMES = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | TIMES | st.dates() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.dictionaries(WORDS, VALUES, max_size=3)


def some(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A few, by name."""
    return st.dictionaries(WORDS, inner, max_size=2)


def few(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A few, in order."""
    return st.lists(inner, max_size=2).map(tuple)


def built(kind: Any, **held: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Such dataclasses, with anything in the plain fields that are not named."""
    plain = {"str": WORDS, "str | None": st.none() | WORDS, "bool": st.booleans(), "int": st.integers()}
    open_fields = {one.name: plain[one.type] for one in dataclasses.fields(kind) if one.type in plain}
    return st.builds(kind, **(open_fields | held))


IDENTITIES = built(Identity)
EVENTS = built(
    Event,
    occurred_at=TIMES,
    people=few(IDENTITIES),
    belongings=few(IDENTITIES),
    fields=FIELDS,
    consent=few(built(ConsentClaim)),
    subjects=some(FIELDS),
)
ORDERS = built(
    Order,
    facts=some(TIMES),
    total=st.none() | st.decimals(allow_nan=False),
    refunded=st.decimals(allow_nan=False),
    content_at=st.none() | TIMES,
    inferred=few(WORDS),
    carts=few(WORDS),
)
CARTS = built(Cart, total=st.none() | st.decimals(allow_nan=False), content_at=st.none() | TIMES)
CONTACTS = built(
    Contact,
    created_at=TIMES,
    identities=few(IDENTITIES),
    fields=some(built(Stated, value=VALUES, at=TIMES)),
    standings=some(built(Standing, since=TIMES, entered=some(TIMES), inferred=few(WORDS))),
    counters=some(st.integers()),
    consent=some(built(Consent, at=TIMES)),
    orders=some(ORDERS),
    carts=some(CARTS),
    runs=some(some(built(Run, at=TIMES))),
    complaints=some(TIMES),
    erased_at=st.none() | TIMES,
)
MOVES = built(Moved, at=TIMES, inferred=few(WORDS))
ENTRIES = built(TraceEntry, answer=st.sampled_from(Answer), seen=FIELDS)


@settings(max_examples=200)
@given(st.one_of(EVENTS, CONTACTS, MOVES, ENTRIES, built(Cause)))
def test_everything_comes_back_as_it_was(thing: Any) -> None:
    assert decode(type(thing), loads(dumps(encode(thing)))) == thing


def test_what_holds_its_default_takes_no_room() -> None:
    assert encode(event("e1", people=(EVA,))) == {
        "key": "e1",
        "name": "order.paid",
        "occurred_at": "2027-03-01T12:00:00+00:00",
        "connection": "webshop",
        "source": "woocommerce",
        "people": [{"kind": "email", "scope": "", "value": "eva@example.com"}],
    }


def test_a_field_of_another_release_is_passed_over() -> None:
    encoded = encode(event("e1")) | {"weather": "fine"}

    assert decode(Event, encoded) == event("e1")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="without a zone"):
        encode(Stated(1, NOON.replace(tzinfo=None)))


def test_a_type_that_nobody_can_store_is_refused_by_its_name() -> None:
    @dataclasses.dataclass(frozen=True)
    class Odd:
        held: set[int] = dataclasses.field(default_factory=set)

    odd: Any = Odd
    odd.__annotations__["held"] = set[int]

    with pytest.raises(TypeError, match=r"no way to store a set\[int\]"):
        encode(Odd())


def test_times_are_written_in_utc() -> None:
    local = datetime.fromisoformat("2027-03-01T13:00:00+01:00")

    assert encode(Stated("x", local))["at"] == "2027-03-01T12:00:00+00:00"
