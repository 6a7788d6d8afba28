"""What publishing does to those who wait: chosen on the command line, and shown before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

import click

from connector import bootstrap
from connector.cli.here.existing import NotThereError
from connector.cli.terminal.show import say
from connector.mapping.mapping import PLANS, Plan
from connector.mapping.mapping import Mapping as Rules
from connector.runtime.planning import Affected, outlook
from connector.store.database import Store

_SAID: Final[Mapping[Plan, str]] = {
    "keep": "and keep the text under which they began",
    "move": "and go on by the new text",
    "end": "and end",
}


def chosen(words: Iterable[str]) -> dict[str, Plan]:
    """The plans of `--waiting`, by trigger. Raises UsageError."""
    found: dict[str, Plan] = {}
    for word in words:
        trigger, _, plan = word.partition("=")
        if plan not in PLANS:
            raise click.UsageError(f"--waiting {word!r}: write TRIGGER=keep, TRIGGER=move or TRIGGER=end.")
        found[trigger] = PLANS[plan]
    return found


def show(store: Store, mapping: Rules, files: Mapping[str, bytes], plans: Mapping[str, Plan]) -> None:
    """Say who waits in triggers whose text changes, and what becomes of them.

    Raises NotThereError where a plan is for a trigger that nobody knows.
    """
    with store.reading() as tx:
        found = outlook(tx, bootstrap.kept, mapping, files, plans)
    known = {*mapping.triggers, *(one.waits.trigger for one in found)}
    for name in plans.keys() - known:
        near = get_close_matches(name, known, n=1)
        raise NotThereError(f"there is no trigger {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    for one in found:
        say(_line(one))


def _line(one: Affected) -> str:
    end = "and end, for something that their text needs is gone" if one.is_gone else _SAID[one.plan]
    return f"{one.waits.trigger}: {one.waits.contacts} contact(s) wait {end}"
