"""Questions before something is done. Whatever is not answered is not done, and the exit code is 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from connector.errors import LoodsError


class UnansweredError(LoodsError):
    """Nothing was done, because nobody has said that it is wanted; the message says how to say it."""


def confirm(question: str, *, otherwise: str = "--yes does it") -> None:
    """Go on only where somebody says yes. Raises UnansweredError.

    `otherwise` says what to write where nobody can be asked.
    """
    if not is_wanted(question, otherwise=otherwise):
        refuse()


def is_wanted(question: str, *, otherwise: str) -> bool:
    """What somebody answers. Raises UnansweredError."""
    with answered(otherwise):
        return click.confirm(question)


def refuse() -> None:
    """Somebody has said no. Raises UnansweredError."""
    raise UnansweredError("nothing was done")


@contextmanager
def answered(otherwise: str) -> Iterator[None]:
    """Questions are asked inside. Raises UnansweredError where the input ends before their answer."""
    try:
        yield
    except click.Abort as error:
        click.echo()
        raise UnansweredError(f"nothing was done: nobody answered; {otherwise}") from error
