"""From the schema's `verify` to the rule by which webhooks are verified: nothing lacks, all has effect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.sources import VerifyPart
from connector.mapping.source import Piece, Scheme, Verify

_HASHED: Final = frozenset({"header", "encoding", "prefix", "signed", "timestamp", "tolerance"})
_USES: Final[Mapping[Scheme, frozenset[str]]] = {
    "hmac-sha256": _HASHED,
    "hmac-sha512": _HASHED,
    "hmac-sha1": _HASHED,
    "rsa-sha256": _HASHED,
    "standard-webhooks": frozenset({"tolerance"}),
    "hubspot-v3": frozenset({"tolerance"}),
    "mailchimp": frozenset({"query", "tolerance"}),
    "token": frozenset({"header", "query", "path", "prefix"}),
}
"""The keys that a scheme uses; one that is not here uses none."""

_PARTS: Final[Mapping[str, Piece]] = {
    "body": Piece("body"),
    "body_base64": Piece("body_base64"),
    "timestamp": Piece("timestamp"),
    "method": Piece("method"),
    "url": Piece("url"),
}
_VALUE: Final = re.compile(r"\{\{(.*?)\}\}")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_HEADER: Final = re.compile(r"headers\s*(?:\[\s*(['\"])([^'\"]+)\1\s*\]|\.([A-Za-z]\w*))")


def build_verify(part: VerifyPart, checker: Checker) -> Verify:
    """How a source proves itself; what is wrong is told to the checker."""
    _check_keys(part, checker)
    _check_carrier(part, checker)
    signed = tuple(_pieces(part.signed, checker)) if part.signed is not None else (Piece("body"),)
    _check_signed(part, signed, checker)
    return Verify(
        scheme=part.scheme,
        header=_text(part.header),
        query=_text(part.query),
        encoding=part.encoding,
        prefix=_text(part.prefix) or "",
        tolerance=part.tolerance,
        path=part.path,
        signed=signed,
        timestamp=_text(part.timestamp),
    )


def _check_keys(part: VerifyPart, checker: Checker) -> None:
    used = _USES.get(part.scheme, frozenset())
    for key in sorted(part.model_fields_set - {"scheme", *used}):
        hint = f"it uses: {', '.join(sorted(used))}" if used else "it needs nothing but the secret"
        checker.refuse(part.place_of(key), "M149", f'{part.scheme} does not use "{key}"', hint)
    if "tolerance" in part.model_fields_set and used == _HASHED and part.timestamp is None:
        hint = "say in which header the signed time stands, as in timestamp: X-Timestamp"
        checker.refuse(part.place_of("tolerance"), "M149", "without a timestamp nothing can be too old", hint)


def _check_carrier(part: VerifyPart, checker: Checker) -> None:
    if _USES.get(part.scheme) == _HASHED and part.header is None:
        checker.refuse(part.place, "M121", '"header" is missing', "it names the header of the signature")
    if part.header is not None and not _HEADER_NAME.fullmatch(part.header):
        hint = "write letters, digits and -, as in X-Signature"
        checker.refuse(part.header.place, "M144", f'no header is called "{part.header[:60]}"', hint)
    if part.scheme == "token" and not (part.header or part.query or part.path):
        hint = 'say "header: NAME", "query: NAME" or "path: yes"'
        checker.refuse(part.place, "M121", "nothing says where the token comes from", hint)


def _check_signed(part: VerifyPart, signed: tuple[Piece, ...], checker: Checker) -> None:
    covered = {piece.what for piece in signed}
    if part.signed is not None and covered.isdisjoint({"body", "body_base64"}):
        hint = 'let it hold the body, as in "{{ timestamp }}.{{ body }}"'
        checker.refuse(part.signed.place, "M144", "a signature without the body does not prove it", hint)
    if part.timestamp is not None and "timestamp" not in covered:
        hint = 'say what is signed, as in signed: "{{ timestamp }}.{{ body }}"'
        checker.refuse(part.timestamp.place, "M144", "a time that is not signed proves nothing", hint)
    if part.timestamp is None and "timestamp" in covered:
        hint = "say in which header it stands, as in timestamp: X-Timestamp"
        checker.refuse(part.place, "M121", '"timestamp" is missing', hint)


def _pieces(written: Written, checker: Checker) -> Iterator[Piece]:
    """The texts and the values of a template, in their order."""
    end = 0
    for found in _VALUE.finditer(written):
        if text := written[end : found.start()]:
            yield Piece("text", text)
        end = found.end()
        if piece := _value(found[1].strip()):
            yield piece
        else:
            place = written.place_at(found.start())
            message = f'"{found[1].strip()[:60]}" is nothing that can be signed'
            hint = did_you_mean(found[1].strip(), [*_PARTS, "headers['X-Name']"])
            checker.refuse(place, "M123", message, hint)
    if text := written[end:]:
        yield Piece("text", text)


def _value(name: str) -> Piece | None:
    header = _HEADER.fullmatch(name)
    return Piece("header", header[2] or header[3]) if header else _PARTS.get(name)


def _text(written: Written | None) -> str | None:
    return str(written) if written is not None else None
