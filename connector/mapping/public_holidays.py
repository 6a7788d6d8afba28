"""Public holidays by their names, in any language in which their country has them.

The library answers in the language of the machine unless it is told one, so one is always told.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

_ENGLISH: Final = "en_US"
_YEARS: Final = range(2024, 2036)
"""Years enough for every holiday that comes again to have come once."""


def countries() -> frozenset[str]:
    """The countries whose public holidays are known, in two letters."""
    return frozenset(one for one in holidays.list_supported_countries() if len(one) == 2)


@lru_cache(maxsize=64)
def names(country: str) -> frozenset[str]:
    """What the public holidays of a country are called; empty where it is not known."""
    joined = {
        name
        for language in _languages(country)
        for name in holidays.country_holidays(country, years=_YEARS, language=language).values()
    }
    return frozenset(name for some in joined for name in some.split("; "))


@lru_cache(maxsize=512)
def days(name: str, country: str, year: int) -> tuple[date, ...]:
    """The days of a public holiday in a year, the earliest first, whatever the capitals of its name."""
    found = {
        day
        for language in _languages(country)
        for day in holidays.country_holidays(country, years=year, language=language).get_named(
            name, lookup="iexact"
        )
    }
    return tuple(sorted(day for day in found if day.year == year))


def _languages(country: str) -> tuple[str, ...]:
    """The languages of its holidays, among them English where that is known."""
    languages = holidays.list_localized_countries().get(country)
    if languages is not None:
        return tuple(languages)
    return (_ENGLISH,) if country in countries() else ()
