"""What is asked of a contact as something leaves: the same as of the whole contact, and nothing more."""

from __future__ import annotations

from decimal import Decimal

from connector.model.contact import Consent, Contact, Stated
from connector.model.event import Identity
from connector.store import contacts
from connector.store.database import Store
from connector.store.glimpses import glimpse
from tests.store.make import BOB, EVA, NOON, later, order

OURS, SECOND = Identity("contact", "hubspot", "101"), Identity("contact", "hubspot", "102")
WHOLE = Contact(
    id="c1",
    created_at=NOON,
    identities=(OURS, SECOND, BOB, EVA, order("7")),
    fields={"email": Stated("eva@example.com", NOON), "spent": Stated(Decimal("1.50"), NOON)},
    consent={"email|newsletter|eva@example.com": Consent(True, later(1), "form", "mailchimp")},
    complaints={"desk:7": later(2)},
    counters={"order.paid": 3},
    erased_at=later(3),
    seconds=(OURS,),
)


def glimpsed(store: Store, whole: Contact) -> Contact:
    """What is seen of a contact that was stored."""
    store.write(lambda tx: contacts.save(tx, [whole]))
    store.write(lambda tx: contacts.claim(tx, [(one, whole.id) for one in whole.identities]))
    with store.reading() as tx:
        return glimpse(tx, [whole.id, whole.id])[whole.id]


def test_consent_complaints_and_erasure_are_those_of_the_contact(store: Store) -> None:
    seen = glimpsed(store, WHOLE)

    assert seen.id == WHOLE.id
    assert seen.consent == WHOLE.consent
    assert seen.complaints == WHOLE.complaints
    assert seen.erased_at == WHOLE.erased_at


def test_the_address_and_the_platform_s_id_are_those_in_use(store: Store) -> None:
    seen = glimpsed(store, WHOLE)

    assert seen.email == "eva@example.com"
    assert seen.id_at("contact", "hubspot") == "102"


def test_without_a_stated_address_the_first_that_is_known_is_in_use(store: Store) -> None:
    seen = glimpsed(store, Contact(id="c1", created_at=NOON, identities=(EVA, BOB)))

    assert seen.email == BOB.value


def test_what_is_not_asked_is_not_read(store: Store) -> None:
    seen = glimpsed(store, WHOLE)

    assert seen.counters == {}
    assert seen.fields.keys() == {"email"}
    assert order("7") not in seen.identities


def test_a_mapping_that_was_written_with_a_tag_is_read_as_it_was(store: Store) -> None:
    odd = Contact(id="c1", created_at=NOON, complaints={"$time": later(1)})

    assert glimpsed(store, odd).complaints == {"$time": later(1)}


def test_an_address_that_is_no_text_is_none(store: Store) -> None:
    odd = Contact(id="c1", created_at=NOON, fields={"email": Stated(Decimal(7), NOON)})

    assert glimpsed(store, odd).email is None


def test_whatever_characters_stand_in_a_state_the_same_is_seen(store: Store) -> None:
    odd = 'a"b\\c\u2028\U0001f642\0{"$number":"1"}'
    agreed = Consent(False, later(1), odd)
    whole = Contact(
        id="c1",
        created_at=NOON,
        fields={odd: Stated(10**25, NOON), "email": Stated(odd, NOON)},
        consent={odd: agreed},
        complaints={odd: later(2)},
    )

    seen = glimpsed(store, whole)

    assert (seen.email, seen.consent, seen.complaints) == (odd, {odd: agreed}, {odd: later(2)})


def test_who_is_not_known_is_not_seen(store: Store) -> None:
    with store.reading() as tx:
        assert glimpse(tx, ["c9"]) == {}
