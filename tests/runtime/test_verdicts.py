"""A platform that says somebody has left is believed until they sign up anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connector.model.contact import Consent
from connector.sandbox import Sandbox
from connector.store.outbox import Queued
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import AUDIENCE, Shop

EVA = "eva@example.com"
WISH = """\
trigger: wish
on: question.asked
when: form.id == 'leave'
do: {mailchimp.unsubscribe: {}}
"""
IN_COMPLIANCE = {
    "status": 400,
    "content_type": "application/problem+json",
    "body": {
        "title": "Member In Compliance State",
        "detail": f"{EVA} is in a compliance state due to unsubscribe, bounce, or compliance review",
    },
}


def signs_up(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.turns()


def refuses_once(shop: Shop, answer: dict[str, Any]) -> None:
    """Mailchimp will not have her back at the next try."""
    shop.sandbox.script({"method": "PUT", "path": f"/3.0/lists/{AUDIENCE}/members"}, [answer])


def consent(shop: Shop) -> Consent:
    (found,) = shop.contact(EVA).consent.values()
    return found


def action(shop: Shop, name: str) -> Queued:
    (found,) = [one for one in shop.actions() if one.action.name == name]
    return found


def test_after_a_compliance_state_no_call_is_wasted(shop: Shop) -> None:
    refuses_once(shop, IN_COMPLIANCE)

    signs_up(shop)

    assert consent(shop).given is False
    assert "Member In Compliance State" in consent(shop).evidence
    assert "Member In Compliance State" in action(shop, "start_journey").words
    assert action(shop, "send_event").words.startswith("held back: eva@example.com has given no consent")
    assert shop.calls("/events") == []


def test_who_signs_up_anew_is_asked_for_again(shop: Shop) -> None:
    refuses_once(shop, IN_COMPLIANCE)
    signs_up(shop)

    shop.clock.moves(days=2)
    signs_up(shop)

    assert consent(shop).given is True
    assert len(shop.calls("/events")) > 0


def test_another_refusal_says_nothing_of_consent(shop: Shop) -> None:
    refuses_once(shop, {"status": 422, "body": {"title": "Refused", "detail": "not today"}})

    signs_up(shop)

    assert consent(shop).given is True


def test_a_verdict_changes_nothing_else_of_the_contact(shop: Shop) -> None:
    refuses_once(shop, IN_COMPLIANCE)

    signs_up(shop)

    assert shop.stage(EVA) == "see"
    assert [one.event.name for one in shop.history(EVA)] == ["newsletter.confirmed"]


def test_who_was_unsubscribed_at_their_wish_has_withdrawn(
    database_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text((MAPPING / "shop.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "wish.yaml").write_text(WISH, "utf-8")
    with Shop(database_url, sandbox, tmp_path) as shop:
        signs_up(shop)
        shop.says("question.asked", EVA, form={"id": "leave"})
        shop.turns()

        assert sandbox.state()["mailchimp"]["members"][EVA]["status"] == "unsubscribed"
        assert (consent(shop).given, consent(shop).evidence) == (False, "mailchimp.unsubscribe: done")
