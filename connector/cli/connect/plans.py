"""What is planned for each connection, and how that looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from connector.bootstrap import Site
from connector.cli.terminal.asking import is_wanted
from connector.cli.terminal.show import say
from connector.errors import DispatchError
from connector.platforms.setting_up import State, Step

_WIDTH = max(len(one) for one in State)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one connection; `trouble` says why its account told nothing."""

    site: Site
    steps: tuple[Step, ...] = ()
    trouble: str = ""

    @property
    def writing(self) -> tuple[Step, ...]:
        """What is written: what is new before what is changed, so that a failure leaves no gap between."""
        writing = [one for one in self.steps if one.writes]
        return tuple(sorted(writing, key=lambda one: one.state is not State.MAKE))


def planned(sites: Iterable[Site]) -> list[Plan]:
    """A plan for each; an account that does not answer keeps none of the others waiting."""
    return [_plan(one) for one in sites]


def show(plans: Iterable[Plan]) -> None:
    """Each connection with its steps."""
    for plan in plans:
        say(f"{plan.site.wanted.connection} ({plan.site.about})")
        for step in plan.steps:
            _show(step)
        if plan.trouble:
            say(f"  {'failed':{_WIDTH}}  {plan.trouble}")
        elif not plan.steps:
            say(f"  {'nothing':{_WIDTH}}")


def decided(plan: Plan) -> Plan:
    """The same, with what is in doubt made where somebody says so. Raises UnansweredError."""
    return replace(plan, steps=tuple(map(_decided, plan.steps)))


def _decided(step: Step) -> Step:
    if step.state is not State.DOUBT:
        return step
    is_meant = is_wanted(f"Make {step.what} all the same?", otherwise="--yes makes what is not in doubt")
    return replace(step, state=State.MAKE) if is_meant else step


def _plan(site: Site) -> Plan:
    if site.builder is None:
        return Plan(site, site.by_hand)
    try:
        return Plan(site, (*site.by_hand, *site.builder.plan(site.wanted)))
    except DispatchError as error:
        return Plan(site, site.by_hand, trouble=error.words)


def _show(step: Step) -> None:
    about = [step.detail] if step.detail else []
    if step.writes and step.variable:
        about.append(f"its secret belongs into ${step.variable}")
    first, *rest = "\n".join(about).splitlines() or [""]
    say(f"  {step.state:{_WIDTH}}  {step.what}" + (f": {first}" if first else ""))
    for line in rest:
        say(f"  {'':{_WIDTH}}    {line}")
