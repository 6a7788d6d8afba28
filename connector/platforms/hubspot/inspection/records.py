"""Whether the owners, pipelines, events and subscription types that the mapping names are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connector.mapping.needs import Need
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.hubspot.answers import dicts, text
from connector.platforms.hubspot.inspection.reads import Reads
from connector.platforms.inspecting import Question, absent, at, nearest

PIPELINES: Final = {
    "deals": (Thing.DEAL_PIPELINE, Thing.DEAL_STAGE),
    "tickets": (Thing.TICKET_PIPELINE, Thing.TICKET_STAGE),
}
DEFAULT: Final = "default"
"""HubSpot's name for the pipeline that a deal is in when nothing else is said."""


def inspect_owners(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each colleague is a user who can own records. Raises a DispatchError."""
    needs = question.of(Thing.OWNER)
    found = {name: reads.owner(name) for name in dict.fromkeys(one.name for one in needs)}
    for need in needs:
        if found[need.name] is None:
            remedy = "write the address by which the colleague logs in to HubSpot, or invite them"
            yield absent(need, "L150", "HubSpot", remedy=remedy)


def inspect_pipelines(reads: Reads, question: Question, kind: str) -> Iterator[Finding]:
    """That each pipeline is there, and has the stages that are named in it. Raises a DispatchError."""
    pipelines, stages = (question.of(thing) for thing in PIPELINES[kind])
    if not pipelines and not stages:
        return
    known = {text(one.get("id")): one for one in reads.pipelines(kind)}
    for need in pipelines:
        if need.name not in known:
            yield absent(need, "L160", "HubSpot", list(known), _choices(known))
    for need in stages:
        yield from _of_stage(need, known, kind)


def _of_stage(need: Need, known: Mapping[str, Mapping[str, Any]], kind: str) -> Iterator[Finding]:
    within = need.of or (DEFAULT if need.action == "create_deal" else "")
    pipelines = [known[within]] if within in known else list(known.values())
    if within and within not in known:
        return  # its pipeline is missing already
    stages = {
        text(stage.get("id")): text(stage.get("label"))
        for one in pipelines
        for stage in dicts(one.get("stages"))
    }
    if need.name not in stages:
        by_label = next((id_ for id_, label in stages.items() if label.lower() == need.name.lower()), "")
        remedy = f'its internal name is "{by_label}"' if by_label else nearest(need.name, stages)
        where = f'pipeline "{within}"' if within else f"any pipeline of {kind}"
        message = f'there is no {need.thing} "{need.name[:60]}" in {where}'
        yield at(need, Severity.ERROR, "L161", message, remedy or f"there are: {', '.join(stages)}")


def inspect_events(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each event is defined, with the properties that are sent along. Raises a DispatchError."""
    needs = question.of(Thing.EVENT)
    found = {name: reads.event(name) for name in dict.fromkeys(one.name for one in needs)}
    for need in needs:
        if found[need.name] is None:
            remedy = "define it in HubSpot under Data Management, Custom events; its name begins with pe"
            yield absent(need, "L170", "HubSpot", remedy=remedy)
    for need in question.of(Thing.EVENT_PROPERTY):
        definition = found.get(need.of)
        known = [text(one.get("name")) for one in dicts(definition.get("properties"))] if definition else []
        if definition and need.name not in known:
            message = f'the event "{need.of}" has no property "{need.name[:60]}"'
            remedy = nearest(need.name, known) or "add it to the event's definition in HubSpot"
            yield at(need, Severity.ERROR, "L171", message, remedy)


def inspect_subscriptions(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each subscription type is there. Raises a DispatchError."""
    needs = question.of(Thing.SUBSCRIPTION)
    if not needs:
        return
    known = {text(one.get("id")): one for one in reads.subscriptions()}
    for need in needs:
        if need.name not in known:
            yield absent(need, "L180", "HubSpot", remedy=_choices(known))


def _choices(known: Mapping[str, Mapping[str, Any]]) -> str:
    told = [f"{id_} ({text(one.get('label') or one.get('name'))})" for id_, one in known.items()]
    return f"there are: {', '.join(told[:12])}" if told else "there are none yet"
