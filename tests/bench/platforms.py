"""A HubSpot and a Mailchimp that are as slow as the real ones, for measures of what happens in front of them.

python -m tests.bench.platforms --port 8895
"""

from __future__ import annotations

import argparse
from typing import Final

from connector.sandbox import Limits, Sandbox, serve

LIMITS: Final = Limits(hubspot_per_ten_seconds=190, hubspot_searches_per_second=5, mailchimp_connections=10)
"""Of a paid HubSpot, and of every Mailchimp."""

ANSWERS_AFTER: Final = 0.1
"""Seconds until each answer: a way over the Internet and back, and what the platform does meanwhile."""


def main() -> None:
    """Serve until the process is ended."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, required=True)
    serve(asked.parse_args().port, limits=LIMITS, ready=_slow)


def _slow(sandbox: Sandbox) -> None:
    sandbox.script({"path": "/"}, [{"delay": ANSWERS_AFTER}], times=None)


if __name__ == "__main__":
    main()
