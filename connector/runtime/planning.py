"""What publishing does to those who wait in a trigger whose own text changes: shown before, and planned."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field

from connector.mapping.mapping import Mapping, Plan
from connector.mapping.working_copy import as_bytes
from connector.runtime.keeping import Compile, Files, Text
from connector.store import plans, publications, waiting
from connector.store.database import Transaction
from connector.store.plans import Plans
from connector.store.waiting import WaitingText


@dataclass(frozen=True, slots=True)
class Affected:
    """So many contacts wait under an older text: what is planned, and whether they end all the same."""

    waits: WaitingText
    plan: Plan
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose by trigger, and the texts under which runs begin until the choice is followed.

    `expected` has by rule how many runs were shown to that person.
    """

    plans: Table[str, Plan] = field(default_factory=dict)
    former: frozenset[Text] = frozenset()
    expected: Table[str, int] = field(default_factory=dict)


def choice(plans: Table[str, Plan], former: Mapping | None, expected: Table[str, int]) -> Choice:
    """The plans that were chosen, also for whom the mapping that goes lets wait at this very moment."""
    triggers = former.triggers if former else {}
    texts = frozenset((name, triggers[name].text) for name in plans if name in triggers)
    return Choice(plans, texts, expected)


def planned(tx: Transaction, mapping: Mapping, choice: Choice) -> Plans:
    """The plans of a publication of this mapping: as chosen by trigger, else as the live one has them.

    A text that is live under the mapping needs none; nor does one that is kept.
    """
    line, chosen = publications.live(tx), choice.plans
    before = plans.of_publication(tx, line.id) if line else {}
    texts = choice.former | {(one.trigger, one.text) for one in waiting.texts(tx)}
    found = {one: chosen.get(one[0], before.get(one, "keep")) for one in texts | before.keys()}
    return {one: plan for one, plan in found.items() if plan != "keep" and not _is_live(mapping, one)}


def outlook(
    tx: Transaction, compile_kept: Compile, mapping: Mapping, files: Files, chosen: Table[str, Plan]
) -> list[Affected]:
    """Who waits in triggers whose own text this mapping changes, and what becomes of them."""
    plan = planned(tx, mapping, Choice(chosen))
    found = []
    for one in waiting.texts(tx):
        text = (one.trigger, one.text)
        if not _is_live(mapping, text):
            how = plan.get(text, "keep")
            is_gone = how == "keep" and not _can_keep(tx, compile_kept, files, one)
            has_no_place = how == "move" and one.trigger not in mapping.triggers
            found.append(Affected(one, how, is_gone or has_no_place))
    return found


def _can_keep(tx: Transaction, compile_kept: Compile, files: Files, one: WaitingText) -> bool:
    if not publications.was_published(tx, one.version):
        return False
    before = as_bytes(publications.files_of(tx, one.version))
    return compile_kept(files, before, one.trigger) is not None


def _is_live(mapping: Mapping, text: Text) -> bool:
    live = mapping.triggers.get(text[0])
    return live is not None and live.text == text[1]
