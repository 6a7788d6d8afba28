"""Translation is total, typed and repeatable, whatever a sender sends and whatever a source file says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.expressions import compile_expression
from connector.mapping.load import load_source
from connector.model.event import Identity
from connector.model.types import ANY
from connector.model.values import dumps, loads
from connector.sources.translate import Failure, translate
from tests.sources.build import (
    PAYLOADS,
    RECEIVED_AT,
    TOPIC_HEADER,
    connection_to,
    delivery_of,
    from_file,
    mapping_with,
    only,
    posted,
    shipped,
    translated,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "0", "-1.5", "eva@example.com", "2026-11-20T10:00:00Z", "paid", "email", "1e400"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FILES = sorted(PAYLOADS.glob("*/*.json"))
TOPICS = {
    name: sorted(shipped(name).events) for name in ("shopify", "woocommerce", "hubspot", "mailchimp", "json")
}

OWN = """
source: studio
verify: {scheme: none}
delivery:
  topic: body.what
  occurred_at: body.at
  key: [topic, body.id]
contact:
  identities: {email: body.mail, member: body.member}
  fields: {birthday: body.born, email: body.mail, first_name: body.first}
subjects:
  data: {size: body.size, places: body.places}
  meeting: {id: body.id, starts_at: body.starts}
events:
  visit: {name: custom.visit, carries: data}
  "lesson.*": {name: meeting.booked, carries: meeting}
ignore: ["lesson.moved", "news*"]
"""
READ = load_source(OWN, "studio.yaml")
STAFF = compile_expression("body.staff", {"body": ANY}, READ.place)
STUDIO = replace(READ, fields={"employees": STAFF, **READ.fields})


def told(**members: object) -> Any:
    """What a visit to the studio means, with some members changed."""
    body = {"what": "visit", "id": 1, "mail": "eva@example.com", **members}
    return translated(STUDIO, json.dumps(body).encode())


@settings(max_examples=300, deadline=None)
@given(body=JSON, name=st.sampled_from(sorted(TOPICS)), data=st.data())
def test_any_json_is_events_ignored_or_failed(body: Any, name: str, data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(TOPICS[name]))
    if isinstance(body, dict):
        body |= {"event": topic, "subscriptionType": topic, "type": topic}

    translation = posted(name, topic, body)

    assert translation.events or translation.ignored or translation.failures


@settings(max_examples=300, deadline=None)
@given(file=st.sampled_from(FILES), value=JSON, data=st.data())
def test_a_body_with_anything_at_any_place_is_read_or_fails(
    file: Any, value: Any, data: st.DataObject
) -> None:
    body = json.loads(file.read_text("utf-8"))
    _plant(body, value, data)
    name = file.parent.name

    translation = posted(name, data.draw(st.sampled_from(TOPICS[name])), body)

    assert translation.events or translation.ignored or translation.failures
    for event in translation.events:
        assert event.occurred_at <= RECEIVED_AT + timedelta(days=1)
        assert loads(dumps(dict(event.subjects))) == event.subjects


def _plant(body: Any, value: Any, data: st.DataObject) -> None:
    """Put the value at a random place of the body."""
    while True:
        keys = list(body) if isinstance(body, dict) else list(range(len(body)))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None:
            return
        if not isinstance(body[key], (dict, list)) or not body[key] or data.draw(st.booleans()):
            body[key] = value
            return
        body = body[key]


@settings(deadline=None)
@given(raw=st.binary(max_size=100), name=st.sampled_from(sorted(TOPICS)))
def test_any_bytes_are_events_ignored_or_failed(raw: bytes, name: str) -> None:
    translation = posted(name, TOPICS[name][0], raw)

    assert translation.events or translation.ignored or translation.failures


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_retry_has_the_same_events(file: Any) -> None:
    source = shipped(file.parent.name)
    header = TOPIC_HEADER.get(source.name, "x")
    topic = TOPICS[source.name][0]
    later = RECEIVED_AT + timedelta(hours=4)

    first = translated(source, file.read_bytes(), {header: topic})
    again = delivery_of(source, file.read_bytes(), {header.title(): topic}, later)

    assert again.fingerprint == delivery_of(source, file.read_bytes(), {header: topic}).fingerprint
    assert [event.key for event in first.events] == [
        event.key for event in translated(source, file.read_bytes(), {header.upper(): topic}).events
    ]


@settings(deadline=None)
@given(st.lists(st.decimals("-99999.99", "99999.99", places=2), min_size=1, max_size=30))
def test_money_adds_up_to_the_cent(amounts: list[Decimal]) -> None:
    transactions = [{"amount": str(amount), "status": "success"} for amount in amounts]

    event = only(from_file("shopify", "refund.json", "refunds/create", transactions=transactions))

    assert event.subjects["order"]["refunded"] == sum(amounts)


def test_an_event_of_ones_own_carries_its_fields_as_texts() -> None:
    event = only(told(size=1.5, places=3))

    assert event.name == "custom.visit"
    assert event.key == "custom.visit|visit|1"
    assert event.subjects["data"] == {"size": "1.5", "places": "3"}


def test_a_field_of_the_company_has_its_declared_type() -> None:
    assert only(told(staff="12")).fields["employees"] == Decimal(12)


def test_a_field_of_the_person_that_is_wrong_is_noted_and_left_out() -> None:
    event = only(told(staff="many", first={"a": 1}, born="31/02"))

    assert event.fields == {"email": "eva@example.com"}
    assert event.note == (
        "contact.employees is a text and no number; contact.birthday is a text and no date; "
        "contact.first_name is an object and no text"
    )


@pytest.mark.parametrize(
    ("topic", "ignored"),
    [
        ("lesson.moved", "studio does not listen to lesson.moved"),
        ("newsletter", "studio does not listen to newsletter"),
        ("old.news", "studio does not listen to old.news: its source file does not name it"),
    ],
)
def test_names_go_before_patterns(topic: str, ignored: str) -> None:
    assert told(what=topic).ignored == ignored


def test_a_pattern_in_a_topic_stands_for_anything() -> None:
    assert only(told(what="lesson.new", starts="2027-01-01T10:00:00+01:00")).subjects["meeting"] == {
        "id": "1", "starts_at": datetime(2027, 1, 1, 9, 0, tzinfo=UTC),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (" Eva@Example.COM ", "eva@example.com"),
        ("e\u0301va@example.com", "\u00e9va@example.com"),
        ("eva@b\u00fccher.example", "eva@b\u00fccher.example"),
        ("'eva o\"neil'@example.com", None),
        ("eva", None),
        ("eva@", None),
        ("@example.com", None),
        ("eva@example.com, bob@example.com", None),
        ("eva@@example.com", None),
        ("eva\r\nBcc: x@example.com", None),
        ("eva @example.com", None),
        ("e" * 250 + "@example.com", None),
        (17, None),
        (["eva@example.com"], "eva@example.com"),
        ({"address": "eva@example.com"}, None),
    ],
)
def test_an_address_is_canonical_or_no_identity(written: object, canonical: str | None) -> None:
    event = only(told(mail=written, member=7))

    address = () if canonical is None else (Identity("email", "", canonical),)
    assert event.people == (*address, Identity("member", "here", "7"))
    assert ("email is no e-mail address" in event.note) == (canonical is None)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("820982911946154508", "820982911946154508"),
        ("39000000000000000000000000", "39000000000000000000000000"),
        ("3.9e25", "39000000000000000000000000"),
        ("17.0", "17"),
        ('" 0017 "', "0017"),
    ],
)
def test_an_id_is_text_as_it_was_meant(written: str, text: str) -> None:
    raw = b'{"what": "visit", "id": 1, "member": %s}' % written.encode()

    assert only(translated(STUDIO, raw)).people == (Identity("member", "here", text),)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T10:00:00+01:00", datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        ("2026-11-20 10:00:00", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T10:00:00.480992003Z", datetime(2026, 11, 20, 10, 0, 0, 480992, tzinfo=UTC)),
        ("2026-11-20 10:00:00 +0100", datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        (1795168800, datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        (1795168800123, datetime(2026, 11, 20, 10, 0, 0, 123000, tzinfo=UTC)),
        (1795168800123456, datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)),
        ("1795168800", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        (1795168800.5, datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        ("2026-11-23T11:59:59Z", datetime(2026, 11, 23, 11, 59, 59, tzinfo=UTC)),
        (None, RECEIVED_AT),
        ("", RECEIVED_AT),
    ],
)
def test_a_time_is_read_however_it_is_written(written: object, moment: datetime) -> None:
    event = only(told(at=written))

    assert (event.occurred_at, event.note) == (moment, "")


@pytest.mark.parametrize(
    "written",
    [
        "20/11/2026",
        "now",
        "2026-13-01",
        "2026-11-20T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        [],
        {},
        0,
        -1,
        9e30,
    ],
)
def test_a_time_that_is_none_is_when_it_came_and_is_noted(written: object) -> None:
    event = only(told(at=written))

    assert event.occurred_at == RECEIVED_AT
    assert event.note in {"its time cannot be read", "its time cannot be right"}


def test_a_long_key_and_one_with_bars_stay_different() -> None:
    long, other = only(told(id="x" * 5_000)), only(told(id="x" * 4_999 + "y"))
    barred = only(told(id="a|b"))

    assert len({long.key, other.key, barred.key}) == 3
    assert len(long.key) == len("custom.visit|") + 64
    assert "a|b" not in barred.key


def test_a_key_that_cannot_be_made_fails() -> None:
    translation = told(id={"a": 1})

    assert translation.failures == (Failure(0, "body.id", "the key is an object and no text"),)


def test_translating_leaves_the_delivery_as_it_was_and_gives_the_same_again() -> None:
    source = shipped("shopify")
    raw = (PAYLOADS / "shopify" / "order.json").read_bytes()
    headers = {"x-shopify-topic": "orders/create"}

    assert translated(source, raw, headers) == translated(source, raw, headers)
    assert headers == {"x-shopify-topic": "orders/create"}


def test_ids_are_known_within_the_scope_of_the_connection() -> None:
    source = shipped("woocommerce")
    connection = replace(connection_to(source), name="shop_nl", ids="shops")
    raw = (PAYLOADS / "woocommerce" / "order.json").read_bytes()

    events = translate(
        mapping_with(source), connection, delivery_of(source, raw, {"x-wc-webhook-topic": "order.updated"})
    ).events

    assert {one.scope for event in events for one in event.identities} == {"", "shops"}
    assert {event.connection for event in events} == {"shop_nl"}


def test_of_a_long_text_the_beginning_is_kept() -> None:
    complaint = {"id": "c1", "text": "x" * 60_000}
    body = {"event": "complaint.received", "contact": {"email": "eva@example.com"}, "complaint": complaint}

    event = only(posted("json", "", body))

    assert event.subjects["complaint"]["text"] == "x" * 10_000


@pytest.mark.parametrize("place", ["contact", "complaint"])
def test_an_id_that_no_database_could_find_again_fails_its_part(place: str) -> None:
    body = {"event": "complaint.received", "contact": {"email": "eva@example.com"}, "complaint": {}}

    translation = posted("json", "", {**body, place: {"id": "x" * 201}})

    assert [one.path for one in translation.failures] == [f"{place}.id"]


def test_a_token_that_no_database_could_find_again_names_nothing() -> None:
    cart = {"id": "c1", "token": "x" * 201}

    event = only(posted("json", "", {"event": "cart.updated", "cart": cart}))

    assert [one.value for one in event.belongings] == ["c1"]


def test_data_of_an_event_of_our_own_has_its_declared_types() -> None:
    source = load_source(OWN_EVENT, "quiz.yaml")
    body = {"id": 1, "email": "eva@example.com", "score": "8.5", "at": "2026-11-02T10:00:00Z", "room": 7}

    event = only(translated(source, json.dumps(body).encode()))

    assert event.name == "custom.quiz.done"
    assert event.subjects == {
        "data": {"score": Decimal("8.5"), "at": datetime(2026, 11, 2, 10, tzinfo=UTC), "room": "7"}
    }


def test_data_of_another_type_than_declared_fails_with_its_place() -> None:
    source = load_source(OWN_EVENT, "quiz.yaml")

    found = translated(source, b'{"id": 1, "email": "eva@example.com", "score": "many"}')

    assert [(one.path, one.reason) for one in found.failures] == [
        ("score", "data.score is a text and no number")
    ]


OWN_EVENT = """\
source: quiz
verify: {scheme: none}
delivery: {topic: "'quiz'", key: body.id}
contact: {identities: {email: body.email}}
subjects:
  data: {score: {value: body.score, type: number}, room: body.room}
events:
  quiz: {name: custom.quiz.done, carries: data, fields: {data: {at: {value: body.at, type: time}}}}
"""
