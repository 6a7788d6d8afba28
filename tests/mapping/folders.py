"""A small, sound mapping in a folder, for tests to add to or to spoil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from connector.errors import Problem
from connector.mapping import mapping as model
from connector.mapping.load import check_folder
from connector.model.action import ActionSpec, Closer, Kind


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CreateTask(_Arguments):
    """Creates a task."""

    title: str
    due: AwareDatetime | None = None
    priority: int = 1


class Tag(_Arguments):
    """Adds and removes tags."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class StartJourney(_Arguments):
    """Starts a journey."""

    journey: int
    step: int


class Post(_Arguments):
    """Posts a body."""

    body: Mapping[str, object]


SPECS = (
    ActionSpec(
        "hubspot",
        "create_task",
        CreateTask,
        Kind.INTERNAL,
        False,
        moments=frozenset({"due"}),
        closer=Closer("complete_task", "task"),
    ),
    ActionSpec("hubspot", "tag", Tag, Kind.INTERNAL, is_idempotent=True),
    ActionSpec("mailchimp", "tag", Tag, Kind.INTERNAL, is_idempotent=True),
    ActionSpec("mailchimp", "start_journey", StartJourney, Kind.MARKETING, is_idempotent=False),
    ActionSpec("http", "post", Post, Kind.INTERNAL, is_idempotent=True),
)

SHOP = """\
source: shop
verify:
  scheme: hmac-sha256
  header: X-Signature
delivery:
  topic: headers['x-topic']
  occurred_at: body.updated_at
  key: [topic, body.id]
contact:
  identities: {email: body.email, customer: body.customer.id}
  fields: {first_name: body.first_name}
  consent:
    email: {given: body.wants_news}
subjects:
  order:
    id: body.id
    total: body.total
    items:
      each: body.lines
      as: {sku: item.sku, quantity: item.quantity}
  cart:
    id: body.id
    total: body.total
statuses: {paid: [done, sent]}
status_times: {paid: body.paid_at}
events:
  order: {name: order.placed, carries: order}
  status: {carries: order}
  cart: {name: cart.updated, carries: cart, when: body.lines}
  news:
    - {name: newsletter.confirmed, when: body.state == 'confirmed'}
    - {name: newsletter.unsubscribed, when: body.state == 'left', consent: {email: {withdrawn: "true"}}}
ignore: [product/*]
"""

CONNECTIONS = """\
connections:
  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN}
  mailchimp: {platform: mailchimp, token: $MAILCHIMP_TOKEN, audience: $AUDIENCE}
  webshop: {source: shop, secret: [$NEW, $OLD], url: https://shop.example}
"""

JOURNEY = """\
journeys:
  main:
    stages:
      see: {label: See}
      care: {label: Care}
    moves:
      - {on: newsletter.confirmed, to: see}
      - {on: order.paid, to: care}
"""

NOT_YET = frozenset({"M190", "M191"})
"""Codes of what is sound, and not carried out or not measured by this version."""

SOUND = {"connections.yaml": CONNECTIONS, "journey.yaml": JOURNEY}


def check(
    folder: Path, files: Mapping[str, str], specs: Sequence[ActionSpec] = SPECS
) -> tuple[model.Mapping | None, tuple[Problem, ...]]:
    """What the check says of a folder with these files; the source `shop` is shipped."""
    shipped, own = folder / "shipped", folder / "own"
    shipped.mkdir()
    own.mkdir()
    (shipped / "shop.yaml").write_text(SHOP, encoding="utf-8")
    for name, text in files.items():
        path = own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check_folder(own, shipped, specs)


def sound(folder: Path, files: Mapping[str, str] | None = None) -> model.Mapping:
    """The mapping of the sound folder with these files added or replaced; it passes without a warning."""
    mapping, problems = check(folder, {**SOUND, **(files or {})})
    assert problems == (), [str(one) for one in problems]
    assert mapping is not None
    return mapping
