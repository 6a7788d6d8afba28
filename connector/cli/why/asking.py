"""`loods why`: finds the contact and the trigger, and prints the reasons that are stored."""

from __future__ import annotations

from dataclasses import dataclass

from connector import bootstrap
from connector.cli.here.existing import NotThereError, contact_of, reading
from connector.cli.why import show_why
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.scalars import did_you_mean
from connector.runtime import why as runtime
from connector.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """Who, which trigger, and for how many events at most."""

    email: str
    trigger: str
    limit: int


def why(settings: Settings, question: Question, *, as_json: bool) -> None:
    """Print why the contact did or did not get what the live trigger does. Nothing is written."""
    with reading(settings) as tx:
        mapping = bootstrap.live_mapping(settings, tx)
        trigger = _trigger(mapping, question.trigger)
        contact = contact_of(tx, question.email)
        asked = runtime.Question(mapping, trigger, bootstrap.clock(), question.limit)
        answer = runtime.answer(tx, asked, contact)
    show_why.why(answer, as_json=as_json)


def _trigger(mapping: Mapping, name: str) -> Trigger:
    found = mapping.triggers.get(name)
    if found is None:
        hint = did_you_mean(name, mapping.triggers)
        raise NotThereError(f'there is no trigger "{name}"' + (f"; {hint}" if hint else ""))
    return found
