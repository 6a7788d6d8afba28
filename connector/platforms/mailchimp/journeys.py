"""Letting people into Mailchimp's journeys and into the queues of its classic automations."""

from __future__ import annotations

from collections.abc import Callable

from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.arguments import StartAutomation, StartJourney
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.proof import is_absent, unproven
from connector.platforms.transport import Answer

BEEN_THERE = (
    "subscriber has already been triggered for this email",
    "already sent this email to the subscriber",
)
"""Mailchimp's words (recorded answers) for somebody who waits in the queue, or has got the e-mail."""


class Journeys:
    """Starting journeys and automations. Who has consented but is no member becomes one first.

    Mailchimp can tell nobody who was let into a journey, so that a lost answer stays unknown. A queue takes
    nobody twice, so that a repeat does no harm.
    """

    def __init__(self, client: MailchimpClient, members: Members) -> None:
        self._client, self._members = client, members

    def start(self, addressee: Addressee, wanted: StartJourney) -> Done:
        """Let the person into a journey. Raises a DispatchError."""

        def trigger() -> Answer:
            answer: Answer = self._client.sdk.customerJourneys.trigger(
                wanted.journey, wanted.step, {"email_address": addressee.email}
            )
            return answer

        check_status(self._let_in(addressee, trigger), 204, once=True)
        return Done()

    def queue(self, addressee: Addressee, wanted: StartAutomation) -> Done:
        """Put the person into the queue of an automation's e-mail. Raises a DispatchError."""

        def trigger() -> Answer:
            answer: Answer = self._client.sdk.automations.add_workflow_email_subscriber(
                wanted.automation, wanted.email, {"email_address": addressee.email}
            )
            return answer

        answer = self._let_in(addressee, trigger)
        if answer.status == 400 and any(words in answer.words for words in BEEN_THERE):
            return Done()
        if answer.status != 204 and proven(answer).get("id") != member_id(addressee):
            raise unproven(answer, "nobody")
        return Done()

    def _let_in(self, addressee: Addressee, trigger: Callable[[], Answer]) -> Answer:
        member_id(addressee)
        answer = trigger()
        may_be_missing = is_absent(answer) or answer.status == 400
        if may_be_missing and addressee.has_consent and self._members.add_absent(addressee):
            answer = trigger()
        return answer
