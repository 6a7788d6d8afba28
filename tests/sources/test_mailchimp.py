"""What Mailchimp's webhooks mean: form-encoded, without an id of the delivery."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.model.event import ConsentClaim, Identity
from tests.sources.build import PAYLOADS, RECEIVED_AT, from_file, only, posted

EVA = Identity("email", "", "eva@example.com")


def test_a_subscription_is_confirmed_and_is_consent() -> None:
    event = only(from_file("mailchimp", "subscribe.form"))

    assert event.name == "newsletter.confirmed"
    assert event.people == (Identity("email", "", "eva+news@example.com"),)
    assert event.consent == (ConsentClaim("email", given=True),)
    assert event.fields == {"first_name": "Eva", "last_name": "de Vries"}


def test_the_time_without_a_zone_is_utc() -> None:
    event = only(from_file("mailchimp", "subscribe.form"))

    assert event.occurred_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_an_unsubscription_with_plain_brackets_is_a_withdrawal() -> None:
    event = only(from_file("mailchimp", "unsubscribe.form"))

    assert (event.name, event.people) == ("newsletter.unsubscribed", (EVA,))
    assert event.consent == (ConsentClaim("email", given=False),)


def test_a_profile_changes_the_contact_and_claims_nothing() -> None:
    event = only(from_file("mailchimp", "profile_without_time.form"))

    assert (event.name, event.consent, event.occurred_at) == ("contact.changed", (), RECEIVED_AT)


def test_without_a_time_the_body_tells_two_deliveries_apart() -> None:
    raw = (PAYLOADS / "mailchimp" / "profile_without_time.form").read_bytes()

    first, other = posted("mailchimp", "", raw), posted("mailchimp", "", raw.replace(b"Utrecht", b"Breda"))

    assert only(first).key == only(posted("mailchimp", "", raw)).key
    assert only(first).key != only(other).key


def test_a_changed_address_names_both() -> None:
    event = only(from_file("mailchimp", "upemail.form"))

    assert event.people == (Identity("email", "", "eva.new@example.com"), EVA)
    assert event.fields["email"] == "eva.new@example.com"
    assert event.subjects["change"] == {
        "property": "email", "value": "eva.new@example.com", "previous": "eva@example.com",
    }  # fmt: skip


def test_a_cleaned_address_bounced_and_takes_consent_away() -> None:
    event = only(from_file("mailchimp", "cleaned.form"))

    assert event.name == "email.bounced"
    assert event.subjects["email"] == {"campaign": "4fjk2ma9xd", "reason": "hard"}
    assert event.consent == (ConsentClaim("email", given=False),)


def test_a_campaign_is_ignored_by_name() -> None:
    translation = posted("mailchimp", "", b"type=campaign&data[id]=5aa2102003&data[status]=sent")

    assert translation.ignored == "mailchimp does not listen to campaign"


def test_a_member_without_address_fails() -> None:
    translation = posted("mailchimp", "", b"type=profile&data[id]=8a25ff1d98")

    assert [failure.reason for failure in translation.failures] == [
        "it is about nobody: there is no address and no id"
    ]
