"""Journeys of companies: what any of its people does moves the company, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from connector.journey.companies import Companies, numbered
from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.journey.rehearsal import Heard, rehearse
from connector.journey.why import Decided, reason
from connector.mapping.mapping import Mapping
from connector.model.action import Action
from connector.model.company import Company
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.domains import company_id
from connector.model.event import Event, Identity
from connector.model.values import Value
from tests.mapping.folders import SHOP, SOUND, check

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACME = Identity("domain", "", "acme.example", is_person=False)
OTHER = Identity("domain", "", "other.example", is_person=False)
CRM = (
    SHOP.replace("source: shop", "source: crm\nreplaces: shop")
    + "company: {identities: {domain: body.domain}}\n"
)
ACCOUNTS = """\
journeys:
  main:
    stages: {see: {label: See}, care: {label: Care}}
    moves:
      - {on: newsletter.confirmed, to: see}
      - {on: order.paid, to: care}
  accounts:
    subject: company
    stages: {lead: {label: Lead}, client: {label: Client}, former: {label: Former}}
    moves:
      - {on: newsletter.confirmed, to: lead}
      - {on: order.paid, to: client, when: company.counters.order_paid >= 2}
      - {on: company.changed, to: client, when: company.employees >= 100}
      - {quiet: 90d, since: order.paid, from: client, to: former}
    enter:
      client:
        - hubspot.create_task:
            title: "{{ company.name | default('') }} by {{ contact.first_name | default('') }}"
"""


def read(folder: Path, rule: str = "", journeys: str = ACCOUNTS, fields: str = "") -> Mapping:
    """A mapping with a journey of companies; all of it can be published."""
    files = {**SOUND, "shop.yaml": CRM, "journey.yaml": journeys}
    files |= {"rule.yaml": rule} if rule else {}
    files |= {"fields.yaml": fields} if fields else {}
    known, problems = check(folder, files)
    assert known is not None, [str(one) for one in problems]
    assert [str(one) for one in problems if one.code not in ("M152", "M153")] == []
    return known


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def happens(
    event: str, who: str = "", hours: float = 0, company: Identity | None = ACME, **said: Value
) -> Event:
    """Something that happens to Eva or Bob, who works at Acme, or to Acme alone."""
    order = f"o-{who}-{hours}"
    return Event(
        key=f"{event}|{who}|{hours}",
        name=event,
        occurred_at=at(hours),
        connection="webshop",
        source="shop",
        people=(Identity("email", "", f"{who}@example.com"),) if who else (),
        fields={"first_name": who.capitalize()} if who else {},
        subjects={"order": {"id": order, "total": Decimal(50)}} if event.startswith("order.") else {},
        company=(company,) if company else (),
        company_fields=said,
    )


def last(heard: tuple[Heard, ...]) -> Company:
    """The company as the last decision left it."""
    company = heard[-1].decision.contact.company
    assert company is not None
    return company


def did(heard: tuple[Heard, ...]) -> list[tuple[str, Value]]:
    """Whom each action is about, and its title."""
    made = [action for one in heard for action in one.decision.actions]
    return [(one.contact_id, one.arguments.get("title")) for one in made]


def said(heard: Heard, rule: str) -> list[tuple[Answer, str]]:
    return [(one.answer, one.detail) for one in heard.decision.trace if one.rule == rule]


def test_what_any_of_its_people_does_moves_the_company_once(tmp_path: Path) -> None:
    """`subject: company` gives the company its own history (its people's events) and stage; moves and
    enter-actions run once per company"""
    known = read(tmp_path)

    heard = rehearse(
        known,
        [
            happens("newsletter.confirmed", "eva", 0, name="Acme"),
            happens("order.paid", "eva", 1),
            happens("order.paid", "bob", 2),
            happens("order.paid", "eva", 3),
        ],
    )

    assert [one.to_stage for entry in heard for one in entry.decision.moves if one.journey == "accounts"] == [
        "lead",
        "client",
    ]
    assert did(heard) == [("contact-2", "Acme by Bob")]
    assert last(heard).counters == {"newsletter.confirmed": 1, "order.paid": 3}
    assert last(heard).standings["accounts"].stage == "client"


def test_the_stage_of_the_company_is_that_of_its_people(tmp_path: Path) -> None:
    """`subject: company` gives the company its own history (its people's events) and stage"""
    rule = """\
trigger: greet
on: newsletter.confirmed
when: contact.stages.accounts < 'former' and company.stage == 'lead' and contact.stage == 'see'
do: {hubspot.create_task: {title: "{{ contact.stages.accounts }}"}}
"""
    known = read(tmp_path, rule)

    heard = rehearse(known, [happens("newsletter.confirmed", one) for one in ("eva", "bob")])

    assert did(heard) == [("contact-1", "lead"), ("contact-2", "lead")]


def test_whoever_has_no_company_moves_none(tmp_path: Path) -> None:
    known = read(tmp_path)

    [heard] = rehearse(known, [happens("newsletter.confirmed", "eva", company=None)])

    assert heard.decision.contact.company is None
    assert said(heard, "move:accounts:1") == [(Answer.NO, "the contact belongs to no company")]
    assert [one.journey for one in heard.decision.moves] == ["main"]


def test_people_roles_and_purchases_of_a_company_can_be_asked(tmp_path: Path) -> None:
    """buying roles (`contact.role`) and who takes part (`company.people`) can be asked."""
    rule = """\
trigger: large
on: order.paid
when: company.people | count == 2 and company.purchases.count == 3 and company.purchases.total == 150
do:
  - hubspot.create_task:
      title: "{{ company.people | pluck('name') | join(', ') }}: {{ company.domain | default('') }}"
"""
    known = read(tmp_path, rule)
    events = [happens("order.paid", who, hours) for hours, who in enumerate(["eva", "bob", "eva"])]

    heard = rehearse(known, events)

    assert ("contact-1", "Eva, Bob: acme.example") in did(heard)


def test_a_rule_that_is_meant_once_for_a_company_is_not_entered_for_a_colleague(tmp_path: Path) -> None:
    """with `once per: company` a colleague does not enter again."""
    rule = """\
trigger: call
on: order.placed
once per: company
do: {hubspot.create_task: {title: "Call"}}
"""
    known = read(tmp_path, rule)

    heard = rehearse(
        known,
        [
            happens("order.placed", "eva", 0),
            happens("order.placed", "bob", 1),
            happens("order.placed", "eva", 2),
            happens("order.placed", "bob", 3, OTHER),
            happens("order.placed", "jan", 4, None),
            happens("order.placed", "jan", 5, None),
        ],
    )

    assert did(heard) == [("contact-1", "Call"), ("contact-2", "Call"), ("contact-3", "Call")]
    [(answer, why)] = said(heard[1], "trigger:call")
    assert answer is Answer.ENTERED_BEFORE
    assert why.endswith("for Eva of the same company")


def test_a_run_that_only_shows_what_it_would_do_keeps_no_colleague_away(tmp_path: Path) -> None:
    do = "do: {hubspot.create_task: {title: Call}}"
    rule = f"trigger: call\non: order.placed\nonce per: company\nmode: MODE\n{do}\n"
    (tmp_path / "live").mkdir()
    shadow, live = (
        read(tmp_path, rule.replace("MODE", "shadow")),
        read(tmp_path / "live", rule.replace("MODE", "live")),
    )
    companies = numbered()
    eva, bob = happens("order.placed", "eva"), happens("order.placed", "bob", 1)

    shown = rehearse(shadow, [eva])[0].decision.contact
    companies.owners[ACME] = "company-1"
    companies.known["company-1"] = shown.company or Company("none", NOON)
    decision = _decide(live, companies, Contact("02", NOON), bob)

    assert [one.name for one in decision] == ["create_task"]


def _decide(known: Mapping, companies: Companies, contact: Contact, event: Event) -> list[Action]:
    before = companies.before(introduce(contact, event.identities), event, event.occurred_at)
    return list(decide(known, before, event, event.occurred_at).actions)


def test_own_state_of_the_company_is_shared_by_its_people(tmp_path: Path) -> None:
    rule = """\
trigger: save
on: order.placed
do:
  - company.set: {fields: {tier: "{{ 'gold' if company.balance >= 10 else 'new' }}"}}
  - company.count: {name: orders_seen}
  - company.earn: {points: 10}
  - company.move: {to: lead}
  - if: company.counters.orders_seen >= 1
    hubspot.create_task: {title: "{{ company.tier | default('none') }} {{ company.balance }}"}
"""
    known = read(tmp_path, rule, fields="fields:\n  tier: {type: text, of: company}\n")

    heard = rehearse(known, [happens("order.placed", "eva", 0), happens("order.placed", "bob", 1)])

    company = last(heard)
    assert (company.fields["tier"].value, company.fields["balance"].value) == ("gold", 20)
    assert company.counters["orders_seen"] == 2
    assert company.standings["accounts"].stage == "lead"
    assert did(heard) == [("contact-2", "new 10")]
    assert all(one.decision.deeds == () for one in heard)
    assert said(heard[1], "company.move") == [(Answer.NO, "the company is in lead already")]


def test_an_action_on_the_company_of_whoever_has_none_says_so(tmp_path: Path) -> None:
    known = read(tmp_path, "trigger: a\non: order.placed\ndo: {company.count: {name: seen}}\n")

    [heard] = rehearse(known, [happens("order.placed", "eva", company=None)])

    assert said(heard, "company.count") == [(Answer.NO, "the contact belongs to no company")]


def test_an_event_about_a_company_alone_reaches_its_journeys_and_no_trigger(tmp_path: Path) -> None:
    rule = "trigger: a\non: company.changed\ndo: {hubspot.create_task: {title: Look}}\n"
    known = read(tmp_path, rule)

    heard = rehearse(
        known,
        [
            happens("newsletter.confirmed", "eva", 0),
            happens("newsletter.confirmed", "bob", 1),
            happens("company.changed", "", 2, name="Acme", employees=Decimal(120)),
        ],
    )

    assert did(heard) == [("contact-1", "Acme by Eva")]
    assert said(heard[2], "trigger:a") == [(Answer.NO, "it is about a company, and about nobody in person")]
    assert heard[2].decision.contact.counters == {"newsletter.confirmed": 1}


def test_a_company_of_whom_nobody_is_known_moves_and_does_nothing(tmp_path: Path) -> None:
    known = read(tmp_path)

    heard = rehearse(
        known,
        [
            happens("company.changed", "", 0, name="Acme", employees=Decimal(120)),
            happens("newsletter.confirmed", "eva", 1),
        ],
    )

    assert did(heard) == []
    assert [one.to_stage for one in heard[0].decision.moves] == ["client"]
    assert said(heard[0], "enter:accounts.client") == [
        (Answer.NO, "nobody of the company is known for whom it could be done")
    ]
    assert last(heard).standings["accounts"].stage == "client"
    assert list(last(heard).people) == ["contact-1"]


def test_a_company_falls_quiet_when_none_of_its_people_does_anything(tmp_path: Path) -> None:
    known = read(tmp_path)
    bought = [
        happens("order.paid", "eva", 0),
        happens("order.paid", "bob", 24),
        happens("order.paid", "eva", 48),
    ]

    heard = rehearse(known, bought, until=at(24 * 200))

    moved = [one for entry in heard for one in entry.decision.moves if one.to_stage == "former"]
    assert [one.at for one in moved] == [at(48 + 24 * 90)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_contact_belongs_to_the_company_that_was_stated_last(order: tuple[int, ...]) -> None:
    companies, contact = numbered(), Contact("01", NOON)
    stated = [
        happens("page.viewed", "eva", 0, ACME, name="Acme"),
        happens("page.viewed", "eva", 1, OTHER, name="Other"),
        happens("page.viewed", "eva", 2, None),
    ]

    for number in order:
        contact = companies.after(companies.before(contact, stated[number], at(5)))

    found = companies.known[contact.company_id or ""]
    assert (found.fields["name"].value, list(found.people)) == ("Other", ["01"])
    assert contact.company_at == at(1)
    assert [list(one.people) for one in companies.changed() if one is not found] == [[]]


def test_of_two_names_of_two_companies_the_own_id_counts_and_the_trace_says_so(tmp_path: Path) -> None:
    known = read(tmp_path)
    both = happens("newsletter.confirmed", "eva", 2)
    mine = company_id("webshop", "7")

    heard = rehearse(
        known,
        [
            happens("newsletter.confirmed", "bob", 0, ACME),
            happens("newsletter.confirmed", "jan", 1, mine),
            replace(both, company=(mine, ACME)),
        ],
    )

    assert last(heard).identities == (mine,)
    assert said(heard[2], "event") == [
        (Answer.CONFLICT, "domain:acme.example is not the company of this contact")
    ]


def test_who_was_erased_leaves_the_company(tmp_path: Path) -> None:
    known = read(tmp_path)

    heard = rehearse(
        known,
        [
            happens("newsletter.confirmed", "eva", 0),
            happens("newsletter.confirmed", "bob", 1),
            happens("contact.erased", "eva", 2, None),
            happens("page.viewed", "eva", 3),
            happens("order.paid", "bob", 4),
        ],
    )

    assert list(last(heard).people) == ["contact-2"]
    assert "eva" not in repr(last(heard))


def test_a_late_event_is_heard_by_the_company_once(tmp_path: Path) -> None:
    """Of a company's stages the first entries count, in any order of arrival; it is not folded again."""
    known = read(tmp_path)
    events = [
        happens("newsletter.confirmed", "eva", 0),
        happens("order.paid", "eva", 1),
        happens("order.paid", "bob", 2),
    ]

    late = rehearse(known, [events[2], events[1], events[0]])

    assert last(late).counters == {"newsletter.confirmed": 1, "order.paid": 2}
    assert last(late).standings["accounts"].entered == {"lead": at(0), "client": at(1)}


def test_an_echo_teaches_the_company_and_moves_nothing(tmp_path: Path) -> None:
    known = read(tmp_path)
    change = happens("company.changed", "", 1, employees=Decimal(500))
    echo = replace(change, is_echo=True)

    heard = rehearse(known, [happens("newsletter.confirmed", "eva", 0), echo])

    assert last(heard).fields["employees"].value == 500
    assert last(heard).standings["accounts"].stage == "lead"
    assert [one.answer for one in heard[1].decision.trace] == [Answer.ECHO]


def test_why_a_colleague_was_not_entered_is_told_with_what_would_change_it(tmp_path: Path) -> None:
    rule = "trigger: call\non: order.placed\nonce per: company\ndo: {hubspot.create_task: {title: Call}}\n"
    known = read(tmp_path, rule)
    heard = rehearse(known, [happens("order.placed", "eva"), happens("order.placed", "bob", 1)])[1]
    decided = Decided(happens("order.placed", "bob", 1), heard.decision.moves, heard.decision.trace, at(1))

    found = reason(known, known.triggers["call"], heard.decision.contact, decided, at(2))

    assert found.answer is Answer.ENTERED_BEFORE
    [change] = found.change
    assert change.startswith("it is entered once per company; it entered on ")
    assert change.endswith("for Eva of the same company; `once per: contact` would change that")


def test_a_company_stays_as_it_is_while_a_contact_is_folded(tmp_path: Path) -> None:
    """`before` is the contact with its company: a fold of the contact asks it, and leaves it alone."""
    rule = """\
trigger: seen
on: page.viewed
when: company.counters.order_paid == 1
do: {hubspot.create_task: {title: "{{ company.name | default('') }}"}}
"""
    known = read(tmp_path, rule)
    bought = happens("order.paid", "eva", 2, name="Acme")
    late = happens("page.viewed", "eva", 1, company=None)

    heard = rehearse(known, [bought, late])

    assert ("contact-1", "Acme") in did(heard)
    assert last(heard).counters == {"order.paid": 1, "page.viewed": 1}
