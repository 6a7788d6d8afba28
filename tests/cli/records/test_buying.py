"""What `loods contact show` says of purchases, and by which figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.cli.records.buying import buying
from connector.mapping.mapping import Mapping
from connector.mapping.norms import BOUNDS, EVERYBODY, UNKNOWN, Norms, Rfm, Usual
from connector.model.contact import Contact, Order
from connector.store import norms
from connector.store.database import open_store
from tests.cli.command import loods
from tests.journey.build import NOON, mapping

KNOWN = Norms(
    at=NOON,
    version="1",
    buyers=60,
    quintiles=dict.fromkeys(BOUNDS, (Decimal(1), Decimal(10), Decimal(20), Decimal(30))),
    intervals={EVERYBODY: Usual(Decimal(30), 60), "large": Usual(Decimal(15), 12)},
)


def rules(known: Norms, *by_quintiles: str, by: tuple[str, ...] = ()) -> Mapping:
    """A mapping that marks some of it by quintiles."""
    plain = mapping(segments={"large": "contact.purchases.total >= 1000"})
    own = replace(plain.defaults, rfm=Rfm(by_quintiles=frozenset(by_quintiles)), expected_by=by)
    return replace(plain, defaults=own, norms=known)


def buyer(*ago: int, total: int = 20) -> Contact:
    """Somebody who paid orders so many days ago."""
    paid = {f"webshop:{one}": Order({"paid": NOON - timedelta(one)}, total=Decimal(total)) for one in ago}
    return Contact("01", NOON, orders=paid)


def said(rules: Mapping, contact: Contact) -> str:
    """Both lines."""
    return "\n".join(buying(rules, contact, NOON).said)


@pytest.mark.parametrize(
    ("mapping", "by"),
    [
        (rules(KNOWN), "monetary 1; by bounds\n"),
        (rules(UNKNOWN, *BOUNDS), "monetary 1; by bounds, until enough have bought to know the quintiles\n"),
        (rules(KNOWN, *BOUNDS), "monetary 3; by quintiles of 60 buyers as of 2026-11-02"),
        (rules(KNOWN, "monetary"), "(monetary) and bounds\n"),
    ],
)
def test_it_says_by_what_the_marks_are_given(mapping: Mapping, by: str) -> None:
    assert by in said(mapping, buyer(9))


@pytest.mark.parametrize(
    ("mapping", "contact", "by"),
    [
        (rules(UNKNOWN), buyer(9), "expected: nothing, until more have ordered twice, or the contact has"),
        (rules(UNKNOWN), buyer(9, 19), "with a chance of 0.00; by 1 interval(s) of their own"),
        (rules(KNOWN), buyer(9), "with a chance of 0.00; by 30 days, usual for all contacts"),
        (rules(KNOWN), buyer(9, 19), "by 1 interval(s) of their own and 30 days, usual for all contacts"),
        (rules(KNOWN, by=("large",)), buyer(9, total=1000), "by 15 days, usual for segment large"),
    ],
)
def test_it_says_by_what_the_next_order_is_expected(mapping: Mapping, contact: Contact, by: str) -> None:
    assert said(mapping, contact).endswith(by)


def test_of_somebody_who_never_bought_it_says_nothing() -> None:
    found = buying(rules(KNOWN), buyer(), NOON)

    assert (found.rfm, found.expected, found.said) == ({}, {}, ())


def test_a_contact_is_shown_with_what_the_stored_figures_say_of_them(database: str) -> None:
    store = open_store(database)
    store.write(lambda tx: norms.store(tx, KNOWN))
    store.close()

    shown = loods("contact", "show", "eva@example.com", database=database).output
    told = json.loads(
        loods("contact", "show", "eva@example.com", "--format", "json", database=database).output
    )

    assert "frequency 1, monetary 1; by bounds" in shown
    assert "30 days, usual for all contacts" in shown
    assert told["bought"]["rfm"]["monetary"] == 1
    assert set(told["bought"]["expected"]) == {"next_order_at", "churn"}
