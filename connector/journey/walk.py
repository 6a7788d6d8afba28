"""A run goes on: the questions before its next actions, the actions, and the wait after them.

What is due together is done together: a wait that is over already joins the actions before and behind it,
unless it has been over for longer than `late`. A wait counts from when the one before it was over, not from
when somebody looked, so that a delay of ours moves nothing behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from connector.errors import ExpressionFailed
from connector.journey import arbitration
from connector.journey.actions import Acted, Rule, act
from connector.journey.arms import is_held_out, steps_of
from connector.journey.conditions import Asked, seen
from connector.journey.entry_of_run import one_entry, until_when
from connector.journey.plans import COMPLAINT, mode_of
from connector.journey.pressure import touch
from connector.journey.progress import Progress
from connector.journey.questions import Passed, PutOff, before_acting, too_late
from connector.journey.runs import closed, has_acted
from connector.journey.view import View
from connector.journey.waiting import Waiting, begin, held_up, not_past
from connector.mapping.rules import ActionTemplate, Step, Trigger, Wait
from connector.model.action import Kind
from connector.model.contact import Run
from connector.model.decision import Answer
from connector.model.event import Event

DONE: Final = "done"
UNLESS: Final = "unless"
"""How a run ends that did all it was to do, and one whose condition of `unless` came true."""


@dataclass(slots=True)
class Walk:
    """One run on its way, from where it stands to its next wait or its end.

    `names` are what it sees besides its event; `since` is the moment from which its next wait counts;
    `is_fresh`: its entry has just asked what is asked before the first action.
    """

    progress: Progress
    trigger: Trigger
    key: str
    run: Run
    event: Event
    since: datetime
    names: Mapping[str, object] = field(default_factory=dict)
    is_fresh: bool = False
    _said: list[Asked] = field(default_factory=list)

    def go(self) -> None:
        """Do what is due, write down where the run stands then, and tell of it in one entry of the trace."""
        self._contained(self._go)

    def start(self) -> None:
        """Begin the wait before the first action, or go on where there is none.

        It is over when time is looked at, never at the event itself: so what arrives late can still be called
        off by what arrives with it.
        """
        self._contained(lambda: self._begin(self.trigger.wait, Answer.WAITS))

    def restart(self, wait: Wait | None) -> None:
        """Begin a wait anew; a run that waits for its hours, its group or a complaint goes on doing so."""
        if wait is None:
            self._contained(self._goes_on_waiting)
        else:
            self._contained(lambda: self._begin(wait, Answer.RESTARTED))

    def look_again(self, at: datetime) -> None:
        """Go on waiting, and say nothing of it."""
        self._keep(replace(self.run, wakes_at=at))

    def end(self, asked: Asked, ended: str = "") -> None:
        """The run is over."""
        self._contained(lambda: self._over(asked, ended))

    def view(self) -> View:
        """What the run sees."""
        view = self.progress.view(self.event)
        return replace(view, names=self.names) if self.names else view

    def _go(self) -> None:
        steps = steps_of(self.trigger, self.run.arm)
        while self._acts(_leg(steps, self.run.step)) and self._goes_on(steps):
            self.is_fresh = False

    def _begin(self, wait: Wait | None, answer: Answer) -> None:
        waiting = begin(self.view(), wait, self.since) if wait else None
        if waiting is None:
            self._go()
        else:
            self._waits(not_past(waiting, self.progress.now), Asked(answer))

    def _goes_on_waiting(self) -> None:
        due_at = self.since if self.run.due_at else None
        self._keep(replace(self.run, event=self.event, due_at=due_at))
        self._said.append(Asked(Answer.RESTARTED, "it goes by this event from now on"))

    def _acts(self, leg: Sequence[ActionTemplate]) -> bool:
        """Ask, and do the steps up to the next wait; whether the run goes on behind them."""
        if not leg:
            return True
        match before_acting(self.progress, self.view(), self.trigger, self.run, self.is_fresh):
            case Asked() as refusal:
                self._over(refusal, _word(self.trigger, refusal))
            case PutOff(asked, waiting):
                self._waits(waiting, asked)
            case Passed() as passed:
                return self._does(passed, leg)
        return False

    def _does(self, passed: Passed, leg: Sequence[ActionTemplate]) -> bool:
        trigger, run = self.trigger, self.run
        through = trigger.reaches_by[0] if passed.evidence and len(trigger.reaches_by) == 1 else ""
        rule = Rule(
            name=trigger.rule,
            run_key=self.key,
            place=trigger.place.where,
            kind=trigger.kind,
            consent=passed.evidence,
            seen=seen(passed.view, trigger.when),
            ahead=run.ahead,
            through=through,
        )
        acted = act(passed.view, rule, leg, run.step + 1)
        said = Asked(acted.entry.answer, acted.entry.detail, acted.entry.seen)
        if said.refusal is Answer.FAILED:
            self._fail(said)
            return False
        step = run.step + len(leg)
        if said.refusal is Answer.ACTED:
            self.run = has_acted(run, step, self.progress.now)
            return self._takes(acted, said)
        self.run = replace(run, step=step)
        self._said.append(said)
        return True

    def _takes(self, acted: Acted, said: Asked) -> bool:
        """Take up the actions, unless the contact is held out or the run only shows what it would do."""
        progress, trigger = self.progress, self.trigger
        if is_held_out(trigger, self.run.arm):
            self._over(replace(said, refusal=Answer.HELD_OUT, detail=f"it is in the arm {self.run.arm}"))
            return False
        if mode_of(progress.mapping, trigger).name == "shadow":
            self._said.append(replace(said, refusal=Answer.SHADOW))
            return True
        self._said.append(said)
        progress.acts(acted)
        progress.acted.add((trigger.name, self.key))
        if trigger.group is not None:
            arbitration.beat(progress, trigger)
        if trigger.kind is Kind.MARKETING:
            progress.contact = touch(progress.mapping, progress.contact, progress.now)
        return True

    def _goes_on(self, steps: Sequence[Step]) -> bool:
        """Begin the wait that comes next; whether that is over already, so that there is more to do now."""
        if self.run.step >= len(steps):
            self._keep(closed(self.run, self._last_word()))
            return False
        wait = steps[self.run.step]
        self.run = replace(self.run, step=self.run.step + 1)
        waiting = begin(self.view(), wait, self.since) if isinstance(wait, Wait) else None
        if waiting is None:
            return True
        if waiting.wakes_at > self.progress.now:
            self._waits(waiting, Asked(Answer.WAITS))
            return False
        self.since = waiting.wakes_at
        if late := too_late(self.trigger, self.since, self.progress.now):
            self._over(late)
        return late is None

    def _waits(self, waiting: Waiting, asked: Asked) -> None:
        due_at = (self.run.due_at or self.since) if waiting.waits_for == COMPLAINT else None
        self._keep(held_up(self.run, waiting, self.event, due_at))
        told = until_when(waiting, self.progress.mapping.defaults)
        detail = f"{asked.detail}; {told}" if asked.detail else told
        self._said.append(Asked(asked.refusal, detail, asked.seen))

    def _over(self, asked: Asked, ended: str = "") -> None:
        self._keep(closed(self.run, ended or str(asked.refusal or DONE)))
        self._said.append(asked)

    def _fail(self, failure: Asked) -> None:
        """A rule that fails does no more; one that has not begun by then has not entered either."""
        if self.run.acted or self.progress.run(self.trigger.name, self.key) is not None:
            self._over(failure)
        else:
            self._said.append(failure)

    def _keep(self, run: Run) -> None:
        self.run = run
        self.progress.keep(self.trigger, self.key, run)

    def _contained(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ExpressionFailed as failure:
            self._fail(Asked(Answer.FAILED, str(failure)))
        if self._said:
            self.progress.trace.append(one_entry(self.trigger, self._said))

    def _last_word(self) -> str:
        """Why the run is over that has come to its end: it did what it says, or why it did nothing at all."""
        said = [one.refusal for one in self._said]
        if Answer.SHADOW in said:
            return Answer.SHADOW.value
        return DONE if self.run.acted or not said else str(said[-1])


def _leg(steps: Sequence[Step], done: int) -> Sequence[ActionTemplate]:
    """The actions up to the next wait."""
    leg: list[ActionTemplate] = []
    for one in steps[done:]:
        if isinstance(one, Wait):
            break
        leg.append(one)
    return leg


def _word(trigger: Trigger, refusal: Asked) -> str:
    """Why a run is over that a question ended, in a word."""
    if refusal.refusal is Answer.OUTRANKED and trigger.loser == "merge":
        return arbitration.MERGED
    return UNLESS if refusal.refusal is Answer.ENDED else str(refusal.refusal)
