"""The inputs of a batch, and which of them an answer of HubSpot means.

Every input carries a trace of ours. With it HubSpot takes the good ones of a batch and answers 207, where
each error repeats the trace that it is about (developers.hubspot.com, multi-status errors). By its API
reference the results do so too; they come in any order (HubSpot/hubspot-api-nodejs#190).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from connector.errors import DispatchError
from connector.model.light import light
from connector.platforms.hubspot.answers import Record, dicts, part_refused, read_record, text

Told: TypeAlias = dict[str, Record | DispatchError]
"""What became of each part, by its trace."""


@light
class Part:
    """One input of a batch. `trace` names it there.

    `key` is the id, or the e-mail address, of what it changes; empty where it makes something.
    """

    trace: str
    key: str
    properties: Mapping[str, str]
    others: Mapping[str, Any]

    @property
    def input(self) -> dict[str, Any]:
        """As HubSpot takes it."""
        return {**self.others, "properties": self.properties, "objectWriteTraceId": self.trace}


def told_parts(parts: Sequence[Part], body: Mapping[str, Any]) -> Told:
    """By trace; where HubSpot does not repeat it by what the record is, or says; in any order."""
    results = [(record, one) for one in dicts(body.get("results")) if (record := read_record(one))]
    traces = {one.trace for one in parts}
    by_key = {key: one.trace for one in parts for key in _keys(one)}
    found: Told = {}
    nameless: list[Record] = []
    for record, result in results:
        named = text(result.get("objectWriteTraceId")) or _by_key(record, by_key)
        if named in traces:
            found[named] = record
        elif not named:
            nameless.append(record)
    made = [one for one in parts if not one.key and one.trace not in found]
    if len(parts) == len(made) == len(results) == len(nameless) == 1:
        return {parts[0].trace: nameless[0]}
    return found | _by_values(made, nameless)


def _by_values(parts: Sequence[Part], records: Sequence[Record]) -> Told:
    """What was made and got no name: whose values fit one part only, which fits no other record."""
    fits = [
        (part.trace, record)
        for part in parts
        for record in records
        if part.properties.items() <= record.properties.items()
    ]
    of_parts, of_records = Counter(trace for trace, _ in fits), Counter(record.id for _, record in fits)
    return {trace: one for trace, one in fits if of_parts[trace] == of_records[one.id] == 1}


def _keys(part: Part) -> list[str]:
    """The id or address by which its result is known, also one that it is about to get."""
    address = part.properties.get("email", part.key) if "@" in part.key else part.key
    return [address.lower()] if address else []


def _by_key(record: Record, by_key: Mapping[str, str]) -> str:
    return by_key.get(record.id) or by_key.get(text(record.properties.get("email")).lower(), "")


def refused_parts(parts: Sequence[Part], body: Mapping[str, Any], *, once: bool) -> dict[str, DispatchError]:
    """Each error of a 207 by the traces, or the ids, that it names; by an empty one where it names none."""
    by_key = {one.key.lower(): one.trace for one in parts if one.key}
    found: dict[str, DispatchError] = {}
    for error in dicts(body.get("errors")):
        traces = said(error, "objectWriteTraceId")
        ids = [by_key.get(one.lower(), "") for one in said(error, "ids")]
        for trace in traces or ids or [""]:
            found[trace] = part_refused(error, once=once)
    return found


def said(error: Mapping[str, Any], what: str) -> list[str]:
    """The texts that an error of a 207 names under this word of its context."""
    context = error.get("context")
    found = context.get(what) if isinstance(context, dict) else None
    return [text(one) for one in (found if isinstance(found, list) else [found]) if text(one)]
