"""Tables of sources, platforms, actions, events, subjects and filters, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from connector import bootstrap
from connector.mapping.dutch import DUTCH
from connector.mapping.editor.arguments import CLOSED_BY
from connector.mapping.expressions.filters import FILTERS
from connector.mapping.own_state import OWN_SPECS
from connector.mapping.source import Scheme
from connector.model.action import UNTIL, ActionSpec, always
from connector.model.types import Type
from connector.model.vocabulary import EVENTS, SUBJECTS, company_type, contact_type

SCHEMES: Final[Mapping[Scheme, str]] = {
    "hmac-sha256": "HMAC-SHA256 of the body",
    "hmac-sha512": "HMAC-SHA512 of the body",
    "hmac-sha1": "HMAC-SHA1 of the body",
    "shopware": "Shopware signature",
    "standard-webhooks": "Standard Webhooks",
    "hubspot-v3": "HubSpot signature v3",
    "hubspot-v2": "HubSpot signature v2",
    "mailchimp": "Mailchimp signature, or a secret in the URL",
    "rsa-sha256": "RSA-SHA256 of the body",
    "token": "a token",
    "basic": "user and password",
    "none": "nothing",
}

_BY_NAME = frozenset({"counters", "last"})
"""Records of a contact that have one field for every event, which would fill a page."""


def table() -> str:
    """Every source and platform on one line each."""
    lines = ["| | listens to | verified by | acts by |", "|---|---|---|---|"]
    for source in bootstrap.shipped_sources():
        acts = ", ".join(f"`{spec.name}`" for spec in bootstrap.specs() if spec.platform == source.name)
        named = {rule.name for rules in source.events.values() for rule in rules if rule.name}
        events = sorted(named | {f"order.{fact}" for fact in source.statuses})
        heard = f"{len(events)} events" if len(events) > 1 else ", ".join(events)
        lines.append(f"| {source.name} | {heard} | {SCHEMES[source.verify.scheme]} | {acts} |")
    acts = ", ".join(f"`{spec.name}`" for spec in bootstrap.specs() if spec.platform == "http")
    lines.append(f"| http | | | {acts} |")
    return "\n".join(lines)


def actions() -> str:
    """Every action with its sentence, arguments and what happens when it is repeated."""
    return "\n\n".join(_action(spec) for spec in (*bootstrap.specs(), *OWN_SPECS))


def _action(spec: ActionSpec) -> str:
    sentence = " ".join((spec.arguments.__doc__ or "").split())
    name = f"{spec.platform}.{spec.name}"
    lines = [f"### {name}", "", sentence, "", f"*{DUTCH[name]}*", "", "| argument | | |", "|---|---|---|"]
    for argument, field in spec.arguments.model_fields.items():
        need = "required" if field.is_required() else ""
        what = "a moment, as in `1 working day`" if argument in spec.moments else field.description or ""
        lines.append(f"| `{argument}` | {need} | {what} |")
    if spec.can_close:
        lines.append(f"| `{UNTIL}` | | {CLOSED_BY} |")
    lines += ["", f"Kind: {spec.kind.value}. {_repeated(spec)}{_read_back(spec)}"]
    return "\n".join(lines)


def _read_back(spec: ActionSpec) -> str:
    if spec.verifies is None:
        return ""
    if spec.verifies is always:
        return " It is done only when it has been read back, unless `verify: no` stands beside it."
    return " With `verify: yes` beside it, it is done only when it has been read back."


def _repeated(spec: ActionSpec) -> str:
    if spec.is_idempotent:
        return "Repeating it changes nothing more."
    if spec.can_look_up:
        return "When an answer is lost, Loods looks whether it happened before it repeats it."
    return "When an answer is lost it is repeated, and the attempt stands recorded as *unknown*."


def events() -> str:
    """The closed vocabulary."""
    rows = (f"| `{name}` | {', '.join(f'`{one}`' for one in carried)} |" for name, carried in EVENTS.items())
    return "\n".join(["| event | carries |", "|---|---|", *rows])


def subjects() -> str:
    """Every subject with its fields, the contact and the company, and the records below these."""
    known = {**SUBJECTS, "contact": contact_type({}, {}, ()), "company": company_type()}
    return "\n\n".join(_records(known))


def _records(known: Mapping[str, Type]) -> Iterator[str]:
    for path, kind in known.items():
        yield f"**{path}**: {', '.join(_fields(kind))}"
        if path not in SUBJECTS:
            inner = {name: one for name, one in kind.fields.items() if name not in _BY_NAME}
            yield from _records({f"{path}.{name}": one for name, one in inner.items() if one.fields})


def _fields(kind: Type) -> Iterator[str]:
    for name, field in kind.fields.items():
        yield f"`{name}` ({field.sort.value}{', ' + field.about if field.about else ''})"
    if kind.item is not None:
        yield f"any name ({kind.item.sort.value})"


def filters() -> str:
    """Every filter with its sentence."""
    rows = (f"| `{name}` | {one.about} |" for name, one in sorted(FILTERS.items()))
    return "\n".join(["| filter | gives |", "|---|---|", *rows])
