"""The keys of `calendar`."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator

from connector.mapping.calendar_rules import RULE_PATTERN, parse_rule
from connector.mapping.editor.forms import patterned
from connector.mapping.part import Part
from connector.mapping.scalars import ONE_OR_MORE, Day, Text, reading
from connector.mapping.scoring import When

Rule = Annotated[
    When,
    PlainValidator(reading(parse_rule, "M169")),
    patterned("rule", f"^{RULE_PATTERN}$", 'write it as "4th friday of november", "easter - 49d" or "12-05"'),
]


class MomentPart(Part):
    """A moment of the calendar, to be listened to as `{moment: NAME}`."""

    rule: Rule | None = None
    """The day of every year: `4th friday of november`, `last monday of may`, `easter - 49d`, or month and
    day, `12-05`."""
    dates: Annotated[tuple[Day, ...], ONE_OR_MORE] = ()
    """Instead: these days."""
    holiday: Text | None = None
    """Instead: a public holiday by its name, in a language of its country or in English."""
    countries: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    """Only for contacts of these countries, in two letters; a holiday is looked up there."""
    about: Text | None = None
    """What it is."""
