"""Small mappings, events and stories in Python, so that the core is tested without YAML."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from connector.journey.identity import introduce
from connector.journey.late import Past, decide_in
from connector.journey.wake import wake
from connector.mapping.accounts import Connection, FromEnvironment
from connector.mapping.durations import parse_moment
from connector.mapping.expressions import compile_expression, compile_text
from connector.mapping.mapping import Defaults, Mapping, WorkingDays
from connector.mapping.rules import (
    ActionTemplate,
    Journey,
    Move,
    Stage,
    StageEntered,
    Step,
    Trigger,
    Wait,
)
from connector.mapping.terms import Expression, Frequency, Place, Rendered
from connector.model.action import Action, ActionSpec, Kind
from connector.model.contact import Contact, Run
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import ConsentClaim, Event, Identity
from connector.model.goods import ITEM, PRODUCT
from connector.model.identities import belonging, person
from connector.model.order import place_of
from connector.model.types import Sort, Type, list_of, number, time
from connector.model.values import Value
from connector.model.vocabulary import EVENT, SUBJECTS, carried_by, contact_type

EVA = "eva@example.com"
HERE = Place("rules.yaml", 1, 1)
STAGES = ("see", "think", "do", "care")
FIELDS: Table[str, Type] = {"points": number()}


def at(clock: str, day: int = 2) -> datetime:
    """A moment in November 2026, in UTC; the 2nd is a Monday."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC)


NOON = at("12:00")


class Anything(BaseModel):
    """Any arguments."""

    model_config = ConfigDict(extra="allow")


def spec(name: str, kind: Kind = Kind.INTERNAL, platform: str = "hubspot") -> ActionSpec:
    return ActionSpec(platform, name, Anything, kind, is_idempotent=True, moments=frozenset({"due"}))


def names() -> dict[str, Type]:
    """What expressions of the tests may speak of."""
    person_type = contact_type(FIELDS, {"main": STAGES}, ("loyal",))
    of_runs = {"item": ITEM, "suggested": list_of(PRODUCT)}
    return {**SUBJECTS, **of_runs, "contact": person_type, "event": EVENT, "now": time()}


def value(text: str) -> Expression:
    """An expression that need not be yes or no."""
    return compile_expression(text, names(), HERE)


def when(text: str) -> Expression:
    return compile_expression(text, names(), HERE, Sort.YES_NO)


def rendered(value: object) -> Rendered:
    if isinstance(value, dict):
        return {str(key): rendered(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rendered(one) for one in value]
    return compile_text(str(value), names(), HERE)


def step(
    action: str = "hubspot.create_task", kind: Kind = Kind.INTERNAL, only_if: str = "", **arguments: object
) -> ActionTemplate:
    connection, _, name = action.partition(".")
    return ActionTemplate(
        connection=connection,
        spec=spec(name, kind, connection),
        arguments={key: rendered(one) for key, one in arguments.items()},
        condition=when(only_if) if only_if else None,
        label="",
        place=HERE,
    )


def mail(**arguments: object) -> ActionTemplate:
    """A marketing step."""
    return step("mailchimp.start_journey", Kind.MARKETING, "", **arguments)


def wait(
    moment: str = "",
    until: str = "",
    events: Sequence[str] = (),
    at_most: str = "",
    **rest: object,
) -> Wait:
    """A wait, before the first step or as one."""
    made = Wait(
        HERE,
        moment=parse_moment(moment) if moment else None,
        until=when(until) if until else None,
        events=frozenset(events),
        at_most=parse_moment(at_most) if at_most else None,
    )
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def trigger(
    name: str,
    on: str | Sequence[str] = (),
    do: Sequence[Step] = (),
    on_stages: Iterable[tuple[str, str]] = (),
    **rest: object,
) -> Trigger:
    made = Trigger(
        name=name,
        about="",
        angle="interaction",
        kind=Kind.INTERNAL,
        on=frozenset([on] if isinstance(on, str) else on),
        when=None,
        once_per="subject",
        limit=None,
        late=timedelta(days=1),
        do=tuple(do) or (step(),),
        place=HERE,
        occasions=tuple(StageEntered(*one) for one in sorted(on_stages)),
    )
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def move(on: str | Sequence[str], to: str, only_when: str = "", from_stage: str | None = None) -> Move:
    events = frozenset([on] if isinstance(on, str) else on)
    return Move(events, to, from_stage, when(only_when) if only_when else None, HERE)


MOVES = (
    move(["newsletter.confirmed", "file.downloaded"], "see"),
    move("product.viewed", "think"),
    move(["cart.updated", "checkout.started"], "do"),
    move("order.paid", "care"),
)


def journey(
    moves: Sequence[Move] = MOVES,
    enter: Table[str, Sequence[ActionTemplate]] | None = None,
    name: str = "main",
) -> Journey:
    stages = tuple(Stage(stage, stage) for stage in STAGES)
    steps = {stage: tuple(one) for stage, one in (enter or {}).items()}
    return Journey(name, name, stages, tuple(moves), steps)


def connection(name: str, platform: str | None = None, **settings: str | FromEnvironment) -> Connection:
    source = None if platform else name
    return Connection(name, platform, source, name, (), settings, HERE)


def mapping(
    *triggers: Trigger,
    journeys: Sequence[Journey] = (),
    segments: Table[str, str] | None = None,
    audience: str | None = "mailchimp",
    connections: Sequence[Connection] = (),
) -> Mapping:
    known = (connection("webshop"), connection("hubspot", "hubspot"), *connections)
    listening: dict[str, tuple[Trigger, ...]] = {}
    for one in triggers:
        for name in one.on:
            listening[name] = (*listening.get(name, ()), one)
    return Mapping(
        version="1",
        connections={one.name: one for one in known},
        sources={},
        journeys={one.name: one for one in journeys},
        triggers={one.name: one for one in triggers},
        fields=FIELDS,
        segments={name: when(text) for name, text in (segments or {}).items()},
        defaults=Defaults(
            time_zone=ZoneInfo("Europe/Amsterdam"),
            locale="nl_NL",
            working_days=WorkingDays(holidays="NL"),
            consent={"email": "newsletter.confirmed"},
            late=dict.fromkeys(Kind, timedelta(days=1)),
        ),
        contact_type=names()["contact"],
        triggers_on=listening,
        audience=audience,
    )


def event(
    name: str,
    clock: str | datetime = NOON,
    *,
    email: str | None = EVA,
    people: Sequence[Identity] = (),
    consent: bool | ConsentClaim | None = None,
    **rest: object,
) -> Event:
    """An event of the webshop; keywords that name a subject are carried, others are the event's own."""
    subjects = {one: rest.pop(one) for one in carried_by(name) or () if one in rest}
    address = (person("email", "", email),) if email else ()
    claims = (ConsentClaim("email", consent),) if isinstance(consent, bool) else (consent,) if consent else ()
    made = Event(
        key=f"{name}@{clock}",
        name=name,
        occurred_at=at(clock) if isinstance(clock, str) else clock,
        connection="webshop",
        source="woocommerce",
        people=(*people, *address),
        consent=claims,
        subjects=subjects,  # type: ignore[arg-type]  # tests carry plain dictionaries
    )
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def order(name: str, clock: str | datetime, order_id: str = "o1", **fields: Value) -> Event:
    """An order's event, with the identity of the order."""
    mine = belonging("order", "webshop", order_id)
    return event(
        name, clock, order={"id": order_id, **fields}, belongings=(mine,), key=f"{name}@{clock}/{order_id}"
    )


def cart(name: str, clock: str | datetime, cart_id: str = "c1", **fields: Value) -> Event:
    """A cart's event, with the identity of the cart."""
    mine = belonging("cart", "webshop", cart_id)
    return event(
        name, clock, cart={"id": cart_id, **fields}, belongings=(mine,), key=f"{name}@{clock}/{cart_id}"
    )


@dataclass
class Story:
    """One contact to whom things happen; each hears what the engine decided last."""

    mapping: Mapping
    contact: Contact = field(default_factory=lambda: Contact(id="01", created_at=at("00:00", day=1)))
    decisions: list[Decision] = field(default_factory=list)
    history: list[Event] = field(default_factory=list)
    begin: Contact = field(init=False)

    def __post_init__(self) -> None:
        self.begin = self.contact = replace(self.contact, folded=None)

    def hears(self, *events: Event, now: datetime = NOON) -> Decision:
        """Let events happen that are this contact's, with all their identities."""
        for one in events:
            self.contact = introduce(self.contact, one.identities)
            self.decides(one, now)
        return self.decisions[-1]

    def decides(self, one: Event, now: datetime = NOON) -> Decision:
        """Let an event happen of which only the identities are the contact's that it has already."""
        decision = decide_in(Past(self.begin, self.history), self.mapping, self.contact, one, now)
        insort(self.history, one, key=place_of)
        return self._goes_on(decision)

    def wakes(self, now: datetime) -> Decision:
        """Let time itself be looked at."""
        return self._goes_on(wake(self.mapping, self.contact, now))

    def _goes_on(self, decision: Decision) -> Decision:
        for deed in decision.deeds:
            insort(self.history, deed, key=place_of)
        self.decisions.append(decision)
        self.contact = decision.contact
        return decision

    def run(self, name: str = "rule") -> Run:
        """The only run of a trigger."""
        (found,) = self.contact.runs[name].values()
        return found

    @property
    def actions(self) -> list[Action]:
        return [action for decision in self.decisions for action in decision.actions]


def entry(decision: Decision, rule: str) -> TraceEntry:
    """The only entry of a rule."""
    (found,) = [one for one in decision.trace if one.rule == rule]
    return found


def answers(decision: Decision) -> dict[str, Answer]:
    return {one.rule: one.answer for one in decision.trace}


def limited(count: int, days: int) -> Frequency:
    return Frequency(count, timedelta(days=days))
