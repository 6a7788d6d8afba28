"""What rules did is undone at the platforms as far as that can be, once; what others did since is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector import bootstrap
from connector.journey.closing import closing_key
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact
from connector.platforms.undoing import WAYS, Stays
from connector.runtime.errands import UNDO, Errand, ask, carry_out, wish_of
from connector.runtime.taking_back import take_back
from connector.runtime.turning import Verdict
from connector.runtime.undoing import Told
from connector.runtime.undoing_shown import PAGE, Preview, preview
from connector.sandbox import Sandbox
from connector.store import contacts, looks, merges, outbox, publications
from connector.store.database import Transaction
from connector.store.families import Merge
from connector.store.outbox import ActionStatus, Queued
from connector.store.publications import Signed
from tests.runtime.conftest import with_rules
from tests.runtime.shop import Shop
from tests.store.make import NOON

EVA, BOB = "eva@example.com", "bob@example.com"
GIFT, THANKS = "trigger:gift", "trigger:thanks"
RULES = """\
triggers:
  gift:
    on: file.downloaded
    do:
      - hubspot.tag: {add: [reader], remove: [stranger]}
      - mailchimp.tag: {add: [reader]}
      - hubspot.add_to_list: {list: VIP}
      - hubspot.create_task: {title: Call, due: 1 working day}
      - hubspot.add_note: {text: has read}
      - hubspot.update_contact: {fields: {company: Acme}}
  thanks:
    on: question.asked
    do:
      - hubspot.tag: {add: [reader]}
      - mailchimp.tag: {add: [reader]}
  parting:
    on: review.given
    do:
      - hubspot.tag: {remove: [reader]}
      - hubspot.remove_from_list: {list: VIP}
  later:
    on: cart.updated
    do:
      - wait: 4h
      - hubspot.tag: {add: [late]}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The mapping of the other tests, with rules that do what can be undone and what cannot."""
    return with_rules(tmp_path, RULES)


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, rules: Path) -> Iterator[Shop]:
    with Shop(database_url, sandbox, rules) as made:
        yield made


def downloads(shop: Shop, email: str = EVA) -> None:
    """The gift is given."""
    shop.says("file.downloaded", email)
    shop.turns()
    shop.clock.moves(minutes=5)


def asks(shop: Shop, email: str = EVA) -> None:
    """Another rule gives the same tags."""
    shop.says("question.asked", email)
    shop.turns()
    shop.clock.moves(minutes=5)


def errand(shop: Shop, name: str = GIFT, since: datetime | None = None) -> Errand:
    """Ann wants it undone, now."""
    connections = shop.system.mapping.connections.items()
    through = {one: it.platform for one, it in connections if it.platform is not None}
    return Errand(UNDO, name, "ann", shop.clock(), since=since, through=through)


def undoes(shop: Shop, name: str = GIFT, since: datetime | None = None) -> None:
    """It is undone, and the platforms have heard of it."""
    assert ask(shop.system.store, errand(shop, name, since), 0.0)
    shop.turns()
    shop.clock.moves(minutes=5)


def shown(shop: Shop, name: str = GIFT, since: datetime | None = None) -> Preview:
    """What undoing would mean."""
    return preview(shop.system.store, wish_of(shop.system.store, errand(shop, name, since)))


def told(found: Preview, action: str) -> list[tuple[Verdict, str]]:
    """What becomes of actions of this name."""
    return [(one.verdict, one.words) for one in found.told if one.action == action]


def tags(shop: Shop) -> tuple[str, list[str]]:
    """Eva's at HubSpot and at Mailchimp."""
    held = shop.sandbox.state()
    [known] = [one for one in held["hubspot"]["contacts"].values() if one["properties"]["email"] == EVA]
    return known["properties"].get("loods_tags") or "", held["mailchimp"]["members"][EVA]["tags"]


def on_the_list(shop: Shop) -> int:
    """How many are on the list of the gift."""
    return len(shop.sandbox.state()["hubspot"]["lists"]["123"]["members"])


def tasks(shop: Shop) -> list[str]:
    """How the tasks stand."""
    held = shop.sandbox.state()["hubspot"]["tasks"].values()
    return [one["properties"]["hs_task_status"] for one in held]


def of_undo(shop: Shop) -> list[Queued]:
    """The actions that undo others."""
    return [one for one in shop.actions() if one.action.cause.rule == UNDO]


def test_tags_lists_and_open_tasks_are_undone_at_the_platforms(shop: Shop) -> None:
    downloads(shop)
    before = (tags(shop), on_the_list(shop), tasks(shop))

    undoes(shop)

    assert before == (("reader", ["reader"]), 1, ["NOT_STARTED"])
    assert (tags(shop), on_the_list(shop), tasks(shop)) == (("", []), 0, ["COMPLETED"])
    assert {one.status for one in of_undo(shop)} == {ActionStatus.DONE}


def test_what_can_be_undone_is_shown_before_and_what_cannot_with_the_reason(shop: Shop) -> None:
    downloads(shop)

    found = shown(shop)

    assert told(found, "mailchimp.tag") == [(Verdict.UNDONE, "")]
    assert told(found, "hubspot.tag") == [
        (Verdict.UNDONE, "but not all of it: whether it was there before is not known")
    ]
    assert told(found, "hubspot.create_task") == [(Verdict.UNDONE, "")]
    assert told(found, "hubspot.add_note") == [
        (Verdict.STAYS, "it stays until somebody deletes it there by hand")
    ]
    assert told(found, "hubspot.update_contact") == [(Verdict.UNDONE, "where it still is as it was written")]
    assert (found.contacts, found.changing, found.count(Verdict.UNDONE)) == (1, 1, 5)
    assert [one.email for one in found.examples] == [EVA]
    assert of_undo(shop) == []


def test_a_tag_that_was_taken_off_is_not_given_where_nobody_knows_that_it_was_there(shop: Shop) -> None:
    shop.says("review.given", EVA)
    shop.turns()

    found = shown(shop, "trigger:parting")

    unknown = [(Verdict.STAYS, "whether it was there before is not known")]
    assert told(found, "hubspot.tag") == unknown
    assert told(found, "hubspot.remove_from_list") == unknown
    assert not found.has_work


def test_what_another_rule_had_given_is_given_back_where_it_was_taken_off(shop: Shop) -> None:
    downloads(shop)
    shop.says("review.given", EVA)
    shop.turns()
    before = (tags(shop)[0], on_the_list(shop))

    undoes(shop, "trigger:parting")

    assert before == ("", 0)
    assert (tags(shop)[0], on_the_list(shop)) == ("reader", 1)


def test_what_another_rule_has_given_since_is_kept(shop: Shop) -> None:
    downloads(shop)
    asks(shop)
    found = shown(shop)

    undoes(shop)

    assert told(found, "hubspot.tag") == [(Verdict.STAYS, "whether it was there before is not known")]
    assert told(found, "mailchimp.tag") == [(Verdict.SETTLED, "trigger thanks has set it since")]
    assert tags(shop) == ("reader", ["reader"])
    assert on_the_list(shop) == 0


def test_what_another_rule_had_given_before_is_kept(shop: Shop) -> None:
    asks(shop)
    downloads(shop)
    found = shown(shop)

    undoes(shop)

    assert told(found, "mailchimp.tag") == [(Verdict.SETTLED, "it had been done before")]
    assert tags(shop) == ("reader", ["reader"])


def test_what_another_rule_is_still_to_give_is_kept(shop: Shop) -> None:
    downloads(shop)
    shop.says("question.asked", EVA)
    shop.system.processor.step()

    undoes(shop)

    assert tags(shop) == ("reader", ["reader"])


def test_undoing_twice_does_it_once(shop: Shop) -> None:
    downloads(shop)
    undoes(shop)
    before = len(shop.actions())
    found = shown(shop)

    undoes(shop)

    assert not found.has_work
    assert told(found, "mailchimp.tag") == [(Verdict.SETTLED, "it has been undone")]
    assert told(found, "hubspot.create_task") == [(Verdict.SETTLED, "it has been closed")]
    assert len(shop.actions()) == before


def test_what_is_done_again_after_it_was_undone_can_be_undone_again(shop: Shop) -> None:
    downloads(shop)
    undoes(shop)
    downloads(shop)
    before = tags(shop)

    undoes(shop)

    assert before == ("reader", ["reader"])
    assert tags(shop) == ("", [])


def test_what_was_done_several_times_is_undone_once(shop: Shop) -> None:
    downloads(shop)
    downloads(shop)
    found = shown(shop)

    undoes(shop)

    assert told(found, "mailchimp.tag") == [
        (Verdict.SETTLED, "it was done once more later"),
        (Verdict.UNDONE, ""),
    ]
    assert tags(shop) == ("", [])
    assert [one.action.name for one in of_undo(shop)].count("tag") == 2


def test_a_part_that_dies_leaves_nothing_half(shop: Shop) -> None:
    downloads(shop)
    asked = errand(shop)
    wish = wish_of(shop.system.store, asked)

    def dies(tx: Transaction) -> None:
        assert take_back(tx, wish, [shop.contact(EVA).id]) == 5
        raise RuntimeError("the program ends here")

    with pytest.raises(RuntimeError, match="ends here"):
        shop.system.store.write(dies)
    left = of_undo(shop)
    assert ask(shop.system.store, asked, 0.0)

    assert (left, len(of_undo(shop))) == ([], 5)


def test_what_has_not_left_is_given_up(shop: Shop) -> None:
    shop.says("file.downloaded", EVA)
    shop.system.processor.step()
    found = shown(shop)

    undoes(shop)

    assert found.count(Verdict.GIVEN_UP) == 6
    assert {one.status for one in shop.actions()} == {ActionStatus.DEAD}
    assert {one.words for one in shop.actions()} == {"given up: ann undid what its rule did"}
    assert shop.sandbox.state()["hubspot"]["contacts"] == {}


def test_only_what_was_decided_since_is_undone(shop: Shop) -> None:
    downloads(shop, BOB)
    shop.clock.moves(hours=2)
    downloads(shop)

    undoes(shop, since=shop.clock() - timedelta(hours=1))

    assert tags(shop) == ("", [])
    assert shop.sandbox.state()["mailchimp"]["members"][BOB]["tags"] == ["reader"]


def test_runs_that_wait_end(shop: Shop) -> None:
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": 20})
    shop.turns()
    found = shown(shop, "trigger:later")

    undoes(shop, "trigger:later")
    shop.clock.moves(hours=5)
    shop.turns()

    assert (found.waiting, found.has_work) == (1, True)
    [run] = shop.contact(EVA).runs["later"].values()
    assert run.ended == "undone"
    assert shop.actions() == []


def test_runs_that_began_before_go_on(shop: Shop) -> None:
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": 20})
    shop.turns()
    shop.clock.moves(hours=2)

    undoes(shop, "trigger:later", since=shop.clock() - timedelta(hours=1))
    shop.clock.moves(hours=3)
    shop.turns()

    assert tags_of(shop, EVA) == "late"


def tags_of(shop: Shop, email: str) -> str:
    """At HubSpot."""
    held = shop.sandbox.state()["hubspot"]["contacts"].values()
    [known] = [one["properties"] for one in held if one["properties"]["email"] == email]
    return known["loods_tags"] or ""


def test_who_undid_what_stands_in_the_history_of_the_contact(shop: Shop) -> None:
    downloads(shop)

    undoes(shop)

    with shop.system.store.reading() as tx:
        [look] = looks.of_contact(tx, shop.contact(EVA).id)
    [said] = look.trace
    assert (said.rule, said.detail.startswith("undone by ann")) == (GIFT, True)
    assert {one.action.cause.event for one in of_undo(shop)} == {GIFT}


def test_a_version_is_undone_with_all_its_rules_and_no_other_is(shop: Shop) -> None:
    first = shop.system.mapping.version
    downloads(shop)
    shop.system.store.write(lambda tx: published(shop, tx))
    shop.clock.moves(minutes=5)
    asks(shop, BOB)

    undoes(shop, first)

    assert tags(shop) == ("", [])
    assert shop.sandbox.state()["mailchimp"]["members"][BOB]["tags"] == ["reader"]


def published(shop: Shop, tx: Transaction) -> None:
    """Another version is live from now on."""
    before = publications.live(tx)
    assert before is not None
    signed = Signed(shop.clock(), "ann", "", before.version)
    publications.publish(tx, "another", publications.files_of(tx, before.version), signed)


def test_a_task_that_a_person_closed_by_a_rule_needs_nothing(shop: Shop) -> None:
    downloads(shop)
    [made] = [one.action for one in shop.actions() if one.action.name == "create_task"]
    closing = replace(
        made,
        key=closing_key(made.key),
        name="complete_task",
        arguments={"task": made.key},
        cause=Cause("trigger:other", 1, "order.placed", "e9", closes=made.key),
    )
    shop.system.store.write(lambda tx: outbox.add(tx, [closing], shop.clock()))

    assert told(shown(shop), "hubspot.create_task") == [(Verdict.SETTLED, "it has been closed")]


def test_what_undoes_and_was_refused_is_named(shop: Shop) -> None:
    downloads(shop)
    refusal = {"status": 400, "body": {"message": "no"}}
    shop.sandbox.script({"method": "PUT", "path": "/crm/v3/lists/123/memberships/remove"}, [refusal])
    undoes(shop)
    [refused] = [one for one in of_undo(shop) if one.status is ActionStatus.DEAD]

    again = f"undoing it was refused or given up; `loods actions replay {refused.id}` tries it again"

    assert told(shown(shop), "hubspot.add_to_list") == [(Verdict.STAYS, again)]


def test_a_connection_that_is_gone_undoes_nothing(shop: Shop) -> None:
    downloads(shop)
    asked = replace(errand(shop), through={"hubspot": "hubspot"})

    found = preview(shop.system.store, wish_of(shop.system.store, asked))

    assert told(found, "mailchimp.tag") == [(Verdict.STAYS, "the mapping has no such connection any more")]


def test_every_action_says_how_it_is_undone_or_why_not() -> None:
    known = {(one.platform, one.name): one for one in bootstrap.specs()}

    assert WAYS.keys() == known.keys()
    assert all(one.closer == WAYS[name] for name, one in known.items() if one.closer is not None)
    assert all(way.why for way in WAYS.values() if isinstance(way, Stays))


def test_what_is_under_way_is_undone_behind_it(shop: Shop) -> None:
    lost = {"method": "POST", "path": "/crm/v3/objects/tasks"}
    shop.sandbox.script(lost, [{"drop": True, "apply": True}])
    downloads(shop)
    before = [one.status for one in shop.actions() if one.action.name == "create_task"]
    shop.clock.at -= timedelta(minutes=5)

    assert ask(shop.system.store, errand(shop), 0.0)
    waiting = tasks(shop)
    shop.clock.moves(hours=1)
    shop.turns()

    assert (before, waiting) == ([ActionStatus.UNKNOWN], ["NOT_STARTED"])
    assert tasks(shop) == ["COMPLETED"]


def test_a_contact_who_has_become_another_is_undone_once_and_under_that_ones_id(shop: Shop) -> None:
    downloads(shop, BOB)
    downloads(shop)
    older, younger = shop.contact(BOB), shop.contact(EVA)
    merge = Merge(younger.id, older.id, shop.clock(), "website", "e1", younger.identities)
    shop.system.store.write(lambda tx: merges.join(tx, older, younger, merge))
    found = shown(shop)

    undoes(shop)

    assert (found.contacts, found.changing) == (1, 1)
    assert {one.action.contact_id for one in of_undo(shop)} == {older.id}


def test_nothing_is_done_about_who_was_erased(shop: Shop) -> None:
    downloads(shop)
    shop.says("contact.erased", EVA)
    shop.turns()

    undoes(shop)

    assert of_undo(shop) == []


def test_many_contacts_are_undone_in_parts_whatever_each_of_them_needs(shop: Shop) -> None:
    people = [Contact(f"c{number:03}", shop.clock()) for number in range(2 * PAGE + 10)]
    shop.system.store.write(lambda tx: contacts.save(tx, people))
    shop.system.store.write(lambda tx: outbox.add(tx, [noted_or_tagged(one) for one in people], NOON))
    shop.system.store.write(everything_is_done)
    asked = errand(shop)

    parts = [carry_out(shop.system.store, asked, asked.at) for _ in range(4)]

    assert parts == [False, False, False, True]
    assert len(of_undo(shop)) == PAGE + 5
    assert shown(shop).told == {
        Told(Verdict.SETTLED, "mailchimp.tag", "it has been undone"): PAGE + 5,
        Told(Verdict.STAYS, "mailchimp.add_note", "it stays until somebody deletes it there by hand"): PAGE
        + 5,
    }


def noted_or_tagged(one: Contact) -> Action:
    """What the gift did for a contact: every other got a tag."""
    is_tagged = int(one.id[1:]) % 2 == 0
    name, arguments = ("tag", {"add": ["reader"]}) if is_tagged else ("add_note", {"text": "has read"})
    cause = Cause(GIFT, 1, "file.downloaded", one.id)
    return Action(one.id, "mailchimp", name, one.id, arguments, Kind.INTERNAL, cause, NOON)


def everything_is_done(tx: Transaction) -> None:
    """All actions have taken effect."""
    outbox.done(tx, dict.fromkeys([one.id for one in outbox.listing(tx, limit=1000)]), NOON)
