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
from connector.mapping.mapping import Defaults
from connector.mapping.rules import ActionTemplate
from connector.mapping.terms import Frequency
from connector.model.action import Action, Cause, Closer, Kind
from connector.model.contact import Opened
from connector.model.decision import Answer, TraceEntry
from connector.model.light import light
from connector.model.values import Value

_KINDS: Final = tuple(Kind)


@light
class Rule:
    """A rule that is about to act: its name in the trace, the key of this run of it, its place and its guard.

    `seen` is what its condition read, `consent` the evidence that it may market, where it asked for some. Of
    one connection alone that is `through`, and its steps do not ask for that one again. The keys of its
    actions count their steps from `ahead` on, so that none is that of a step of an older text.
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
    through: str = ""


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
    actions: list[Action] = []
    left_out: list[Asked] = []
    opened: list[Opened] = []
    try:
        for number, step in enumerate(steps, first):
            made = _step(view, rule, number, step)
            if isinstance(made, Asked):
                left_out.append(made)
                continue
            actions.append(made)
            if step.closed_by and step.spec.closer is not None:
                opened.append(_opened(view, step, step.spec.closer, made))
    except ExpressionFailed as failure:
        return Acted((), TraceEntry(rule.name, Answer.FAILED, rule.place, rule.seen, str(failure)))
    return Acted(tuple(actions), _entry(rule, actions, left_out), tuple(opened))


def _entry(rule: Rule, actions: abc.Sequence[Action], left_out: abc.Sequence[Asked]) -> TraceEntry:
    """What a rule said that did not fail."""
    if not left_out:
        return TraceEntry(rule.name, Answer.ACTED, rule.place, rule.seen)
    said = YES if actions else left_out[0]
    detail = "; ".join(one.detail for one in left_out)
    return TraceEntry(rule.name, said.refusal or Answer.ACTED, rule.place, said.seen or rule.seen, detail)


def action_key(contact_id: str, rule: Rule, step: int) -> str:
    """The same for the same cause, whenever it is decided; 32 hexadecimal digits."""
    cause = f"{contact_id}\x1f{rule.name}\x1f{rule.run_key}\x1f{rule.ahead + step}"
    return sha256(cause.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _step(view: View, rule: Rule, number: int, step: ActionTemplate) -> Action | Asked:
    """One step's action, or why it is left out. Raises `ExpressionFailed`."""
    if step.condition is not None and (asked := ask(view, step.condition)).refusal:
        return _refused(number, step, asked)
    if step.closed_by and (name := come_already(view, step.closed_by)):
        return Asked(Answer.ENDED, _left_out(number, step, f"{name} has closed it already"))
    account, consent = account_of(view, step.connection), rule.consent
    if isinstance(account, Asked):
        return replace(account, detail=_left_out(number, step, account.detail))
    if step.spec.kind is Kind.MARKETING and account != rule.through:
        guarded = guard(view, Kind.MARKETING, (account,))
        if refused := guarded.asked if guarded.asked.refusal else _pressed(view, rule):
            return Asked(refused.refusal, _left_out(number, step, refused.detail))
        consent = guarded.evidence or consent
    return Action(
        key=action_key(view.contact.id, rule, number),
        connection=account,
        name=step.spec.name,
        contact_id=view.contact.id,
        arguments=_arguments(view, step) if step.ready.worked_out else step.ready.fixed,
        kind=_more_guarded(rule.kind, step.spec.kind),
        cause=_cause(view, rule, number, step.verify),
        decided_at=view.now,
        consent=consent,
    )


def _refused(number: int, step: ActionTemplate, asked: Asked) -> Asked:
    """That a step's own `if` refuses it. Raises `ExpressionFailed` where that has failed."""
    if asked.refusal is Answer.FAILED:
        raise ExpressionFailed(asked.detail)
    answer = Answer.IF_NO if asked.refusal is Answer.NO else asked.refusal
    return Asked(answer, _left_out(number, step, asked.detail or "its `if` says no"), asked.seen)


def _pressed(view: View, rule: Rule) -> Asked | None:
    bound = rule.pressure
    return too_much(bound) if bound and is_too_much(view.contact, bound, view.now) else None


def _more_guarded(one: Kind, other: Kind) -> Kind:
    return one if one is other else min(one, other, key=_KINDS.index)


def _cause(view: View, rule: Rule, number: int, verify: bool | None) -> Cause:
    """Why an action is made, and the connection of the platform that told of its event."""
    event = view.event
    platform = event.connection if event.connection in view.mapping.platforms else ""
    return Cause(rule.name, number, event.name, event.key, platform=platform, verify=verify)


def _opened(view: View, step: ActionTemplate, closer: Closer, made: Action) -> Opened:
    """What an action makes that is to be closed."""
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


def _arguments(view: View, step: ActionTemplate) -> dict[str, Value]:
    """The arguments in this state, the moments among them resolved. Raises `ExpressionFailed`."""
    arguments, scope = dict(step.ready.fixed), view.scope
    for name, work, is_moment in step.ready.worked_out:
        value = work(scope)
        arguments[name] = _moment(value, view.now, view.mapping.defaults) if is_moment else value
    return arguments


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
