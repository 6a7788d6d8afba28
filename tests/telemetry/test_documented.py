"""docs/observability.md names every metric with its labels and meaning; its alerts name what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from connector.model.decision import HELD_BACK
from connector.telemetry.logs import FIELDS
from tests.runtime.shop import Shop

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"
ROW = re.compile(r"^\| `(loods_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", re.MULTILINE)
SUFFIXES = re.compile(r"_(total|bucket|sum|count|info)$")


def rows_of_code(shop: Shop) -> Iterator[tuple[str, str, str, str]]:
    """Name, kind, labels and meaning of every metric of ours."""
    panel = shop.system.panel
    panel.lookout.step()
    for part in (*panel.meters.heard, panel.meters.receipts):
        for one in vars(part).values():
            assert isinstance(one, MetricWrapperBase)
            yield _row(one._name, one._type, one._labelnames, one._documentation)
    for family in panel.gauges.collect():
        labels: Any = getattr(family, "_labelnames", ())
        names = labels or tuple(family.samples[0].labels if family.samples else ())
        yield _row(family.name, family.type, names, family.documentation)


def _row(name: str, kind: Any, labels: Any, says: str) -> tuple[str, str, str, str]:
    ending = {"counter": "_total", "info": "_info"}.get(kind, "")
    return name + ending, kind, ", ".join(f"`{one}`" for one in labels), says.replace("|", "\\|")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_table_is_what_the_code_tells(shop: Shop) -> None:
    assert sorted(ROW.findall(PAGE.read_text("utf-8"))) == sorted(rows_of_code(shop))


def test_the_alerts_are_rules_and_name_only_metrics_of_the_table() -> None:
    page = PAGE.read_text("utf-8")
    [block] = re.findall(r"```yaml\n(groups:.*?)```", page, re.DOTALL)
    known = {name for name, *_ in ROW.findall(page)} | {"process_resident_memory_bytes"}

    rules = [rule for group in yaml.safe_load(block)["groups"] for rule in group["rules"]]

    assert len(rules) >= 8
    for rule in rules:
        assert set(rule) >= {"alert", "expr", "labels", "annotations"}
        named = set(re.findall(r"\b(?:loods|process)_\w+", rule["expr"]))
        assert named
        assert {one if one in known else SUFFIXES.sub("", one) for one in named} <= known


def test_the_fields_of_a_log_entry_are_named() -> None:
    page = PAGE.read_text("utf-8")

    assert [one for one in FIELDS if f"`{one}`" not in page] == []


def test_every_reason_for_holding_back_is_named() -> None:
    page = PAGE.read_text("utf-8")

    assert [one.value for one in HELD_BACK if f"`{one.value}`" not in page] == []
