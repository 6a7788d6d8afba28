"""Reading an action's arguments by its model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from connector.errors import Rejected
from connector.model.values import Value
from connector.platforms.arguments import checked
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.arguments import UpdateContact
from connector.platforms.hubspot.values import as_texts
from tests.platforms.hubspot.wish import wish


def read(fields: Mapping[str, Value]) -> Mapping[str, str]:
    """The fields of an update of a contact, as HubSpot gets them."""
    wanted: UpdateContact = checked(HubSpot.specs, wish("update_contact", {"fields": fields}).action)
    return as_texts(wanted.fields)


def test_values_that_differ_in_their_type_alone_are_told_apart() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))
    given: dict[str, Value] = {
        "true": True,
        "1": 1,
        "1.0": Decimal("1.0"),
        "2026-11-22T00:00:00.000Z": date(2026, 11, 22),
        "2026-11-22": "2026-11-22",
        "2026-11-22T11:00:00.000Z": noon,
        "2026-11-22T12:00:00.000Z": noon.replace(tzinfo=UTC),
        "a;b": ("a", "b"),
    }

    found = {text: read({"field": value})["field"] for text, value in given.items()}

    assert found == {text: text for text in given}


def test_what_does_not_fit_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(Rejected, match="update_contact cannot be done with these arguments"):
            read({})


def test_what_is_long_is_not_remembered() -> None:
    long = wish("update_contact", {"fields": {"story": "once upon a time " * 100}}).action

    assert checked(HubSpot.specs, long) is not checked(HubSpot.specs, long)
    assert checked(HubSpot.specs, long) == checked(HubSpot.specs, long)
