"""The versions of HubSpot's API: its SDK writes v3 and v4 into every path, which end in 2027.

Their successors carry a date, each supported for 18 months (developers.hubspot.com, API reference, overview,
and "Legacy APIs and legacy apps: what's going unsupported and when"). Requests and answers are the same as
before, so the SDK goes on building them, and only the path is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.errors import SettingsError

USUAL: Final = "v3"
"""As the SDK writes them."""

DATED: Final[Mapping[str, str]] = {
    "/crm/v3/objects": "/crm/objects/{version}",
    "/crm/v4/objects": "/crm/objects/{version}",
    "/crm/v4/associations": "/crm/associations/{version}",
    "/crm/v3/lists": "/crm/lists/{version}",
    "/crm/v3/owners": "/crm/owners/{version}",
    "/crm/v3/properties": "/crm/properties/{version}",
    "/crm/v3/pipelines": "/crm/pipelines/{version}",
    "/events/v3/send": "/events/{version}/send",
    "/events/v3/event-definitions": "/events/{version}/event-definitions",
    "/automation/v4/sequences": "/automation/sequences/{version}",
    "/communication-preferences/v4": "/communication-preferences/{version}",
    "/account-info/v3": "/account-info/{version}",
}
"""The beginnings of paths. What is not here has a beta at most: workflows take contacts in v2 only."""

VERSIONS: Final = (USUAL, "2026-03")


class Version:
    """One version. Raises SettingsError for a name that is none of `VERSIONS`."""

    def __init__(self, name: str) -> None:
        if name not in VERSIONS:
            raise SettingsError(f"api cannot be {name[:40]!r}: HubSpot is called by {' or '.join(VERSIONS)}")
        self._name = name

    def path(self, written: str) -> str:
        """The path as this version has it, of one as the SDK writes it."""
        if self._name == USUAL:
            return written
        for old, new in DATED.items():
            if written == old or written.startswith(f"{old}/"):
                return new.format(version=self._name) + written.removeprefix(old)
        return written
