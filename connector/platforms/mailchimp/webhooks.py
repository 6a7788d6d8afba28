"""The webhooks of a Mailchimp audience: two of them, since our own changes come back from one kind only.

Who subscribes, and what a profile says, is told without what the API did: most of that is ours. Who leaves,
and whose address has changed or bounces, is told whoever did it (mailchimp.com/developer, Webhooks:
`sources`). Two of one address are refused, also where their query differs (mailchimp-client-lib-codegen,
issue 11), so that the second has a path of its own. Each signs with a secret that is shown once, in the
answer that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import unproven
from connector.platforms.setting_up import Made, State, Step, Wanted, left, without_query

EVENTS: Final = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
"""What a webhook can tell of: the topics of the source, and words of the API."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two webhooks: what stands behind the connection's address, and what it tells of."""

    path: str
    events: frozenset[str]
    hears_api: bool


KINDS: Final = (
    Kind("", frozenset({"subscribe", "profile"}), hears_api=False),
    Kind("/departures", frozenset({"unsubscribe", "cleaned", "upemail", "campaign"}), hears_api=True),
)


class Webhooks:
    """Those of one audience."""

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def plan(self, wanted: Wanted) -> list[Step]:
        """A step for each of the two, then what only a person can do. Raises a DispatchError."""
        found = self._found()
        kinds = [one for one in KINDS if one.events & set(wanted.topics)]
        planned = _with_variables([_step(found, wanted, one) for one in kinds], wanted)
        planned = _without_gap(planned, found, wanted)
        return [*planned, *_lost(found, wanted), *_elsewhere(found, wanted)]

    def carry_out(self, step: Step) -> Made:
        """Make a webhook, or change it. Raises a DispatchError."""
        lists = self._client.sdk.lists
        if step.id:
            answer = lists.update_list_webhook(self._audience, step.id, dict(step.body))
        else:
            answer = lists.create_list_webhook(self._audience, dict(step.body))
        made = proven(answer)
        if not made.get("id") or (step.id and not _is_as(made, step.body)):
            raise unproven(answer, "no webhook as it was asked for")
        secret = made.get("signing_secret")
        if step.id or secret:
            return Made(str(made["id"]), "" if step.id else str(secret))
        return Made(str(made["id"]), notice="Mailchimp gave no signing secret: what it sends is refused here")

    def _found(self) -> list[dict[str, Any]]:
        answer = self._client.sdk.lists.get_list_webhooks(self._audience)
        found = proven(answer).get("webhooks")
        if not isinstance(found, list):
            raise unproven(answer, "no list of webhooks")
        return [one for one in found if isinstance(one, dict)]


def _step(found: Sequence[Mapping[str, Any]], wanted: Wanted, kind: Kind) -> Step:
    told = sorted(kind.events & set(wanted.topics), key=EVENTS.index)
    what, at = f"webhook for {', '.join(told)}", wanted.at(kind.path)
    body = {
        "events": {one: one in told for one in EVENTS},
        "sources": {"user": True, "admin": True, "api": kind.hears_api},
    }
    here = next((one for one in found if at.is_at(_url(one))), None)
    moved = next((one for one in found if at.was_at(_url(one))), None)
    if here is not None:
        if _is_as(here, body):
            return Step(State.THERE, what)
        about, id_ = "tells of other things until now", str(here.get("id"))
        return Step(State.CHANGE, what, about, id=id_, body=body, waits=True)
    if moved is not None:
        about = f"goes to {without_query(_url(moved))} until now"
        full = {"url": at.address + _query(_url(moved)), **body}
        return Step(State.CHANGE, what, about, id=str(moved.get("id")), body=full)
    return Step(State.MAKE, what, body={"url": at.address, **body})


def _with_variables(steps: Sequence[Step], wanted: Wanted) -> list[Step]:
    """Each new webhook with the variable for its secret; by hand where there is none for it."""
    free = iter(wanted.unset)
    return [_with_variable(one, next(free, "")) if one.state is State.MAKE else one for one in steps]


def _with_variable(step: Step, variable: str) -> Step:
    if variable:
        return Step(State.MAKE, step.what, body=step.body, variable=variable)
    told = (
        "each webhook has a secret of its own, and every variable of this connection's has a value: add one "
        "more to it in the mapping, as in secret: [$ONE, $TWO], or unset one that is out of use"
    )
    return Step(State.BY_HAND, step.what, told)


def _without_gap(steps: Sequence[Step], found: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[Step]:
    """While one of the two cannot be made, a webhook goes on to tell of all that it tells of now."""
    if not any(one.state is State.BY_HAND for one in steps):
        return list(steps)
    return [_held(one, lost) if (lost := _dropped(one, found, wanted)) else one for one in steps]


def _held(step: Step, lost: Sequence[str]) -> Step:
    told = f"tells of {', '.join(lost)} too, and is changed once another webhook can be made for that"
    return Step(State.BY_HAND, step.what, told)


def _dropped(step: Step, found: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[str]:
    """Of what is wanted, that of which a webhook would tell no more."""
    before = next((one.get("events") for one in found if step.id and str(one.get("id")) == step.id), None)
    if not isinstance(before, Mapping):
        return []
    after = step.body["events"]
    return [one for one in EVENTS if one in wanted.topics and before.get(one) and not after[one]]


def _lost(found: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[Step]:
    """That there are more signed webhooks of ours than secrets that are set."""
    ours = [one for one in found if any(wanted.at(kind.path).is_at(_url(one)) for kind in KINDS)]
    signed = [one for one in ours if one.get("signing_enabled")]
    known = [value for value in wanted.variables.values() if value]
    if len(signed) <= len(known):
        return []
    told = (
        f"{len(signed)} of the webhooks here are signed, and {len(known)} of the secret's variables have a "
        "value; where a secret is lost, delete its webhook at Mailchimp and run this again"
    )
    return [Step(State.BY_HAND, "signing secrets", told)]


def _elsewhere(found: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[Step]:
    places = [wanted.at(kind.path) for kind in KINDS]
    known = [one for one in found if any(at.is_at(_url(one)) or at.was_at(_url(one)) for at in places)]
    others = [one for one in found if one not in known]
    return [left(wanted, "webhook", _url(one)) for one in others if wanted.looks_ours(_url(one))]


def _is_as(found: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether it tells of what is said, and of nothing else; what it leaves out is a no."""
    return all(_agrees(found.get(name), one) for name, one in said.items())


def _agrees(found: object, said: object) -> bool:
    if isinstance(said, Mapping):
        return isinstance(found, Mapping) and all(bool(found.get(name)) is yes for name, yes in said.items())
    return found == said


def _query(url: str) -> str:
    """What an older, unsigned webhook needs at its new address, too."""
    return url[len(without_query(url)) :]


def _url(found: Mapping[str, Any]) -> str:
    return str(found.get("url"))
