"""How many calls and how much processor time the Mailchimp adapter needs for many, beside one call each.

The real SDK speaks to a sandbox in another process, which counts the calls. Processor time is that of the
adapter's process, the least of several rounds with other values. What Mailchimp itself says of a member is
several times as long as what the sandbox says, so what reading such an answer costs stands below.

    python -m tests.bench.bench_mailchimp --count 1000
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

import urllib3

from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import start
from tests.bench.heading import heading
from tests.platforms.mailchimp.wish import AUDIENCE, wish

ROUNDS: Final = 5
MEMBER_BYTES: Final = 4000
"""About what a member of the API reference is, with statistics, place and links."""
GOAL: Final = 100.0
"""µs of processor time for a contact in a batch."""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=1000)
    count: int = asked.parse_args().count
    heading("Mailchimp: many members")
    with sandbox() as url:
        platform = Mailchimp("bench-us21", AUDIENCE, base_url=url, deadline=60.0)
        bench = Bench(platform, url, count)
        bench.known()
        bench.compare(
            "updates of members", "update_member", lambda round_: {"fields": {"FNAME": f"R{round_}"}}
        )
        bench.compare("tags", "tag", lambda round_: {"add": [f"tag {round_}"]})
        bench.held_by_somebody_else("prospect")
        bench.compare(
            "a tag, and one that nobody has to lose",
            "tag",
            lambda round_: {"add": [f"customer {round_}"], "remove": ["prospect"]},
        )
        platform.close()
    _say(f"reading an answer about 500 members of {MEMBER_BYTES} bytes", reading(500), "", "µs a member")


class Bench:
    """People, and an adapter that writes them."""

    def __init__(self, platform: Mailchimp, url: str, count: int) -> None:
        self._platform, self._url = platform, url
        self._people = [f"p{number}@example.org" for number in range(count)]

    def known(self) -> None:
        """Put everybody into the audience, one without consent: so batches are known to keep statuses."""
        calls = [wish("update_member", {}, email=one, key=one) for one in self._people[1:]]
        calls.insert(0, wish("update_member", {}, email=self._people[0], has_consent=False))
        made = self._calls()
        self._send(calls)
        _say(
            "members who are new", self._calls() - made, "calls", f"for {len(calls)}, with what is read once"
        )

    def held_by_somebody_else(self, tag: str) -> None:
        """Give a tag to one person who is none of ours."""
        self._send([wish("tag", {"add": [tag]}, email="other@example.org")], 1)

    def compare(self, what: str, name: str, arguments: Callable[[int], dict[str, Value]]) -> None:
        """Measure it in batches and singly."""
        many = min(self._round(name, arguments(one), together=True) for one in range(ROUNDS))
        each = min(self._round(name, arguments(ROUNDS + one), together=False) for one in range(2))
        _say(f"{what}, together", many[0], "calls", f"{many[1]:.0f} µs a contact (goal {GOAL:.0f})")
        _say(f"{what}, one by one", each[0], "calls", f"{each[1]:.0f} µs a contact")
        _say(
            "so together it takes",
            f"1/{each[0] / many[0]:.0f}",
            "of the calls",
            f"and 1/{each[1] / many[1]:.1f} of the time",
        )

    def _round(self, name: str, arguments: dict[str, Value], *, together: bool) -> tuple[int, float]:
        """Calls, and µs of processor time for a contact."""
        calls = [wish(name, arguments, email=one, key=one) for one in self._people]
        made, began = self._calls(), time.process_time()
        self._send(calls, 0 if together else 1)
        taken = time.process_time() - began
        return self._calls() - made, taken / len(calls) * 1e6

    def _send(self, calls: Sequence[Call], size: int = 0) -> None:
        place = 0
        while place < len(calls):
            some = calls[place : place + (size or self._platform.batch_size(calls[0].action.name))]
            outcomes = self._platform.dispatch(some[0].action.name, some)
            if odd := [one for one in outcomes if not isinstance(one, Done)]:
                raise SystemExit(f"not done: {odd[0]}")
            place += len(some)

    def _calls(self) -> int:
        state = json.loads(urllib3.request("GET", f"{self._url}/state").data)
        return len(state["calls"])


def reading(members: int) -> str:
    """µs of processor time for a member in an answer of the real length."""
    one: dict[str, Any] = {"id": "0" * 32, "status": "subscribed", "merge_fields": {"FNAME": "Eva"}}
    one["stats"] = {f"figure_{number}": number / 7 for number in range(40)}
    one["_links"] = [{"rel": "self", "href": "https://us21.api.mailchimp.com/3.0/lists/" + "x" * 60}] * 25
    text = json.dumps({"updated_members": [one] * members})
    if len(text) < members * MEMBER_BYTES:
        raise SystemExit("the answer is too short")
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        json.loads(text)
        taken.append(time.process_time() - began)
    return f"{min(taken) / members * 1e6:.0f}"


@contextmanager
def sandbox() -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("over")
        process.join()


def _serve(pipe: Connection) -> None:
    with start() as running:
        pipe.send(running.mailchimp_url)
        pipe.recv()


def _say(what: str, figure: object, unit: str, more: str) -> None:
    sys.stdout.write(f"{what:<52} {figure!s:>8} {unit:<13} {more}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
