"""What a system of the company's own says when it speaks the vocabulary."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.model.event import ConsentClaim, Identity
from connector.model.vocabulary import EVENTS
from tests.sources.build import from_file, only, posted, shipped, translated

ABOUT_NOBODY = {"product.changed"}
SUBJECTS: dict[str, object] = {
    name: {"id": "1", "property": "amount"}
    for name in ("order", "cart", "deal", "complaint", "file", "review", "meeting", "change")
}


def test_a_download_is_what_it_says() -> None:
    event = only(from_file("json", "download.json"))

    assert event.name == "file.downloaded"
    assert event.occurred_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert event.people == (Identity("email", "", "daan@example.com"),)
    assert event.fields == {"first_name": "Daan", "birthday": "--02-29"}
    assert event.subjects["file"]["name"] == "Koopgids tuinmeubelen"
    assert event.consent == (ConsentClaim("email", given=True),)


def test_a_no_is_not_a_withdrawal_and_a_fraction_is_exact() -> None:
    event = only(from_file("json", "cart.json"))

    assert event.people == (Identity("customer", "here", "77"),)
    assert event.consent == ()
    assert event.subjects["cart"]["total"] == Decimal("620.10")
    assert event.subjects["cart"]["items"] == [
        {"sku": "TAFEL-1", "name": "Tuintafel", "quantity": Decimal(1), "price": Decimal("620.1")}
    ]


@pytest.mark.parametrize("name", sorted(EVENTS.keys() - ABOUT_NOBODY))
def test_every_event_of_a_person_can_be_told(name: str) -> None:
    body: dict[str, object] = {"event": name, "id": "1", "contact": {"email": "eva@example.com"}, **SUBJECTS}

    event = only(posted("json", "", body))

    assert event.name == name
    assert tuple(event.subjects) == EVENTS[name]


@pytest.mark.parametrize("name", sorted(ABOUT_NOBODY))
def test_what_is_about_no_person_is_ignored_by_name(name: str) -> None:
    assert posted("json", "", {"event": name, "id": "1"}).ignored == f"json does not listen to {name}"


@pytest.mark.parametrize("name", ["custom.visit", "weather.changed_today"])
def test_what_is_not_declared_is_not_listened_to(name: str) -> None:
    translation = posted("json", "", {"event": name, "contact": {"email": "eva@example.com"}})

    assert translation.ignored == f"json does not listen to {name}: its source file does not name it"


def test_the_id_of_the_webhook_is_the_key_and_the_bodys_own_comes_next() -> None:
    body = b'{"event": "newsletter.subscribed", "id": "n-1", "contact": {"email": "eva@example.com"}}'

    signed = only(translated(shipped("json"), body, {"webhook-id": "msg_1"}))
    plain = only(translated(shipped("json"), body))

    assert signed.key == "newsletter.subscribed|msg_1"
    assert plain.key == "newsletter.subscribed|n-1"


@pytest.mark.parametrize("yes", [True, "true", "on", "1", 1, "Yes"])
def test_a_ticked_box_is_consent_however_it_is_written(yes: object) -> None:
    body: dict[str, object] = {
        "event": "question.asked",
        "contact": {"email": "eva@example.com", "consent": yes},
    }

    assert only(posted("json", "", body)).consent == (ConsentClaim("email", given=True),)


@pytest.mark.parametrize("no", [False, None, "", "no", "off", "0", 0, "perhaps", [], {"a": 1}])
def test_anything_else_is_silence(no: object) -> None:
    body: dict[str, object] = {
        "event": "question.asked",
        "contact": {"email": "eva@example.com", "consent": no},
    }

    assert only(posted("json", "", body)).consent == ()


def test_fields_of_a_form_are_texts_whatever_was_filled_in() -> None:
    form: object = {"id": "f1", "fields": {"size": 42, "colours": ["red", "blue"], "ok": True, "none": None}}
    body: dict[str, object] = {
        "event": "form.submitted",
        "contact": {"email": "eva@example.com"},
        "form": form,
    }

    assert only(posted("json", "", body)).subjects["form"]["fields"] == {
        "size": "42", "colours": "red, blue", "ok": "true",
    }  # fmt: skip


def test_an_event_that_is_mistyped_is_told_which_was_meant() -> None:
    translation = posted("json", "", {"event": "order.payd"})

    assert translation.ignored.endswith('its source file does not name it; did you mean "order.paid"?')
