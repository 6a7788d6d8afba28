"""The picture that `loods draw` was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from connector.drawing import mermaid, svg
from connector.drawing.outline import outline
from connector.errors import LoodsError
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import did_you_mean

_WAYS: Final = {".svg": svg.draw, ".mmd": mermaid.draw}


class PictureError(LoodsError):
    """The picture cannot be drawn as asked; the message says what can be."""


def drawn(mapping: Mapping, journey: str | None, output: Path | None) -> str:
    """The picture of the mapping, as files that end so are written. Raises PictureError."""
    draw = _WAYS.get(output.suffix if output else ".mmd")
    if draw is None:
        raise PictureError(f"{output} ends in neither .svg nor .mmd; name a file that does")
    if journey is not None and journey not in mapping.journeys:
        hint = did_you_mean(journey, mapping.journeys) or "this mapping has none"
        raise PictureError(f"there is no journey {journey!r}; {hint}")
    journeys = list(mapping.journeys) if journey is None else [journey]
    return draw(outline(mapping, journeys))


def save(drawing: str, output: Path) -> None:
    """Write the picture. Raises PictureError where the file cannot be written."""
    try:
        output.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise PictureError(f"{output} cannot be written: {error.strerror}; name another file") from error
