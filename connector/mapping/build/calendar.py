"""From the schema's calendar to named moments: when each comes, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from connector.mapping import public_holidays
from connector.mapping.checker import Checker
from connector.mapping.mapping import WorkingDays
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.calendar import MomentPart
from connector.mapping.scoring import NamedMoment, OnDates, PublicHoliday, When

_WAYS: Final = ("rule", "dates", "holiday")
_LETTERS: Final = 3
"""What is longer is the name of a country, and near to no code."""


def build_moment(name: Written, part: MomentPart, week: WorkingDays, checker: Checker) -> NamedMoment:
    """The moment; what is wrong is told to the checker. `week` has the company's own country."""
    countries = [one for one in part.countries if _know_country(one, checker)]
    ways = sorted((key for key in _WAYS if key in part.model_fields_set), key=lambda key: _at(part, key))
    for key in ways[1:]:
        message = f'"{ways[0]}" says already when it comes'
        checker.refuse(part.place_of(key), "M167", message, "keep one of them, or make two moments of it")
    return NamedMoment(
        name=str(name),
        when=_when(part, ways, [*countries, *_own(week, part)], checker),
        countries=frozenset(map(str, countries)),
        about=str(part.about or ""),
        place=name.place,
    )


def _when(part: MomentPart, ways: Sequence[str], countries: Sequence[str], checker: Checker) -> When | None:
    match ways[:1]:
        case ["dates"]:
            if not part.dates:
                checker.refuse(part.place_of_value("dates"), "M121", '"dates" is empty', "write at least one")
            return OnDates(tuple(sorted(set(part.dates))))
        case ["holiday"] if part.holiday is not None:
            return _holiday(part.holiday, part, countries, checker)
    return part.rule


def _holiday(name: Written, part: MomentPart, countries: Sequence[str], checker: Checker) -> PublicHoliday:
    if not countries and not part.countries:
        hint = "say countries: [NL], or holidays: NL under working_days of the defaults"
        checker.refuse(name.place, "M121", "a public holiday of which country?", hint)
    known = {holiday for country in countries for holiday in public_holidays.names(country)}
    if countries and name.casefold() not in {holiday.casefold() for holiday in known}:
        where = ", ".join(countries)
        checker.refuse(name.place, "M169", f'{where} has no holiday "{name[:60]}"', did_you_mean(name, known))
    return PublicHoliday(str(name), None if part.countries else next(iter(countries), None))


def _own(week: WorkingDays, part: MomentPart) -> Iterable[str]:
    """The company's country, where the moment names none."""
    return [week.holidays] if week.holidays and not part.countries else []


def _know_country(country: Written, checker: Checker) -> bool:
    known = public_holidays.countries()
    if country in known:
        return True
    nearest = did_you_mean(country.upper(), known) if len(country) <= _LETTERS else ""
    hint = nearest or "write two capital letters, as in NL"
    checker.refuse(country.place, "M145", f'there is no country "{country[:60]}"', hint)
    return False


def _at(part: MomentPart, key: str) -> tuple[int, int]:
    place = part.place_of(key)
    return place.line, place.column
