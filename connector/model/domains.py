"""By what a company is known: its own id at a shop or platform, or its domain.

A name identifies nothing: two companies may share one. Nor does the domain of a public mail provider, whoever
names it: it would make colleagues of strangers. The domain of somebody's e-mail address is never asked.
"""

from __future__ import annotations

import re
from typing import Final

from connector.model.event import Identity

COMPANY: Final = "company"
DOMAIN: Final = "domain"

_LONGEST: Final = 253
"""Characters of a domain name (RFC 1035 § 2.3.4, less the root)."""

_ADDRESS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?P<host>[^/:?#@]+)(?::\d+)?(?:[/?#].*)?")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_COUNTRY: Final = re.compile(r"(?:[a-z]{2,3}\.)?[a-z]{2,3}", re.ASCII)

_FAMILIES: Final = frozenset({
    "gmail", "googlemail", "hotmail", "outlook", "live", "msn", "yahoo", "ymail", "rocketmail", "icloud",
    "aol", "gmx", "yandex", "proton", "protonmail", "tutanota", "mail", "fastmail", "zoho",
})  # fmt: skip
"""Providers that have a domain in many countries: `hotmail.nl`, `yahoo.co.uk`."""

_PUBLIC: Final = frozenset({
    "me.com", "mac.com", "pm.me", "hey.com", "tuta.io", "web.de", "freenet.de", "t-online.de", "inbox.com",
    "hushmail.com", "ziggo.nl", "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl",
    "xs4all.nl", "upcmail.nl", "casema.nl", "chello.nl", "quicknet.nl", "telfort.nl", "tele2.nl",
    "zonnet.nl", "solcon.nl", "online.nl", "hccnet.nl", "wxs.nl", "versatel.nl", "zeelandnet.nl",
    "caiway.nl", "delta.nl", "tiscali.nl", "telenet.be", "skynet.be", "proximus.be", "scarlet.be",
    "pandora.be", "belgacom.net", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr",
    "libero.it", "virgilio.it", "alice.it", "btinternet.com", "sky.com", "ntlworld.com", "virginmedia.com",
    "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "qq.com", "163.com", "126.com", "sina.com",
    "naver.com", "inbox.ru", "list.ru", "bk.ru", "rambler.ru", "seznam.cz", "wp.pl", "o2.pl", "onet.pl",
    "interia.pl",
})  # fmt: skip
"""Domains of providers where anybody gets an address."""


def company_id(scope: str, value: str) -> Identity:
    """A company's own id within `scope`: a platform's or a shop's."""
    return Identity(COMPANY, scope, value, is_person=False)


def domain(text: str) -> Identity | None:
    """The identity of a domain, known everywhere; None where the text is none or is a mail provider's."""
    name = canonical_domain(text)
    return Identity(DOMAIN, "", name, is_person=False) if name and not is_public_mail(name) else None


def canonical_domain(text: str) -> str | None:
    """The domain as we compare it, also out of an address of a website; None where it cannot be one.

    It is in lower case, in its ASCII form (RFC 3490), without `www.` and a dot at the end.
    """
    found = _ADDRESS.fullmatch(text.strip().lower())
    if found is None:
        return None
    try:
        host = found["host"].rstrip(".").encode("idna").decode()
    except UnicodeError:
        return None
    name = host.removeprefix("www.")
    labels = name.split(".")
    is_name = len(labels) > 1 and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))
    return name if is_name and len(name) <= _LONGEST else None


def is_public_mail(name: str) -> bool:
    """Whether anybody can have an address below this domain."""
    family, _, country = name.partition(".")
    return name in _PUBLIC or (family in _FAMILIES and _COUNTRY.fullmatch(country) is not None)
