"""Where HubSpot's next page begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.platforms.hubspot.answers import text


def next_of(body: Mapping[str, Any]) -> str:
    """Where the next page begins; empty where there is none."""
    match body.get("paging"):
        case {"next": {"after": after}}:
            return text(after)
        case _:
            return ""
