"""Every mistake is found at its place, by its code, with a word that helps; each row plants one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mapping.folders import CONNECTIONS, JOURNEY, SHOP, SOUND, check
from tests.mapping.mistakes import Mistake, expect

TRIGGER = """\
trigger: paid
on: order.paid
when: order.total >= 500
do:
  - hubspot.create_task:
      title: Call
      due: 1 working day
"""


IN_TRIGGER = [
    Mistake("when:", "wen:", "M120", 3, 1, 'did you mean "when"?'),
    Mistake("trigger: paid\n", "", "M120", 1, 1, "trigger: NAME"),
    Mistake("trigger: paid\n", "trigger: paid\nsource: x\n", "M128", 1, 1, "two files"),
    Mistake("on: order.paid\n", "", "M121", 1, 10, '"on"'),
    Mistake("on: order.paid", "on: []", "M121", 2, 5, '"on" is empty'),
    Mistake("on: order.paid", "on:", "M127", 2, 4, "no value"),
    Mistake("order.paid", "order.pad", "M131", 2, 5, 'did you mean "order.paid"?'),
    Mistake("order.paid", "[order.paid, cart.updatd]", "M131", 2, 18, 'did you mean "cart.updated"?'),
    Mistake("order.paid", "{stage: care}\nlimit: 3 per fortnight", "M123", 3, 8, "4h"),
    Mistake("order.paid", "{stage: cares}", "M132", 2, 13, 'did you mean "care"?'),
    Mistake("order.paid", "{stage: main.cares}", "M132", 2, 13, 'did you mean "care"?'),
    Mistake("order.paid", "{quiet: 90d}", "M121", 2, 5, "since"),
    Mistake("order.paid", "page.viewed", "M152", 2, 5, "connect a source"),
    Mistake("trigger: paid", "trigger: Paid", "M125", 1, 10, "small letters"),
    Mistake("trigger: paid", "trigger: paid\nkind: marketting", "M124", 2, 7, 'did you mean "marketing"?'),
    Mistake("trigger: paid", "trigger: paid\nangle: x", "M124", 2, 8, "life_stage"),
    Mistake("trigger: paid", "trigger: paid\nlate: 2 fortnights", "M123", 2, 7, "4h"),
    Mistake("trigger: paid", "trigger: paid\nlimit: thrice", "M123", 2, 8, "3 per 7d"),
    Mistake("trigger: paid", "trigger: paid\nonce per: week", "M124", 2, 11, "contact"),
    Mistake("order.total", "order.totl", "M204", 3, 13, 'did you mean "total"?'),
    Mistake("order.total >= 500", "order.total >= 500\n  and order.totl < 9", "M204", 4, 13, "total"),
    Mistake("order.total >= 500", "|\n  order.total >= 500\n  and order.totl < 9", "M204", 5, 13, "total"),
    Mistake("order.total >= 500", '"order.total and \'x\' == \\"y\\" and totl"', "M203", 3, 41, "totl"),
    Mistake("order.total", "cart.total", "M203", 3, 7, "cart comes with cart.updated"),
    Mistake("order.paid", "order.paid, cart.updated", "M131", 2, 5, "[order.paid, cart.updated]"),
    Mistake("when: order.total >= 500", "when:", "M127", 3, 6, "no value"),
    Mistake("when: order.total >= 500", "when: [order.total]", "M122", 3, 7, "quotes"),
    Mistake("hubspot.create_task", "hubspott.create_task", "M133", 5, 5, 'did you mean "hubspot"?'),
    Mistake("hubspot.create_task", "hubspot.create_tsk", "M135", 5, 5, 'did you mean "create_task"?'),
    Mistake("hubspot.create_task", "contact.set", "M136", 6, 7, "title"),
    Mistake("hubspot.create_task", "webshop.create_task", "M135", 5, 5, "only listens"),
    Mistake("hubspot.create_task", "create_task", "M135", 5, 5, "connection.action"),
    Mistake("title: Call", "titel: Call", "M136", 6, 7, 'did you mean "title"?'),
    Mistake("      title: Call\n", "", "M121", 5, 5, "title"),
    Mistake("title: Call", 'priority: "{{ order.id }}"', "M121", 5, 5, "title"),
    Mistake("title: Call", "title: [Call]", "M137", 6, 14, "title: a text is wanted"),
    Mistake("title: Call", "title:", "M127", 6, 13, "no value"),
    Mistake("title: Call", "title: Call\n      priority: high", "M137", 7, 17, "a whole number is wanted"),
    Mistake(
        "hubspot.create_task", "hubspot.tag: {add: x}\n  - hubspot.create_task", "M137", 5, 24, "as in [x]"
    ),
    Mistake("title: Call", 'title: "{{ order.nr }}"', "M204", 6, 24, "number"),
    Mistake("1 working day", "1 workday", "M123", 7, 12, "2 working days"),
    Mistake("1 working day", "next mondy 10:00", "M123", 7, 12, "next monday 10:00"),
    Mistake("1 working day", "25:00", "M123", 7, 12, "18:00"),
    Mistake("  - hubspot", "  - name: x\n  - hubspot", "M138", 5, 5, "no action"),
    Mistake("working day\n", "working day\n    hubspot.tag: {add: [x]}\n", "M138", 8, 5, "as a step"),
    Mistake("  - hubspot", "  - if: order.total > '5'\n    hubspot", "M210", 5, 9, "quotes"),
    Mistake(
        "  - hubspot.create_task:", "  - hubspot.create_task: x\n  - hubspot.tag:", "M122", 5, 26, "as in"
    ),
]


@pytest.mark.parametrize("mistake", IN_TRIGGER, ids=str)
def test_a_mistake_in_a_trigger_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


IN_CONNECTIONS = [
    Mistake("connections:", "conections:", "M120", 1, 1, 'did you mean "connections"?'),
    Mistake("token: $HUBSPOT", "tokn: $HUBSPOT", "M120", 2, 32, 'did you mean "token"?'),
    Mistake("$HUBSPOT_TOKEN", "pat-eu1-123", "M126", 2, 39, "never the secret itself"),
    Mistake("$HUBSPOT_TOKEN", "$HUBSPOT-TOKEN", "M123", 2, 39, "$NAME"),
    Mistake("$OLD", "plain", "M126", 4, 42, "$HUBSPOT_TOKEN"),
    Mistake(", token: $HUBSPOT_TOKEN", "", "M143", 2, 3, '"token"'),
    Mistake(", audience: $AUDIENCE", "", "M143", 3, 3, '"audience"'),
    Mistake(", secret: [$NEW, $OLD]", "", "M143", 4, 3, '"secret"'),
    Mistake("platform: hubspot", "platform: hubspt", "M134", 2, 23, 'did you mean "hubspot"?'),
    Mistake("source: shop", "source: shp", "M134", 4, 21, 'did you mean "shop"?'),
    Mistake("source: shop, ", "", "M121", 4, 3, "source:"),
    Mistake("https://shop", "http://shop", "M144", 4, 54, "https://"),
    Mistake("url: https://shop.example", "list: mailchmp", "M144", 4, 55, 'did you mean "mailchimp"?'),
    Mistake("url: https://shop.example", "token: $A", "M167", 4, 49, "means nothing for shop"),
    Mistake("hubspot, token", "hubspot, audience: $A, token", "M167", 2, 32, "used are: api, app_id, owner"),
    Mistake("https://shop", "https://eva:pass@shop", "M126", 4, 54, "environment variable"),
    Mistake("url: https://shop.example", "app_id: mine", "M144", 4, 57, "number"),
    Mistake("url: https://shop.example", "owner: sales", "M144", 4, 56, "e-mail"),
    Mistake("hubspot, token", "hubspot, api: 2026-09, token", "M144", 2, 37, "v3 and 2026-03"),
    Mistake("hubspot, token", "hubspot, tags: list, token", "M144", 2, 38, "in a property or in lists"),
    Mistake("  webshop", "  Webshop", "M125", 4, 3, "small letters"),
    Mistake("  webshop", "  contact", "M125", 4, 3, "another name"),
    Mistake("  webshop", "  hubspot", "M109", 4, 3, "first in line 2"),
    Mistake("{source: shop,", "{source: shop, fetch: x,", "M120", 4, 27, "fetch"),
    Mistake("  webshop:", "  other:\n  webshop:", "M127", 4, 9, "no value"),
]


@pytest.mark.parametrize("mistake", IN_CONNECTIONS, ids=str)
def test_a_mistake_in_the_connections_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "connections.yaml", CONNECTIONS, mistake)


IN_JOURNEY = [
    Mistake("to: care", "to: cared", "M132", 8, 30, 'did you mean "care"?'),
    Mistake("to: care", "to: care, from: sea", "M132", 8, 42, 'did you mean "see"?'),
    Mistake("to: care", "to: care, from: care", "M132", 8, 42, "itself"),
    Mistake("on: order.paid", "on: order.pad", "M131", 8, 14, 'did you mean "order.paid"?'),
    Mistake("on: order.paid", "quiet: 365d", "M121", 8, 10, '"quiet" needs "since"'),
    Mistake("on: order.paid", "quiet: 365d, since: order.paid", "M121", 8, 10, '"quiet" needs "from"'),
    Mistake("on: order.paid", "on: order.paid, quiet: 365d, since: order.paid", "M167", 8, 10, "two moves"),
    Mistake("on: order.paid", "on: order.paid, since: order.paid", "M167", 8, 26, "quiet: 90d"),
    Mistake("on: order.paid, ", "", "M121", 8, 9, "nothing makes this move"),
    Mistake("on: order.paid", "quiet: 1 year, since: order.paid, from: see", "M123", 8, 17, "in days"),
    Mistake(
        "on: order.paid",
        "quiet: 9d, since: order.payd, from: see",
        "M131",
        8,
        28,
        'did you mean "order.paid"?',
    ),
    Mistake("on: order.paid", "on: order.paid, cycle: yes", "M167", 8, 26, "from which later stage"),
    Mistake("on: order.paid", "on: order.paid, from: see, cycle: yes", "M167", 8, 37, "does not lead back"),
    Mistake("on: order.paid", "on: order.paid, cycle: twice", "M123", 8, 33, '"yes" or "no"'),
    Mistake(
        "to: see}",
        "to: see}\n      - {quiet: 9d, since: order.paid, from: care, to: see, when: order.total > 1}",
        "M203",
        8,
        67,
        "order comes with",
    ),
    Mistake("    stages:", "    subject: company\n    stages:", "M152", 3, 5, "nobody goes through this"),
    Mistake("    stages:", "    subject: person\n    stages:", "M124", 3, 14, "company"),
    Mistake("to: care", "to: care, when: order.totl > 1", "M204", 8, 48, 'did you mean "total"?'),
    Mistake("to: care", "to: care, when: contact.stage == 'sea'", "M211", 8, 59, "see"),
    Mistake("journeys:", "journeys:\n  a: {stages: {}}", "M121", 2, 15, "empty"),
    Mistake("{label: See}", "{}", "M121", 4, 12, "label"),
    Mistake("{label: See}", "See", "M122", 4, 12, "keys with values"),
    Mistake("      see:", "      See:", "M125", 4, 7, "small letters"),
    Mistake("    stages:", "    cycle: 2\n    stages:", "M120", 3, 5, "cycle"),
    Mistake("    stages:", "    preset: five_b\n    stages:", "M124", 3, 13, 'did you mean "five_a"?'),
    Mistake("    stages:", "    preset:\n    stages:", "M127", 3, 12, "no value"),
    Mistake("    moves:", "    enter: {cared: {hubspot.tag: {add: [x]}}}\n    moves:", "M132", 6, 13, "care"),
    Mistake("    moves:", "    enter: {care: {hubspot.tag: {ad: [x]}}}\n    moves:", "M136", 6, 34, "add"),
    Mistake(
        "      care: {label: Care}\n",
        "      care: {label: Care}\n      do: {label: Do}\n",
        "M151",
        6,
        7,
        "do",
    ),
    Mistake("journeys:\n", "journeys:\n  b: {stages: {x: {label: X}}}\n", "M151", 2, 16, "moves"),
    Mistake("  main:", "  one: {stages: {x: {label: X}}}\n  two:", "M150", 3, 3, "main"),
]


@pytest.mark.parametrize("mistake", IN_JOURNEY, ids=str)
def test_a_mistake_in_a_journey_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "journey.yaml", JOURNEY, mistake)


REST = """\
fields:
  employees: {type: number}
segments:
  loyal: contact.purchases.count >= 3
defaults:
  time_zone: Europe/Amsterdam
  locale: nl_NL
  working_days: {days: mon-fri, holidays: NL}
  consent: {email: newsletter.confirmed}
  late: {marketing: 24h}
"""
IN_REST = [
    Mistake("number}", "numbr}", "M124", 2, 21, 'did you mean "number"?'),
    Mistake("number}", "number, from: {hubspot: x}}", "M152", 2, 36, "tells of no changes"),
    Mistake("number}", "number, from: {hubspt: x}}", "M133", 2, 36, 'did you mean "hubspot"?'),
    Mistake("number}", "number, from: {webshop: x}}", "M133", 2, 36, "with properties"),
    Mistake("number}", "number, from: {}}", "M121", 2, 35, "hubspot: numberofemployees"),
    Mistake("number}", "number, from: x}", "M122", 2, 35, "keys with values"),
    Mistake("number}", "number, of: product}", "M190", 2, 29, "of: product"),
    Mistake("number}", "number, of: order}", "M124", 2, 33, "company"),
    Mistake("employees: {type: number}", "sku: {type: text, of: product}", "M142", 2, 3, "a product has"),
    Mistake("employees: {type: number}", "domain: {type: text, of: company}", "M142", 2, 3, "a company has"),
    Mistake("employees:", "email:", "M142", 2, 3, "another name"),
    Mistake("employees:", "interests:", "M142", 2, 3, "another name"),
    Mistake("contact.purchases.count >= 3", "contact.segments.loyal", "M141", 4, 10, "asks for itself"),
    Mistake("contact.purchases.count >= 3", "[x]", "M122", 4, 10, "condition"),
    Mistake("contact.purchases.count >= 3", "contact.purchases.cont >= 3", "M204", 4, 28, "count"),
    Mistake(
        "contact.purchases.count >= 3", "order.total >= 3", "M203", 4, 10, "order comes with order.placed"
    ),
    Mistake("Europe/Amsterdam", "Europe/Amsterdm", "M145", 6, 14, 'did you mean "Europe/Amsterdam"?'),
    Mistake("Europe/Amsterdam", "../../etc/passwd", "M145", 6, 14, "time zone"),
    Mistake("nl_NL", "dutch", "M145", 7, 11, "as in nl_NL"),
    Mistake("mon-fri", "mon-fry", "M145", 8, 24, "mon-fri"),
    Mistake("holidays: NL", "holidays: Holland", "M145", 8, 43, "as in NL"),
    Mistake("newsletter.confirmed", "newsletter.confrmed", "M131", 9, 20, "newsletter.confirmed"),
    Mistake("newsletter.confirmed", "newsletter.unsubscribed", "M144", 9, 20, "nobody consents"),
    Mistake("newsletter.confirmed", "email.bounced", "M144", 9, 20, "newsletter.confirmed"),
    Mistake("holidays: NL", "holidays: NLD", "M145", 8, 43, 'did you mean "NL"?'),
    Mistake("email: newsletter", "fax: newsletter", "M124", 9, 13, "email"),
    Mistake("marketing: 24h", "marketng: 24h", "M124", 10, 10, 'did you mean "marketing"?'),
    Mistake("24h", "24", "M123", 10, 21, "4h"),
    Mistake("  late:", "  pressure: thrice\n  late:", "M123", 10, 13, "3 per 7d"),
    Mistake("  late:", "  hours: {mon-fry: '9:00-17:00'}\n  late:", "M145", 10, 11, "as in mon-fri"),
    Mistake("  late:", "  hours: {sat: [9-17]}\n  late:", "M123", 10, 17, "18:00"),
    Mistake("  late:", "  hours: {sat: '20:00-09:00'}\n  late:", "M123", 10, 16, '"20:00-24:00"'),
    Mistake("  late:", "  hours: {}\n  late:", "M121", 10, 3, "mon-sat"),
    Mistake("  late:", "  hours: {sat: []}\n  late:", "M121", 10, 3, "at any time"),
]


@pytest.mark.parametrize("mistake", IN_REST, ids=str)
def test_a_mistake_in_fields_segments_or_defaults_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "rest.yaml", REST, mistake)


FIRM = "identities: {id: body.c}"

IN_SOURCE = [
    Mistake("hmac-sha256", "hmac-sha25", "M124", 3, 11, 'did you mean "hmac-sha256"?'),
    Mistake("hmac-sha256", "shopware", "M149", 4, 3, "needs nothing but the secret"),
    Mistake("  header: X-Signature\n", "", "M121", 3, 3, "header"),
    Mistake("  topic: headers['x-topic']\n", "", "M121", 6, 3, "topic"),
    Mistake("customer:", "Customer:", "M125", 10, 35, "small letters"),
    Mistake("first_name: body", "firstname: body", "M146", 11, 12, 'did you mean "first_name"?'),
    Mistake("email: {given", "fax: {given", "M146", 13, 5, "email"),
    Mistake("given:", "gaven:", "M120", 13, 13, 'did you mean "given"?'),
    Mistake("  order:\n", "  ordr:\n", "M146", 15, 3, 'did you mean "order"?'),
    Mistake("    total:", "    totl:", "M146", 17, 5, 'did you mean "total"?'),
    Mistake("as: {sku:", "as: {skuu:", "M146", 20, 12, 'did you mean "sku"?'),
    Mistake("key: [topic, body.id]", "key: []", "M121", 8, 8, "all deliveries would be one"),
    Mistake("    id: body.id\n    total: body.total\n    items", "    items", "M121", 15, 3, "id: body.id"),
    Mistake("  cart:\n    id: body.id\n", "  cart:\n", "M121", 21, 3, "id or token"),
    Mistake("      each: body.lines\n", "", "M121", 19, 7, '"each"'),
    Mistake("X-Signature", "X Signature", "M144", 4, 11, "as in X-Signature"),
    Mistake("{paid: body.paid_at}", "{shipped: body.sent_at}", "M167", 25, 16, "statuses: {shipped"),
    Mistake("[product/*]", "[product/*, cart]", "M167", 33, 21, "also stands under events"),
    Mistake("{paid: [done", "{payd: [done", "M146", 24, 12, 'did you mean "paid"?'),
    Mistake("{paid: body", "{payd: body", "M146", 25, 16, 'did you mean "paid"?'),
    Mistake("order.placed, carries", "order.plced, carries", "M131", 27, 17, 'did you mean "order.placed"?'),
    Mistake("carries: cart", "carries: order", "M146", 29, 39, "carries: cart"),
    Mistake("carries: cart", "carries: form", "M146", 29, 39, "cart, order"),
    Mistake("{carries: order}", "{when: body.x}", "M121", 28, 11, "statuses"),
    Mistake("ignore:", "fetch: body.url\nignore:", "M122", 33, 8, "keys with values"),
    Mistake("ignore:", "fetch: {path: /orders}\nignore:", "M190", 33, 8, "cannot be published"),
    Mistake("ignore:", "fetch: {path: orders}\nignore:", "M144", 33, 15, "begin it with one /"),
    Mistake("ignore:", "fetch: {path: '/o/{{ bdy.id }}'}\nignore:", "M203", 33, 22, "body"),
    Mistake("ignore:", "fetch: {path: /o, wen: body.x}\nignore:", "M120", 33, 19, 'did you mean "when"?'),
    Mistake("total: body.total", "total: fetched.total", "M203", 17, 12, "fetched"),
    Mistake("ignore:", "keep: [order.totl]\nignore:", "M146", 33, 8, 'did you mean "order.total"?'),
    Mistake("ignore:", "keep: contact.lastname\nignore:", "M146", 33, 7, "contact.first_name"),
    Mistake("ignore:", "keep: form\nignore:", "M146", 33, 7, "does not read"),
    Mistake("ignore:", "keep:\nignore:", "M127", 33, 6, "no value"),
    Mistake("ignore:", "company: {identities: {name: body.n}}\nignore:", "M124", 33, 24, "domain"),
    Mistake("ignore:", "company: {identities: {domain: bdy.d}}\nignore:", "M203", 33, 32, "body"),
    Mistake(
        "ignore:", f"company: {{{FIRM}, fields: {{emploees: body.n}}}}\nignore:", "M146", 33, 46, "employees"
    ),
    Mistake("ignore:", f"company: {{{FIRM}, fields: {{people: body.n}}}}\nignore:", "M146", 33, 46, "stated"),
    Mistake("ignore:", "company: {fields: {name: body.n}}\nignore:", "M121", 33, 10, "identities"),
    Mistake("ignore:", f"company: {{{FIRM}}}\nkeep: company.name\nignore:", "M146", 34, 7, "does not read"),
    Mistake("ignore:", "replaces: shp\nignore:", "M134", 33, 11, 'did you mean "shop"?'),
    Mistake("ignore:", "replaces: [shop]\nignore:", "M122", 33, 11, "a text is wanted"),
    Mistake("when: body.lines", "when: bdy.lines", "M203", 29, 51, "body"),
]


@pytest.mark.parametrize("mistake", IN_SOURCE, ids=str)
def test_a_mistake_in_a_source_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "own.yaml", SHOP.replace("source: shop", "source: mine"), mistake)


def test_a_subject_that_not_every_event_carries_is_named_with_the_event_that_lacks_it(tmp_path: Path) -> None:
    text = TRIGGER.replace("on: order.paid", "on: [order.paid, cart.updated]")

    _, problems = check(tmp_path, {**SOUND, "a.yaml": text})

    assert [(one.code, one.line, one.column) for one in problems] == [("M140", 3, 7)]
    assert problems[0].message == "cart.updated carries no order"


def test_an_action_for_customers_is_not_let_through_as_internal(tmp_path: Path) -> None:
    text = (
        "trigger: a\nkind: internal\non: order.paid\ndo: {mailchimp.start_journey: {journey: 1, step: 2}}\n"
    )

    _, problems = check(tmp_path, {**SOUND, "a.yaml": text})

    assert [(one.code, one.line, one.column) for one in problems] == [("M139", 2, 7)]
    assert "mailchimp.start_journey" in problems[0].message


def test_a_name_that_is_defined_twice_shows_both_places(tmp_path: Path) -> None:
    _, problems = check(tmp_path, {**SOUND, "a.yaml": TRIGGER, "b/c.yml": TRIGGER})

    assert [str(one) for one in problems] == [
        'b/c.yml:1:10 M130 "paid" is defined twice, first in a.yaml:1; keep one of them, or rename one'
    ]


def test_a_default_that_is_set_twice_shows_both_places(tmp_path: Path) -> None:
    text = "defaults:\n  locale: nl_NL\n"

    _, [problem] = check(tmp_path, {**SOUND, "a.yaml": text, "b.yaml": text})

    assert (problem.code, problem.file, problem.line) == ("M130", "b.yaml", 2)


def test_a_shipped_source_is_not_replaced_by_accident(tmp_path: Path) -> None:
    _, [problem] = check(tmp_path, {**SOUND, "shop.yaml": SHOP})

    assert (problem.code, problem.file, problem.line, problem.column) == ("M130", "shop.yaml", 1, 9)
    assert "replaces: shop" in problem.hint


def test_a_source_takes_the_place_of_one_shipped_source_only(tmp_path: Path) -> None:
    one = "source: one\nreplaces: shop\n" + SHOP.partition("\n")[2]
    files = {**SOUND, "one.yaml": one, "two.yaml": one.replace("source: one", "source: two")}

    _, [problem] = check(tmp_path, files)

    assert (problem.code, problem.file, problem.line, problem.column) == ("M130", "two.yaml", 2, 11)
    assert "one.yaml:1" in problem.message


def test_several_accounts_of_a_platform_are_told_apart(tmp_path: Path) -> None:
    second = "connections: {crm: {platform: hubspot, token: $B}, crm_be: {platform: hubspot, token: $A}}"
    connections = CONNECTIONS.replace("  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN}\n", "")

    _, problems = check(
        tmp_path, {**SOUND, "connections.yaml": connections, "b.yaml": second, "trigger.yaml": TRIGGER}
    )

    assert [(one.code, one.line, one.column) for one in problems] == [("M133", 5, 5)]
    assert "crm, crm_be" in problems[0].hint


def test_a_broken_connection_does_not_make_its_actions_wrong(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("token: $HUBSPOT_TOKEN", "token: secret")

    _, problems = check(tmp_path, {**SOUND, "connections.yaml": connections, "trigger.yaml": TRIGGER})

    assert [one.code for one in problems] == ["M126"]


@pytest.mark.parametrize("broken", ["platform: hubspt, token: $A", "platform: hubspot, token: %A"])
def test_one_mistake_in_a_connection_is_one_problem(tmp_path: Path, broken: str) -> None:
    connections = CONNECTIONS.replace("platform: hubspot, token: $HUBSPOT_TOKEN", broken)

    _, problems = check(tmp_path, {**SOUND, "connections.yaml": connections, "trigger.yaml": TRIGGER})

    assert [one.file for one in problems] == ["connections.yaml"], [str(one) for one in problems]


def test_a_misspelt_event_does_not_make_its_subject_wrong(tmp_path: Path) -> None:
    _, problems = check(tmp_path, {**SOUND, "trigger.yaml": TRIGGER.replace("order.paid", "order.payed")})

    assert [one.code for one in problems] == ["M131"]


def test_a_broken_connection_hides_no_misspelt_one(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("token: $HUBSPOT_TOKEN", "token: secret")
    trigger = TRIGGER.replace("hubspot.", "hubspott.")

    _, problems = check(tmp_path, {**SOUND, "connections.yaml": connections, "trigger.yaml": trigger})

    assert [one.code for one in problems] == ["M126", "M133"]


def test_a_value_that_cannot_be_read_hides_no_other_mistake_of_its_rule(tmp_path: Path) -> None:
    text = (
        TRIGGER.replace("on:", "limit: thrice\nlate: soon\non:")
        .replace("total", "totl")
        .replace("title", "titel")
    )

    _, problems = check(tmp_path, {**SOUND, "a.yaml": text})

    assert [one.code for one in problems] == ["M123", "M123", "M204", "M121", "M136"]


def test_problems_of_all_files_come_at_once_sorted_by_place(tmp_path: Path) -> None:
    files = {
        "a.yaml": "fields: {a: txt}\n",
        "b.yaml": "segments:\n  x: contact.x\n  y: contact.y\n",
        "c.yaml": "a: {{ b }}\n",
        "d.yaml": TRIGGER.replace("title:", "titel:").replace("when:", "wen:"),
    }

    _, problems = check(tmp_path, {**SOUND, **files})

    assert [f"{one.file} {one.code}" for one in problems] == [
        "a.yaml M124",
        "b.yaml M204",
        "b.yaml M204",
        "c.yaml M107",
        "d.yaml M120",
        "d.yaml M121",
        "d.yaml M136",
    ]
