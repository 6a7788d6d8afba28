"""Histories folded again: seen first, then done in pages, by whichever process comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.rules import Move
from connector.mapping.scoring import Points, Score
from connector.mapping.terms import Place
from connector.runtime.clockwork import of_history
from connector.runtime.errands import RECOMPUTE, Errand, ask
from connector.runtime.previewing import Preview, Rules, median, preview
from connector.runtime.recomputing import Recomputer
from connector.store import contacts, snapshots, sweeps
from connector.store.database import Store, Transaction
from connector.store.sweeps import EVERYBODY, Only, Sweep
from tests.runtime.faulty import Broken, FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.timed import goes_by, waits_in

T = TypeVar("T")

EVA = "eva@example.com"
HERE = Place("shop.yaml", 1, 1)


def moves(mapping: Mapping, *some: tuple[str, str]) -> Mapping:
    """The mapping with these moves only: upon which event, to which stage."""
    made = tuple(Move(frozenset({on}), to, None, None, HERE) for on, to in some)
    journeys = {"main": replace(mapping.journeys["main"], moves=made)}
    return replace(mapping, journeys=journeys)


def warm(mapping: Mapping, add: int) -> Mapping:
    """The mapping with a score that downloads give points to."""
    points = Points(frozenset({"file.downloaded"}), Decimal(add), None, HERE)
    return replace(mapping, scores={"warm": Score("warm", (points,), None, None, None, HERE)})


def download(shop: Shop, *people: str) -> None:
    """Each of them downloads a file."""
    for one in people:
        shop.says("file.downloaded", f"{one}@example.com")
    shop.turns()


def asks(shop: Shop, only: Only = EVERYBODY) -> None:
    """Somebody asks for it, under the version that is live."""
    errand = Errand(RECOMPUTE, shop.system.mapping.version, "eva", shop.clock(), only=only)
    assert ask(shop.system.store, errand, 0.0)


def does(shop: Shop, most: int = 200) -> Sweep:
    """All of it is done, at once; the pass that it was."""
    recomputer = Recomputer(shop.system.store, shop.clock, rest=0)
    for _ in range(most):
        if not recomputer.step(shop.system.mapping):
            break
    return newest(shop)


def newest(shop: Shop) -> Sweep:
    """The pass that was asked for last."""
    with shop.system.store.reading() as tx:
        return sweeps.listing(tx)[0]


def shown(shop: Shop, mapping: Mapping, only: Only = EVERYBODY) -> Preview:
    """What a preview under another mapping tells."""
    rules = Rules(shop.system.mapping, mapping)
    return preview(shop.system.store, rules, only, shop.clock(), lambda _: None)


def stages(shop: Shop, people: Sequence[str]) -> list[str | None]:
    return [shop.stage(f"{one}@example.com") for one in people]


def test_history_is_folded_again_and_nothing_is_done(shop: Shop) -> None:
    """`loods recompute` folds history again under changed moves or scores, with a preview and no actions."""
    download(shop, "eva", "bob")
    asked = len(shop.actions())
    goes_by(shop, warm(moves(shop.system.mapping, ("file.downloaded", "care")), 5))

    asks(shop)
    done = does(shop)
    shop.turns()

    assert stages(shop, ["eva", "bob"]) == ["care", "care"]
    assert (done.seen, done.changed, done.broken, done.done_at) == (2, 2, 0, shop.clock.at)
    assert len(shop.actions()) == asked


def test_a_preview_tells_what_would_change_and_changes_nothing(shop: Shop) -> None:
    """With a preview."""
    download(shop, "eva", "bob")
    shop.says("newsletter.confirmed", "cat@example.com")
    shop.turns()
    before = [shop.contact(f"{one}@example.com") for one in ("eva", "bob", "cat")]
    kept = ("newsletter.confirmed", "see")

    found = shown(shop, warm(moves(shop.system.mapping, kept, ("file.downloaded", "think")), 7))

    assert (found.contacts, found.changing, found.broken, found.sees_from) == (3, 2, 0, None)
    assert found.stages == {"main": {(("see", 1), ("think", 1)): 2}}
    assert found.scores == {"warm": {Decimal(7): 2}}
    assert {one.email for one, _ in found.first} == {"eva@example.com", "bob@example.com"}
    assert [shop.contact(f"{one}@example.com") for one in ("eva", "bob", "cat")] == before


def test_nothing_changes_under_the_rules_by_which_all_was_decided(shop: Shop) -> None:
    download(shop, "eva", "bob")

    found = shown(shop, shop.system.mapping)

    assert (found.contacts, found.changing) == (2, 0)


@pytest.mark.parametrize("only", [Only(limit=2), Only(journey="main", limit=2)])
def test_so_many_are_gone_through_as_are_asked_for(shop: Shop, only: Only) -> None:
    download(shop, "eva", "bob", "cat")
    changed = goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))

    found = shown(shop, changed, only)
    asks(shop, only)
    done = does(shop)

    assert (found.contacts, found.changing) == (2, 2)
    assert (done.seen, done.changed) == (2, 2)
    assert sorted(map(str, stages(shop, ["eva", "bob", "cat"]))) == ["do", "do", "see"]


def test_one_contact_is_recomputed_alone(shop: Shop) -> None:
    download(shop, "eva", "bob")
    changed = goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    only = Only(shop.contact("bob@example.com").id)

    found = shown(shop, changed, only)
    asks(shop, only)
    does(shop)

    assert found.contacts == 1
    assert stages(shop, ["eva", "bob"]) == ["see", "do"]


def test_who_does_not_change_in_the_journey_that_is_asked_for_is_left_alone(shop: Shop) -> None:
    download(shop, "eva")
    changed = goes_by(shop, warm(shop.system.mapping, 5))
    only = Only(journey="main")

    found = shown(shop, changed, only)
    asks(shop, only)
    done = does(shop)

    assert found.changing == done.changed == 0
    assert shop.contact("eva@example.com").points == {}


def test_it_is_taken_up_where_it_stood_by_the_next_process(shop: Shop) -> None:
    download(shop, *(f"reader{number}" for number in range(30)))
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    asks(shop)
    Recomputer(shop.system.store, shop.clock).step(shop.system.mapping)
    begun = newest(shop)

    done = does(shop)

    assert 0 < begun.seen < 30
    assert (done.seen, done.changed) == (30, 30)


def test_the_processor_does_a_page_in_a_step(shop: Shop) -> None:
    download(shop, *(f"reader{number}" for number in range(10)))
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    asks(shop)

    shop.system.processor.step()

    assert 0 < newest(shop).seen < 10


def test_after_a_page_it_rests_in_proportion(shop: Shop) -> None:
    download(shop, *(f"reader{number}" for number in range(10)))
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    asks(shop)
    recomputer = Recomputer(shop.system.store, shop.clock, rest=1e6)

    done = recomputer.step(shop.system.mapping)
    then = recomputer.step(shop.system.mapping)

    assert done > 0
    assert then == 0
    assert recomputer.seconds_to_wait()


def test_who_has_rested_goes_on_at_once(shop: Shop) -> None:
    download(shop, *(f"reader{number}" for number in range(10)))
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    asks(shop)
    recomputer = Recomputer(shop.system.store, shop.clock, rest=0)

    recomputer.step(shop.system.mapping)

    assert recomputer.seconds_to_wait() == 0


def test_who_breaks_is_counted_and_left_as_they_were(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    download(shop, "eva")
    shop.says("newsletter.confirmed", "bob@example.com")
    shop.turns()
    changed = moves(shop.system.mapping, ("newsletter.confirmed", "do"), ("file.downloaded", "do"))
    journey = changed.journeys["main"]
    some = (journey.moves[0], replace(journey.moves[1], when=Broken()))
    goes_by(shop, replace(changed, journeys={"main": replace(journey, moves=some)}))

    found = shown(shop, shop.system.mapping)
    asks(shop)
    done = does(shop)

    assert (found.broken, found.changing) == (1, 1)
    assert "a rule broke" in found.reason
    assert (done.seen, done.changed, done.broken) == (2, 1, 1)
    assert stages(shop, ["eva", "bob"]) == ["see", "do"]
    assert "cannot be folded again" in caplog.text


class Meanwhile(FaultyStore):
    """A real store before whose next write something else happens."""

    def __init__(self, real: Store, what: Callable[[], None]) -> None:
        super().__init__(real)
        self._what = what

    def write(self, work: Callable[[Transaction], T]) -> T:
        self._what()
        return super().write(work)

    _write = write


def test_what_happens_between_reading_and_writing_is_not_lost(shop: Shop) -> None:
    download(shop, "eva")
    changed = goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))
    asks(shop)

    def something_else() -> None:
        shop.says("form.submitted", "eva@example.com")
        shop.turns()

    Recomputer(Meanwhile(shop.system.store, something_else), shop.clock).step(changed)

    known = shop.contact("eva@example.com")
    assert known.counters == {"file.downloaded": 1, "form.submitted": 1}
    assert known.standings["main"].stage == "do"


def test_another_version_that_becomes_live_ends_it(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    download(shop, "eva")
    errand = Errand(RECOMPUTE, "another version", "eva", shop.clock())
    ask(shop.system.store, errand, 0.0)

    shop.turns()

    assert (newest(shop).seen, newest(shop).done_at) == (0, shop.clock.at)
    assert "another version is live" in caplog.text


def test_a_process_that_goes_by_another_version_leaves_it_to_the_others(shop: Shop) -> None:
    download(shop, "eva")
    asks(shop)
    slow = replace(shop.system.mapping, version="another")

    done = Recomputer(shop.system.store, shop.clock).step(slow)

    assert done == 0
    assert newest(shop).done_at is None


def test_later_folds_begin_at_the_beginning_then(shop: Shop) -> None:
    """`recompute` does the rest."""
    download(shop, "eva")
    known = shop.contact("eva@example.com")
    assert known.folded is not None
    place = known.folded.upto
    assert place is not None
    shop.system.store.write(lambda tx: snapshots.lay(tx, known, place))
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))

    asks(shop)
    does(shop)

    after = shop.contact("eva@example.com").folded
    assert after is not None
    assert (after.base, after.upto, after.count) == (None, place, 1)
    with shop.system.store.reading() as tx:
        assert snapshots.of_contact(tx, known.id) == []


def test_runs_that_wait_go_on_waiting(shop: Shop) -> None:
    waits_in(shop, hours=4)
    shop.says("newsletter.confirmed", "eva@example.com")
    shop.turns()
    before = shop.contact("eva@example.com")
    goes_by(shop, moves(shop.system.mapping, ("newsletter.confirmed", "do")))

    asks(shop)
    does(shop)

    assert shop.contact("eva@example.com").runs == before.runs
    (run,) = before.runs["welcome"].values()
    with shop.system.store.reading() as tx:
        assert contacts.wakes_of(tx, [before.id]) == {before.id: run.wakes_at}


def test_who_was_erased_stays_so(shop: Shop) -> None:
    download(shop, "eva")
    shop.says("contact.erased", "eva@example.com")
    shop.turns()
    goes_by(shop, moves(shop.system.mapping, ("file.downloaded", "do")))

    asks(shop)
    done = does(shop)

    assert (done.seen, done.changed) == (1, 0)
    assert shop.contact("eva@example.com").standings == {}


def test_what_tells_rules_about_history_apart_is_moves_and_scores(shop: Shop) -> None:
    mapping = shop.system.mapping
    moved = moves(mapping, ("file.downloaded", "do"))
    entering = replace(mapping.journeys["main"], enter={})
    place = replace(moved.journeys["main"].moves[0], place=Place("other.yaml", 7, 1))
    same = replace(moved, journeys={"main": replace(moved.journeys["main"], moves=(place,))})

    assert of_history(replace(mapping, journeys={"main": entering}, triggers={})) == of_history(mapping)
    assert of_history(same) == of_history(moved)
    assert len({of_history(one) for one in (mapping, moved, warm(mapping, 1), warm(mapping, 2))}) == 4


def test_the_median_is_the_amount_in_the_middle() -> None:
    assert median(Counter({Decimal(1): 2, Decimal(5): 1, Decimal(9): 2})) == 5
    assert median(Counter({Decimal(1): 1, Decimal(9): 1})) == 9
    assert median(Counter()) == 0


def visits(shop: Shop, email: str | None = None) -> None:
    """The website tells of a page view by whom it knows by an id, and by the address where it is known."""
    shop.clock.moves(seconds=1)
    shop.says("page.viewed", None, contact={"id": "abc"} | ({"email": email} if email else {}))


def signs_up(shop: Shop) -> None:
    """Somebody gives an address, and nothing else."""
    shop.clock.moves(seconds=1)
    shop.says("form.submitted", EVA)


def test_who_have_become_one_are_folded_from_their_joined_history(shop: Shop) -> None:
    """State is folded from the joined history, never added up."""
    visits(shop)
    signs_up(shop)
    visits(shop, EVA)
    shop.turns()
    before = shop.contact(EVA)
    goes_by(shop, moves(shop.system.mapping, ("page.viewed", "think"), ("form.submitted", "do")))

    asks(shop)
    done = does(shop)

    after = shop.contact(EVA)
    assert (done.seen, done.changed) == (1, 1)
    assert after.standings["main"].stage == "do"
    assert after.counters == before.counters


def test_who_becomes_another_between_reading_and_writing_is_left_out(shop: Shop) -> None:
    visits(shop)
    shop.turns()
    signs_up(shop)
    shop.turns()
    changed = goes_by(shop, moves(shop.system.mapping, ("page.viewed", "think"), ("form.submitted", "do")))
    younger = shop.contact(EVA).id
    asks(shop, Only(younger))

    def they_become_one() -> None:
        visits(shop, EVA)
        shop.turns()

    Recomputer(Meanwhile(shop.system.store, they_become_one), shop.clock).step(changed)

    with shop.system.store.reading() as tx:
        left = contacts.peek(tx, [younger])[younger]
    assert (left.standings, left.counters) == ({}, {})
    assert shop.contact(EVA).counters["page.viewed"] == 2
