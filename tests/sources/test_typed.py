"""An event that somebody types is checked like what a webhook says; each slip is named with its remedy."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import bootstrap
from connector.mapping.mapping import Mapping
from connector.model.event import Event, Identity
from connector.settings import read_settings
from connector.sources.typed import Typed, TypedError, read_typed

EVA = "eva@example.com"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
FOLDER = Path(__file__).parents[1] / "runtime" / "mapping"
RULES = bootstrap.load(read_settings({"LOODS_MAPPINGS": str(FOLDER)}))


def typed(
    name: str, *values: str, contact: str | None = EVA, connection: str | None = None, rules: Mapping = RULES
) -> Event:
    """The event of `NAME=VALUE` words."""
    said = dict(one.split("=", 1) for one in values)
    return read_typed(rules, Typed(name, contact, connection, said), NOON)


def test_values_are_converted_to_their_declared_types() -> None:
    event = typed("order.paid", "order.total=120", "order.id=o1", "order.paid_at=2026-11-02T10:00:00Z")

    paid_at = NOON - timedelta(hours=2)
    assert event.subjects == {"order": {"total": Decimal(120), "id": "o1", "paid_at": paid_at}}


def test_it_is_about_the_contact_and_the_things_that_it_names() -> None:
    event = typed(
        "order.paid", "order.id=o1", "order.cart=c1", contact=" EVA@example.com", connection="webshop"
    )

    assert event.people == (Identity("email", "", EVA),)
    assert [str(one) for one in event.belongings] == ["order:webshop:o1", "cart:webshop:c1"]


def test_without_a_connection_one_tells_it_that_can() -> None:
    assert typed("file.downloaded").connection == "website"
    assert typed("file.downloaded", connection="webshop").connection == "webshop"


def test_what_it_says_of_the_contact_and_of_itself_can_be_set() -> None:
    event = typed(
        "page.viewed", "contact.first_name=Eva", "event.channel=email", "event.occurred_at=2026-11-01 09:00Z"
    )

    assert event.fields == {"first_name": "Eva"}
    assert (event.channel, event.occurred_at) == ("email", datetime(2026, 11, 1, 9, tzinfo=UTC))


def test_it_happens_now_where_nothing_else_is_said() -> None:
    assert typed("page.viewed").occurred_at == NOON


def test_lists_and_records_are_given_as_json_or_piece_by_piece() -> None:
    event = typed("order.paid", 'order.items=[{"sku": "BAK-7", "price": "1.50"}]', "order.coupons=SUMMER")
    form = typed("form.submitted", "form.fields.size=XL", "form.fields.colour=green")

    assert event.subjects["order"]["items"] == [{"sku": "BAK-7", "price": Decimal("1.50")}]
    assert event.subjects["order"]["coupons"] == ["SUMMER"]
    assert form.subjects["form"]["fields"] == {"size": "XL", "colour": "green"}


def test_an_event_of_your_own_carries_data() -> None:
    assert typed("custom.quiz", "data.score=3").subjects == {"data": {"score": "3"}}


def test_an_empty_value_says_nothing() -> None:
    assert typed("order.paid", "order.total=").subjects == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("order.payd",), 'there is no event "order.payd"; did you mean "order.paid"?'),
        (("order.paid", "ordr.total=1"), 'this event has no "ordr"; did you mean "order"?'),
        (("order.paid", "cart.total=1"), 'this event has no "cart"; known: contact, event, order'),
        (("order.paid", "order.totl=1"), 'order has no "totl"; did you mean "total"?'),
        (("order.paid", "order=1"), "name one of its fields, as in order.id"),
        (("order.paid", "order.total.x=1"), 'order.total has no "x"'),
        (("order.paid", "order.total=many"), "order.total is a text and no number"),
        (("order.paid", "order.items=BAK-7"), "give it as JSON"),
        (("order.paid", "order.items=[{"), "order.items cannot be read as JSON"),
        (("order.paid", "event.name=x"), 'event has no "name"'),
        (("order.paid", "event.occurred_at=yesterday"), "event.occurred_at is a text and no time"),
        (("order.paid", "contact.email=eva@example.com"), "--contact gives the address"),
        (("order.paid", "contact.frist_name=Eva"), 'did you mean "first_name"?'),
    ],
)
def test_a_slip_is_named_with_its_remedy(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(TypedError) as refused:
        typed(*words)

    assert said in str(refused.value)


def test_whose_it_is_has_to_be_said() -> None:
    with pytest.raises(TypedError, match="--contact EMAIL"):
        typed("order.paid", "order.total=1", contact=None)
    with pytest.raises(TypedError, match="'eva' is no e-mail address"):
        typed("order.paid", contact="eva")


def test_a_connection_has_to_listen() -> None:
    with pytest.raises(TypedError, match='did you mean "webshop"'):
        typed("order.paid", connection="webshp")


@given(path=st.text(), value=st.text())
def test_words_that_mean_nothing_are_refused(path: str, value: str) -> None:
    with pytest.raises(TypedError):
        read_typed(RULES, Typed("order.paid", EVA, None, {path: value}), NOON)


@given(value=st.text() | st.from_regex(r'[\[{]["\w\[\]{},: ]*', fullmatch=True))
def test_any_value_is_taken_or_refused(value: str) -> None:
    for path in ("order.total", "order.items", "order.paid_at", "order.is_test", "order.coupons"):
        with suppress(TypedError):
            event = read_typed(RULES, Typed("order.paid", EVA, None, {path: value}), NOON)
            assert event.subjects.get("order", {}).keys() <= {path.removeprefix("order.")}
