"""A company is known by its own id or its domain; a mail provider's domain is nobody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.domains import canonical_domain, company_id, domain
from connector.model.event import Identity


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("acme.example", "acme.example"),
        (" WWW.Acme.Example. ", "acme.example"),
        ("https://www.acme.example:8080/about?us", "acme.example"),
        ("shop.acme.example/", "shop.acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("acme", None),
        ("192.168.1.1", None),
        ("eva@acme.example", None),
        ("mailto:eva@acme.example", None),
        ("-acme.example", None),
        ("acme..example", None),
        ("a" * 64 + ".example", None),
        ("a." * 130 + "example", None),
        ("", None),
    ],
)
def test_a_domain_is_compared_as_a_name(written: str, name: str | None) -> None:
    assert canonical_domain(written) == name
    assert domain(written) == (Identity("domain", "", name, is_person=False) if name else None)


@pytest.mark.parametrize("name", ["gmail.com", "hotmail.nl", "Yahoo.co.uk", "ziggo.nl", "outlook.com.br"])
def test_the_domain_of_a_mail_provider_identifies_no_company(name: str) -> None:
    assert canonical_domain(name) == name.lower()
    assert domain(name) is None


@pytest.mark.parametrize("name", ["live.acme.example", "gmail-consulting.nl", "onlineshop.nl"])
def test_a_name_that_only_looks_like_a_providers_is_a_companys(name: str) -> None:
    assert domain(name) is not None


def test_an_id_is_known_within_its_scope() -> None:
    assert company_id("hubspot", "77") == Identity("company", "hubspot", "77", is_person=False)


@given(st.text())
def test_a_domain_is_the_same_when_it_is_read_again(written: str) -> None:
    name = canonical_domain(written)

    assert name is None or canonical_domain(name) == name
