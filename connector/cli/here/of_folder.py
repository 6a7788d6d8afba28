"""The mapping of the folder, for commands that try it out without publishing it."""

from __future__ import annotations

import click

from connector import bootstrap
from connector.errors import MappingError
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.model.showing import inert
from connector.settings import Settings


def mapping_of_folder(settings: Settings) -> Mapping:
    """The checked mapping. What in it this release does not carry out is said, on the error output.

    Raises MappingError with every problem.
    """
    mapping, found = bootstrap.check(settings)
    if mapping is None:
        raise MappingError(one for one in found if one.severity == "error")
    if later := sum(map(is_not_carried_out, found)):
        things = "1 thing" if later == 1 else f"{later} things"
        notice = f"notice: {settings.mappings} holds {things} that this version does not carry out (M190)"
        click.echo(inert(f"{notice}; what follows is without. `loods check` names them"), err=True)
    return mapping
