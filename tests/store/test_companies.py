"""Companies and their identities: a company is made once, and stands beside its people."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

from connector.model.company import Company, Entry, Member
from connector.model.contact import Contact, Standing, Stated
from connector.model.domains import company_id
from connector.model.event import Identity
from connector.model.ids import new_id
from connector.store import companies, contacts
from connector.store.database import Store, Transaction
from tests.store.make import EVA, NOON, later

ACME = Identity("domain", "", "acme.example", is_person=False)
WHOLE = Company(
    "acme",
    NOON,
    fields={"employees": Stated(Decimal(40), later(1))},
    standings={"accounts": Standing("care", later(2), entered={"care": later(2)})},
    counters={"order.paid": 2},
    last={"order.paid": later(2)},
    people={"eva": Member(NOON, "Eva", "eva@example.com", "decides", 2, Decimal("19.95"), NOON, later(2))},
    entered={"welcome": {"company": Entry(later(3), "eva", is_shadow=True)}},
)


def save(store: Store, *some: Company) -> None:
    """They are stored."""
    store.write(lambda tx: companies.save(tx, some))


def claim(store: Store, wanted: dict[Identity, str]) -> dict[Identity, str]:
    """Ask for identities."""
    return store.write(lambda tx: companies.claim(tx, wanted))


def load(store: Store, ids: Iterable[str]) -> dict[str, Company]:
    """The companies of these ids."""
    return store.write(lambda tx: companies.load(tx, ids))


def test_a_company_comes_back_as_it_was_saved(store: Store) -> None:
    save(store, WHOLE)

    assert load(store, ["acme", "other"]) == {"acme": WHOLE}


def test_the_newest_state_counts(store: Store) -> None:
    save(store, WHOLE)
    save(store, replace(WHOLE, people={}))

    assert load(store, ["acme"])["acme"].people == {}


def test_which_has_an_identity_keeps_it(store: Store) -> None:
    claim(store, {ACME: "acme", company_id("hubspot", "1"): "acme"})

    assert claim(store, {ACME: "other", company_id("shop", "1"): "other"}) == {
        ACME: "acme",
        company_id("shop", "1"): "other",
    }
    with store.reading() as tx:
        assert companies.owners(tx, [ACME, company_id("hubspot", "2")]) == {ACME: "acme"}


def test_identities_come_with_the_company_sorted(store: Store) -> None:
    save(store, Company("acme", NOON))
    claim(store, {ACME: "acme", company_id("hubspot", "1"): "acme"})

    assert load(store, ["acme"])["acme"].identities == (company_id("hubspot", "1"), ACME)


def test_eight_that_meet_a_company_at_once_make_one(store: Store) -> None:
    together = Barrier(8)
    wanted = [company_id("shop", str(number)) for number in range(20)]

    def meet(worker: int) -> dict[Identity, str]:
        together.wait()
        mine = wanted[worker:] + wanted[:worker]
        return claim(store, dict.fromkeys(mine, new_id(later(worker))))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(meet, range(8)))

    assert all(one == found[0] for one in found)


def test_a_contact_is_stored_without_its_company_and_looked_at_with_it(store: Store) -> None:
    eva = Contact("eva", NOON, company_id="acme", company_at=NOON, company=WHOLE)
    bob = Contact("bob", NOON)

    def both(tx: Transaction) -> None:
        contacts.save(tx, [eva, bob])
        contacts.claim(tx, [(EVA, "eva")])
        companies.save(tx, [replace(WHOLE, counters={"order.paid": 3})])

    store.write(both)

    with store.reading() as tx:
        seen = contacts.peek(tx, ["eva", "bob"])
        found = contacts.find(tx, EVA)
    locked = store.write(lambda tx: contacts.load(tx, ["eva"]))["eva"]
    assert found is not None
    assert found.company == seen["eva"].company == replace(WHOLE, counters={"order.paid": 3})
    assert (seen["bob"].company, locked.company, locked.company_id) == (None, None, "acme")
