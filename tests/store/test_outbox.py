"""Actions: made once, claimed in the order of decision, settled for good, each try remembered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from connector.model.action import Action
from connector.store import endings, outbox
from connector.store.database import Store
from connector.store.endings import Missed
from connector.store.outbox import ActionStatus, Queued
from connector.store.schema import actions
from tests.store.make import NOON, action, later


def add(store: Store, *actions: Action, at: datetime = NOON) -> int:
    """Queue them."""
    return store.write(lambda tx: outbox.add(tx, actions, at))


def claim(store: Store, at: datetime = NOON, limit: int = 100, connection: str = "mailchimp") -> list[Queued]:
    """What may be sent now."""
    return store.write(lambda tx: outbox.claim(tx, connection, at, limit))


def keys(queued: list[Queued]) -> list[str]:
    """Their keys, in order."""
    return [one.action.key for one in queued]


def done(store: Store, action_id: int, reference: str | None = None) -> None:
    """It took effect."""
    store.write(lambda tx: outbox.done(tx, {action_id: reference}, later(1)))


def unknown(store: Store, action_id: int, look_at: datetime) -> None:
    """The answer was lost."""
    store.write(
        lambda tx: outbox.end(tx, [endings.unknown(action_id, Missed(later(1), look_at, "timed out"))])
    )


def again(store: Store, action_id: int, at: datetime, outcome: str = "transient") -> None:
    """It is to be tried once more."""
    store.write(
        lambda tx: outbox.end(tx, [endings.again(action_id, Missed(later(1), at, "try later"), outcome)])
    )


def dead(store: Store, action_id: int) -> None:
    """It is given up."""
    store.write(lambda tx: outbox.dead(tx, action_id, later(1), "rejected", "no such tag"))


def found(store: Store, action_id: int) -> Queued:
    """The action, which is there."""
    with store.reading() as tx:
        queued = outbox.find(tx, action_id)
    assert queued is not None
    return queued


def tries(store: Store, action_id: int) -> list[tuple[str, str]]:
    """The outcome and words of each try."""
    with store.reading() as tx:
        return [(one.outcome, one.words) for one in outbox.attempts(tx, action_id)]


def earliest(store: Store) -> datetime | None:
    """When something is due."""
    with store.reading() as tx:
        return outbox.earliest(tx, "mailchimp")


def test_an_action_is_made_once(store: Store) -> None:
    assert add(store, action("a"), action("b"), action("a")) == 2
    assert add(store, action("b"), action("c")) == 1
    assert add(store) == 0


def test_an_action_comes_back_as_it_was_decided(store: Store) -> None:
    add(store, action("a"))

    (queued,) = claim(store)

    assert queued.action == action("a")
    assert (queued.status, queued.failures, queued.next_attempt_at) == (ActionStatus.SENDING, 0, NOON)
    assert found(store, queued.id) == queued


def test_only_the_oldest_action_of_a_contact_is_claimed(store: Store) -> None:
    add(
        store,
        action("eva-1"),
        action("eva-2"),
        action("bob-1", "bob"),
        action("eva-3"),
        action("bob-2", "bob"),
    )

    first = claim(store)
    assert keys(first) == ["eva-1", "bob-1"]
    assert claim(store) == []

    done(store, first[0].id)
    assert keys(claim(store)) == ["eva-2"]


def test_another_connection_does_not_wait(store: Store) -> None:
    add(store, action("a"), action("b", connection="hubspot"))

    assert keys(claim(store, connection="hubspot")) == ["b"]
    assert keys(claim(store)) == ["a"]


def test_nobody_overtakes_a_head_that_is_not_due(store: Store) -> None:
    add(store, action("a"), action("b"))
    (head,) = claim(store)
    again(store, head.id, later(10))

    assert claim(store, later(9)) == []
    assert keys(claim(store, later(10))) == ["a"]


def test_nobody_overtakes_an_unknown_head(store: Store) -> None:
    add(store, action("a"), action("b"))
    (head,) = claim(store)
    unknown(store, head.id, later(2))

    assert claim(store, later(60)) == []


@pytest.mark.parametrize("ending", [done, dead])
def test_the_next_follows_a_head_that_has_ended(store: Store, ending: Callable[[Store, int], None]) -> None:
    add(store, action("a"), action("b"))
    (head,) = claim(store)

    ending(store, head.id)

    assert keys(claim(store)) == ["b"]


def test_all_that_is_claimed_together_has_the_name_of_the_first(store: Store) -> None:
    add(store, action("a"), action("b", "bob", name="send_event"), action("c", "cas"), action("d", "dora"))

    assert keys(claim(store)) == ["a", "c", "d"]
    assert keys(claim(store)) == ["b"]


def test_the_longest_due_is_claimed_first(store: Store) -> None:
    add(store, action("retried"))
    (retried,) = claim(store)
    again(store, retried.id, later(10))
    add(store, action("newer", "bob"), at=later(5))
    add(store, action("newest", "cas"), at=later(20))

    assert keys(claim(store, later(30))) == ["newer", "retried", "newest"]


def test_no_more_than_the_limit_is_claimed(store: Store) -> None:
    add(store, *(action(str(number), f"contact {number}") for number in range(5)))

    assert keys(claim(store, limit=2)) == ["0", "1"]
    assert keys(claim(store, limit=2)) == ["2", "3"]


def test_the_limit_can_follow_from_the_name(store: Store) -> None:
    add(store, *(action(f"tag {number}", f"contact {number}") for number in range(3)))

    queued = store.write(lambda tx: outbox.claim(tx, "mailchimp", NOON, {"tag": 2}.__getitem__))

    assert keys(queued) == ["tag 0", "tag 1"]


def test_eight_that_claim_at_once_never_share_an_action(store: Store) -> None:
    add(store, *(action(f"{turn} {who}", f"contact {who}") for turn in range(2) for who in range(50)))

    with ThreadPoolExecutor(8) as workers:
        claimed = list(workers.map(lambda _: keys(claim(store, limit=5)), range(40)))

    together = [key for some in claimed for key in some]
    assert len(together) == len(set(together))
    assert set(together) <= {f"0 {who}" for who in range(50)}


def test_a_replayed_action_does_not_run_beside_a_later_one(store: Store) -> None:
    add(store, action("a"), action("b"))
    (first,) = claim(store)
    dead(store, first.id)
    (second,) = claim(store)
    store.write(lambda tx: outbox.replay(tx, first.id, later(2)))

    assert claim(store, later(3)) == []

    done(store, second.id)
    assert keys(claim(store, later(3))) == ["a"]


def test_what_is_done_stays_done_with_its_reference(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)

    done(store, queued.id, "task-9")
    dead(store, queued.id)
    again(store, queued.id, later(5))
    unknown(store, queued.id, later(5))

    after = found(store, queued.id)
    assert (after.status, after.reference, after.settled_at) == (ActionStatus.DONE, "task-9", later(1))
    assert tries(store, queued.id) == [("done", "")]


def test_a_failed_try_is_counted_and_kept_with_its_words(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)

    again(store, queued.id, later(10))

    after = found(store, queued.id)
    assert (after.status, after.failures, after.next_attempt_at) == (ActionStatus.WAITING, 1, later(10))
    assert after.words == "try later"
    assert tries(store, queued.id) == [("transient", "try later")]


def test_a_try_has_its_beginning_and_its_end(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store, later(0.5))

    with store.reading() as tx:
        (before,) = outbox.attempts(tx, queued.id)
    done(store, queued.id)
    with store.reading() as tx:
        (after,) = outbox.attempts(tx, queued.id)

    assert before == outbox.Attempt(queued.id, later(0.5), None, "")
    assert after == outbox.Attempt(queued.id, later(0.5), later(1), "done")


def test_a_dead_action_keeps_the_platforms_own_words(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)

    dead(store, queued.id)

    after = found(store, queued.id)
    assert (after.status, after.words, after.settled_at) == (ActionStatus.DEAD, "no such tag", later(1))
    assert tries(store, queued.id) == [("rejected", "no such tag")]


def test_an_unknown_outcome_is_looked_at_when_its_time_has_come(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)
    unknown(store, queued.id, later(10))

    def look(at: datetime) -> list[Queued]:
        return store.write(lambda tx: outbox.claim_unknown(tx, "mailchimp", at, 10))

    assert look(later(9)) == []
    (looked,) = look(later(10))
    assert (looked.action.key, looked.status, looked.failures) == ("a", ActionStatus.UNKNOWN, 1)
    assert keys(look(later(10))) == ["a"]


def test_a_look_that_finds_it_is_a_try_of_its_own(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)
    unknown(store, queued.id, later(10))

    store.write(lambda tx: outbox.done(tx, {queued.id: "task-9"}, later(11), outcome="looked_done"))

    assert found(store, queued.id).status == ActionStatus.DONE
    assert tries(store, queued.id) == [("unknown", "timed out"), ("looked_done", "")]


def test_of_those_that_took_effect_together_the_open_ones_are_settled(store: Store) -> None:
    add(store, action("a", "eva"), action("b", "bob"), action("c", "ann"), action("d", "tom"))
    sent, refused, lost, left = (one.id for one in claim(store))
    dead(store, refused)
    unknown(store, lost, later(10))
    references = {sent: "task-1", refused: "task-2", lost: None}

    settled = [store.write(lambda tx: outbox.done(tx, references, later(11))) for _ in range(2)]

    assert settled == [{sent, lost}, set()]
    assert [found(store, one).status.value for one in (sent, refused, lost, left)] == [
        "done", "dead", "done", "sending",
    ]  # fmt: skip
    assert [found(store, one).reference for one in (sent, refused, lost)] == ["task-1", None, None]
    assert tries(store, sent) == [("done", "")]
    assert tries(store, refused) == [("rejected", "no such tag")]
    assert tries(store, lost) == [("unknown", "timed out"), ("done", "")]
    assert tries(store, left) == [("", "")]


def test_a_look_that_finds_nothing_lets_it_wait_again_and_counts_no_second_failure(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)
    unknown(store, queued.id, later(10))

    again(store, queued.id, later(11), "looked_absent")

    after = found(store, queued.id)
    assert (after.status, after.failures) == (ActionStatus.WAITING, 1)
    assert [outcome for outcome, _ in tries(store, queued.id)] == ["unknown", "looked_absent"]


def test_what_was_being_sent_at_a_death_is_unknown(store: Store) -> None:
    add(store, action("a"), action("b", "bob"), action("c", connection="hubspot"))
    claim(store, limit=1)
    claim(store, connection="hubspot")

    lost = store.write(lambda tx: outbox.interrupted(tx, "mailchimp", later(5), later(6)))

    assert [(one.action.key, one.status, one.next_attempt_at) for one in lost] == [
        ("a", ActionStatus.UNKNOWN, later(6))
    ]
    assert [outcome for outcome, _ in tries(store, lost[0].id)] == ["unknown"]
    assert keys(claim(store)) == ["b"]
    with store.reading() as tx:
        assert keys(outbox.listing(tx, ActionStatus.SENDING)) == ["b", "c"][::-1]


def test_what_was_never_called_is_given_back_without_a_failure(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)

    store.write(lambda tx: outbox.end(tx, [endings.given_back(queued.id, later(1), "401")]))

    after = found(store, queued.id)
    assert (after.status, after.failures, after.next_attempt_at) == (ActionStatus.WAITING, 0, NOON)
    assert tries(store, queued.id) == [("given_back", "401")]


def test_only_what_is_being_sent_can_be_given_back(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)
    unknown(store, queued.id, later(2))

    store.write(lambda tx: outbox.end(tx, [endings.given_back(queued.id, later(3), "401")]))

    assert found(store, queued.id).status == ActionStatus.UNKNOWN


def test_nothing_is_claimed_of_a_paused_connection(store: Store) -> None:
    add(store, action("a"), action("b", "bob"))
    (lost,) = claim(store, limit=1)
    unknown(store, lost.id, later(1))

    store.write(lambda tx: outbox.pause(tx, "mailchimp", later(2), "401"))

    assert claim(store, later(3)) == []
    assert store.write(lambda tx: outbox.claim_unknown(tx, "mailchimp", later(3), 10)) == []
    assert earliest(store) is None

    store.write(lambda tx: outbox.resume(tx, "mailchimp"))
    assert keys(claim(store, later(3))) == ["b"]


def test_a_pause_keeps_its_beginning_and_its_newest_reason(store: Store) -> None:
    store.write(lambda tx: outbox.pause(tx, "mailchimp", later(1), "401"))
    store.write(lambda tx: outbox.pause(tx, "mailchimp", later(2), "403"))

    with store.reading() as tx:
        assert outbox.paused(tx) == {"mailchimp": (later(1), "403")}


def test_references_are_those_of_the_contacts_actions_at_the_connection(store: Store) -> None:
    add(store, action("a"), action("b", "bob"), action("c", connection="hubspot"), action("d"))
    done(store, claim(store, limit=1)[0].id, "task-1")
    done(store, claim(store, limit=1)[0].id, "task-2")
    done(store, claim(store, connection="hubspot")[0].id, "task-3")
    done(store, claim(store)[0].id, None)

    with store.reading() as tx:
        assert outbox.references(tx, ["eva", "bob"], "mailchimp") == {"eva": {"task-1"}, "bob": {"task-2"}}


def test_the_earliest_is_the_next_head_or_look(store: Store) -> None:
    assert earliest(store) is None

    add(store, action("a"), at=later(3))
    assert earliest(store) == later(3)

    (queued,) = claim(store, later(3))
    assert earliest(store) is None

    unknown(store, queued.id, later(7))
    assert earliest(store) == later(7)


def test_what_stands_behind_a_head_is_not_due_however_old(store: Store) -> None:
    add(store, action("a"), action("b"))
    (head,) = claim(store)
    again(store, head.id, later(30))

    assert earliest(store) == later(30)


def test_the_newest_actions_are_listed_first(store: Store) -> None:
    add(store, action("a"), action("b", "bob"), action("c"))
    claim(store, limit=1)

    with store.reading() as tx:
        assert keys(outbox.listing(tx)) == ["c", "b", "a"]
        assert keys(outbox.listing(tx, limit=1)) == ["c"]
        assert keys(outbox.listing(tx, ActionStatus.WAITING)) == ["c", "b"]
        assert keys(outbox.listing(tx, contact_id="eva")) == ["c", "a"]


def test_every_status_is_counted_also_where_there_is_none(store: Store) -> None:
    add(store, action("a"), action("b"))
    claim(store)

    with store.reading() as tx:
        assert outbox.counts(tx) == {"waiting": 1, "sending": 1, "unknown": 0, "done": 0, "dead": 0}


def test_an_unknown_number_is_not_found(store: Store) -> None:
    with store.reading() as tx:
        assert outbox.find(tx, 10**9) is None
        assert outbox.attempts(tx, 10**9) == []


def test_a_dead_action_can_be_replayed_with_no_failures(store: Store) -> None:
    add(store, action("a"))
    (queued,) = claim(store)
    assert not store.write(lambda tx: outbox.replay(tx, queued.id, later(2)))
    dead(store, queued.id)

    assert store.write(lambda tx: outbox.replay(tx, queued.id, later(2)))

    after = found(store, queued.id)
    assert (after.status, after.failures, after.next_attempt_at) == (ActionStatus.WAITING, 0, later(2))
    assert after.settled_at is None
    assert tries(store, queued.id) == [("rejected", "no such tag")]


def test_a_waiting_or_unknown_action_can_be_discarded(store: Store) -> None:
    add(store, action("a"), action("b", "bob"), action("c", "cas"))
    sending, lost = claim(store, limit=2)
    unknown(store, lost.id, later(2))
    with store.reading() as tx:
        (waiting,) = outbox.listing(tx, ActionStatus.WAITING)

    def discard(one: Queued) -> bool:
        return store.write(lambda tx: outbox.discard(tx, one.id, later(3)))

    assert [discard(one) for one in (sending, lost, waiting)] == [False, True, True]
    assert found(store, waiting.id).status == ActionStatus.DEAD
    assert "discarded" in found(store, lost.id).words


def test_an_action_cannot_be_settled_without_its_time(store: Store) -> None:
    add(store, action("a"))

    with pytest.raises(IntegrityError):
        store.write(lambda tx: tx.execute(actions.update().values(status="done")))


def test_the_actions_of_one_decision_are_found_in_their_order(store: Store) -> None:
    elsewhere = replace(action("d"), decided_at=later(1))
    add(store, action("b"), action("a"), action("c", contact="bob"), elsewhere)

    with store.reading() as tx:
        decided = outbox.of_decision(tx, "eva", NOON)

    assert keys(decided) == ["b", "a"]


def test_what_need_not_be_done_is_settled_without_a_failure_and_says_why(store: Store) -> None:
    add(store, action("a"))
    [claimed] = claim(store)

    store.write(lambda tx: outbox.needless(tx, claimed.id, later(1), "nothing to close"))

    settled = found(store, claimed.id)
    assert (settled.status, settled.failures, settled.reference) == (ActionStatus.DONE, 0, None)
    assert settled.words == "nothing to close"
    assert tries(store, claimed.id) == [("needless", "nothing to close")]


def test_an_action_is_found_by_its_key(store: Store) -> None:
    add(store, action("a"), action("b"))

    with store.reading() as tx:
        by_key = [outbox.by_key(tx, one) for one in ("b", "c")]

    assert [one and one.action.key for one in by_key] == ["b", None]


def test_what_an_action_closes_is_kept_with_it(store: Store) -> None:
    one = action("b")
    closing = replace(one, cause=replace(one.cause, closes="a"))

    add(store, closing)

    assert claim(store)[0].action == closing
