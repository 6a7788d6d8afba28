"""The composition root: the one room that names every concrete class and knows the clock."""

from connector.bootstrap.breaking import arm_as_asked
from connector.bootstrap.connections import HUBSPOT_URL, PLATFORMS, missing
from connector.bootstrap.edge import run, work
from connector.bootstrap.house import web
from connector.bootstrap.mappings import (
    check,
    editor_schema,
    kept,
    knowing,
    live_mapping,
    load,
    shipped,
    shipped_sources,
    specs,
)
from connector.bootstrap.now import clock
from connector.bootstrap.role import Role
from connector.bootstrap.setting_up import Place, Site, sites
from connector.bootstrap.system import System, build, build_beside, explainer, publisher

__all__ = [
    "HUBSPOT_URL",
    "PLATFORMS",
    "Place",
    "Role",
    "Site",
    "System",
    "arm_as_asked",
    "build",
    "build_beside",
    "check",
    "clock",
    "editor_schema",
    "explainer",
    "kept",
    "knowing",
    "live_mapping",
    "load",
    "missing",
    "publisher",
    "run",
    "shipped",
    "shipped_sources",
    "sites",
    "specs",
    "web",
    "work",
]
