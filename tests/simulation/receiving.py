"""What is promised of deliveries and events: none is lost, and each changes the state once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from connector.runtime.pace import SHORTEST_BATCH
from tests.simulation.step import Step

_COUNTED: Final = ("page.viewed", "file.downloaded", "newsletter.confirmed")
_UNSETTLED: Final = frozenset({"waiting", "failed"})


def nothing_acknowledged_is_lost(step: Step) -> Iterator[str]:
    for one, key in _accepted(step).items():
        if one not in step.now.deliveries:
            yield f"the delivery of {key} was acknowledged and is not there"


def what_is_done_was_decided(step: Step) -> Iterator[str]:
    decided = step.seen.events.keys() | {row.event["key"] for row in step.now.events}
    for one, key in _accepted(step).items():
        if step.now.deliveries.get(one) == "done" and key not in decided and not _is_parked(step, key):
            yield f"the delivery of {key} is done, and it was not decided"


def an_event_happens_once(step: Step) -> Iterator[str]:
    for row in step.now.events:
        if row.event["key"] in step.seen.events:
            yield f"{row.event['key']} has happened again"
    for key, count in Counter(row.event["key"] for row in step.now.events).items():
        if count > 1:
            yield f"{key} has happened {count} times in one step"


def an_event_changes_the_state_once(step: Step) -> Iterator[str]:
    for row in step.now.contacts.values():
        if row.state.get("erased_at"):
            continue
        counts = Counter(step.seen.people[row.id].counts)
        counts.update(one.event["name"] for one in step.now.events if one.contact_id == row.id)
        told = row.state.get("counters", {})
        for name in _COUNTED:
            if told.get(name, 0) != counts[name]:
                yield f"{row.id} counts {told.get(name, 0)} {name}, and {counts[name]} happened"
        points = sum(1 for one in row.state.get("points", {}).get("interest", ()))
        if points != min(counts["page.viewed"], 30):
            yield f"{row.id} has {points} points for {counts['page.viewed']} pages"


def an_event_is_decided_by_the_live_version(step: Step) -> Iterator[str]:
    versions = {step.seen.version, *(one.facts["version"] for one in step.said("live"))}
    # What a person drops is decided by nobody else, whatever was published.
    drops = any(said.facts.get("name") == "drop" for said in step.said("step"))
    for row in (*step.now.events, *(() if drops else step.now.looks)):
        if row.version not in versions:
            yield f"{row.version[:8]} decided, {step.seen.version[:8]} was live"


def an_erased_contact_stays_erased(step: Step) -> Iterator[str]:
    for row in step.now.contacts.values():
        before = step.before.contacts.get(row.id)
        if before is not None and before.state.get("erased_at") and not row.state.get("erased_at"):
            yield f"{row.id} is there again"
        if row.state.get("erased_at") and any(row.state.get(name) for name in ("fields", "consent", "runs")):
            yield f"{row.id} was erased and is still known"


def an_erasure_is_carried_out(step: Step) -> Iterator[str]:
    asked = {row.contact_id for row in step.now.events if row.event["name"] == "contact.erased"}
    for one in sorted(asked):
        if not step.now.contacts[one].state.get("erased_at"):
            yield f"{one} asked to be erased and was not"


def nothing_stays_in_hand(step: Step) -> Iterator[str]:
    """Behind a full batch the next one is in hand at once."""
    begins = bool(step.lines) and step.lines[-1].what == "recovered"
    processed = step.went_well and any(one.facts["count"] < SHORTEST_BATCH for one in step.said("processed"))
    if step.now.hands and (begins or processed):
        yield f"{step.now.hands} hand(s) hold what nobody works on"


def whatever_came_is_decided(step: Step) -> Iterator[str]:
    if not step.is_idle:
        return
    for fingerprint, status in step.now.deliveries.items():
        if status == "waiting":
            yield f"the delivery {fingerprint[:12]} waits, and nothing is to be done"


def all_is_settled_in_the_end(step: Step) -> Iterator[str]:
    for fingerprint, status in step.now.deliveries.items():
        if status in _UNSETTLED:
            yield f"the delivery {fingerprint[:12]} is {status} in the end"
    parked = sum(status == "parked" for status in step.now.deliveries.values())
    if parked > len(step.now.parked):
        yield f"{parked} deliveries are parked, {len(step.now.parked)} of their events are there"
    known = {row.event.get("subjects", {}).get("order", {}).get("id") for row in step.seen.events.values()}
    for row in step.now.parked:
        if row.event["subjects"]["order"]["id"] in known:
            yield f"{row.event['key']} is parked, and its order's owner is known"


def _accepted(step: Step) -> dict[str, str]:
    """The events that were acknowledged, by the fingerprints of their deliveries."""
    new = {said.facts["fingerprint"]: said.facts["event"] for said in step.said("accepted")}
    return step.seen.accepted | new


def _is_parked(step: Step, key: str) -> bool:
    """A repeat of what is parked is done: it has nothing to add."""
    return any(row.event["key"] == key for row in step.now.parked)


PROMISES: Final = (
    nothing_acknowledged_is_lost,
    what_is_done_was_decided,
    an_event_happens_once,
    an_event_changes_the_state_once,
    an_event_is_decided_by_the_live_version,
    an_erased_contact_stays_erased,
    an_erasure_is_carried_out,
    nothing_stays_in_hand,
    whatever_came_is_decided,
)
LAST: Final = (all_is_settled_in_the_end,)
