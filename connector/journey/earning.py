"""The points that an event gives: which rules of which scores listen to it, and what they say.

Their `when` is asked on the state in which the event is decided.
"""

from __future__ import annotations

from connector.journey.conditions import ask, seen
from connector.journey.ledger_of_points import Terms, written
from connector.journey.view import View
from connector.mapping.durations import spoken
from connector.mapping.scoring import Points, Score
from connector.model.contact import Contact, Point, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.light import light


@light
class Earned:
    """The contact with the points, and what every rule that listens to the event said."""

    contact: Contact
    trace: tuple[TraceEntry, ...] = ()


def earn(view: View) -> Earned:
    """Write down what the event of the view gives to each score."""
    listening = view.mapping.points_on.get(view.event.name)
    if listening is None:
        return Earned(view.contact)
    known = view.contact.points
    given: dict[str, tuple[Point, ...]] = {}
    trace: list[TraceEntry] = []
    for score, number in listening:
        before = given.get(score.name) or known.get(score.name, ())
        after, entry = _ask(view, score, number, before)
        trace.append(entry)
        if after and after is not before:
            given[score.name] = after
    contact = changed(view.contact, points={**known, **given}) if given else view.contact
    return Earned(contact, tuple(trace))


def _ask(
    view: View, score: Score, number: int, before: tuple[Point, ...]
) -> tuple[tuple[Point, ...], TraceEntry]:
    """The score's ledger after one of its rules was asked, and what that said."""
    rule = score.points[number - 1]
    name, place = f"score:{score.name}:{number}", rule.place.where
    asked = ask(view, rule.when)
    if asked.refusal:
        return before, TraceEntry(name, asked.refusal, place, asked.seen, asked.detail)
    new = Point(number, rule.add, view.event.occurred_at, f"{view.event.connection}:{view.event.key}")
    mine = tuple(one for one in before if one.rule == number)
    others = tuple(one for one in before if one.rule != number)
    terms = Terms(rule, score.half_life, view.mapping.defaults.time_zone)
    after = written(mine, new, terms, view.now)
    if after == mine:
        return before, TraceEntry(name, Answer.LIMIT, place, detail=_too_many(rule))
    detail = f"{rule.add:+f} for {score.name}"
    entry = TraceEntry(name, Answer.SCORED, place, seen(view, rule.when), detail)
    return tuple(sorted((*others, *after), key=_order)), entry


def _order(one: Point) -> tuple[int, bool, object, str]:
    return one.rule, bool(one.event), one.at, one.event


def _too_many(rule: Points) -> str:
    if rule.once:
        return "it counts once, and has counted"
    if rule.at_most:
        return f"it counts at most {rule.at_most.count} times within {spoken(rule.at_most.per)}, and has"
    return "it has counted already, or has expired"
