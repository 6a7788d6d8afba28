"""The file of a HubSpot project that has the webhooks of its app."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connector.cli.terminal.show import say
from connector.errors import SettingsError

_TO_LISTEN: Final = "it listens once it has `secret:`, the client secret of the app, in the mapping"


def write_component(file: Path, texts: Sequence[str]) -> None:
    """Write the one text into the file, unless it has it. Raises SettingsError; nothing is written over."""
    if len(texts) != 1:
        said = "several listen; name one by --connection" if texts else f"none listens here; {_TO_LISTEN}"
        raise SettingsError(f"--hsmeta is for one connection to HubSpot, and {said}")
    try:
        if file.exists() and file.read_text("utf-8") != texts[0]:
            raise SettingsError(f"{file} is there and says something else; name another file")
        file.write_text(texts[0], "utf-8")
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be written: {error}") from error
    say(f"{file} has the webhooks of the project's app; `hs project upload` takes them to HubSpot")
