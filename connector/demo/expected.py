"""What the morning must have brought about, each as a sentence and a question to the sandbox's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

State: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be there, in words and as a question to the sandbox's state."""

    sentence: str
    holds: Callable[[State], bool]


STAGES: Final[Mapping[str, str]] = {
    "eva@example.com": "care",
    "daan@example.com": "see",
    "bram@example.com": "do",
    "sanne@example.com": "",
}
"""The stage of each contact at the end of the morning; empty where nothing has moved them."""


def _lifecycle(state: State, email: str) -> str | None:
    held = (one["properties"] for one in state["hubspot"]["contacts"].values())
    return next((one.get("lifecyclestage") for one in held if one.get("email") == email), None)


def _has_task(state: State, words: str) -> bool:
    tasks = state["hubspot"]["tasks"].values()
    return sum(words in one["properties"]["hs_task_subject"] for one in tasks) == 1


def _tags(state: State, email: str) -> list[str]:
    return list(state["mailchimp"]["members"].get(email, {}).get("tags", []))


EXPECTED: Final = (
    Expectation(
        "Eva is a customer in HubSpot", lambda state: _lifecycle(state, "eva@example.com") == "customer"
    ),
    Expectation(
        "Bram is an opportunity", lambda state: _lifecycle(state, "bram@example.com") == "opportunity"
    ),
    Expectation("Mailchimp has Eva under care", lambda state: "care" in _tags(state, "eva@example.com")),
    Expectation("and under nothing before it", lambda state: "do" not in _tags(state, "eva@example.com")),
    Expectation(
        "Eva started the welcome journey once", lambda state: len(state["mailchimp"]["journeys"]) == 1
    ),
    Expectation("a colleague calls about Eva's cart", lambda state: _has_task(state, "winkelwagen")),
    Expectation("a colleague calls Sanne", lambda state: _has_task(state, "Kras op het tafelblad")),
    Expectation("Mailchimp knows of the deal", lambda state: "open_deal" in _tags(state, "eva@example.com")),
)
"""What the platforms hold at the end of the morning."""
