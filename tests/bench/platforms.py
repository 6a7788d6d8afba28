"""A HubSpot and a Mailchimp that are as slow as the real ones, for measures of what happens in front of them.

python -m tests.bench.platforms --port 8895
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Final

from connector.sandbox import Limits, Sandbox, serve

CALLS: Final = 190
"""In ten seconds, of a paid HubSpot."""

ANSWERS_AFTER: Final = 0.1
"""Seconds until each answer: a way over the Internet and back, and what the platform does meanwhile."""


def main() -> None:
    """Serve until the process is ended."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--calls", type=int, default=CALLS, help="that HubSpot takes in ten seconds")
    asked.add_argument("--after", type=float, default=ANSWERS_AFTER, help="seconds until each answer")
    given = asked.parse_args()
    limits = Limits(
        hubspot_per_ten_seconds=given.calls, hubspot_searches_per_second=5, mailchimp_connections=10
    )
    serve(given.port, limits=limits, ready=partial(_slow, given.after))


def _slow(after: float, sandbox: Sandbox) -> None:
    if after:
        sandbox.script({"path": "/"}, [{"delay": after}], times=None)


if __name__ == "__main__":
    main()
