"""Plays the examples of a mapping and says where what happened is not what was expected, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.journey.arms import in_arms
from connector.journey.bearing import standings_of
from connector.journey.matching import fits, is_same_action
from connector.journey.reasons import Reasons
from connector.journey.rehearsal import Heard, rehearse
from connector.journey.telling import Teller, word_of
from connector.mapping.cases import Example, NamedAction
from connector.mapping.local_time import show_local
from connector.mapping.mapping import Mapping
from connector.model.action import Action
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that is not met: what was expected, what happened, and what the rules said."""

    expected: str
    happened: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an example; it passed where there is no difference."""

    example: Example
    differences: tuple[Difference, ...]


def prove(mapping: Mapping, example: Example) -> Verdict:
    """Play what is given and compare with what is expected.

    A stage, and how a run ended, are those of whom the last event is about; actions are those of everybody.
    """
    trial = _Trial(mapping, example)
    found = (*trial.stages(), *trial.actions(), *trial.no_actions(), *trial.held_back(), *trial.ended())
    return Verdict(example, found)


class _Trial:
    def __init__(self, mapping: Mapping, example: Example) -> None:
        mapping = in_arms(mapping, example.arms)
        self._mapping = mapping
        self._expect = example.expect
        self._at = show_local(example.at, mapping.defaults.time_zone)
        self._heard = rehearse(mapping, (one.event for one in example.given), example.at)
        self._made = [(one, action) for one in self._heard for action in one.decision.actions]
        self._tell = Teller(self._heard, mapping.defaults.time_zone)
        self._reasons = Reasons(mapping, self._heard, self._tell)

    def stages(self) -> Iterator[Difference]:
        standings = standings_of(self._subject())
        for journey, wanted in self._expect.stages.items():
            standing = standings.get(journey)
            if standing is None or standing.stage != wanted:
                where = standing.stage if standing else "no stage"
                because = self._reasons.not_in_stage(journey, wanted)
                yield Difference(
                    f"stage {wanted} of {journey}", f"at {self._at} the contact is in {where}", because
                )

    def actions(self) -> Iterator[Difference]:
        """Each is looked for behind the one before it."""
        begin = 0
        for named in self._expect.actions:
            found = [at for at, made in enumerate(self._made) if self._is(named, made)]
            later = [at for at in found if at >= begin]
            if later:
                begin = later[0] + 1
            elif found:
                early = self._tell.made(*self._made[found[0]])
                yield Difference(self._named(named), f"it stands before the action above it: {early}")
            else:
                because = self._reasons.not_done(named)
                yield Difference(self._named(named), self._instead_of(named), because)

    def no_actions(self) -> Iterator[Difference]:
        for made in self._made:
            if self._expect.is_silent:
                yield Difference("no action at all", self._tell.made(*made))
            for named in self._expect.no_actions:
                if self._is(named, made):
                    yield Difference(f"no {self._named(named)}", self._tell.made(*made))

    def held_back(self) -> Iterator[Difference]:
        for name, wanted in self._expect.held_back.items():
            trigger = self._mapping.triggers[name]
            found = self._reasons.last_answer(trigger)
            if found is None or found[1].answer is not wanted:
                happened = self._tell.answer(*found) if found else self._reasons.not_asked(trigger)
                yield Difference(_held_back(name, wanted), happened)

    def ended(self) -> Iterator[Difference]:
        for name, wanted in self._expect.ended.items():
            runs = self._subject().runs.get(name, {}).values()
            last = max(runs, key=lambda run: run.at, default=None)
            if last is None or last.ended != wanted:
                found = self._reasons.last_answer(self._mapping.triggers[name])
                because = (self._tell.answer(*found),) if found else ()
                yield Difference(f"{name} ended by {wanted}", _became(name, last), because)

    def _subject(self) -> Contact:
        """Whom the last event is about, as that contact and their company are in the end."""
        about = next(one.decision.contact.id for one in reversed(self._heard) if one.event is not None)
        decided = [one.decision.contact for one in reversed(self._heard)]
        found = next(one for one in decided if one.id == about)
        company_id = found.company_id or found.id
        known = [one.company for one in decided if one.company is not None]
        return changed(found, company=next((one for one in known if one.id == company_id), None))

    def _is(self, named: NamedAction, made: tuple[Heard, Action]) -> bool:
        return fits(named, made[1], self._mapping.defaults)

    def _named(self, named: NamedAction) -> str:
        return self._tell.action(named.connection, named.spec.name, named.arguments)

    def _instead_of(self, named: NamedAction) -> str:
        """The actions of the same name, which differ in their arguments; else what was done at all."""
        alike = [made for made in self._made if is_same_action(named, made[1])]
        if alike:
            return "; ".join(self._tell.made(*made) for made in alike)
        others = dict.fromkeys(f"{action.connection}.{action.name}" for _, action in self._made)
        return f"it was not made; these were: {', '.join(others)}" if others else "no action was made"


def _held_back(trigger: str, wanted: Answer) -> str:
    return f"{trigger} held back: {word_of(wanted)}"


def _became(trigger: str, run: Run | None) -> str:
    if run is None:
        return f"{trigger} has no run"
    return "its last run waits" if run.is_waiting else f"its last run ended by {run.ended}"
