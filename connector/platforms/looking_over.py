"""How a look over an account begins and ends, whatever the platform: whose it is, our clock, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import DispatchError, Unauthorized
from connector.model.finding import Finding, Severity
from connector.platforms import skew
from connector.platforms.inspecting import Question, of_whole, refused, unknowable
from connector.platforms.transport import Answer


@dataclass(frozen=True, slots=True)
class Account:
    """The first answer of an account: its `name` as a person knows it, and its `details`."""

    answer: Answer
    name: str
    details: Mapping[str, Any]


def look_over(
    question: Question,
    platform: str,
    read: Callable[[], Account],
    rest: Callable[[Account], Iterator[Finding]],
) -> Iterator[Finding]:
    """The account first: where it does not know us or cannot be reached, nothing else is asked."""
    try:
        account = read()
    except Unauthorized as refusal:
        yield refused(question, refusal)
        return
    except DispatchError as error:
        message = f"{platform} cannot be asked: {error.words}"
        yield of_whole(question, Severity.ERROR, "L100", message, "look whether it is reachable from here")
        return
    yield of_whole(question, Severity.OK, "L199", f"{platform} knows the key: {account.name}")
    yield from skew.judged(question, account.answer)
    yield from rest(account)
    yield from unknowable(question)
