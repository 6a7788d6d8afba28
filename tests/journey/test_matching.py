"""An action is the one that was named if it has what was written; of the rest nothing was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.journey.matching import fits
from connector.mapping.cases import NamedAction
from connector.model.action import Action, Cause, Kind
from connector.model.values import Value
from tests.journey.build import HERE, NOON, mapping, spec

DEFAULTS = mapping().defaults


def does_fit(wanted: Mapping[str, Value], made: Mapping[str, Value], connection: str = "hubspot") -> bool:
    """Whether an action made on a Monday at noon with these arguments is the one that was named."""
    named = NamedAction("hubspot", spec("create_task"), wanted, HERE)
    cause = Cause("trigger:x", 1, "order.paid", "1")
    action = Action("1", connection, "create_task", "01", made, Kind.INTERNAL, cause, NOON)
    return fits(named, action, DEFAULTS)


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ({}, {"title": "Call"}),
        ({"title": "Call"}, {"title": "Call", "type": "call"}),
        ({"total": "80"}, {"total": Decimal("80.00")}),
        ({"count": "3"}, {"count": 3}),
        ({"is_first": "yes"}, {"is_first": True}),
        ({"is_first": "no"}, {"is_first": False}),
        ({"on": "2026-11-02"}, {"on": date(2026, 11, 2)}),
        ({"due": "2026-11-03 17:00"}, {"due": datetime(2026, 11, 3, 16, 0, tzinfo=UTC)}),
        ({"due": "1 working day"}, {"due": datetime(2026, 11, 3, 16, 0, tzinfo=UTC)}),
        ({"due": "2h"}, {"due": datetime(2026, 11, 2, 14, 0, tzinfo=UTC)}),
        ({"body": ""}, {"body": None}),
        ({"add": ["a", "c"]}, {"add": ["a", "b", "c"]}),
        ({"add": []}, {"add": ["a"]}),
        ({"fields": {"stage": "lead"}}, {"fields": {"stage": "lead", "other": "x"}}),
    ],
)
def test_it_fits_if_it_has_what_was_written(wanted: Mapping[str, Value], made: Mapping[str, Value]) -> None:
    assert does_fit(wanted, made)


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ({"title": "Call"}, {}),
        ({"title": "Call"}, {"title": "call"}),
        ({"total": "80"}, {"total": Decimal("80.01")}),
        ({"total": "many"}, {"total": Decimal(80)}),
        ({"is_first": "yes"}, {"is_first": False}),
        ({"due": "2026-11-03 16:00"}, {"due": datetime(2026, 11, 3, 16, 0, tzinfo=UTC)}),
        ({"due": "soon"}, {"due": datetime(2026, 11, 3, 16, 0, tzinfo=UTC)}),
        ({"add": ["c", "a"]}, {"add": ["a", "b", "c"]}),
        ({"add": ["a", "a"]}, {"add": ["a"]}),
        ({"add": ["a"]}, {"add": "a"}),
        ({"add": "a"}, {"add": ["a"]}),
        ({"fields": {"stage": "lead"}}, {"fields": {"other": "x"}}),
        ({"fields": {"stage": "lead"}}, {"fields": "lead"}),
    ],
)
def test_it_does_not_fit_if_anything_written_is_otherwise(
    wanted: Mapping[str, Value], made: Mapping[str, Value]
) -> None:
    assert not does_fit(wanted, made)


def test_another_connection_does_another_action() -> None:
    assert not does_fit({}, {}, connection="hubspot_be")
