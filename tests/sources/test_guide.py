"""The worked example of the guide to sources does what the guide says."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.load import check_files, load_source
from connector.mapping.source import Source
from connector.model.event import ConsentClaim
from tests.sources.build import names, only, translated
from tests.webhooks.signing import NOW, request
from webhooks.verify import verify

GUIDE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text("utf-8")
CHAPTER = GUIDE.partition("## A shop that Loods has never heard of")[2].partition("\n## ")[0]
PAYLOAD, SOURCE, CONNECTION, RULE = (
    block.encode() for block in re.findall(r"```\w+\n(.*?)```", CHAPTER, re.DOTALL)
)
CRM = b"connections: {hubspot: {platform: hubspot, token: $TOKEN, owner: sales@example.com}}"


@pytest.fixture
def bakery() -> Source:
    return load_source(SOURCE.decode(), "bakery.yaml")


def test_its_mapping_passes_its_check_without_a_doubt() -> None:
    files = {"a.yaml": SOURCE, "b.yaml": CONNECTION, "c.yaml": RULE, "d.yaml": CRM}

    mapping, problems = check_files(files, bootstrap.shipped(), bootstrap.specs())

    assert mapping is not None
    assert problems == ()


def test_a_misspelt_field_of_its_own_event_is_found_as_it_promises() -> None:
    rule = RULE.replace(b"data.places", b"data.plces")
    files = {"a.yaml": SOURCE, "b.yaml": CONNECTION, "c.yaml": rule, "d.yaml": CRM}

    _, (problem,) = check_files(files, bootstrap.shipped(), bootstrap.specs())

    assert (problem.code, problem.file, problem.line) == ("M204", "c.yaml", 3)


def test_its_payload_is_a_paid_order(bakery: Source) -> None:
    found = translated(bakery, PAYLOAD)

    paid = found.events[-1]
    assert names(found) == ["order.placed", "order.paid"]
    assert {str(one) for one in paid.people} == {"email:eva@example.com", "customer:here:7"}
    assert paid.fields == {"first_name": "Eva"}
    assert found.events[0].consent == (ConsentClaim("email", given=True),)
    assert paid.subjects["order"]["total"] == Decimal("24.50")
    assert paid.subjects["order"]["items"] == [
        {"sku": "B12", "name": "Rye bread", "quantity": Decimal(2), "price": Decimal("12.25")}
    ]


def test_its_own_event_has_its_types(bakery: Source) -> None:
    body = {
        "id": "e-2",
        "event": "workshop.booked",
        "customer": {"mail": "eva@example.com"},
        "workshop": {"places": "8", "theme": "rye"},
    }

    event = only(translated(bakery, json.dumps(body).encode()))

    assert event.subjects == {"data": {"places": Decimal(8), "theme": "rye"}}


def test_its_signature_is_over_time_and_body(bakery: Source) -> None:
    sent = str(int(NOW.timestamp()))
    signature = hmac.new(b"secret", sent.encode() + b"." + PAYLOAD, hashlib.sha512).hexdigest()
    posted = request({"x-bakery-signature": signature, "x-bakery-time": sent}, PAYLOAD)

    assert verify(bakery.verify, posted, [b"secret"], NOW) is True
