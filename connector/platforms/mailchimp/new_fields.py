"""Merge fields, tags and the store that a Mailchimp audience still lacks.

A tag is a static segment; one without anybody in it may be made, so that automations can already name it
(mailchimp.com/developer, Marketing API, Add segment: an empty `static_segment`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from connector.mapping.needs import Need
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import is_absent, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted, by_name, doubted, named_at

LONGEST_TAG: Final = 10
"""Mailchimp's merge fields have no longer names."""
FIELDS_AT_ONCE: Final = 200
_KINDS: Final = {Sort.NUMBER: "number", Sort.DATE: "date", Sort.TIME: "date"}
"""The kind of a field by what is written into it from contact to contact; else it is a text."""
_STANDING: Final = frozenset({"EMAIL"})
"""What every member has without a merge field."""


class NewFields:
    """Those of one audience."""

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def plan(self, wanted: Wanted) -> Iterator[Step]:
        """A step for each thing. Raises a DispatchError."""
        yield from self._fields(wanted)
        yield from self._tags(wanted)
        yield from self._stores(wanted)

    def carry_out(self, step: Step) -> Made:
        """Make it. Raises a DispatchError."""
        sdk, body = self._client.sdk, dict(step.body)
        match step.kind:
            case "field":
                answer, key = sdk.lists.add_list_merge_field(self._audience, body), "tag"
            case "tag":
                answer, key = sdk.lists.create_segment(self._audience, body), "name"
            case _:
                answer, key = sdk.ecommerce.add_store(body), "id"
        made = proven(answer)
        if made.get(key) != body[key]:
            raise unproven(answer, f"no {step.kind}")
        return Made(str(made[key]))

    def _fields(self, wanted: Wanted) -> Iterator[Step]:
        needs = [one for one in wanted.of(Thing.MERGE_FIELD) if one.name.upper() not in _STANDING]
        known = self._known() if needs else frozenset()
        for tag, named in _by_key(needs, str.upper).items():
            what = f"merge field {named[0].name}"
            if tag in known:
                yield Step(State.THERE, what, kind="field")
            elif len(tag) > LONGEST_TAG:
                told = f"Mailchimp takes names of at most {LONGEST_TAG} characters ({named_at(named)})"
                yield Step(State.BY_HAND, what, told, kind="field")
            elif not (writing := [one for one in named if one.action]):
                told = f"no rule writes it, so it is not made: make it, or name another ({named_at(named)})"
                yield Step(State.BY_HAND, what, told, kind="field")
            else:
                kind = _kind(writing)
                body = {"tag": tag, "name": named[0].name, "type": kind, "public": False}
                step = Step(State.MAKE, what, f"a {kind}, {named_at(named)}", kind="field", body=body)
                yield doubted(step, tag, known)

    def _known(self) -> frozenset[str]:
        answer = self._client.sdk.lists.get_list_merge_fields(self._audience, count=FIELDS_AT_ONCE)
        found = proven(answer).get("merge_fields")
        if not isinstance(found, list):
            raise unproven(answer, "no merge fields")
        return frozenset(str(one.get("tag")).upper() for one in found if isinstance(one, dict))

    def _tags(self, wanted: Wanted) -> Iterator[Step]:
        given = [one for one in wanted.of(Thing.TAG) if one.argument == "add"]
        for named in _by_key(given, str.casefold).values():
            name = named[0].name
            if self._has_tag(name):
                yield Step(State.THERE, f"tag {name}", kind="tag")
            else:
                body = {"name": name, "static_segment": []}
                yield Step(State.MAKE, f"tag {name}", named_at(named), kind="tag", body=body)

    def _has_tag(self, name: str) -> bool:
        answer = self._client.sdk.lists.tag_search(self._audience, name=name)
        found = proven(answer).get("tags")
        if not isinstance(found, list):
            raise unproven(answer, "no tags")
        return any(str(one.get("name")).lower() == name.lower() for one in found if isinstance(one, dict))

    def _stores(self, wanted: Wanted) -> Iterator[Step]:
        for id_ in by_name(wanted.of(Thing.STORE)):
            answer, what = self._client.sdk.ecommerce.get_store(id_, fields=["id", "list_id"]), f"store {id_}"
            if not is_absent(answer):
                yield self._there(what, str(proven(answer).get("list_id")))
            elif wanted.currency is None:
                told = "its first cart or order makes it, in its currency; --currency EUR makes it now"
                yield Step(State.BY_HAND, what, told, kind="store")
            else:
                about = {"name": id_, "platform": "Loods", "currency_code": wanted.currency}
                body = {"id": id_, "list_id": self._audience, **about, "is_syncing": False}
                yield Step(State.MAKE, what, f"in {wanted.currency}", kind="store", body=body)

    def _there(self, what: str, audience: str) -> Step:
        if audience == self._audience:
            return Step(State.THERE, what, kind="store")
        told = f"belongs to the audience {audience}, which cannot be changed: name another store"
        return Step(State.BY_HAND, what, told, kind="store")


def _by_key(needs: Sequence[Need], key: Callable[[str], str]) -> dict[str, list[Need]]:
    """The needs of each thing: Mailchimp tells none apart by capitals."""
    found: dict[str, list[Need]] = {}
    for one in needs:
        found.setdefault(key(one.name), []).append(one)
    return found


def _kind(writing: Sequence[Need]) -> str:
    """A text, unless every value is worked out and of one other sort."""
    sorts = {one.sort for one in writing}
    is_constant = any(one.values for one in writing)
    (only,) = sorts if len(sorts) == 1 else (None,)
    return "text" if is_constant or only is None else _KINDS.get(only, "text")
