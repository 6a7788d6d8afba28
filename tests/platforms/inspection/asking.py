"""A mapping of some lines, asked about at a sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from connector.mapping.accounts import FromEnvironment, Setting
from connector.mapping.load import check_folder
from connector.model.finding import Finding, Severity
from connector.platforms.hubspot import arguments as hubspot_arguments
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.inspection.inspector import HubSpotInspector
from connector.platforms.inspecting import Inspector, questions
from connector.platforms.mailchimp import arguments as mailchimp_arguments
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.inspection.inspector import MailchimpInspector
from connector.sandbox import Sandbox
from tests.patience import PATIENCE

SHIPPED = Path(__file__).parents[3] / "connector" / "sources" / "shipped"
SPECS = (*hubspot_arguments.SPECS, *mailchimp_arguments.SPECS)
AUDIENCE, DOUBLE_OPTIN = "57afe96172", "a6b5da1054"
CONNECTIONS = """\
connections:
  hubspot: {platform: hubspot, token: $TOKEN, owner: sales@example.com}
  mailchimp: {platform: mailchimp, token: $KEY, audience: %s}
"""


@dataclass(frozen=True)
class Asked:
    """What is asked of which sandbox, with what is written into the folder."""

    sandbox: Sandbox
    folder: Path
    token: str = "pat-test"
    tags: str = "loods_tags"
    audience: str = AUDIENCE
    api: str = "v3"

    def hubspot(self, *actions: str, files: Mapping[str, str] | None = None) -> list[Finding]:
        """What is found at HubSpot about a trigger with these actions, from line 4 of `a.yaml` on."""
        client = HubSpotClient(self.token, base_url=self.sandbox.hubspot_url, deadline=20.0, api=self.api)
        inspector = HubSpotInspector(client, self.token, tags=self.tags)
        return self._found(inspector, "hubspot", actions, files or {})

    def mailchimp(self, *actions: str, files: Mapping[str, str] | None = None) -> list[Finding]:
        """The same at Mailchimp."""
        client = MailchimpClient(f"{self.token}-us21", base_url=self.sandbox.mailchimp_url, deadline=20.0)
        inspector = MailchimpInspector(client, self.audience)
        return self._found(inspector, "mailchimp", actions, files or {})

    def _found(
        self, inspector: Inspector, connection: str, actions: tuple[str, ...], files: Mapping[str, str]
    ) -> list[Finding]:
        steps = "".join(f"  - {one}\n" for one in actions)
        written = {
            "connections.yaml": CONNECTIONS % self.audience,
            "a.yaml": f"trigger: a\non: order.paid\ndo:\n{steps}",
            **files,
        }
        for name, text in written.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        mapping, problems = check_folder(self.folder, SHIPPED, SPECS)
        assert mapping is not None, [str(one) for one in problems]
        try:
            return list(inspector.inspect(questions(mapping, resolve)[connection]))
        finally:
            inspector.close()


def resolve(setting: Setting) -> str | None:
    return None if isinstance(setting, FromEnvironment) else setting


def wrong(found: list[Finding]) -> list[Finding]:
    """What is not in order."""
    return [one for one in found if one.severity is not Severity.OK]


def only(found: list[Finding]) -> tuple[str, str, str, str]:
    """The one thing that is not in order: how bad it is, its code, its place and its remedy."""
    [one] = wrong(found)
    return one.severity, one.code, one.where, one.remedy


def post(sandbox: Sandbox, path: str, body: object) -> Any:
    """What a person does in the settings of the account."""
    headers = {"Authorization": "Bearer pat-test", "Content-Type": "application/json"}
    request = Request(sandbox.url + path, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)
