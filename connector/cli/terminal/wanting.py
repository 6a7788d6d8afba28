"""Whether somebody wants what was shown to be done now."""

from __future__ import annotations

import sys

import click

from connector.cli.terminal.show import say


def is_wanted(question: str, *, is_sure: bool) -> bool:
    """Asked on a terminal, where a no ends the command; where nobody can be asked, not without --yes."""
    if is_sure:
        return True
    if not sys.stdin.isatty():
        say("nothing is changed; --yes does it")
        return False
    click.confirm(question, abort=True)
    return True
