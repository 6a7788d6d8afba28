"""Meetings and calls at HubSpot: what counts as booked, held and cancelled, and for whom."""

from __future__ import annotations

from datetime import timedelta

from tests.runtime.polling.portal import EVA, Portal


def known(portal: Portal, email: str = EVA) -> str:
    """Somebody whom we know by HubSpot's number; that number."""
    contact = portal.has(email)
    change = {"subscriptionType": "contact.propertyChange", "objectId": int(contact), "eventId": 1}
    told = {"propertyName": "email", "propertyValue": email, "portalId": 1, "subscriptionId": 1}
    at = int(portal.shop.clock().timestamp() * 1000)
    portal.shop.posts("hubspot", [{**change, **told, "occurredAt": at}])
    portal.shop.turns()
    return contact


def lately(portal: Portal, email: str = EVA) -> list[str]:
    """What happened to somebody since they are known."""
    return [one for one in portal.events(email) if one != "contact.changed"]


def test_a_meeting_is_booked_and_later_held_each_once(portal: Portal) -> None:
    contact = known(portal)
    meeting = portal.meets(contact, portal.shop.clock() + timedelta(hours=2))
    portal.polls()
    portal.changes(meeting, hs_meeting_title="Kitchen and bath")
    portal.polls()
    portal.changes(meeting, hs_meeting_outcome="COMPLETED")
    portal.polls()
    portal.changes(meeting, hs_meeting_title="Kitchen")
    portal.shop.clock.moves(minutes=5)

    portal.polls()

    assert sorted(lately(portal)) == ["meeting.booked", "meeting.held"]
    titles = [
        one.action.arguments["title"] for one in portal.shop.actions() if one.action.name == "create_task"
    ]
    assert titles == ["Write down Kitchen and bath"]


def test_a_meeting_that_is_called_off_is_cancelled(portal: Portal) -> None:
    contact = known(portal)
    meeting = portal.meets(contact, portal.shop.clock() + timedelta(hours=2))
    portal.changes(meeting, hs_meeting_outcome="CANCELED")

    portal.polls()

    assert sorted(lately(portal)) == ["meeting.booked", "meeting.cancelled"]


def test_a_meeting_counts_for_each_who_was_there(portal: Portal) -> None:
    both = [known(portal), known(portal, "bob@example.com")]
    for contact in both:
        portal.meets(contact, portal.shop.clock() + timedelta(hours=2), hs_meeting_outcome="COMPLETED")
    portal.meets(None, portal.shop.clock() + timedelta(hours=2), hs_meeting_outcome="COMPLETED")

    portal.polls()

    assert (
        sorted(lately(portal))
        == sorted(lately(portal, "bob@example.com"))
        == ["meeting.booked", "meeting.held"]
    )


def test_a_meeting_of_before_the_first_turn_is_not_held_by_being_edited(portal: Portal) -> None:
    contact = known(portal)
    portal.meets(contact, portal.shop.clock() - timedelta(days=2), hs_meeting_outcome="COMPLETED")

    portal.polls()

    assert lately(portal) == []


def test_a_meeting_that_was_only_written_down_was_not_booked(portal: Portal) -> None:
    contact = known(portal)
    starts = portal.shop.clock() - timedelta(minutes=30)
    portal.meets(contact, starts, hs_meeting_outcome="COMPLETED")

    portal.polls()

    assert lately(portal) == ["meeting.held"]


def test_a_call_that_was_answered_is_held(portal: Portal) -> None:
    contact = known(portal)
    portal.calls(contact, portal.shop.clock() + timedelta(minutes=1))
    portal.calls(contact, portal.shop.clock() + timedelta(minutes=1), "NO_ANSWER")

    portal.polls()

    assert lately(portal) == ["call.held"]
