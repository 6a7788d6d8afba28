"""Properties that a HubSpot account still lacks, and the choices of those that are ours.

A property that somebody made stays as it is. Ours are those in the group `loods`, and the one that keeps
tags. Kinds of properties are those of developers.hubspot.com, Properties API guide, "Property type and
fieldType".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from connector.mapping.needs import Need
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.definitions import all_names, definitions
from connector.platforms.hubspot.kinds import PROPERTIES
from connector.platforms.hubspot.values import choices
from connector.platforms.proof import is_absent, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted, by_name, doubted, named_at

GROUP: Final = "loods"
TAGS: Final = "loods_tags"
"""The property that keeps tags."""
_YES_NO: Final = ("true", "false")
_FORMS: Final[Mapping[Sort, tuple[str, str]]] = {
    Sort.NUMBER: ("number", "number"),
    Sort.YES_NO: ("bool", "booleancheckbox"),
    Sort.DATE: ("date", "date"),
    Sort.TIME: ("datetime", "date"),
}
"""Type and field type of what is written from contact to contact; everything else is a text."""
_IN_WORDS: Final = {
    "string": "a text",
    "number": "a number",
    "bool": "yes or no",
    "date": "a date",
    "datetime": "a time",
}


class NewProperties:
    """What the mapping writes into, and what is missing for it."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._grouped: set[str] = set()

    def plan(self, wanted: Wanted) -> Iterator[Step]:
        """The group where it is needed, then a step for each property. Raises a DispatchError."""
        for thing, kind in PROPERTIES.items():
            needs, tags = by_name(wanted.of(thing)), self._tags(wanted, kind)
            known = definitions(self._client, kind, [*needs, *([TAGS] if tags else [])])
            found = [_step(kind, named, known.get(name)) for name, named in needs.items()]
            if any(one.state is State.MAKE for one in found):
                there = all_names(self._client, kind)
                found = [doubted(one, one.body.get("name", ""), there) for one in found]
            found += [_tag_step(tags, known.get(TAGS))] if tags else []
            yield from self._group(kind, {one.state for one in found})
            yield from found

    def _group(self, kind: str, states: set[State]) -> Iterator[Step]:
        if not states & {State.MAKE, State.DOUBT}:
            return
        if self._has_group(kind):
            self._grouped.add(kind)
        elif State.MAKE in states:
            yield Step(State.MAKE, f"group {GROUP} of {kind}", kind="group", place=kind, body=_GROUP)

    def carry_out(self, step: Step) -> Made:
        """Make a group or a property, or add choices to one. Raises a DispatchError."""
        if step.kind == "group":
            return self._make_group(step.place)
        if step.id:
            return self._add(step)
        if step.place not in self._grouped:
            self._make_group(step.place)
        api = self._client.sdk.crm.properties.core_api
        answer = api.create(step.place, dict(step.body), _preload_content=False)
        return _made(answer, step.body["name"])

    def _make_group(self, kind: str) -> Made:
        api = self._client.sdk.crm.properties.groups_api
        made = _made(api.create(kind, dict(_GROUP), _preload_content=False), GROUP)
        self._grouped.add(kind)
        return made

    def _add(self, step: Step) -> Made:
        """Choices are written as a whole: those that somebody has added meanwhile are read once more."""
        before = definitions(self._client, step.place, [step.id]).get(step.id, {})
        options = dicts(before.get("options"))
        known = [text(one.get("value")) for one in options]
        new = [one for one in step.body["add"] if one not in known]
        body = {"options": [*options, *_options(new, len(options))]}
        api = self._client.sdk.crm.properties.core_api
        answer = api.update(step.place, step.id, body, _preload_content=False)
        found = {text(one.get("value")) for one in dicts(proven(answer, 200).get("options"))}
        if not found >= {*known, *new}:
            raise unproven(answer, "not every choice")
        return Made(step.id)

    def _tags(self, wanted: Wanted, kind: str) -> list[Need]:
        """What needs the property of the tags, also where a tag differs from contact to contact."""
        if kind != "contacts" or wanted.has_tag_lists:
            return []
        return [one for one in wanted.needs if one.thing is Thing.TAG]

    def _has_group(self, kind: str) -> bool:
        answer = self._client.sdk.crm.properties.groups_api.get_by_name(kind, GROUP, _preload_content=False)
        if is_absent(answer):
            return False
        return bool(proven(answer, 200).get("name"))


_GROUP: Final = {"name": GROUP, "label": "Loods", "displayOrder": -1}


def _step(kind: str, needs: Sequence[Need], definition: Mapping[str, Any] | None) -> Step:
    name, what = needs[0].name, f"{needs[0].thing} {needs[0].name}"
    writing = [one for one in needs if one.action]
    if definition is not None:
        return _with_choices(
            Step(State.THERE, what, kind="property", place=kind, id=name), writing, definition
        )
    if not writing:
        told = f"no rule writes it, so it is not made: make it, or name another ({named_at(needs)})"
        return Step(State.BY_HAND, what, told)
    type_, field_type = _form(writing)
    told = f"{_IN_WORDS[type_]}, {named_at(needs)}"
    form = {"type": type_, "fieldType": field_type, "groupName": GROUP}
    options = {"options": _options(_YES_NO)} if type_ == "bool" else {}
    body = {"name": name, "label": name, **form, **options}
    return Step(State.MAKE, what, told, kind="property", place=kind, body=body)


def _with_choices(step: Step, writing: Sequence[Need], definition: Mapping[str, Any]) -> Step:
    """The property as it is there, or with the choices that it lacks; somebody else's are theirs to add."""
    known = {text(one.get("value")) for one in dicts(definition.get("options"))}
    is_several = definition.get("fieldType") == "checkbox"
    values = [one for need in writing for one in need.values if one]
    chosen = [one for value in values for one in (choices(value) if is_several else [value])]
    lacking = [one for one in dict.fromkeys(chosen) if one not in known]
    is_open = definition.get("type") == "enumeration" and (known or _is_ours(definition))
    return _lacking(step, lacking, definition) if lacking and is_open else step


def _lacking(step: Step, lacking: Sequence[str], definition: Mapping[str, Any]) -> Step:
    told = f"lacks {'the choice' if len(lacking) == 1 else 'the choices'} {', '.join(lacking)}"
    if not _is_ours(definition):
        return Step(State.BY_HAND, step.what, f"{told}: add them at HubSpot, or write others")
    added = {"add": list(lacking)}
    return Step(State.CHANGE, step.what, told, kind="property", place=step.place, id=step.id, body=added)


def _tag_step(needs: Sequence[Need], definition: Mapping[str, Any] | None) -> Step:
    what, place = f"contact property {TAGS}", "contacts"
    given = [one.name for one in needs if one.is_known and one.argument == "add"]
    if definition is None:
        form = {"type": "enumeration", "fieldType": "checkbox", "options": _options(dict.fromkeys(given))}
        body = {"name": TAGS, "label": "Loods tags", "groupName": GROUP, **form}
        return Step(State.MAKE, what, "keeps the tags", kind="property", place=place, body=body)
    if definition.get("fieldType") != "checkbox":
        told = "keeps the tags and takes one only: rename it at HubSpot, so that one can be made"
        return Step(State.BY_HAND, what, told)
    known = {text(one.get("value")) for one in dicts(definition.get("options"))}
    step = Step(State.THERE, what, kind="property", place=place, id=TAGS)
    lacking = [one for one in dict.fromkeys(given) if one not in known]
    return _lacking(step, lacking, {**definition, "groupName": GROUP}) if lacking else step


def _form(writing: Sequence[Need]) -> tuple[str, str]:
    """What fits all that is written: a text, unless every value is worked out and of one other sort."""
    sorts = {one.sort for one in writing}
    has_constants = any(value for one in writing for value in one.values)
    (only,) = sorts if len(sorts) == 1 else (None,)
    return _FORMS.get(only or Sort.TEXT, ("string", "text")) if not has_constants else ("string", "text")


def _options(values: Iterable[str], start: int = 0) -> list[dict[str, Any]]:
    numbered = enumerate(values, start)
    return [{"label": one, "value": one, "displayOrder": place, "hidden": False} for place, one in numbered]


def _is_ours(definition: Mapping[str, Any]) -> bool:
    return definition.get("groupName") == GROUP


def _made(answer: Any, name: str) -> Made:
    if text(proven(answer, 201).get("name")) != name:
        raise unproven(answer, f"no {name}")
    return Made(name)
