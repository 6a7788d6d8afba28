"""A platform that says somebody has left is believed until they sign up anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.errors import Rejected
from connector.mapping.rules import DateComes
from connector.model.contact import Consent
from connector.platforms.base import Call, Outcome
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.live import Live
from connector.sandbox import Sandbox
from connector.store.outbox import ActionStatus, Queued
from tests.runtime.conftest import MAPPING
from tests.runtime.echoing import does, hubspot_tells, made
from tests.runtime.faulty import Broken
from tests.runtime.shop import AUDIENCE, Shop
from tests.runtime.test_poison import Knowing, changed

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
FORGOTTEN = {
    "status": 400,
    "content_type": "application/problem+json",
    "body": {
        "title": "Forgotten Email Not Subscribed",
        "detail": f"{EVA} was permanently deleted and cannot be re-imported.",
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
    assert shop.contact(EVA).counters == {"newsletter.confirmed": 1}
    assert [one.event.name for one in shop.history(EVA)] == ["newsletter.confirmed", "platform.left"]
    assert [one.detail for one in shop.history(EVA)[1].trace] == [consent(shop).evidence]


def test_a_verdict_stands_when_something_older_comes_late(shop: Shop) -> None:
    """A compliance state at a platform is terminal until the person signs up anew, and is remembered so that
    no call is wasted on it."""
    refuses_once(shop, IN_COMPLIANCE)
    signs_up(shop)
    earlier = (shop.clock() - timedelta(minutes=30)).isoformat()

    shop.says("newsletter.confirmed", EVA, occurred_at=earlier)
    shop.turns()

    assert consent(shop).given is False
    assert "Member In Compliance State" in consent(shop).evidence
    assert shop.calls("/events") == []


def test_who_was_deleted_for_good_is_called_about_no_more_whatever_the_kind(shop: Shop) -> None:
    """remembered so that no call is wasted on it"""
    shop.sandbox.script({"path": f"/3.0/lists/{AUDIENCE}/members*"}, [FORGOTTEN], times=None)
    signs_up(shop)
    wasted = len(shop.calls("/members"))

    shop.says("order.paid", EVA, order={"id": "o-1", "total": "10"})
    shop.turns()

    assert len(shop.calls("/members")) == wasted
    assert consent(shop).closed_by == "mailchimp"
    assert action(shop, "tag").words.startswith(
        f"held back: mailchimp takes nothing about {EVA} until they sign up anew (mailchimp."
    )
    assert {one.status for one in shop.actions() if one.action.connection == "hubspot"} == {"done"}


def test_only_a_fresh_sign_up_lifts_a_verdict(shop: Shop) -> None:
    """terminal until the person signs up anew"""
    shop.sandbox.script({"path": f"/3.0/lists/{AUDIENCE}/members*"}, [FORGOTTEN], times=None)
    signs_up(shop)
    shop.sandbox.reset()

    for minutes, name in ((1, "order.paid"), (2, "newsletter.unsubscribed")):
        shop.clock.moves(minutes=minutes)
        shop.says(name, EVA, **({"order": {"id": "o-1"}} if name == "order.paid" else {}))
        shop.turns()
    closed, calls = consent(shop).closed_by, shop.calls("/members")
    shop.clock.moves(minutes=1)
    signs_up(shop)

    assert (closed, calls) == ("mailchimp", [])
    assert (consent(shop).given, consent(shop).closed_by) == (True, "")
    assert shop.calls("/members") != []


def test_a_verdict_is_written_once(shop: Shop) -> None:
    shop.sandbox.script({"path": f"/3.0/lists/{AUDIENCE}/members*"}, [FORGOTTEN], times=None)

    signs_up(shop)

    assert [one.event.name for one in shop.history(EVA)].count("platform.left") == 1


def test_who_opts_out_at_hubspot_has_withdrawn(database_url: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """lowered only by the person's own withdrawal or the platform's verdict"""
    with made(database_url, sandbox, tmp_path) as shop:
        does(shop, "newsletter.confirmed")
        does(shop, "file.downloaded")
        shop.clock.moves(seconds=1)

        hubspot_tells(shop, "hs_email_optout", "false")
        stands = consent(shop).given
        hubspot_tells(shop, "hs_email_optout", "true")

        assert (stands, consent(shop).given) == (True, False)


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


class Refusing(Knowing):
    """A platform that says of everybody that they have left."""

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Never again."""
        return [Rejected("Member In Compliance State", code="compliance") for _ in calls]


def test_a_verdict_upon_which_a_rule_breaks_leaves_the_action_settled(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """When to look at the contact next is asked upon every event, and that breaks."""
    signs_up(shop)
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": "600"})
    shop.system.processor.step()
    task = action(shop, "create_task")
    mapping = shop.system.mapping
    breaks = replace(mapping.triggers["lead"], occasions=(DateComes(Broken()),))
    live = Live(changed(mapping, breaks))
    dispatcher = Dispatcher("hubspot", Refusing("4711"), shop.system.store, live, shop.clock)

    dispatcher.step()

    assert action(shop, "create_task").status is ActionStatus.DEAD
    assert action(shop, "create_task").words == "Member In Compliance State"
    assert [one.outcome for one in shop.attempts(task)] == ["rejected"]
    assert "platform.left" not in [one.event.name for one in shop.history(EVA)]
    assert f"that contact {task.action.contact_id} has left is not noted" in caplog.text
