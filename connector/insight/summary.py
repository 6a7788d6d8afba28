"""What a backtest comes to: how often each rule of the draft acts, beside how often it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.insight.outcome import Compared, Outcome
from connector.model.decision import Answer


@dataclass(slots=True)
class Tally:
    """One rule: the actions that it would make and did make, and why it refused in the draft, how often."""

    would_act: int = 0
    did_act: int = 0
    only_draft: int = 0
    only_live: int = 0
    refused: Counter[Answer] = field(default_factory=Counter)

    def add(self, one: Compared) -> None:
        """Count an action."""
        self.would_act += one.by_draft
        self.did_act += one.by_live
        self.only_draft += one.by_draft and not one.by_live
        self.only_live += one.by_live and not one.by_draft


@dataclass(slots=True)
class Summary:
    """All contacts together. Rules that were named at the beginning stand in it even when they never act."""

    rules: dict[str, Tally]
    contacts: int = 0
    differing: int = 0
    events: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count a contact."""
        self.contacts += 1
        self.differing += any(one.differs for one in outcome.compared)
        self.events += outcome.events
        self.left_out.update(outcome.left_out)
        for one in outcome.compared:
            self._of(one.rule).add(one)
        for (rule, answer), count in outcome.refused.items():
            self._of(rule).refused[answer] += count

    def _of(self, rule: str) -> Tally:
        return self.rules.setdefault(rule, Tally())


def of_rules(names: Iterable[str]) -> Summary:
    """A summary in which nothing is counted yet."""
    return Summary({f"trigger:{name}": Tally() for name in names})
