"""Public holidays by their names, in any language in which their country has them.

The library answers in the language of the machine unless it is told one, so one is always told.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Final

import holidays
from holidays.registry import EntityLoader

_ENGLISH: Final = "en_US"
_ALL: Final = "holidays.countries"
_YEARS: Final = range(2024, 2036)
"""Years enough for every holiday that comes again to have come once."""


def countries() -> frozenset[str]:
    """The countries whose public holidays are known, in two letters."""
    return frozenset(one for one in EntityLoader.get_country_codes() if len(one) == 2)


@lru_cache(maxsize=64)
def names(country: str) -> frozenset[str]:
    """What the public holidays of a country are called; empty where it is not known."""
    joined = {
        name for language in _languages(country) for name in of_country(country, _YEARS, language).values()
    }
    return frozenset(name for some in joined for name in some.split("; "))


@lru_cache(maxsize=512)
def days(name: str, country: str, year: int) -> tuple[date, ...]:
    """The days of a public holiday in a year, the earliest first, whatever the capitals of its name."""
    found = {
        day
        for language in _languages(country)
        for day in of_country(country, range(year, year + 1), language).get_named(name, lookup="iexact")
    }
    return tuple(sorted(day for day in found if day.year == year))


def of_country(country: str, years: range, language: str | None = None) -> holidays.HolidayBase:
    """The public holidays of a country in these years, with their names."""
    _pass_over_the_others()
    return holidays.country_holidays(country, years=years, language=language)


@cache
def _pass_over_the_others() -> None:
    """Let a country be found without reading all 250, which Python does before it reads any: 8 MB."""
    spec = find_spec(_ALL)
    if spec is not None:
        sys.modules.setdefault(_ALL, module_from_spec(spec))


def _languages(country: str) -> tuple[str, ...]:
    """The languages of its holidays, among them English where that is known."""
    if country not in countries():
        return ()
    return tuple(sorted(of_country(country, range(0)).supported_languages)) or (_ENGLISH,)
