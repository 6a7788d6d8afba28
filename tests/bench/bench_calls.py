"""Calls that a thousand actions cost HubSpot and Mailchimp, when each came by itself and they wait together.

A workflow tool makes one to three calls for each: to find the contact, to write, perhaps to look. Here all
that waits of a contact is one update, and a hundred contacts are one call at HubSpot, five hundred at
Mailchimp. That is measured with one update of each contact, with several of each of fewer, and with every
one read back. Orders go to Mailchimp singly: each is counted when it is new, with a cart that it came from,
and when it changes. They go all the way: outbox, dispatcher, SDK, sandbox.

    python -m tests.bench.bench_calls --count 1000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from connector.journey.consent import consent_key
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Consent, Contact
from connector.model.event import Identity
from connector.model.values import Value
from connector.sandbox import Sandbox, start
from connector.store import contacts, outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus
from tests.bench.heading import heading
from tests.bench.plenty import databases
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

GOAL: Final = 12
"""Writes, and reads, that a thousand updates may cost."""
PRODUCTS: Final = 50
"""Different ones in all orders together."""


@dataclass(frozen=True, slots=True)
class Work:
    """Actions of one kind: `of_each` contact so many, where the arguments go by contact and by number.

    `goal`: what a thousand of them may cost in writes, and in reads, where there is one.
    """

    what: str
    connection: str
    name: str
    arguments: Callable[[int, int], Mapping[str, Value]]
    of_each: int = 1
    verify: bool | None = None
    goal: int | None = GOAL


def _properties(contact: int, number: int) -> Mapping[str, Value]:
    return {"fields": {"city": f"City {number}", "numemployees": number}}


def _names(contact: int, number: int) -> Mapping[str, Value]:
    return {"fields": {"FNAME": f"Eva {contact}"}}


def _other_names(contact: int, number: int) -> Mapping[str, Value]:
    return {"fields": {"FNAME": f"Ada {contact}"}}


def _placed(contact: int, number: int) -> Mapping[str, Value]:
    bought = f"p{contact % PRODUCTS}"
    line: Mapping[str, Value] = {"id": "1", "product": bought, "name": f"Product {bought}", "price": 10}
    return {"id": str(contact), "currency": "EUR", "items": (line,), "cart": f"c{contact}"}


def _paid(contact: int, number: int) -> Mapping[str, Value]:
    return {**_placed(contact, number), "status": "paid"}


HUBSPOT: Final = (
    (Work("updates", "hubspot", "update_contact", _properties),),
    (Work("updates, 4 of each contact", "hubspot", "update_contact", _properties, of_each=4),),
    (Work("updates, each read back", "hubspot", "update_contact", _properties, verify=True),),
)
MAILCHIMP: Final = (
    Work("updates of who is new", "mailchimp", "update_member", _names),
    Work("updates of members, each read back", "mailchimp", "update_member", _other_names, verify=True),
    Work("tags, each read back", "mailchimp", "tag", lambda contact, number: {"add": ["vip"]}),
    Work("new orders, each with its cart", "mailchimp", "update_order", _placed, goal=None),
    Work("changes of orders", "mailchimp", "update_order", _paid, goal=None),
)
"""One after another, of the same people."""


def main() -> None:
    """Count and print."""
    asked = _asked()
    heading("calls for actions of contacts")
    with tempfile.TemporaryDirectory(prefix="pg") as folder, start() as sandbox:
        for number, works in enumerate((*HUBSPOT, MAILCHIMP)):
            sandbox.reset()
            with (
                databases("sqlite", Path(folder)) as url,
                Shop(url(f"calls{number}"), sandbox, _mapping(Path(folder))) as shop,
            ):
                shop.system.store.write(partial(_know, shop, asked.count))
                for work in works:
                    _count(shop, sandbox, work, asked.count)


def _count(shop: Shop, sandbox: Sandbox, work: Work, count: int) -> None:
    before = len(sandbox.state()["calls"])
    _dispatched(shop, work, count)
    made = sandbox.state()["calls"][before:]
    reads = [one for one in made if one["method"] == "GET" or one["path"].endswith("/batch/read")]
    writes = len(made) - len(reads)
    told = f"{count:,} {work.what} at {work.connection}: {writes:,} writes and {len(reads)} reads"
    if work.goal:
        most = work.goal * count / 1000
        told += f", {writes / most:.2f} and {len(reads) / most:.2f} of what they may be"
    sys.stdout.write(f"{told}; a workflow tool makes {count:,} to {3 * count:,} calls\n")
    sys.stdout.flush()


def _dispatched(shop: Shop, work: Work, count: int) -> None:
    """Let all of them take effect, none of them by the word of others alone."""
    before = len(_done(shop))
    shop.system.store.write(partial(_decide, shop, work, count))
    [dispatcher] = [one for one in shop.system.dispatchers if one.connection == work.connection]
    while dispatcher.step():
        pass
    done = _done(shop)
    if len(done) - before != count:
        raise SystemExit(f"only {len(done) - before} of {count} {work.what} are done")
    if noted := [one.words for one in done if one.words]:
        raise SystemExit(f"{len(noted)} of {work.what} were not seen to be done: {noted[0]}")


def _done(shop: Shop) -> list[outbox.Queued]:
    with shop.system.store.reading() as tx:
        found = outbox.listing(tx, limit=1_000_000)
    return [one for one in found if one.status is ActionStatus.DONE]


def _know(shop: Shop, count: int, tx: Transaction) -> None:
    """People who have consented, but for one: on them Mailchimp shows that a batch keeps a status."""
    now, people = shop.clock(), [f"c{number}" for number in range(count)]
    addresses = {one: f"{one}@example.com" for one in people}
    given = Consent(given=True, at=now, evidence="bench")
    consents = {
        one: {consent_key("email", "mailchimp", at): given} for one, at in addresses.items() if one != "c0"
    }
    contacts.save(tx, [Contact(one, now, consent=consents.get(one, {})) for one in people])
    contacts.claim(tx, [(Identity("email", "", at), one) for one, at in addresses.items()])


def _decide(shop: Shop, work: Work, count: int, tx: Transaction) -> None:
    """Of each contact several wait, which were decided one after the other."""
    now = shop.clock()
    actions = [
        Action(
            key=f"{work.what}:{contact}:{number}",
            connection=work.connection,
            name=work.name,
            contact_id=f"c{contact}",
            arguments=work.arguments(contact, number),
            kind=Kind.INTERNAL,
            cause=Cause("trigger:bench", 1, "order.paid", f"e{number}", verify=work.verify),
            decided_at=now,
        )
        for number in range(work.of_each)
        for contact in range(count // work.of_each)
    ]
    outbox.add(tx, actions, now)


def _mapping(folder: Path) -> Path:
    """The one of the tests, with a store at Mailchimp."""
    made = folder / "mapping"
    made.mkdir(exist_ok=True)
    for one in MAPPING.glob("*.yaml"):
        text = one.read_text("utf-8").replace("audience: $", "store: webshop\n    audience: $")
        (made / one.name).write_text(text, "utf-8")
    return made


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="updates")
    return parser.parse_args()


if __name__ == "__main__":
    main()
