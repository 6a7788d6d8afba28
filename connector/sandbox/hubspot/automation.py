"""HubSpot's workflows and sequences as they can be read, and the definitions of custom events.

A workflow has two numbers: the one in its address (`flowId`), and the one by which the older API enrols
(`workflowId`); HubSpot tells one from the other (API reference, Retrieve workflow ID mappings). Only a user
with a seat sees sequences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.owners import Owners
from connector.sandbox.hubspot.records import Ids
from connector.sandbox.hubspot.refusals import invalid, not_found
from connector.sandbox.routing import Route

FLOWS = "/automation/v4/flows"
EVENTS = "/events/v3/event-definitions"


class FlowBody(CamelBody):
    """A new workflow."""

    name: str = ""
    type: str = "CONTACT_FLOW"
    object_type_id: str = "0-1"
    is_enabled: bool = False


class Coordinate(CamelBody):
    """One number of a workflow."""

    type: str
    flow_id: str = ""
    workflow_id: str = ""


class CoordinatesBody(CamelBody):
    """Numbers to be told the others of."""

    inputs: tuple[Coordinate, ...]


class EventBody(CamelBody):
    """A new definition of an event."""

    name: str
    label: str = ""
    property_definitions: tuple[Json, ...] = ()


@dataclass
class Automation:
    """Workflows by the number in their address, sequences by theirs, events by their full name."""

    flows: dict[str, Json]
    sequences: Mapping[str, Json]
    events: dict[str, Json]
    owners: Owners
    ids: Ids

    def routes(self) -> list[Route]:
        """The calls about what there is."""
        return [
            ("GET", f"{FLOWS}/{{flow}}", self._flow),
            ("POST", FLOWS, self._add_flow),
            ("POST", "/automation/v4/workflow-id-mappings/batch/read", self._numbers),
            ("GET", "/automation/v4/sequences/{sequence}", self._sequence),
            ("GET", f"{EVENTS}/{{name}}", self._event),
            ("POST", EVENTS, self._add_event),
        ]

    def _flow(self, request: Request, flow: str) -> Answer:
        if flow not in self.flows:
            raise not_found(f"No flow {flow}")
        return as_json(200, {key: value for key, value in self.flows[flow].items() if key != "workflowId"})

    def _add_flow(self, request: Request) -> Answer:
        made = request.read(FlowBody).model_dump(by_alias=True)
        id_ = self.ids.take()
        # Only workflows of contacts have a number by which the API enrols.
        number = {"workflowId": self.ids.take()} if made["objectTypeId"] == "0-1" else {}
        self.flows[id_] = {"id": id_, **made, **number, "createdAt": instant(request.at)}
        return as_json(201, self.flows[id_])

    def _numbers(self, request: Request) -> Answer:
        wanted = request.read(CoordinatesBody).inputs
        found = [
            {"flowId": int(id_), "workflowId": int(flow["workflowId"])}
            for one in wanted
            for id_, flow in self.flows.items()
            if flow.get("workflowId") and one in {_by_flow(id_), _by_workflow(flow["workflowId"])}
        ]
        at = instant(request.at)
        lacking = {"numErrors": len(wanted) - len(found)} if len(found) < len(wanted) else {}
        answer = {"status": "COMPLETE", "results": found, "startedAt": at, "completedAt": at, **lacking}
        return as_json(207 if lacking else 200, answer)

    def _sequence(self, request: Request, sequence: str) -> Answer:
        user = request.first("userId")
        if all(str(owner["userId"]) != user for owner in self.owners.held.values()):
            raise invalid(f"User {user} does not exist", userId=[user])
        if sequence not in self.sequences:
            raise not_found(f"No sequence {sequence}")
        return as_json(200, {**self.sequences[sequence], "userId": user, "steps": []})

    def _event(self, request: Request, name: str) -> Answer:
        if name not in self.events:
            raise not_found(f"No event definition {name}")
        return as_json(200, self.events[name])

    def _add_event(self, request: Request) -> Answer:
        wanted = request.read(EventBody)
        name = f"pe24680135_{wanted.name}"
        properties = [{"name": one["name"], "type": one.get("type")} for one in wanted.property_definitions]
        self.events[name] = {"name": wanted.name, "fullyQualifiedName": name, "properties": properties}
        return as_json(201, self.events[name])


def _by_flow(id_: str) -> Coordinate:
    return Coordinate(type="FLOW_ID", flow_id=id_)


def _by_workflow(number: str) -> Coordinate:
    return Coordinate(type="WORKFLOW_ID", workflow_id=number)
