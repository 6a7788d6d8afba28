"""From the steps of `do` and `enter` to action templates: which action of which connection, with what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from connector.mapping.accounts import Account, Connection, Group
from connector.mapping.arguments import check_arguments, check_sorts, plain
from connector.mapping.build.closing import closing_events, without_closing
from connector.mapping.build.keeping import with_kept
from connector.mapping.build.later import tell_later
from connector.mapping.build.waits import WaitBuilder
from connector.mapping.checker import Checker, Names
from connector.mapping.doubts import doubt_owner
from connector.mapping.nodes import Items, Table, Tree, Written, node_at
from connector.mapping.own_state import DONE_SPECS, LATER_SPECS, OWN_SPECS, misfits, own_of
from connector.mapping.rules import ActionTemplate, Step, Wait
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.steps import StepPart
from connector.mapping.terms import Expression, Place, Rendered
from connector.model.action import ActionSpec
from connector.model.vocabulary import company_type

OWN_STATE: Final = frozenset({"contact", "company", "coupon"})
"""Names before the dot that mean our own state, and no connection."""


class ActionBuilder:
    """Builds action templates. `broken` are accounts that exist, but have problems of their own."""

    def __init__(
        self,
        checker: Checker,
        accounts: Mapping[str, Account],
        broken: frozenset[str],
        specs: Iterable[ActionSpec],
    ) -> None:
        self._checker = checker
        self._accounts = accounts
        self._broken = broken
        self._specs = {(spec.platform, spec.name): spec for spec in (*specs, *OWN_SPECS)}
        self._waits = WaitBuilder(checker)

    def steps(self, parts: Iterable[StepPart], names: Names) -> tuple[ActionTemplate, ...]:
        """The actions of the steps that could be read, where nothing can wait."""
        found = self.sequence(parts, names)
        for one in found:
            if isinstance(one, Wait):
                hint = "make a trigger of it, which listens to the same"
                self._checker.refuse(one.place, "M171", "only the steps of a trigger can wait", hint)
        return tuple(one for one in found if isinstance(one, ActionTemplate))

    def sequence(self, parts: Iterable[StepPart], names: Names) -> tuple[Step, ...]:
        """The actions and waits of the steps that could be read."""
        return tuple(step for part in parts for step in self._step(part, names))

    def _step(self, part: StepPart, names: Names) -> Iterator[Step]:
        self._check_one(part)
        condition = self._checker.condition(part.if_, names)
        names = self._checker.given(names, part.if_)
        if part.wait is not None:
            wait = self._waits.build(part.wait, part.place_of("wait"), names)
            yield replace(wait, condition=condition, name=str(part.name or ""))
        yield from self._actions(part, condition, names)

    def _check_one(self, part: StepPart) -> None:
        """That the step is one action or one wait."""
        places = [place for place, _ in part.actions.values()]
        if not places and part.wait is None:
            hint = 'write one below or beside it, as in "mailchimp.tag: {add: [customer]}"'
            self._checker.refuse(part.place, "M138", "this step has no action", hint)
        if part.wait is not None and part.verify is not None:
            place = part.place_of("verify")
            self._checker.refuse(place, "M173", "a wait is not read back", "leave it out")
        if places and part.wait is not None:
            hint = 'begin the second with "- ", as a step'
            self._checker.refuse(places[0], "M138", "an action and a wait in one step", hint)
        for place in places[1:]:
            self._checker.refuse(
                place, "M138", "a second action in one step", 'begin it with "- ", as a step'
            )

    def _actions(
        self, part: StepPart, condition: Expression | None, names: Names
    ) -> Iterator[ActionTemplate]:
        for name, (place, node) in part.actions.items():
            written = self._arguments(name, place, node)
            found = self.find(name, place)
            arguments = self._own_arguments(found, written) if found is not None else written
            rendered = {str(key): self._render(one, names) for key, one in arguments.items()}
            if found is not None:
                connection, spec = found
                self._checker.problems.extend(check_arguments(spec, arguments, place))
                self._checker.problems.extend(check_sorts(spec, rendered, arguments))
                for account in self._all_of(connection):
                    doubt_owner(account, spec, arguments, place, self._checker)
                    self._check_needs(account, spec, place)
                self._check_own(spec, arguments, place, names)
                self._check_verify(part, spec)
                yield ActionTemplate(
                    connection=connection.name,
                    spec=spec,
                    arguments=rendered,
                    condition=condition,
                    label=str(part.name or name),
                    place=place,
                    name=str(part.name or ""),
                    verify=part.verify,
                    closed_by=closing_events(spec, written, self._checker),
                )

    def _own_arguments(self, found: tuple[Account, ActionSpec], written: Table) -> Table:
        connection, spec = found
        own = without_closing(spec, written)
        return with_kept(spec, tuple(self._all_of(connection)), own, self._checker)

    def _check_own(self, spec: ActionSpec, arguments: Table, place: Place, names: Names) -> None:
        """What is wrong with an action on our own state, or is not carried out."""
        if spec in LATER_SPECS:
            tell_later(self._checker, f"own.{spec.platform}", place)
        if spec in DONE_SPECS:
            company = self._checker.own.get("company") or company_type()
            own = own_of(spec.platform, names.known["contact"], company)
            for one in misfits(spec, plain(arguments), own):
                at = node_at(arguments, one.path).place
                self._checker.refuse(at, one.code, one.message, one.hint)

    def _check_needs(self, account: Connection, spec: ActionSpec, place: Place) -> None:
        for key in sorted(spec.needs - account.settings.keys()):
            message = f'"{account.name}" needs "{key}" for {spec.platform}.{spec.name}'
            self._checker.refuse(place, "M143", message, f'add "{key}:" to the connection')

    def _check_verify(self, part: StepPart, spec: ActionSpec) -> None:
        if part.verify and spec.verifies is None:
            message = f"whether {spec.platform}.{spec.name} has happened cannot be read back"
            self._checker.refuse(part.place_of("verify"), "M173", message, "leave it out")

    def _arguments(self, name: str, place: Place, node: Tree) -> Table:
        if isinstance(node, Table):
            return node
        if not (isinstance(node, Written) and node.is_nothing):
            self._checker.refuse(node.place, "M122", f'"{name}": arguments are wanted', "as in {title: Call}")
        return Table(place)

    def _render(self, node: Tree, names: Names) -> Rendered:
        match node:
            case Items():
                return tuple(self._render(one, names) for one in node)
            case Table():
                return {str(key): self._render(one, names) for key, one in node.items()}
            case Written() if node.is_nothing:
                hint = "write one, or leave the line out; an empty text is ''"
                self._checker.refuse(node.place, "M127", "there is no value", hint)
        return self._checker.text(node, names)

    def find(self, written: str, place: Place) -> tuple[Account, ActionSpec] | None:
        """The action that was written as `connection.action`, or None; it is a problem if there is none."""
        connection_name, dot, action = written.partition(".")
        if not dot:
            hint = 'an action is named "connection.action"; "if" and "name" may stand beside it'
            self._checker.refuse(place, "M135", f'there is no action "{written[:60]}"', hint)
            return None
        connection = self._account(connection_name, place)
        spec = self._spec(connection, action, place) if connection else None
        return (connection, spec) if connection and spec else None

    def _account(self, name: str, place: Place) -> Account | None:
        if name in self._accounts or name in self._broken:
            return self._accounts.get(name)
        if name in OWN_STATE:
            return Connection(name, name, None, name, (), {}, place)
        accounts = [one for one in self._accounts.values() if one.platform == name]
        if len(accounts) != 1:
            self._refuse_connection(name, place, [one.name for one in accounts])
            return None
        return accounts[0]

    def _all_of(self, account: Account) -> Iterator[Connection]:
        """The connections that an action on the account may act on."""
        for name in account.members.values() if isinstance(account, Group) else [account.name]:
            if isinstance(one := self._accounts.get(name), Connection):
                yield one

    def _refuse_connection(self, name: str, place: Place, accounts: Sequence[str]) -> None:
        if accounts:
            hint = f"name the connection: {', '.join(sorted(accounts))}; or make a group of them"
            self._checker.refuse(place, "M133", f'"{name}" could be any of {len(accounts)} accounts', hint)
        elif not self._broken or all(name != platform for platform, _ in self._specs):
            acting = [one.name for one in self._accounts.values() if one.platform]
            hint = did_you_mean(name, acting) or "describe it under connections:"
            self._checker.refuse(place, "M133", f'there is no connection "{name[:60]}"', hint)

    def _spec(self, connection: Account, action: str, place: Place) -> ActionSpec | None:
        if connection.platform is None:
            hint = "only a connection with platform: can be acted on"
            self._checker.refuse(place, "M135", f'"{connection.name}" only listens', hint)
            return None
        if spec := self._specs.get((connection.platform, action)):
            return spec
        known = [name for platform, name in self._specs if platform == connection.platform]
        if not known:
            return None  # There is no such platform: its connection says so.
        message = f'{connection.platform} has no action "{action[:60]}"'
        self._checker.refuse(place, "M135", message, did_you_mean(action, known))
        return None
