"""The sorts of values that HubSpot's actions take, and what their models have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connector.platforms.hubspot.values import FieldValue

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+$")
]
Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^;]+$")]
Number = Annotated[int, Field(ge=1)]
Fields = Mapping[Words, FieldValue | None]
"""Properties by name; None leaves one alone, an empty text clears it."""

STAGE: Final = "lifecyclestage"
"""The property that has the lifecycle stage."""


class Arguments(BaseModel):
    """What the models have in common: they are frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
