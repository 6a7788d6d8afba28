"""Everything that can be seen of a HubSpot account without writing to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from connector.model.finding import Finding, Severity
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.inspection.automations import inspect_sequences, inspect_workflows
from connector.platforms.hubspot.inspection.properties import inspect_properties
from connector.platforms.hubspot.inspection.reads import Reads
from connector.platforms.hubspot.inspection.records import (
    PIPELINES,
    inspect_events,
    inspect_owners,
    inspect_pipelines,
    inspect_subscriptions,
)
from connector.platforms.hubspot.inspection.scopes import inspect_scopes
from connector.platforms.hubspot.inspection.tagging import inspect_lists, inspect_tag_lists, inspect_tags
from connector.platforms.hubspot.kinds import PROPERTIES
from connector.platforms.inspecting import Look, Question, in_turn, of_whole
from connector.platforms.looking_over import Account, look_over


class HubSpotInspector:
    """One account. All calls, some ten for a mapping of usual size, end within the client's deadline.

    `tags` is the contact property that keeps the tags; empty where each tag is a static list of its name.
    """

    def __init__(self, client: HubSpotClient, token: str, *, tags: str) -> None:
        self._client, self._tags = client, tags
        self._reads = Reads(client, token)

    def inspect(self, question: Question) -> Iterator[Finding]:
        """The account first: where it cannot be reached, nothing else is asked."""
        with self._client.one_deadline():
            yield from look_over(
                question, "HubSpot", self._reads.account, lambda account: self._rest(question, account)
            )

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _rest(self, question: Question, account: Account) -> Iterator[Finding]:
        yield from _time_zone(question, text(account.details.get("timeZone")))
        yield from in_turn(question, self._looks(question))

    def _looks(self, question: Question) -> list[tuple[str, Look]]:
        reads = self._reads
        tags = (
            partial(inspect_tags, reads, question, self._tags)
            if self._tags
            else partial(inspect_tag_lists, reads, question)
        )
        return [
            ("its scopes", lambda: inspect_scopes(question, reads.scopes(), has_tag_lists=not self._tags)),
            *(
                (f"the properties of {kind}", partial(inspect_properties, reads, question, thing))
                for thing, kind in PROPERTIES.items()
            ),
            ("the tags", tags),
            ("the lists", partial(inspect_lists, reads, question)),
            ("the owners", partial(inspect_owners, reads, question)),
            ("the workflows", partial(inspect_workflows, reads, question)),
            ("the sequences", partial(inspect_sequences, reads, question)),
            *(
                (f"the pipelines of {kind}", partial(inspect_pipelines, reads, question, kind))
                for kind in PIPELINES
            ),
            ("the custom events", partial(inspect_events, reads, question)),
            ("the subscription types", partial(inspect_subscriptions, reads, question)),
        ]


def _time_zone(question: Question, theirs: str) -> Iterator[Finding]:
    """HubSpot's own reports and working hours go by its zone, those of the mapping by another."""
    if theirs and question.time_zone and theirs != question.time_zone:
        message = f"the account is in the time zone {theirs}, the mapping in {question.time_zone}"
        remedy = "set one of them, unless that is meant: days and hours begin at different moments"
        yield of_whole(question, Severity.WARNING, "L106", message, remedy)
