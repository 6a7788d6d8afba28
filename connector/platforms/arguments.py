"""Reading an action's arguments by its model, the same for every platform."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from connector.errors import Rejected
from connector.model.action import Action, ActionSpec
from connector.model.values import dumps, loads

_REMEMBERED: Final = 2048
"""Arguments that were read last: each step of an action's way out asks for them, and many rules say the same
of everybody."""
_LONGEST: Final = 1000
"""Characters of arguments that are remembered. An order that is posted whole takes up five times its text in
memory, is as no other, and many such would be kept for nothing."""


def checked(specs: Sequence[ActionSpec], action: Action) -> Any:
    """The arguments as the action's model has them. Raises `Rejected` where they do not fit it."""
    spec = next((spec for spec in specs if spec.name == action.name), None)
    if spec is None:
        raise Rejected(f"{specs[0].platform} has no action {action.name}")
    try:
        text = dumps(action.arguments)
        return _remembered(spec.arguments, text) if len(text) <= _LONGEST else _read(spec.arguments, text)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:3])
        raise Rejected(f"{action.name} cannot be done with these arguments: {told.lstrip(': ')}") from error


def _read(model: type[BaseModel], text: str) -> BaseModel:
    return model.model_validate(loads(text))


_remembered: Final = lru_cache(_REMEMBERED)(_read)
