"""The properties that a HubSpot account has, as it defines them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient

AT_ONCE: Final = 100
"""HubSpot shows no more properties in one answer."""


def definitions(client: HubSpotClient, kind: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Those of these names that are there, by name. Raises a DispatchError."""
    wanted, found = sorted(set(names)), dict[str, dict[str, Any]]()
    for start in range(0, len(wanted), AT_ONCE):
        asked = {"archived": False, "inputs": [{"name": one} for one in wanted[start : start + AT_ONCE]]}
        answer = client.sdk.crm.properties.batch_api.read(kind, asked, _preload_content=False)
        found |= {text(one.get("name")): one for one in dicts(proven(answer, 200, 207).get("results"))}
    return found


def all_names(client: HubSpotClient, kind: str) -> list[str]:
    """The names of all properties of a kind. Raises a DispatchError, also where they are too many to read."""
    answer = client.sdk.crm.properties.core_api.get_all(kind, _preload_content=False)
    return [text(one.get("name")) for one in dicts(proven(answer, 200).get("results"))]
