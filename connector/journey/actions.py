"""From templates to actions: arguments rendered, moments resolved, each made once by the key of its cause."""

from __future__ import annotations

from collections import abc
from dataclasses import field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from connector.errors import ExpressionFailed
from connector.journey.accounts import account_of
from connector.journey.calls import come_already, gist
from connector.journey.conditions import YES, Asked, ask
from connector.journey.guards import guard
from connector.journey.pressure import is_too_much, too_much
from connector.journey.timing import END_OF_WORK, at_local, resolve
from connector.journey.view import View
from connector.mapping.durations import parse_moment
from connector.mapping.mapping import Defaults, Mapping
from connector.mapping.rules import ActionTemplate
from connector.mapping.terms import Frequency, Rendered, Scope
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Opened
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event
from connector.model.light import light
from connector.model.values import Value

_KINDS: Final = tuple(Kind)


@light
class Rule:
    """A rule that is about to act: its name in the trace, the key of this run of it, its place and its guard.

    `seen` is what its condition read, `consent` the evidence that it may market, where it asked for some. The
    keys of its actions count their steps from `ahead` on, so that none is that of a step of an older text.
    Of a rule that is not asked for it as a whole each step that markets is held to `pressure`.
    """

    name: str
    run_key: str
    place: str = ""
    kind: Kind = Kind.INTERNAL
    consent: str | None = None
    seen: abc.Mapping[str, Value] = field(default_factory=dict)
    ahead: int = 0
    pressure: Frequency | None = None


@light
class Acted:
    """The actions of a rule, and its answer; the detail says which steps were left out and why.

    `opened` is what of that an event is to close.
    """

    actions: tuple[Action, ...]
    entry: TraceEntry
    opened: tuple[Opened, ...] = ()


def act(view: View, rule: Rule, steps: abc.Sequence[ActionTemplate], first: int = 1) -> Acted:
    """Make the actions of a rule, each step under its own `if` and the guards of its kind.

    `first` is the number of the first of these steps in the whole rule. If one step fails the whole rule
    does: half of what belongs together would be worse than nothing.
    """
    try:
        made = [_step(view, rule, number, step) for number, step in enumerate(steps, first)]
    except ExpressionFailed as failure:
        return Acted((), TraceEntry(rule.name, Answer.FAILED, rule.place, rule.seen, str(failure)))
    left_out = [one for one in made if isinstance(one, Asked)]
    actions = tuple(one for one in made if isinstance(one, Action))
    said = left_out[0] if left_out and not actions else YES
    detail = "; ".join(one.detail for one in left_out)
    entry = TraceEntry(rule.name, said.refusal or Answer.ACTED, rule.place, said.seen or rule.seen, detail)
    opened = (_opened(view, step, one) for step, one in zip(steps, made, strict=True) if step.closed_by)
    return Acted(actions, entry, tuple(filter(None, opened)))


def action_key(contact_id: str, rule: Rule, step: int) -> str:
    """The same for the same cause, whenever it is decided; 32 hexadecimal digits."""
    cause = "\x1f".join((contact_id, rule.name, rule.run_key, str(rule.ahead + step)))
    return sha256(cause.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _step(view: View, rule: Rule, number: int, step: ActionTemplate) -> Action | Asked:
    """One step's action, or why it is left out. Raises `ExpressionFailed`."""
    asked = ask(view, step.condition)
    if asked.refusal is Answer.FAILED:
        raise ExpressionFailed(asked.detail)
    if asked.refusal:
        answer = Answer.IF_NO if asked.refusal is Answer.NO else asked.refusal
        return Asked(answer, _left_out(number, step, asked.detail or "its `if` says no"), asked.seen)
    if step.closed_by and (name := come_already(view, step.closed_by)):
        return Asked(Answer.ENDED, _left_out(number, step, f"{name} has closed it already"))
    account = account_of(view, step.connection)
    if isinstance(account, Asked):
        return replace(account, detail=_left_out(number, step, account.detail))
    guarded = guard(view, step.spec.kind, (account,))
    if refused := guarded.asked if guarded.asked.refusal else _pressed(view, rule, step):
        return Asked(refused.refusal, _left_out(number, step, refused.detail))
    step = step if account == step.connection else replace(step, connection=account)
    return _action(view, rule, number, step, guarded.evidence or rule.consent)


def _pressed(view: View, rule: Rule, step: ActionTemplate) -> Asked | None:
    bound = rule.pressure if step.spec.kind is Kind.MARKETING else None
    return too_much(bound) if bound and is_too_much(view.contact, bound, view.now) else None


def _action(view: View, rule: Rule, number: int, step: ActionTemplate, consent: str | None) -> Action:
    return Action(
        key=action_key(view.contact.id, rule, number),
        connection=step.connection,
        name=step.spec.name,
        contact_id=view.contact.id,
        arguments={name: _argument(view, step, name, one) for name, one in step.arguments.items()},
        kind=min(rule.kind, step.spec.kind, key=_KINDS.index),
        cause=Cause(
            rule.name, number, view.event.name, view.event.key, platform=_platform(view.mapping, view.event)
        ),
        decided_at=view.now,
        consent=consent,
    )


def _platform(mapping: Mapping, event: Event) -> str:
    told_by = mapping.connections.get(event.connection)
    return told_by.name if told_by is not None and told_by.platform is not None else ""


def _opened(view: View, step: ActionTemplate, made: Action | Asked) -> Opened | None:
    """What an action makes that is to be closed."""
    closer = step.spec.closer
    if closer is None or isinstance(made, Asked):
        return None
    return Opened(
        key=made.key,
        connection=made.connection,
        closer=closer,
        by=tuple(sorted(step.closed_by)),
        about=gist(view.event),
        at=view.now,
        rule=made.cause.rule,
        step=made.cause.step,
    )


def _left_out(number: int, step: ActionTemplate, why: str) -> str:
    return f"step {number} ({step.connection}.{step.spec.name}) is left out: {why}"


def _argument(view: View, step: ActionTemplate, name: str, template: Rendered) -> Value:
    value = _render(template, view.scope)
    return _moment(value, view.now, view.mapping.defaults) if name in step.spec.moments else value


def _render(template: Rendered, scope: Scope) -> Value:
    if callable(template):
        return template(scope)
    if isinstance(template, abc.Mapping):
        return {name: _render(one, scope) for name, one in template.items()}
    return [_render(one, scope) for one in template]


def _moment(value: Value, now: datetime, defaults: Defaults) -> Value:
    """An aware instant; a date is its end of work. Raises `ExpressionFailed` for what is neither."""
    try:
        match value:
            case None | datetime():
                return value
            case date():
                return at_local(value, END_OF_WORK, defaults.time_zone)
            case _:
                return resolve(parse_moment(str(value)), now, defaults)
    except (ValueError, OverflowError) as error:
        raise ExpressionFailed(str(error)) from None
