"""How a preview of recomputing is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from connector.journey.differing import Difference
from connector.model.contact import Contact
from connector.model.showing import local
from connector.model.standing import Standing
from connector.runtime.previewing import Preview, Where, median


def lines(found: Preview, by: str, seconds: float) -> Iterator[str]:
    """All of it; `by` names the rules, and it took so many seconds."""
    yield f"by {by}: of {found.contacts} contact(s) {found.changing or 'none'} would change"
    if found.broken:
        yield f"for {found.broken} it cannot be told: our own code breaks; they would stay as they are"
        yield f"  the first is {found.reason}"
    yield _sight(found)
    yield from changes(found)
    yield f"it took {seconds:.1f} s"


def changes(found: Preview) -> Iterator[str]:
    """What changes: stages, scores and whatever else is known, then some of the contacts."""
    yield from _stages(found)
    yield from _scores(found)
    yield from _others(found)
    yield from _first(found)


def _sight(found: Preview) -> str:
    if found.sees_from is None:
        return "their whole history can be seen; no event has been dropped"
    return (
        f"of {found.unseen} contact(s) events have been dropped: what happened until "
        f"{local(found.sees_from)} at the latest stands as it was decided then"
    )


def _stages(found: Preview) -> Iterator[str]:
    for journey, counts in found.stages.items():
        yield ""
        yield f"stages of {journey}"
        ways = [(_way(one, other), count) for (one, other), count in counts.most_common()]
        wide = max(len(way) for way, _ in ways)
        yield from (f"  {way:{wide}}  {count:>6}" for way, count in ways)


def _way(one: Where | None, other: Where | None) -> str:
    if one == other:
        return f"{_place(one)}, with other times of entry"
    return f"{_place(one)} → {_place(other)}"


def _place(where: Where | None) -> str:
    if where is None:
        return "nowhere"
    stage, cycle = where
    return stage if cycle == 1 else f"{stage} (cycle {cycle})"


def _scores(found: Preview) -> Iterator[str]:
    if found.scores:
        yield ""
        yield "scores, as they are now"
    for name, amounts in found.scores.items():
        yield (
            f"  {name}: {amounts.total()} contact(s), by {_amount(median(amounts))} in the median and "
            f"{_amount(max(amounts))} at most"
        )


def _others(found: Preview) -> Iterator[str]:
    if found.segments:
        yield ""
        yield "segments"
    for name, counts in found.segments.items():
        yield f"  {name}: {counts[True]} more, {counts[False]} fewer"
    rest = [f"counter {name}: {count}" for name, count in found.counters.most_common()]
    rest += [f"{name.replace('_', ' ')}: {count}" for name, count in found.others.most_common()]
    if rest:
        yield ""
        yield f"what else changes, for how many contacts: {', '.join(rest)}"


def _first(found: Preview) -> Iterator[str]:
    if not found.changing:
        return
    yield ""
    yield "contacts that change"
    for contact, differs in found.first:
        yield f"  {_name(contact)}"
        yield from (f"    {line}" for line in _of_one(differs))
    if more := found.changing - len(found.first):
        yield f"  … and {more} more"
    yield ""


def _of_one(differs: Difference) -> Iterator[str]:
    for journey, (one, other) in differs.stages.items():
        before, after = _standing(one), _standing(other)
        is_same = before == after
        yield (
            f"{journey}: {before}, with other times of entry" if is_same else f"{journey}: {before} → {after}"
        )
    for score, (had, has) in differs.scores.items():
        yield f"score {score}: {_amount(had)} → {_amount(has)}"
    for counter, (was, now) in differs.counters.items():
        yield f"counter {counter}: {was} → {now}"
    for segment, (_, is_in) in differs.segments.items():
        yield f"{'in' if is_in else 'no longer in'} segment {segment}"
    if differs.others:
        yield f"also: {', '.join(differs.others).replace('_', ' ')}"


def _standing(standing: Standing | None) -> str:
    if standing is None:
        return "nowhere"
    return f"{_place((standing.stage, standing.cycle))} since {local(standing.since)}"


def _name(contact: Contact) -> str:
    return f"{contact.email}  {contact.id}" if contact.email else contact.id


def _amount(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
