"""The names that expressions may use, in one mapping."""

from __future__ import annotations

import pytest

from connector.model.types import Sort, Type, number, text
from connector.model.vocabulary import company_type, contact_type

STAGES = {"main": ("see", "do")}


def at(whole: Type, path: str) -> Type:
    for step in path.split("."):
        found = whole.fields.get(step) or whole.item
        assert found is not None
        whole = found
    return whole


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        ("scores.fit", Sort.NUMBER),
        ("grid", Sort.TEXT),
        ("interests.tuin", Sort.NUMBER),
        ("recent.products", Sort.LIST),
        ("recent.pages", Sort.LIST),
        ("recent.clicks", Sort.LIST),
        ("expected.next_order_at", Sort.TIME),
        ("expected.churn", Sort.NUMBER),
        ("rfm.monetary", Sort.NUMBER),
        ("role", Sort.TEXT),
        ("last.order_paid", Sort.TIME),
        ("last.custom_booking", Sort.TIME),
        ("cycle", Sort.NUMBER),
        ("stage", Sort.STAGE),
    ],
)
def test_a_contact_has(path: str, sort: Sort) -> None:
    contact = contact_type({}, STAGES, (), ("fit",))

    assert at(contact, path).sort is sort


@pytest.mark.parametrize("path", ["scores.fit", "interests.tuin", "counters.order_paid", "purchases.total"])
def test_what_was_never_counted_is_nothing(path: str) -> None:
    assert at(contact_type({}, STAGES, (), ("fit",)), path).absent == 0


def test_a_company_has_its_own_fields_and_the_stages_of_its_journeys() -> None:
    company = company_type({"tier": text()}, STAGES)

    assert at(company, "tier").sort is Sort.TEXT
    assert at(company, "stage").stages == ("see", "do")
    assert at(company, "people").sort is Sort.LIST
    assert "stage" not in company_type().fields


@pytest.mark.parametrize("name", ["about", "item", "fields"])
def test_what_a_company_names_may_be_called_anything(name: str) -> None:
    contact = contact_type({name: number()}, {name: ("a", "b")}, (name,), (name,))

    for path in (name, f"stages.{name}", f"segments.{name}", f"scores.{name}"):
        assert at(contact, path)
