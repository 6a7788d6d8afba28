"""`loods doctor` and `check --live`, from the mapping to what is to be said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from connector import bootstrap
from connector.bootstrap.inspecting import UNASKED, inspect, inspect_webhooks
from connector.bootstrap.inspecting_here import inspect_here
from connector.cli.doctor import telling
from connector.cli.here.existing import existing_store
from connector.cli.here.of_folder import mapping_of_folder
from connector.errors import Problem
from connector.mapping.mapping import Mapping
from connector.model.finding import Finding, Severity
from connector.settings import Settings

_LEVELS: Final = {Severity.ERROR, Severity.WARNING}


def doctor(settings: Settings, *, as_json: bool) -> int:
    """Look at everything, show it, and give the exit code. Raises MappingError with every problem."""
    mapping = _mapping(settings)
    looks = inspect, inspect_webhooks, inspect_here
    found = [one for look in looks for one in look(settings, mapping)]
    if as_json:
        telling.as_json(found)
    else:
        telling.show(found, mapping.connections)
    return 1 if any(one.severity is Severity.ERROR for one in found) else 0


def live(settings: Settings, mapping: Mapping) -> tuple[list[Problem], int]:
    """What the platforms say of the mapping, as problems of a check; how much of it they cannot tell.

    An account that could not be asked for want of settings is an error: its answers were asked for.
    """
    found = [_asked_for(one) for one in inspect(settings, mapping)]
    problems = [_problem(one) for one in found if one.severity in _LEVELS]
    return sorted(problems), sum(one.severity is Severity.UNKNOWN for one in found)


def _asked_for(found: Finding) -> Finding:
    return replace(found, severity=Severity.ERROR) if found.code == UNASKED else found


def _mapping(settings: Settings) -> Mapping:
    if settings.mappings.is_dir():
        return mapping_of_folder(settings)
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            return bootstrap.live_mapping(settings, tx)
    finally:
        store.close()


def _problem(found: Finding) -> Problem:
    severity: Literal["error", "warning"] = "error" if found.severity is Severity.ERROR else "warning"
    place = found.file, found.line, found.column
    return Problem(*place, found.code, f"{found.about}: {found.message}", found.remedy, severity)
