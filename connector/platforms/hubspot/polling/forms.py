"""Forms that were submitted.

By developers.hubspot.com, API reference, legacy, Get submissions for a form (`/form-integrations/v1`, scope
`forms`): at most 50 a page, "in reverse-chronological order", and no time to ask from. The forms are those of
`/marketing/v3/forms`, of all types.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connector.errors import Rejected
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.polling.paging import next_of
from connector.platforms.polling import OVERLAP, Page, State, body_of, milliseconds
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

TOPIC: Final = "polled.form"
AT_ONCE: Final = 50
TYPES: Final = ("hubspot", "captured", "flow", "blog_comment")
"""All that HubSpot's documentation names (Forms API guide, form types)."""


class Forms:
    """The submissions of all forms, one form after another, each from the newest back to what is known.

    `left` are the forms of this round that are still to be read, as id and name; the first is under way.
    `since` has each form's newest submission that is settled, in HubSpot's own time. A submission without an
    e-mail address says nothing of a person, and is left out.
    """

    name = "forms"
    topics = (TOPIC,)

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def begin(self, now: datetime) -> State:
        """From now on, for forms to come, too."""
        return {"begun": milliseconds(now), "since": {}}

    def ask(self, state: State, now: datetime) -> Page:
        """A page of the form that is under way; at the begin of a round a page of the list of forms.

        Where HubSpot takes no further page any more, that is begun anew with the next turn.
        """
        is_listing = bool(state.get("listed")) or not state.get("left")
        try:
            return self._listed(state) if is_listing else self._submissions(state)
        except Rejected:
            if not (state.get("listed") or state.get("after")):
                raise
            left = {} if is_listing else {"left": state["left"]}
            return Page((), {**_round(state), **left}, is_last=True)

    def _listed(self, state: State) -> Page:
        query = [("limit", str(AT_ONCE)), *(("formTypes", one) for one in TYPES)]
        after = [("after", state["listed"])] if state.get("listed") else []
        body, answer = self._get("/marketing/v3/forms/", query + after)
        if not isinstance(body.get("results"), list):
            raise unproven(answer, "no forms")
        named = [(text(one.get("id")), text(one.get("name"))) for one in dicts(body["results"])]
        left = [*state.get("left", ()), *([id_, name] for id_, name in named if id_)]
        more = next_of(body)
        listed = {"listed": more} if more else {}
        return Page((), {**_round(state), "left": left, **listed}, is_last=not left and not more)

    def _submissions(self, state: State) -> Page:
        """A form that is gone since it was listed has none."""
        (form, name), *others = state["left"]
        floor = max(state["begun"], state["since"].get(form, 0) - OVERLAP)
        found, more = self._page(form, state.get("after"))
        new = [one for one in found if one["submittedAt"] >= floor]
        top = max([state.get("top", 0), *(one["submittedAt"] for one in new)])
        bodies = [body for one in new if (body := _body(one, form, name))]
        if more and len(new) == len(found):
            return Page(bodies, {**state, "after": more, "top": top}, is_last=False)
        since = {**state["since"], **({form: top} if top else {})}
        return Page(bodies, {"begun": state["begun"], "since": since, "left": others}, is_last=not others)

    def _page(self, form: str, after: str | None) -> tuple[list[dict[str, Any]], str]:
        query = [("limit", str(AT_ONCE)), *([("after", after)] if after else [])]
        body, answer = self._get("/form-integrations/v1/submissions/forms/{form}", query, form=form)
        if is_absent(answer):
            return [], ""
        if not isinstance(body.get("results"), list):
            raise unproven(answer, "no submissions")
        return [one for one in dicts(body["results"]) if isinstance(one.get("submittedAt"), int)], next_of(
            body
        )

    def _get(self, path: str, query: list[tuple[str, str]], **parts: str) -> tuple[dict[str, Any], Answer]:
        with self._client.one_deadline(), self._client.for_many(), preparing():
            answer = self._client.call("GET", path, query=query, **parts)
            return ({} if parts and is_absent(answer) else proven(answer, 200)), answer


def _round(state: State) -> State:
    return {"begun": state["begun"], "since": state["since"]}


def _body(submission: Mapping[str, Any], form: str, name: str) -> bytes | None:
    """The body; None where nobody can be told by it."""
    values = [(text(one.get("name")), text(one.get("value"))) for one in dicts(submission.get("values"))]
    filled = {field: "; ".join(value for one, value in values if one == field) for field, _ in values}
    email, at = filled.get("email", ""), submission["submittedAt"]
    if not email:
        return None
    told = {"email": email, "form": form, "name": name, "page": text(submission.get("pageUrl"))}
    known = {"eventId": text(submission.get("conversionId")) or f"{form}:{email}", "occurredAt": at}
    return body_of({"subscriptionType": TOPIC, **known, **told, "fields": filled})
