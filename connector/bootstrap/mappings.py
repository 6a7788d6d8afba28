"""The mapping: of a folder, of the database, and what it is checked by."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping as Table
from dataclasses import replace
from functools import cache
from pathlib import Path

from connector.bootstrap.connections import PLATFORMS
from connector.errors import MappingError, Problem
from connector.mapping.json_schema import json_schema
from connector.mapping.kept import kept_trigger
from connector.mapping.load import check_files, check_folder, load_mapping, load_source
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.source import Source
from connector.mapping.working_copy import as_bytes
from connector.model.action import ActionSpec
from connector.platforms.undoing import PUT_BACK
from connector.settings import Settings
from connector.store import norms, publications, stops
from connector.store.database import Store, Transaction


def specs() -> list[ActionSpec]:
    """Every action that can stand in a mapping."""
    return [spec for platform in PLATFORMS for spec in platform.specs if spec.name != PUT_BACK]


def shipped() -> Path:
    """The folder of the source files that come with Loods."""
    return Path(str(importlib.resources.files("connector.sources"))) / "shipped"


def check(settings: Settings) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """The mapping, if it passes its check, and all that is wrong or doubtful in it."""
    return check_folder(settings.mappings, shipped(), specs())


def load(settings: Settings) -> Mapping:
    """The checked mapping. Raises MappingError with every problem."""
    return load_mapping(settings.mappings, shipped(), specs())


def live_mapping(settings: Settings, tx: Transaction) -> Mapping:
    """The mapping that is live in this database, with what is stopped in it; the folder's where nothing was
    published yet.

    It knows what is usual among the contacts. Raises MappingError with every problem.
    """
    publication = publications.live(tx)
    if publication is None:
        return replace(load(settings), norms=norms.stored(tx))
    files = as_bytes(publications.files_of(tx, publication.version))
    mapping, problems = check_files(files, shipped(), specs())
    if mapping is None:
        raise MappingError(one for one in problems if one.severity == "error")
    return replace(mapping, norms=norms.stored(tx), stopped=stopped_rules(tx))


def knowing(mapping: Mapping, store: Store | None) -> Mapping:
    """The mapping with what is usual among the contacts of this store, if there is one."""
    if store is None:
        return mapping
    with store.reading() as tx:
        return replace(mapping, norms=norms.stored(tx))


def kept(files: Table[str, bytes], before: Table[str, bytes], name: str) -> Trigger | None:
    """A trigger as it stands in the files `before`, by the sources and actions of this release."""
    return kept_trigger(files, before, name, shipped(), specs())


def stopped_rules(tx: Transaction) -> frozenset[str]:
    """What is stopped in this database."""
    return frozenset(one.rule for one in stops.stopped(tx))


def shipped_sources() -> list[Source]:
    """The sources that come with Loods, by name."""
    return [load_source(one.read_text("utf-8"), one.name) for one in sorted(shipped().glob("*.yaml"))]


@cache
def editor_schema() -> str:
    """The JSON Schema of the mapping language, as an editor reads it; a release has but one."""
    names = sorted(one.stem for one in shipped().glob("*.yaml"))
    return json.dumps(json_schema(specs(), names), indent=2, ensure_ascii=False) + "\n"
