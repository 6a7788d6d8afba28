"""The company's own fields: whose each is, and where rules may ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.scalars import is_not_carried_out
from tests.mapping.folders import SHOP, SOUND, check

FIELDS = """\
fields:
  code: text
  size: {type: number, of: company}
  margin: {type: number, of: product, about: what is left of the price}
"""


@pytest.mark.parametrize(
    ("on", "asked", "found"),
    [
        ("order.paid", "contact.code == 'x'", []),
        ("order.paid", "company.size >= 10", []),
        ("order.paid", "contact.size >= 10", ["M204"]),
        ("order.paid", "company.code == 'x'", ["M204"]),
        ("product.viewed", "product.margin > 3", []),
        ("product.viewed", "product.size > 3", ["M204"]),
    ],
)
def test_a_field_is_asked_of_whom_it_belongs_to(
    tmp_path: Path, on: str, asked: str, found: list[str]
) -> None:
    rule = f"trigger: a\non: {on}\nwhen: {asked}\ndo: {{hubspot.tag: {{add: [x]}}}}\n"
    views = SHOP.replace("source: shop", "source: views").replace(
        "ignore:", "  seen: {name: product.viewed}\nignore:"
    )
    connected = "connections: {views: {source: views, secret: $S}}\n"
    files = {"fields.yaml": FIELDS, "a.yaml": rule, "views.yaml": views, "more.yaml": connected}

    _, problems = check(tmp_path, {**SOUND, **files})

    assert [one.code for one in problems if not is_not_carried_out(one)] == found


def test_sources_fill_the_fields_of_a_contact_alone(tmp_path: Path) -> None:
    own = SHOP.replace("source: shop", "source: mine").replace(
        "first_name: body.first_name", "size: body.size"
    )

    _, problems = check(tmp_path, {**SOUND, "fields.yaml": FIELDS, "own.yaml": own})

    [found] = [one for one in problems if not is_not_carried_out(one)]
    assert (found.code, found.file) == ("M146", "own.yaml")


def test_a_field_is_filled_by_the_properties_of_a_connection_that_tells_of_changes(tmp_path: Path) -> None:
    connected = """\
connections:
  hubspot: {platform: hubspot, token: $T, secret: $S, owner: sales@example.com}
"""
    fields = "fields:\n  size: {type: number, from: {hubspot: numberofemployees}}\n"

    mapping, problems = check(tmp_path, {**SOUND, "connections.yaml": connected, "fields.yaml": fields})

    assert [str(one) for one in problems if one.severity == "error"] == []
    assert mapping is not None
    assert mapping.filled == {("hubspot", "numberofemployees"): ("size",)}


def test_a_field_of_companies_is_filled_by_what_tells_of_their_changes(tmp_path: Path) -> None:
    connected = """\
connections:
  hubspot: {platform: hubspot, token: $T, secret: $S, owner: sales@example.com}
"""
    fields = "fields:\n  size: {type: number, of: company, from: {hubspot: numberofemployees}}\n"

    mapping, problems = check(tmp_path, {**SOUND, "connections.yaml": connected, "fields.yaml": fields})

    assert [str(one) for one in problems if one.severity == "error"] == []
    assert mapping is not None
    assert mapping.filled == {}
    assert mapping.filled_of_company == {("hubspot", "numberofemployees"): ("size",)}
    assert mapping.company_type.fields["size"].sort == "number"


def test_a_source_fills_the_fields_of_companies_where_it_says_so(tmp_path: Path) -> None:
    own = (
        SHOP.replace("source: shop", "source: mine")
        + "company: {identities: {id: body.c}, fields: {SIZE: body.n}}\n"
    )

    sound = check(tmp_path, {**SOUND, "fields.yaml": FIELDS, "own.yaml": own.replace("SIZE", "size")})[1]
    (tmp_path / "b").mkdir()
    spoilt = check(tmp_path / "b", {**SOUND, "fields.yaml": FIELDS, "own.yaml": own.replace("SIZE", "code")})[
        1
    ]

    assert [one.code for one in sound if not is_not_carried_out(one)] == []
    assert [(one.code, one.line) for one in spoilt if not is_not_carried_out(one)] == [("M146", 34)]


def test_a_field_that_nothing_fills_is_doubted(tmp_path: Path) -> None:
    fields = "fields:\n  size: {type: number, from: {hubspot: numberofemployees}}\n"

    _, problems = check(tmp_path, {**SOUND, "fields.yaml": fields})

    assert [(one.code, one.severity, one.line, one.column) for one in problems] == [
        ("M152", "warning", 2, 31)
    ]
