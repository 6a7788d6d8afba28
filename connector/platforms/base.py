"""What a platform is to the dispatcher, and what comes of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Final, Protocol, TypeAlias, runtime_checkable

from connector.errors import DispatchError
from connector.model.action import Action, ActionSpec
from connector.model.changes import Change
from connector.model.light import light


@light
class Addressee:
    """Whom an action is about, as the platform knows them. `platform_id` is its own id of them, if known.

    `has_moved`: they have been known by another e-mail address too, under which the platform may have them.
    """

    contact_id: str
    email: str | None
    platform_id: str | None
    has_consent: bool
    has_moved: bool = False


@light
class Call:
    """One action to dispatch. `known` are references of this contact's actions that are settled already.

    They are asked for where an action is looked up; to send one nothing of them is known. Where several
    actions are done as one, `joined` has them, the oldest first, and `action` what is asked instead of them.
    """

    action: Action
    addressee: Addressee
    known: frozenset[str] = frozenset()
    joined: tuple[Action, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions that take effect by it."""
        return self.joined or (self.action,)


@light
class Done:
    """It took effect, with positive proof. `reference` is what the platform calls it (a task's id).

    `has_left`: the person gets no marketing through the account any more, until they sign up anew. `became`
    has the values that properties got of which that was not certain before the call (see `changes`); a
    property that kept its value got none. `is_read`: a read after the call has shown it already. `note` is
    what there is to say of it, for a person.
    """

    reference: str | None = None
    platform_id: str | None = None
    has_left: bool = False
    became: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False)
    is_read: bool = field(default=False, compare=False)
    note: str = ""


Outcome: TypeAlias = Done | DispatchError
"""Expected outcomes are values: what happened to one action."""

FORGOTTEN: Final = "forgotten"
"""The code of a refusal that says that the platform has deleted the address, and takes it no more."""

UNTRIED: Final = "untried"
"""The code of a `Transient` for which the platform was not asked at all, for want of time: no failure."""

LEFT: Final = frozenset({"compliance", FORGOTTEN})
"""Codes of refusals that say that the person had left the platform: no call of ours brings them back."""


class Platform(Protocol):
    """An account at a platform. Adapters neither retry, sleep nor log: that is the dispatcher's.

    Thread safety is not asked: an instance serves one thread at a time.
    """

    specs: ClassVar[Sequence[ActionSpec]]
    deadline: float
    """Seconds after which a call has certainly ended, with an answer or without."""

    def account(self) -> str:
        """What the platform calls this account (`hubspot:1234`). Raises a `DispatchError`."""

    def batch_size(self, name: str) -> int:
        """How many actions of this name one call can carry; 1 where each is its own call."""

    def changes(self, call: Call) -> Sequence[Change]:
        """What the platform may tell us of this call, as far as that is certain before it; nothing is asked.

        What it may not tell, and what does not fit the action's model, is left out.
        """

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them, all of one name, at most `batch_size` of them: one outcome each, in order.

        Arguments are validated here by the action's model: what does not fit is `Rejected`.
        """

    def look_up(self, call: Call) -> Done | None:
        """Whether an action whose outcome is unknown did happen: `Done`, or None when it certainly did not.

        Asked only where the spec says `can_look_up`. Raises a `DispatchError` where it cannot be told now.
        """

    def close(self) -> None:
        """Give up its connections."""


@runtime_checkable
class Several(Protocol):
    """A platform of which several instances can serve an account at the same time, a thread each."""

    def another(self) -> Platform:
        """One more, through the same gates; what has to be learnt of the account only once is shared."""

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request of this instance begins to wait for its turn (yes), and when it goes (no)."""


@runtime_checkable
class ReadsBack(Protocol):
    """A platform some of whose actions can be read back: those whose spec says `verifies`."""

    def read_back(self, name: str, calls: Sequence[Call], done: Sequence[Done]) -> Sequence[Outcome]:
        """What a read shows of calls, all of one name, that the platform has answered with `done`.

        The same where it shows them, perhaps with a note; `Unseen` with what it shows instead; another
        `DispatchError` where it cannot be told now.
        """


@runtime_checkable
class LooksUpMany(Protocol):
    """A platform that can say of several actions at once whether they happened."""

    def looks_at_once(self, name: str) -> int:
        """How many actions of this name one look can be about; 1 where each is its own."""

    def look_up_many(self, calls: Sequence[Call]) -> Sequence[Done | DispatchError | None]:
        """As `Platform.look_up` of each, in order, all of one name and within one deadline."""
