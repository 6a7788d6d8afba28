"""Addresses are compared in one canonical form, and what is no address is no identity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.event import Identity
from connector.model.identities import belonging, canonical_email, email, person


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("eva@example.com", "eva@example.com"),
        ("  Eva@Example.COM \r\n", "eva@example.com"),
        ("eva+spring@example.com", "eva+spring@example.com"),
        ("zoe\u0308@example.com", "zo\u00eb@example.com"),
    ],
)
def test_one_person_has_one_spelling(written: str, canonical: str) -> None:
    assert canonical_email(written) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "",
        "eva",
        "@example.com",
        "eva@",
        "eva@@example.com",
        "eva@home@example.com",
        "eva smith@example.com",
        "eva@example.com\r\nbcc: all@example.com",
        "eva\x00@example.com",
        "eva\u00a0@example.com",
        "e" * 243 + "@example.com",
    ],
)
def test_what_is_no_address_is_no_identity(written: str) -> None:
    assert canonical_email(written) is None
    assert email(written) is None


@given(st.text(max_size=40) | st.emails())
def test_a_canonical_address_stays_as_it_is(text: str) -> None:
    address = canonical_email(text)

    assert address is None or canonical_email(address) == address


def test_an_address_is_known_everywhere_and_an_id_within_its_scope() -> None:
    assert email("Eva@example.com") == Identity("email", "", "eva@example.com")
    assert person("customer", "webshop", "7") == Identity("customer", "webshop", "7", is_person=True)
    assert belonging("order", "webshop", "7") == Identity("order", "webshop", "7", is_person=False)
