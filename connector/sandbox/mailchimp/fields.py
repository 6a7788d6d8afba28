"""Mailchimp's `fields` parameter: only the parts of an answer that were asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from connector.sandbox.exchange import Answer, Request, as_json


def chosen(request: Request, answer: Answer) -> Answer:
    """The answer with what `fields` names (`members.id,total_items`); whole where it names nothing."""
    wanted = [path.split(".") for path in request.many("fields")]
    if not wanted or not answer.body:
        return answer
    return as_json(answer.status, _pick(json.loads(answer.body), wanted))


def _pick(value: Any, wanted: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_pick(one, wanted) for one in value]
    if not isinstance(value, dict) or [] in wanted:
        return value
    names = dict.fromkeys(path[0] for path in wanted)
    return {
        name: _pick(value[name], [path[1:] for path in wanted if path[0] == name])
        for name in names
        if name in value
    }
