"""The words of the closed vocabulary as the schema reads them, and choices that are not built yet."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import WithJsonSchema

from connector.mapping.editor.forms import EVENT, one_of
from connector.mapping.scalars import Text, not_built, read_text, refuse
from connector.model.vocabulary import FACTS, SUBJECTS

Event: TypeAlias = Annotated[Text, WithJsonSchema(EVENT)]


Subject: TypeAlias = Annotated[Text, one_of("subject", SUBJECTS)]


Filled: TypeAlias = Annotated[Text, one_of("subject or contact", [*SUBJECTS, "contact"])]


Fact: TypeAlias = Annotated[Text, one_of("fact", FACTS)]


Channel: TypeAlias = Annotated[Text, one_of("channel", ("email", "sms"))]


def built(value: object, later: frozenset[str]) -> str:
    word = str(read_text(value))
    if word in later:
        refuse(*not_built(word))
    return word
