"""Everything that can be seen of a Mailchimp account without writing to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from connector.model.finding import Finding, Severity
from connector.platforms.inspecting import Look, Question, in_turn, of_whole
from connector.platforms.looking_over import look_over
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.inspection.audience import (
    inspect_consent,
    inspect_fields,
    inspect_tags,
)
from connector.platforms.mailchimp.inspection.automations import (
    inspect_automations,
    inspect_journeys,
    inspect_store,
)
from connector.platforms.mailchimp.inspection.reads import Reads


class MailchimpInspector:
    """One audience. All calls, some ten for a mapping of usual size, end within the client's deadline."""

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience
        self._reads = Reads(client, audience)

    def inspect(self, question: Question) -> Iterator[Finding]:
        """The account first: where it cannot be reached, nothing else is asked."""
        with self._client.one_deadline():
            looks = [("the audience", partial(self._of_audience, question))]
            yield from look_over(
                question, "Mailchimp", self._reads.account, lambda _: in_turn(question, looks)
            )

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _of_audience(self, question: Question) -> Iterator[Finding]:
        """Nothing of an audience that is not there. Raises a DispatchError."""
        audience = self._reads.audience()
        if audience is None:
            message = f'Mailchimp has no audience "{self._audience}"'
            remedy = "its id stands in Mailchimp under Audience, Settings, Audience name and defaults"
            yield of_whole(question, Severity.ERROR, "L200", message, remedy)
            return
        yield from inspect_consent(question, audience)
        yield from in_turn(question, self._looks(question))

    def _looks(self, question: Question) -> list[tuple[str, Look]]:
        reads = self._reads
        return [
            ("the merge fields", partial(inspect_fields, reads, question)),
            ("the tags", partial(inspect_tags, reads, question)),
            ("the journeys", partial(inspect_journeys, question)),
            ("the automations", partial(inspect_automations, reads, question)),
            ("the store", partial(inspect_store, reads, question, self._audience)),
        ]
