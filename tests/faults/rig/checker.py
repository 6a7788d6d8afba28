"""Judges a run by its evidence: what was lost, what came twice, what nobody can account for. Pure.

What is promised, as far as it can be asked from outside: an acknowledged post is settled (I1), an event
counts once (I2), an action is there if and only if its event is (I3), each took effect once or as often as
recorded unknowns allow (I4), one contact's actions take effect at a platform in the order of their decision
(I5), who waited acted once and not early (I6), nobody worked on what another had in hand (I7), no answer
was a 5xx but 503 (I10), one version of the mapping decided a delivery (I11), and a batch came whole or not
at all (I13).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from tests.faults.rig.evidence import Action, Attempt, Evidence
from tests.faults.rig.posts import Act

Kind: TypeAlias = Literal["lost", "duplicated", "unexpected"]

REPEATED: Final = frozenset({"start_journey"})
"""Actions that cannot be looked up, so that one of unknown outcome is repeated."""


class Finding(NamedTuple):
    """A promise that was not kept: of what, and in words."""

    kind: Kind
    about: str
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`attempted`, `acknowledged` and `recovered` (taken though nobody was told) are counts of posts."""

    attempted: int
    acknowledged: int
    recovered: int
    findings: tuple[Finding, ...] = field(default=())

    def of(self, kind: Kind) -> list[Finding]:
        """The findings of one kind."""
        return [one for one in self.findings if one.kind == kind]


def check(evidence: Evidence) -> Verdict:
    """Everything that is wrong in a run in which everything has settled."""
    attempted = {line.post for line in evidence.history if line.said == "invoke"}
    acknowledged = _acknowledged(evidence)
    stored = {one.post for one in evidence.deliveries}
    findings = tuple(found for ask in _ASKED for found in ask(evidence))
    return Verdict(len(attempted), len(acknowledged), len((stored & attempted) - acknowledged), findings)


def _acknowledged(evidence: Evidence) -> set[str]:
    return {line.post for line in evidence.history if line.said == "ok"}


def _receipts(evidence: Evidence) -> Iterator[Finding]:
    """I1: what was acknowledged is there, once, as it was sent, and done."""
    attempted = {line.post for line in evidence.history if line.said == "invoke"}
    rows = Counter(one.post for one in evidence.deliveries)
    for post in sorted(_acknowledged(evidence) - rows.keys()):
        yield Finding("lost", post, "acknowledged, and not there")
    for one in evidence.deliveries:
        if one.status != "done":
            yield Finding("unexpected", one.post, f"the delivery is {one.status}")
        if one.post not in attempted:
            yield Finding("unexpected", one.post, "nobody posted it")
        elif one.body != evidence.posts[one.post].body:
            yield Finding("unexpected", one.post, "the body is another than was posted")
    for post, times in rows.items():
        if times > 1:
            yield Finding("duplicated", post, f"stored {times} times")


def _answers(evidence: Evidence) -> Iterator[Finding]:
    """I10: nobody heard a 5xx other than 503, and no authentic post was refused."""
    for line in evidence.history:
        is_status = line.said == "fail" and line.told.isdecimal()
        if is_status and line.told not in {"503", "429"}:
            yield Finding("unexpected", line.post, f"answered {line.told}")


def _events(evidence: Evidence) -> Iterator[Finding]:
    """I2, I13: all events of a delivery that is done are there, each once, and counted once."""
    times = Counter((one.connection, one.key) for one in evidence.events)
    for (connection, key), number in times.items():
        if number > 1:
            yield Finding("duplicated", f"{connection} {key}", f"{number} times in the history")
    found: dict[str, list[str]] = defaultdict(list)
    for event in evidence.events:
        found[event.delivery].append(event.name)
    for one in evidence.deliveries:
        if one.status != "done" or one.post not in evidence.posts:
            continue
        missing = Counter(evidence.posts[one.post].events) - Counter(found[one.id])
        extra = Counter(found[one.id]) - Counter(evidence.posts[one.post].events)
        if missing:
            yield Finding("lost", one.post, f"events are missing: {', '.join(missing)}")
        if extra:
            yield Finding("unexpected", one.post, f"events that nobody sent: {', '.join(extra)}")
    yield from _orphans(evidence)
    yield from _counted(evidence)


def _orphans(evidence: Evidence) -> Iterator[Finding]:
    known = {one.id for one in evidence.deliveries}
    for one in evidence.events:
        if one.delivery and one.delivery not in known:
            yield Finding("unexpected", one.key, "an event of no delivery")


def _counted(evidence: Evidence) -> Iterator[Finding]:
    happened = Counter(one.name for one in evidence.events)
    for name in sorted(happened.keys() | evidence.counters.keys()):
        counted = evidence.counters.get(name, 0)
        if counted > happened[name]:
            yield Finding("duplicated", name, f"counted {counted} times, happened {happened[name]} times")
        if counted < happened[name]:
            yield Finding("lost", name, f"counted {counted} times, happened {happened[name]} times")


def _versions(evidence: Evidence) -> Iterator[Finding]:
    """I11: a delivery and its events were decided by one version, and one that was live."""
    by_delivery = {one.id: one.version for one in evidence.deliveries}
    for one in evidence.events:
        if by_delivery.get(one.delivery, one.version) != one.version:
            yield Finding("unexpected", one.key, "decided by another version than its delivery")
        elif one.version not in evidence.versions:
            yield Finding("unexpected", one.key, f"decided by {one.version}, which was never live")


def _wanted(evidence: Evidence) -> Counter[Act]:
    done = [one.post for one in evidence.deliveries if one.status == "done" and one.post in evidence.posts]
    wanted = Counter(act for post in dict.fromkeys(done) for act in evidence.posts[post].acts)
    wanted.update(one.act for one in evidence.waited)
    return wanted


def _outbox(evidence: Evidence) -> Iterator[Finding]:
    """I3: an action is there if and only if the state from which it follows is; none is dead."""
    wanted, found = _wanted(evidence), Counter(one.act for one in evidence.actions)
    for act in sorted(wanted.keys() | found.keys()):
        if found[act] < wanted[act]:
            yield Finding("lost", _said(act), "its event was decided, and the action is not there")
        elif not wanted[act]:
            yield Finding("unexpected", _said(act), "an action that nothing asks for")
        elif found[act] > wanted[act]:
            yield Finding("duplicated", _said(act), f"{found[act]} actions")
    causes = {one.key for one in evidence.events}
    for one in evidence.actions:
        if one.status != "done":
            yield Finding("unexpected", _said(one.act), f"the action is {one.status}")
        if one.cause not in causes:
            yield Finding("unexpected", _said(one.act), "an action of an event that did not happen")


def _effects(evidence: Evidence) -> Iterator[Finding]:
    """I4: what is done took effect, once or as often as recorded unknowns allow; nothing else did."""
    happened = Counter(one.act for one in evidence.effects)
    allowed: Counter[Act] = Counter()
    done: set[Act] = set()
    for action in evidence.actions:
        allowed[action.act] += 1 + _repeats(action, evidence.attempts)
        if action.status == "done":
            done.add(action.act)
    for act in sorted(done - happened.keys()):
        yield Finding("lost", _said(act), "called done, and never happened")
    for act, times in sorted(happened.items()):
        if act not in allowed:
            yield Finding("unexpected", _said(act), "it happened, and no action asked for it")
        elif times > allowed[act]:
            yield Finding("duplicated", _said(act), f"happened {times} times, {allowed[act]} can be told")


def _repeats(action: Action, attempts: tuple[Attempt, ...]) -> int:
    """How often it may have been repeated: once for each call of unknown outcome, which takes time."""
    if action.act.name not in REPEATED:
        return 0
    return sum(
        one.action == action.id and one.outcome == "unknown" and one.ended_at != one.started_at
        for one in attempts
    )


def _order(evidence: Evidence) -> Iterator[Finding]:
    """I5: at one platform a contact's actions take effect in the order of their decision."""
    ids = {one.act: one for one in evidence.actions}
    lines: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for effect in evidence.effects:
        if (action := ids.get(effect.act)) is not None:
            lines[action.contact, action.connection].append(action)
    for line in lines.values():
        for before, after in pairwise(line):
            if after.id < before.id:
                yield Finding("unexpected", _said(after.act), f"overtaken by {_said(before.act)}")


def _timers(evidence: Evidence) -> Iterator[Finding]:
    """I6: nobody who waited acted early. That each did, and once, is asked of the outbox."""
    due = {one.act: one.due for one in evidence.waited}
    for one in evidence.actions:
        if one.act in due and one.decided_at < due[one.act]:
            yield Finding("unexpected", _said(one.act), f"{due[one.act] - one.decided_at} early")


def _fences(evidence: Evidence) -> Iterator[Finding]:
    """I7: one attempt of an action at a time, and none once it is done; none is left open."""
    tries: dict[int, list[Attempt]] = defaultdict(list)
    for one in evidence.attempts:
        tries[one.action].append(one)
    said = {one.id: _said(one.act) for one in evidence.actions}
    for action, made in tries.items():
        about = said.get(action, f"action {action}")
        if any(one.ended_at is None for one in made):
            yield Finding("unexpected", about, "an attempt never ended")
        if sum(one.outcome in {"done", "looked_done"} for one in made) > 1:
            yield Finding("unexpected", about, "settled twice")
        for before, after in pairwise(sorted(made, key=lambda one: one.started_at)):
            if before.ended_at is not None and after.started_at < before.ended_at:
                yield Finding("unexpected", about, "two had it in hand at once")
        yield from _blind(about, made)


def _blind(about: str, made: list[Attempt]) -> Iterator[Finding]:
    """After an unknown outcome somebody looked before it was tried again, where one can look.

    A look that failed is an unknown outcome itself.
    """
    name = about.partition(" ")[0]
    for before, after in pairwise(made):
        has_looked = after.outcome in {"looked_done", "looked_absent", "unknown"}
        if before.outcome == "unknown" and name not in REPEATED and not has_looked:
            yield Finding("unexpected", about, f"{after.outcome or 'open'} after unknown, and nobody looked")


def _said(act: Act) -> str:
    return f"{act.name} {act.subject}"


_ASKED: Final[tuple[Callable[[Evidence], Iterator[Finding]], ...]] = (
    _receipts,
    _answers,
    _events,
    _versions,
    _outbox,
    _effects,
    _order,
    _timers,
    _fences,
)
