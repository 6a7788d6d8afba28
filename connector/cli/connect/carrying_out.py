"""Carrying plans out: each step by itself, and no secret is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.cli.connect.keeping import Keep
from connector.cli.connect.plans import Plan
from connector.cli.terminal.show import say
from connector.errors import DispatchError
from connector.platforms.setting_up import Builder, State, Step

_DONE = {State.MAKE: "made", State.CHANGE: "changed"}


@dataclass
class Work:
    """What is carried out. `keep` is where secrets go; `failures` counts what did not come about."""

    keep: Keep | None
    failures: int = 0
    kept: set[str] = field(default_factory=set)

    def carry_out(self, plans: Iterable[Plan]) -> None:
        """Do all of it; what fails keeps nothing else from being done."""
        for plan in plans:
            if plan.site.builder is not None and plan.writing:
                say(plan.site.wanted.connection)
                self._carry_out(plan.site.builder, plan.writing)

    def _carry_out(self, builder: Builder, steps: Iterable[Step]) -> None:
        """What is new comes first; what waits for that is left where some of it failed."""
        before = self.failures
        for step in steps:
            if step.waits and self.failures > before:
                self._failed(f"{step.what}: is changed once what is new could be made")
            else:
                self._do(builder, step)

    def _do(self, builder: Builder, step: Step) -> None:
        try:
            self._keep_ours(step)
            made = builder.carry_out(step)
        except DispatchError as error:
            self._failed(f"{step.what}: {error.words}")
            return
        except OSError as error:
            self._failed(f"{step.what}: {self.keep} cannot be written ({error.strerror}), so it was not made")
            return
        say(f"  {_DONE[step.state]}  {step.what}" + (f": {made.notice}" if made.notice else ""))
        if made.secret:
            self._keep_theirs(step, made.secret)

    def _keep_ours(self, step: Step) -> None:
        """A secret that we choose is kept before anything is signed with it. Raises OSError."""
        ours = step.body.get("secret")
        if step.variable and isinstance(ours, str) and step.variable not in self.kept and self.keep:
            self.keep.write(step.variable, ours)
            self.kept.add(step.variable)

    def _keep_theirs(self, step: Step, secret: str) -> None:
        """A secret that is shown this once; where the file does not take it any more, a person has to."""
        try:
            if self.keep is not None:
                self.keep.write(step.variable, secret)
                self.kept.add(step.variable)
                return
            reason = "no file was named"
        except OSError as error:
            reason = f"{self.keep} cannot be written: {error.strerror}"
        self._failed(f"to keep its secret ({reason}). It is shown only now:\n{step.variable}={secret}")

    def _failed(self, what: str) -> None:
        self.failures += 1
        for line in f"  failed  {what}".splitlines():
            say(line)
