"""The reads of HubSpot's API that an inspection is made of; None is what HubSpot itself says is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from connector.errors import DispatchError
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.definitions import all_names, definitions
from connector.platforms.hubspot.kinds import CONTACTS
from connector.platforms.looking_over import Account
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

AT_ONCE: Final = 100
MOST_LISTS: Final = 500
MAPPINGS: Final = "/automation/v4/workflow-id-mappings/batch/read"
TOKEN_INFO: Final = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - an address


class Reads:
    """Each raises a DispatchError where HubSpot cannot be asked."""

    def __init__(self, client: HubSpotClient, token: str) -> None:
        self._client, self._token = client, token

    def account(self) -> Account:
        """The portal."""
        answer = self._get("/account-info/v3/details")
        found = proven(answer, 200)
        if not (portal := text(found.get("portalId"))):
            raise unproven(answer, "no portal")
        return Account(answer, f"portal {portal}", found)

    def scopes(self) -> frozenset[str] | None:
        """What the token may do; None where HubSpot does not tell, as of a key that is no private app's.

        HubSpot documents it for private apps (Private apps, "validate"): the token goes to HubSpot itself.
        """
        with preparing():
            answer = self._client.call("POST", TOKEN_INFO, body={"tokenKey": self._token})
            found = answer.json()
            said = found.get("scopes") if answer.status == 200 and isinstance(found, dict) else None
            return frozenset(map(str, said)) if isinstance(said, list) else None

    def properties(self, kind: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The definitions of these properties by name; those that are not there are left out."""
        with preparing():
            return definitions(self._client, kind, names)

    def property_names(self, kind: str) -> Sequence[str]:
        """The names of all properties, to tell what somebody meant; none where they are too many to read."""
        try:
            with preparing():
                return all_names(self._client, kind)
        except DispatchError:
            return []

    def list_(self, named: str) -> dict[str, Any] | None:
        """The list with this number, or with this name where that is no number."""
        if not named.isdecimal():
            return self.list_of_name(named)
        with preparing():
            return _list(self._client.sdk.crm.lists.lists_api.get_by_id(named, _preload_content=False))

    def list_of_name(self, name: str) -> dict[str, Any] | None:
        """The list with this name, be that a number."""
        api = self._client.sdk.crm.lists.lists_api
        with preparing():
            return _list(api.get_by_name(name, CONTACTS, _preload_content=False))

    def list_names(self) -> Sequence[str]:
        """The names of the first lists of contacts, to tell what somebody meant; none where nobody tells.

        HubSpot documents 500 as the most of a page (Lists API, Search lists).
        """
        try:
            with preparing():
                asked = {"count": MOST_LISTS, "offset": 0}
                answer = self._client.sdk.crm.lists.lists_api.do_search(asked, _preload_content=False)
                found = dicts(proven(answer, 200).get("lists"))
        except DispatchError:
            return []
        return [text(one.get("name")) for one in found if text(one.get("objectTypeId")) in {"", CONTACTS}]

    def pipelines(self, kind: str) -> list[dict[str, Any]]:
        """The pipelines of deals or tickets, with their stages."""
        with preparing():
            answer = self._client.sdk.crm.pipelines.pipelines_api.get_all(kind, _preload_content=False)
            return dicts(proven(answer, 200).get("results"))

    def owner(self, email: str) -> dict[str, Any] | None:
        """The owner with this address."""
        with preparing():
            answer = self._client.sdk.crm.owners.owners_api.get_page(
                email=email.lower(), limit=AT_ONCE, archived=False, _preload_content=False
            )
            owners = dicts(proven(answer, 200).get("results"))
        return next((one for one in owners if text(one.get("email")).lower() == email.lower()), None)

    def user(self, number: str) -> dict[str, Any] | None:
        """The owner who is the user with this number."""
        return self._one(self._get("/crm/v3/owners/{user}", query=[("idProperty", "userId")], user=number))

    def flow_ids(self, numbers: Iterable[str], by: str) -> dict[str, str]:
        """Of workflows by their number for enrolments (`by` WORKFLOW_ID) or in their address (FLOW_ID): the
        other number (API reference, Retrieve workflow ID mappings)."""
        mine, other = ("workflowId", "flowId") if by == "WORKFLOW_ID" else ("flowId", "workflowId")
        inputs = [{"type": by, mine: one} for one in sorted(set(numbers))]
        with preparing():
            answer = self._client.call("POST", MAPPINGS, body={"inputs": inputs})
            results = dicts(proven(answer, 200, 207).get("results"))
        return {text(one.get(mine)): text(one.get(other)) for one in results}

    def flow(self, number: str) -> dict[str, Any] | None:
        """The workflow with this number in its address."""
        return self._one(self._get("/automation/v4/flows/{flow}", flow=number))

    def sequence(self, number: str, user: str) -> dict[str, Any] | None:
        """The sequence, as this user sees it."""
        query = [("userId", user)]
        return self._one(self._get("/automation/v4/sequences/{sequence}", query=query, sequence=number))

    def event(self, name: str) -> dict[str, Any] | None:
        """The definition of a custom event."""
        return self._one(self._get("/events/v3/event-definitions/{name}", name=name), "name")

    def subscriptions(self) -> list[dict[str, Any]]:
        """The subscription types of the account."""
        with preparing():
            answer = self._client.sdk.communication_preferences.definition_api.get_page(
                _preload_content=False
            )
            return dicts(proven(answer, 200).get("subscriptionDefinitions"))

    def _get(self, path: str, *, query: Sequence[tuple[str, str]] = (), **parts: str) -> Answer:
        with preparing():
            return self._client.call("GET", path, query=query, **parts)

    def _one(self, answer: Answer, named: str = "id") -> dict[str, Any] | None:
        """What was asked for, which says its own name."""
        if is_absent(answer):
            return None
        with preparing():
            found = proven(answer, 200)
            if not text(found.get(named)):
                raise unproven(answer, f"no {named}")
            return found


def _list(answer: Answer) -> dict[str, Any] | None:
    """One that was deleted is still told of by its number (HubSpot/hubspot-api-php#486)."""
    if is_absent(answer):
        return None
    found = proven(answer, 200).get("list")
    if not isinstance(found, dict) or not text(found.get("listId")):
        raise unproven(answer, "no list")
    return None if found.get("deletedAt") else found
