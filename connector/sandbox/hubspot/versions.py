"""HubSpot's dated paths, which mean what its v3 and v4 paths mean (developers.hubspot.com, API reference)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from connector.sandbox.exchange import Answer, Request

_DATE: Final = "2026-03"

_FORMS: Final = (
    (rf"/crm/objects/{_DATE}(/[^/]+/[^/]+/associations/.*)", r"/crm/v4/objects\1"),
    (rf"/crm/objects/{_DATE}(/.*)", r"/crm/v3/objects\1"),
    (rf"/crm/associations/{_DATE}(/.*)", r"/crm/v4/associations\1"),
    (rf"/crm/(lists|owners|properties|pipelines)/{_DATE}(/.*)?", r"/crm/v3/\1\2"),
    (rf"/events/{_DATE}/(send|event-definitions)(/.*)?", r"/events/v3/\1\2"),
    (rf"/automation/sequences/{_DATE}(/.*)", r"/automation/v4/sequences\1"),
    (rf"/(communication-preferences)/{_DATE}(/.*)", r"/\1/v4\2"),
    (rf"/(account-info)/{_DATE}(/.*)", r"/\1/v3\2"),
)


def undated(request: Request) -> Request:
    """The request as its v3 or v4 path would bring it."""
    for form, plain in _FORMS:
        if found := re.fullmatch(form, request.path):
            return replace(request, path=found.expand(plain))
    return request


def redated(request: Request, answer: Answer) -> Answer:
    """The answer as a dated path has it: what came on a list is spelt otherwise than in v3."""
    if undated(request) is request:
        return answer
    return replace(answer, body=answer.body.replace(b'"recordsIdsAdded"', b'"recordIdsAdded"'))
