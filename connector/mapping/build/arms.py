"""From `hold_out` and `split` to the arms of an experiment, and whether `do` says what each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.rules import Arm
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.steps import StepPart
from connector.mapping.schema.triggers import TriggerPart

HELD_OUT: Final = "held_out"
"""The arm of those for whom nothing is done."""

TREATED: Final = "treated"
"""The arm of all others, where there is no `split`."""


def build_arms(part: TriggerPart, checker: Checker) -> tuple[Arm, ...]:
    """The arms with their shares of all contacts: a split parts those who are not held out."""
    _check_shares(part, checker)
    _check_do(part, checker)
    if part.hold_out is None and not part.split:
        return ()
    held_out = [] if part.hold_out is None else [Arm(HELD_OUT, part.hold_out, is_held_out=True)]
    rest = Decimal(1) - (part.hold_out or Decimal(0))
    shares = {str(name): share for name, share in part.split.items()} or {TREATED: Decimal(1)}
    return (*held_out, *(Arm(name, share * rest) for name, share in shares.items()))


def arm_names(part: TriggerPart) -> tuple[str, ...]:
    """The names of the arms, as an example may fix them."""
    held_out = () if part.hold_out is None else (HELD_OUT,)
    return (*held_out, *(map(str, part.split) if part.split else (TREATED,) if held_out else ()))


def steps_by_arm(part: TriggerPart) -> Mapping[Written, tuple[StepPart, ...]]:
    """The steps of each arm, where they differ."""
    return part.do if isinstance(part.do, dict) else {}


def _check_shares(part: TriggerPart, checker: Checker) -> None:
    whole = sum(part.split.values(), start=Decimal(0))
    if part.split and whole != 1:
        hint = "the shares of a split make 100% together; who gets nothing is hold_out"
        message = f"these shares make {(whole * 100).normalize():f}%"
        checker.refuse(part.place_of_value("split"), "M170", message, hint)
    for name in part.split:
        if name in (HELD_OUT, TREATED):
            hint = "hold_out: 10% holds contacts out" if name == HELD_OUT else "give it another name"
            checker.refuse(name.place, "M170", f'"{name}" cannot be the name of an arm', hint)


def _check_do(part: TriggerPart, checker: Checker) -> None:
    arms = steps_by_arm(part)
    if arms and not part.split:
        hint = f"add split: {{{', '.join(f'{arm}: 50%' for arm in arms)}}}, or write a list of steps"
        message = '"do" is by arm, and there is no "split"'
        checker.refuse(part.place_of_value("do"), "M170", message, hint)
    elif part.split and not arms:
        hint = f"write below do: a list of steps for each of {', '.join(part.split)}"
        checker.refuse(part.place_of_value("do"), "M170", '"do" does not say what each arm does', hint)
    else:
        _check_names(part, arms, checker)


def _check_names(part: TriggerPart, arms: Mapping[Written, tuple[StepPart, ...]], checker: Checker) -> None:
    for arm in arms:
        if arm not in part.split:
            hint = did_you_mean(arm, part.split)
            checker.refuse(arm.place, "M170", f'there is no arm "{arm[:60]}"', hint)
    for name in part.split:
        if name not in arms and arms:
            hint = f"write {name}: [] where it does nothing"
            checker.refuse(name.place, "M170", f'"do" says nothing of the arm "{name}"', hint)
