"""Publishing what stands in a watched folder: whether it is live then, and what stands in the way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from connector.errors import MappingError, OutdatedError, SettingsError
from connector.mapping.mapping import Mapping
from connector.runtime.publisher import WATCHED, Publisher, Text
from connector.runtime.watching import Folder

log = logging.getLogger(__name__)

Hold: TypeAlias = Callable[[Mapping | None, Mapping], Sequence[str]]
"""What a mapping costs in the place of another that is for a person to accept first, in sentences."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Whether a folder's text is live now, and its version where it is `held` for a person."""

    is_live: bool
    held: str = ""


def offered(publisher: Publisher, text: Text, folder: Folder, hold: Hold) -> Offered:
    """Publish the folder's text, unless it costs too much. What stands in the way is said loudly."""
    try:
        if held := _held(publisher, publisher.checked(text.files, text.unread), folder, hold):
            return Offered(is_live=False, held=held)
        publication = publisher.publish(text, WATCHED)
    except (MappingError, SettingsError) as error:
        tell(error, f"the change in {folder.path} is not published, and what was live stays so")
        return Offered(is_live=False)
    except OutdatedError as error:
        log.error(  # noqa: TRY400 - where it was raised helps nobody
            "%s is not published: %s, and stays so; `loods versions --diff live folder` shows the "
            "difference, `loods publish --over %s` publishes it all the same",
            folder.path,
            error,
            error.live[:12],
        )
        return Offered(is_live=False)
    note(folder, publication.version)
    return Offered(is_live=True)


def _held(publisher: Publisher, mapping: Mapping, folder: Folder, hold: Hold) -> str:
    """The version where a person has to accept first what it costs; that is said."""
    if publisher.is_live(mapping.version):
        return ""
    too_much = hold(publisher.replaced(mapping), mapping)
    if not too_much:
        return ""
    log.error(
        "the change in %s is not published: %s; `loods publish --accept-cost` publishes it all the same",
        folder.path,
        "; ".join(too_much),
    )
    return mapping.version


def hold_nothing(_former: Mapping | None, _mapping: Mapping) -> Sequence[str]:
    """Whatever it costs is accepted."""
    return ()


def note(folder: Folder, version: str) -> None:
    """Write into the folder which version it is."""
    if not folder.note(version):
        log.warning("%s cannot be written: its version is not noted there", folder.path)


def tell(error: MappingError | OutdatedError | SettingsError, headline: str) -> None:
    """Say loudly what stands in the way, each of it on a line."""
    problems = error.problems if isinstance(error, MappingError) else (str(error),)
    log.error("%s: %d problem(s)", headline, len(problems))
    for problem in problems:
        log.error("%s", problem)
