"""A contact with some fields changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from connector.model.contact import Contact, Stated, changed

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
EVA = Contact("01", NOON, fields={"name": Stated("Eva", NOON)}, shop="webshop", owned=("1",))


def test_what_is_changed_is_as_if_replaced() -> None:
    assert changed(EVA, shop="other", counters={"page.viewed": 1}) == replace(
        EVA, shop="other", counters={"page.viewed": 1}
    )
    assert changed(EVA) == EVA


@pytest.mark.parametrize("name", [one.name for one in fields(Contact)])
def test_every_field_is_kept_in_its_place(name: str) -> None:
    one = replace(EVA, **{name: "something"})  # type: ignore[arg-type]  # only its place matters

    assert getattr(changed(one, looked_at=one.looked_at), name) == "something"


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="nickname"):
        changed(EVA, nickname="E")
