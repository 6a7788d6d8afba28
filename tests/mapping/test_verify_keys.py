"""How a source proves itself: what is read, and every mistake at its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connector.errors import MappingError
from connector.mapping.load import load_source
from connector.mapping.source import Piece, Verify
from tests.mapping.folders import CONNECTIONS, JOURNEY, SHOP, check

DECLARED = "verify:\n  scheme: hmac-sha256\n  header: X-Signature\n"

STAMPED = """\
{scheme: hmac-sha512, header: X-Hash, encoding: base64, prefix: v1=, timestamp: X-Sent-At, tolerance: 10m,
   signed: "{{timestamp}}.{{ headers['X-Shop'] }}{{ headers.x_id }}#{{ body }}"}"""


def read(verify: str) -> Verify:
    """The rule that these keys make."""
    return load_source(SHOP.replace(DECLARED, f"verify:\n  {verify}\n"), "shop.yaml").verify


def test_what_is_signed_is_read_piece_by_piece() -> None:
    rule = read(STAMPED)

    assert rule.signed == (
        Piece("timestamp"),
        Piece("text", "."),
        Piece("header", "X-Shop"),
        Piece("header", "x_id"),
        Piece("text", "#"),
        Piece("body"),
    )
    assert (rule.timestamp, rule.tolerance) == ("X-Sent-At", timedelta(minutes=10))


def test_without_more_the_body_alone_is_signed() -> None:
    assert read("{scheme: rsa-sha256, header: X-Signature}").signed == (Piece("body"),)


def test_a_token_may_be_for_the_path_alone() -> None:
    assert read("{scheme: token, path: yes}").path


@pytest.mark.parametrize("scheme", ["shopware", "hubspot-v2", "basic", "standard-webhooks", "none"])
def test_some_schemes_say_all_by_their_name(scheme: str) -> None:
    assert read(f"scheme: {scheme}") == Verify(scheme)  # type: ignore[arg-type]  # the schema has checked it


MISTAKES = [
    ("scheme: hmac-sha512", '3:3 M121 "header" is missing'),
    ("scheme: rsa-sha256", '3:3 M121 "header" is missing'),
    ("{scheme: token}", "3:3 M121 nothing says where the token comes from"),
    ("{scheme: shopware, header: X-Hash}", '3:22 M149 shopware does not use "header"'),
    ("{scheme: hubspot-v3, timestamp: X-Time}", '3:24 M149 hubspot-v3 does not use "timestamp"'),
    ("{scheme: basic, query: key}", '3:19 M149 basic does not use "query"'),
    ("{scheme: hmac-sha1, header: X-Hash, path: yes}", '3:39 M149 hmac-sha1 does not use "path"'),
    ("{scheme: hmac-sha1, header: X-Hash, tolerance: 5m}", "3:39 M149 without a timestamp nothing"),
    ("{scheme: token, path: maybe}", '3:25 M123 "path": '),
    ("{scheme: hmac-sha1, header: H, signed: '{{ bdy }}{{ body }}'}", '3:43 M123 "bdy" is nothing that can'),
    ("{scheme: hmac-sha1, header: H, signed: '{{ body }}{{ headers }}'}", '3:53 M123 "headers" is nothing'),
    ("{scheme: hmac-sha1, header: H, signed: '{{ method }}'}", "3:42 M144 a signature without the body"),
    (
        "{scheme: hmac-sha1, header: H, signed: '{{ timestamp }}{{ body }}'}",
        '3:3 M121 "timestamp" is missing',
    ),
    ("{scheme: hmac-sha1, header: H, timestamp: T}", "3:45 M144 a time that is not signed proves nothing"),
]


@pytest.mark.parametrize(("verify", "problem"), MISTAKES, ids=[verify for verify, _ in MISTAKES])
def test_a_mistake_in_how_a_source_proves_itself_is_found(verify: str, problem: str) -> None:
    with pytest.raises(MappingError) as caught:
        read(verify)

    told = [f"{one.line}:{one.column} {one.code} {one.message}" for one in caught.value.problems]
    assert any(one.startswith(problem) for one in told), told


def test_a_connection_with_a_password_needs_its_user(tmp_path: Path) -> None:
    source = SHOP.replace(DECLARED, "verify: {scheme: basic}\n").replace("source: shop", "source: old_shop")
    connections = CONNECTIONS.replace("source: shop", "source: old_shop")

    _, (problem,) = check(tmp_path, {"a.yaml": connections, "b.yaml": JOURNEY, "c.yaml": source})

    assert (problem.code, problem.line, problem.column) == ("M143", 4, 3)
    assert '"webshop" needs "user"' in problem.message
