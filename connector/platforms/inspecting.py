"""Looking at a live account: whether what the mapping needs of it stands ready. Nothing is written."""

from __future__ import annotations

import difflib
from collections import abc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from connector.errors import DispatchError, Unauthorized
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping
from connector.mapping.needs import Need, Resolve, actions_at, needs_of, told_by, uses
from connector.mapping.source import POLLED
from connector.mapping.terms import Place
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.base import UNTRIED

TOO_MANY: Final = 429
Look: TypeAlias = Callable[[], Iterator[Finding]]
"""One part of an inspection. Raises a DispatchError where the platform cannot be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one connection, which stands at `place`.

    `actions` are those that the mapping does there, each with the first place. `consent` is the event that
    counts as consent to e-mail, `time_zone` that of the mapping. `polled` are the topics that the platform is
    asked for again and again, for rules that use what they tell.
    """

    connection: str
    place: Place
    needs: Sequence[Need]
    actions: abc.Mapping[str, Place] = field(default_factory=dict)
    consent: str = ""
    time_zone: str = ""
    polled: Sequence[str] = ()

    def of(self, *things: Thing) -> list[Need]:
        """The needs of these sorts whose names are known."""
        return [one for one in self.needs if one.thing in things and one.is_known]


def questions(mapping: Mapping, resolve: Resolve) -> dict[str, Question]:
    """What is asked about each connection that acts on a platform, by its name."""
    needs = needs_of(mapping, resolve)
    return {
        one.name: Question(
            one.name,
            one.place,
            [need for need in needs if need.connection == one.name],
            actions_at(mapping, one.name),
            consent=mapping.defaults.consent.get("email", ""),
            time_zone=str(mapping.defaults.time_zone),
            polled=_polled(mapping, one),
        )
        for one in mapping.connections.values()
        if one.platform is not None
    }


def _polled(mapping: Mapping, connection: Connection) -> list[str]:
    """The topics that no webhook tells, of a connection whose source is its platform's own."""
    if connection.source is None or connection.source != connection.platform:
        return []
    source = mapping.sources[connection.source]
    polled = [topic for topic in source.events if topic.startswith(POLLED)]
    return [topic for topic in polled if uses(mapping, told_by(source, [topic]))]


class Inspector(Protocol):
    """Looks at one account with few calls, each of which reads."""

    def inspect(self, question: Question) -> Iterator[Finding]:
        """What there is to say, of all that is needed. Raises nothing: what cannot be asked is a finding."""

    def close(self) -> None:
        """Give up the connection."""


def at(need: Need, severity: Severity, code: str, message: str, remedy: str = "") -> Finding:
    """A finding about something that the mapping names."""
    return Finding(severity, code, need.connection, message, remedy, *_of(need.place))


def of_whole(question: Question, severity: Severity, code: str, message: str, remedy: str = "") -> Finding:
    """A finding about the connection itself."""
    return Finding(severity, code, question.connection, message, remedy, *_of(question.place))


def of_action(question: Question, action: str, code: str, message: str, remedy: str = "") -> Finding:
    """That an action, at the first place that names it, cannot be done."""
    place = question.actions[action]
    return Finding(Severity.ERROR, code, question.connection, message, remedy, *_of(place))


def _of(place: Place) -> tuple[str, int, int]:
    return place.file, place.line, place.column


def absent(need: Need, code: str, at_platform: str, known: Sequence[str] = (), remedy: str = "") -> Finding:
    """That the platform has no such thing; the nearest that it has is the remedy."""
    hint = nearest(need.name, known) or remedy
    message = f'{at_platform} has no {need.thing} "{need.name[:60]}"'
    return at(need, Severity.ERROR, code, message, hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """What was probably meant, whatever its capitals, as a remedy; empty where nothing is near."""
    by_letters = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), by_letters, n=1, cutoff=0.6)
    return f'did you mean "{by_letters[near[0]]}"?' if near else ""


def in_turn(question: Question, looks: Sequence[tuple[str, Look]]) -> Iterator[Finding]:
    """What each part finds; a part that cannot be asked says so, and the others go on.

    Where the platform does not know us the rest is left out, for it would be refused alike; and where the
    account is at its limit, for others need what is left of it.
    """
    for what, look in looks:
        try:
            yield from look()
        except Unauthorized as refusal:
            yield refused(question, refusal)
            return
        except DispatchError as error:
            is_at_limit = error.status == TOO_MANY or error.code == UNTRIED
            yield unasked(question, f"{what} and what comes after" if is_at_limit else what, error)
            if is_at_limit:
                return


def refused(question: Question, refusal: Unauthorized) -> Finding:
    """That the platform takes our key no more."""
    remedy = "make a new key at the platform and set it; until then the connection pauses, and loses nothing"
    return of_whole(
        question, Severity.ERROR, "L101", f"the platform refuses the key: {_said(refusal)}", remedy
    )


def unasked(question: Question, what: str, error: DispatchError) -> Finding:
    """That something could not be asked: for want of a scope, or for now."""
    if error.code == "MISSING_SCOPES":
        remedy = "add the scope to the private app or service key in HubSpot's settings"
        words = f"the token may not read {what}: {_said(error)}"
        return of_whole(question, Severity.ERROR, "L103", words, remedy)
    words = f"{what} cannot be checked now: {_said(error)}"
    return of_whole(question, Severity.UNKNOWN, "L102", words, "ask again later")


def _said(error: DispatchError) -> str:
    """The platform's words, as a part of a sentence."""
    return error.words.rstrip(". ")


def unknowable(question: Question) -> Iterator[Finding]:
    """What differs from contact to contact, so that nobody can look whether it is there."""
    for need in question.needs:
        if not need.is_known:
            message = f"which {need.thing} {need.name[:60]} gives differs from contact to contact"
            yield at(need, Severity.UNKNOWN, "L104", message, "see that all that it can give are there")
