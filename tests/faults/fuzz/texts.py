"""Words that have broken somebody's program before, and scalars of every kind."""

from __future__ import annotations

from random import Random
from typing import Final

NASTY: Final = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202egnp.exe",
    "\ufeff",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b",
    "😀" * 50,
    "\u0130\u0131",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://localhost/a}",
    "'; DROP TABLE deliveries; --",
    "../../../../etc/passwd",
    "\x1b[2J\x1b[31m",
    "a\r\nSet-Cookie: b=c",
    "%s%n%d",
    "null",
    "NaN",
    "-0",
    "0x1F",
    "1e999",
    "1_000",
    "\uff11\uff12\uff13",
    "0000-00-00 00:00:00",
    "2026-02-30T25:61:61Z",
    "2016-12-31T23:59:60Z",
    "9999-12-31T23:59:59+23:59",
    "0001-01-01T00:00:00-23:59",
    "9" * 400,
)
"""Texts; a lone surrogate stands for what cannot be encoded."""

EMAILS: Final = (
    "eva@example.com",
    "EVA@EXAMPLE.COM ",
    "no-at-sign",
    "a@b@c",
    "eva@exämple.com",
    '"e v a"@example.com',
    "eva@example.com\r\nBcc: x@example.com",
    "eva@example.com,jan@example.com",
    "\u0435va@example.com",
    "a" * 300 + "@example.com",
    "@",
    "eva@",
)

NUMBERS: Final = (
    "0",
    "-0",
    "-0.0",
    "1E400",
    "-1e-400",
    "1e999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1" * 5_000,
    "0.1",
    "0." + "3" * 400,
    "1763804400000",
    "NaN",
    "-Infinity",
    "01",
    "1.",
    ".5",
    "+1",
    "0x10",
)
"""As they stand in a body: JSON's own and what only looks like it."""

NAMES: Final = (
    "id", "email", "contact_email", "customer", "contact", "billing", "billing_address", "event",
    "type", "data", "topic", "occurred_at", "updated_at", "created_at", "date_modified_gmt",
    "date_created_gmt", "fired_at", "line_items", "items", "total", "total_price", "currency",
    "status", "financial_status", "order_id", "number", "objectId", "eventId", "subscriptionType",
    "occurredAt", "propertyName", "propertyValue", "portalId", "mergedObjectIds", "newObjectId",
    "merges", "EMAIL", "FNAME", "list_id", "new_email", "old_email", "refunds", "transactions",
    "consent", "given", "withdrawn", "fields", "order", "cart", "subject", "tags", "first_name",
    "__proto__", "__class__", "a.b", "a[b]", "headers", "body", "", "\u0000", "\ud800",
)  # fmt: skip
"""Keys: those that source files read, and some that no sender has."""


def text(chance: Random) -> str:
    """Some text; one of a thousand is a megabyte long."""
    drawn = chance.random()
    if drawn < 0.25:
        return chance.choice(NASTY)
    if drawn < 0.45:
        return chance.choice(EMAILS)
    if drawn < 0.451:
        return chance.choice("aé\U0001f600") * chance.randrange(10_000, 400_000)
    return "".join(chance.choices('abc xyz-09.:éß中\n\t"\\', k=chance.randrange(0, 30)))
