"""A portal's forms and what was filled in.

By developers.hubspot.com: Get all forms (`/marketing/v3/forms`), Get submissions for a form ("in
reverse-chronological order", 20 a page unless `limit` says otherwise, 50 at most), and Submit data to a form,
which HubSpot serves on a host of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json
from connector.sandbox.hubspot.refusals import invalid, not_found
from connector.sandbox.routing import Route

TYPES = frozenset({"hubspot", "captured", "flow", "blog_comment"})


class FieldBody(CamelBody):
    """A field of a form, filled in."""

    name: str
    value: str


class ContextBody(CamelBody):
    """Where the form stood."""

    page_uri: str = ""


class SubmissionBody(CamelBody):
    """A form, filled in; without a moment it is now."""

    fields: tuple[FieldBody, ...]
    context: ContextBody = ContextBody()
    submitted_at: int | None = None


@dataclass
class Forms:
    """The forms by id, and the submissions of each in the order in which they came."""

    held: dict[str, Json]
    submitted: dict[str, list[Json]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls about forms."""
        return [
            ("GET", "/marketing/v3/forms", self._all),
            ("GET", "/form-integrations/v1/submissions/forms/{form}", self._submissions),
            ("POST", "/submissions/v3/integration/secure/submit/{portal}/{form}", self._submit),
        ]

    def _all(self, request: Request) -> Answer:
        kinds = set(request.many("formTypes"))
        if unknown := sorted(kinds - TYPES):
            raise invalid("Invalid form types", formTypes=unknown)
        found = [one for one in self.held.values() if one["formType"] in (kinds or TYPES)]
        return as_json(200, _page(request, found, 50))

    def _submissions(self, request: Request, form: str) -> Answer:
        if form not in self.held:
            raise not_found(f"No form exists with guid {form}")
        newest_first = sorted(self.submitted.get(form, ()), key=lambda one: -one["submittedAt"])
        return as_json(200, _page(request, newest_first, 20))

    def _submit(self, request: Request, portal: str, form: str) -> Answer:
        if form not in self.held:
            raise not_found(f"No form exists with guid {form}")
        body, those = request.read(SubmissionBody), self.submitted.setdefault(form, [])
        at = body.submitted_at or int(request.at.timestamp() * 1000)
        values = [{"name": one.name, "value": one.value, "objectTypeId": "0-1"} for one in body.fields]
        id_ = str(uuid5(NAMESPACE_URL, f"{form}/{len(those)}"))
        page = body.context.page_uri
        those.append({"conversionId": id_, "submittedAt": at, "values": values, "pageUrl": page})
        return as_json(200, {"inlineMessage": "Thanks for submitting the form."})


def seeded(seed: Json, since: str) -> Json:
    """A form as the seed file writes one, whole."""
    return seed | {"createdAt": since, "updatedAt": since, "archived": False, "fieldGroups": []}


def _page(request: Request, found: Sequence[Any], usual: int) -> Json:
    start, most = request.number("after", 0, 10**9), request.number("limit", usual, 50)
    more = {"paging": {"next": {"after": str(start + most)}}} if start + most < len(found) else {}
    return {"results": list(found[start : start + most])} | more
