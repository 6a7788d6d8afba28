"""Whether an audience asks for consent as the mapping does, and has the fields and tags that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connector.mapping.needs import Need
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.inspecting import Question, absent, at, nearest, of_whole
from connector.platforms.mailchimp.inspection.reads import Reads
from connector.platforms.mailchimp.values import as_field

_WRONG: Final = {
    "number": frozenset({Sort.YES_NO, Sort.DATE, Sort.TIME, Sort.STAGE}),
    "date": frozenset({Sort.YES_NO, Sort.NUMBER, Sort.STAGE}),
    "birthday": frozenset({Sort.YES_NO, Sort.NUMBER, Sort.STAGE}),
    "address": frozenset({Sort.YES_NO, Sort.NUMBER, Sort.DATE, Sort.TIME, Sort.STAGE, Sort.TEXT}),
}
"""What a merge field of a kind never takes."""
_CONFIRMED, _ASKED = "newsletter.confirmed", "newsletter.subscribed"


def inspect_consent(question: Question, audience: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether what counts as consent here is what counts there."""
    is_double = audience.get("double_optin")
    if is_double is False and question.consent == _CONFIRMED:
        message = (
            f"{_CONFIRMED} counts as consent, and the audience asks nobody to confirm: Mailchimp tells of it "
            "right after the form"
        )
        remedy = "turn on double opt-in in the audience's settings, unless one step is what you mean"
        yield of_whole(question, Severity.WARNING, "L206", message, remedy)
    if is_double is True and question.consent == _ASKED:
        message = (
            f"{_ASKED} counts as consent, and the audience waits for a confirmation: nobody new is reached"
        )
        remedy = f"write consent: {{email: {_CONFIRMED}}} in the mapping's defaults"
        yield of_whole(question, Severity.WARNING, "L206", message, remedy)


def inspect_fields(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each merge field is there, and takes what is written. Raises a DispatchError."""
    needs = question.of(Thing.MERGE_FIELD)
    known = reads.fields() if needs else {}
    for need in needs:
        found = known.get(need.name.upper())
        if found is None:
            remedy = "make it in Mailchimp under Audience fields, or let `loods connect` make it"
            yield absent(need, "L210", "the audience", list(known), remedy)
        else:
            yield from _judged(need, found)


def inspect_tags(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each tag that is taken away was ever given, by the mapping or there. Raises a DispatchError."""
    needs = question.of(Thing.TAG)
    given = {one.name.lower(): one.name for one in needs if one.argument == "add"}
    for need in needs:
        if need.name.lower() in given or reads.has_tag(need.name):
            continue
        message = f'the tag "{need.name}" is taken away, and nobody has it'
        remedy = nearest(need.name, given.values()) or "see that it is written as it is in Mailchimp"
        yield at(need, Severity.WARNING, "L220", message, remedy)


def _judged(need: Need, field: Mapping[str, Any]) -> Iterator[Finding]:
    kind = str(field.get("type"))
    if need.sort in _WRONG.get(kind, ()):
        message = f"the merge field {need.name} is a {kind}, and never takes a {_in_words(need.sort)}"
        yield at(need, Severity.ERROR, "L211", message, "write another value, or name another field")
    options = field.get("options")
    choices = options.get("choices") if isinstance(options, dict) else None
    for value in need.values if kind != "address" else ():
        if isinstance(choices, list) and choices and value and value not in choices:
            message = f'the merge field {need.name} has no choice "{value[:60]}"'
            known = [str(one) for one in choices]
            remedy = nearest(value, known) or f"choices are: {', '.join(known[:12])}"
            yield at(need, Severity.ERROR, "L212", message, remedy)
            continue
        try:
            as_field(value, kind)
        except ValueError as error:
            remedy = "write a value of that kind, or name another field"
            yield at(need, Severity.ERROR, "L211", f"the merge field {need.name} {error}", remedy)


def _in_words(sort: Sort | None) -> str:
    return str(sort).replace("_", " or ")
