"""A platform that answers by chance, and writes down what was asked of it and what took effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.action import Action, ActionSpec
from connector.model.changes import Change
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp.adapter import Mailchimp
from tests.simulation.flying import hold
from tests.simulation.history import History
from tests.simulation.memory import Died

SPECS: Final[dict[str, Sequence[ActionSpec]]] = {"hubspot": HubSpot.specs, "mailchimp": Mailchimp.specs}

ANSWERS: Final = {
    "done": 12,
    "later": 2,
    "much later": 1,
    "lost": 2,
    "lost before": 2,
    "refused": 1,
    "unauthorised": 1,
    "died": 1,
    "died before": 1,
}
"""How often each answer is given. Of those that are `lost` nobody hears; of `before`, nothing happened."""

_HAPPENED: Final = {"done", "lost", "died"}
WAIT_FOR: Final = timedelta(hours=1)
"""After which `much later` wants to be asked again."""


@dataclass(slots=True)
class Account:
    """What took effect at an account, by the actions' keys. `is_kind`: it does whatever it is asked."""

    effects: dict[str, str] = field(default_factory=dict)
    is_kind: bool = False


class Scripted:
    """A way into an account at a platform."""

    deadline = 30.0

    def __init__(
        self, connection: str, random: Random, history: History, account: Account | None = None
    ) -> None:
        self.specs = SPECS[connection]
        self._account = account or Account()
        self._turn: Callable[[bool], None] = lambda _: None
        self._connection = connection
        self._random = random
        self._history = history
        self._can_look_up = {spec.name for spec in self.specs if spec.can_look_up}

    @property
    def is_kind(self) -> bool:
        """Whether it does whatever it is asked."""
        return self._account.is_kind

    def becomes_kind(self) -> None:
        """From now on it does."""
        self._account.is_kind = True

    def account(self) -> str:
        """Raises where it does not know us yet."""
        if not self.is_kind and self._random.random() < 0.3:
            raise Unauthorized("who are you?")
        return self._connection

    def batch_size(self, name: str) -> int:
        """Updates go in batches."""
        return 3 if name.startswith("update") else 1

    def changes(self, call: Call) -> Sequence[Change]:
        """It tells nobody of anything."""
        return ()

    def another(self) -> Scripted:
        """One more way into the same account."""
        made = Scripted(self._connection, self._random, self._history, self._account)
        made.watch(self._turn)
        return made

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Nobody waits for a turn here."""
        self._turn = turn

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """What chance makes of each call; the answers come later where others may come meanwhile."""
        self._turn(False)
        answers = [self._called(one) for one in calls]
        hold()
        for call, (answer, _) in zip(calls, answers, strict=True):
            for action in call.actions:
                self._history.says("landed", connection=self._connection, key=action.key, answer=answer)
        return [outcome for _, outcome in answers]

    def look_up(self, call: Call) -> Done | None:
        """Whether it happened; now and then it cannot be told."""
        key = call.action.key
        if not self.is_kind and self._random.random() < 0.2:
            failure: DispatchError = self._random.choice([Transient("busy"), Unauthorized("who are you?")])
            self._history.says("look", connection=self._connection, key=key, found="untold")
            raise failure
        happened = key in self._account.effects
        self._history.says("look", connection=self._connection, key=key, found=happened)
        return self._done(call) if happened else None

    def close(self) -> None:
        """Nothing is held."""

    def _called(self, call: Call) -> tuple[str, Outcome]:
        """Of a call that is several actions each is told, with the keys of all: they share its answer."""
        answer = "done" if self.is_kind else self._answer()
        keys = [one.key for one in call.actions]
        for action in call.actions:
            self._says(action, "apart" if answer == "refused" and call.joined else answer, keys)
        for action in call.actions:
            if answer in _HAPPENED:
                self._account.effects[action.key] = action.contact_id
                self._history.says("effect", connection=self._connection, key=action.key, name=action.name)
        return answer, _OUTCOMES[answer](self, call)

    def _says(self, action: Action, answer: str, keys: Sequence[str]) -> None:
        about = {"rule": action.cause.rule, "kind": action.kind.value, "contact": action.contact_id}
        about |= {"name": action.name, "answer": answer, "key": action.key, "together": " ".join(keys)}
        self._history.says("call", connection=self._connection, **about)

    def _answer(self) -> str:
        return self._random.choices(list(ANSWERS), list(ANSWERS.values()))[0]

    def _done(self, call: Call) -> Done:
        reference = f"task-{call.action.key[:8]}" if call.action.name in self._can_look_up else None
        return Done(reference, f"{self._connection}-{call.action.contact_id}")

    def _dies(self, call: Call) -> Outcome:
        raise Died


_OUTCOMES: Final[dict[str, Callable[[Scripted, Call], Outcome]]] = {
    "done": Scripted._done,
    "later": lambda platform, call: Transient("busy"),
    "much later": lambda platform, call: Transient(
        "too many", status=429, retry_after=WAIT_FOR.total_seconds()
    ),
    "lost": lambda platform, call: Unknown("no answer"),
    "lost before": lambda platform, call: Unknown("no answer"),
    "refused": lambda platform, call: Rejected("never"),
    "unauthorised": lambda platform, call: Unauthorized("who are you?"),
    "died": Scripted._dies,
    "died before": Scripted._dies,
}
