"""The filters that tidy a text: `lower_email`, `phone`, `slug`, `md5`."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from connector.mapping.expressions.filter import Use, mapped
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Term
from connector.mapping.expressions.values import as_text, bounded_text
from connector.model.types import Sort, Type

_TEXT: Final = Type(Sort.TEXT)
_DIGITS: Final = re.compile(r"[0-9]+")
_COUNTRY: Final = re.compile(r"\+?([1-9][0-9]{0,2})")
_NOT_IN_A_SLUG: Final = re.compile(r"[^a-z0-9]+")


def lower_email(use: Use) -> Term:
    """The address as we know people by it: without blanks around it, in small letters, in Unicode's NFC."""
    return mapped(use.operand, _TEXT, lambda value: bounded_text(_tidy_email(as_text(value))))


def phone(use: Use) -> Term:
    """Digits only, with a leading `+` where the country is known; missing where there are under 5 or over 15.

    `00` in front and `(0)` in the middle are understood. With an argument, `phone('31')`, a number that
    begins with one 0 is in that country.
    """
    country = use.text("")
    if country and not (found := _COUNTRY.fullmatch(country)):
        raise Refused(use.arguments[0].at, "M209", f'"{country[:10]}" is no country code', "such as '31'")
    code = found[1] if country and found else ""
    return mapped(use.operand, _TEXT, lambda value: _phone(as_text(value), code))


def slug(use: Use) -> Term:
    """Small letters and digits, with hyphens for everything else: `Één & twee` is `een-twee`."""
    return mapped(use.operand, _TEXT, lambda value: bounded_text(_slug(as_text(value))))


def md5(use: Use) -> Term:
    """The MD5 of the UTF-8, in hexadecimal: that of the small address is Mailchimp's name for a member."""
    return mapped(use.operand, _TEXT, lambda value: _md5(as_text(value)))


def _tidy_email(written: str) -> str:
    return unicodedata.normalize("NFC", written.strip().lower())


def _phone(written: str, country: str) -> str | None:
    tidy = unicodedata.normalize("NFKC", written[:64]).replace("(0)", "").strip()
    digits = "".join(_DIGITS.findall(tidy))
    is_whole = tidy.startswith(("+", "00"))
    if tidy.startswith("00"):
        digits = digits[2:]
    elif country and not is_whole and digits.startswith("0"):
        digits, is_whole = country + digits[1:], True
    if not 5 <= len(digits) <= 15:
        return None
    return f"+{digits}" if is_whole else digits


def _slug(written: str) -> str:
    plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    return _NOT_IN_A_SLUG.sub("-", plain.lower()).strip("-")


def _md5(written: str) -> str:
    return hashlib.md5(written.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
