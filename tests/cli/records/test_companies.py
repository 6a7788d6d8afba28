"""What the command line says of companies."""

from __future__ import annotations

import json
from pathlib import Path

from connector.sandbox import Sandbox
from tests.cli.command import loods
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

ACCOUNTS = """\
journeys:
  accounts:
    subject: company
    stages: {lead: {label: Lead}, client: {label: Client}}
    moves: [{on: file.downloaded, to: lead}, {on: company.changed, to: client}]
"""


def rules(folder: Path) -> Path:
    """The mapping of the other tests, and a journey of companies."""
    folder.mkdir()
    (folder / "shop.yaml").write_text((MAPPING / "shop.yaml").read_text("utf-8"), "utf-8")
    (folder / "accounts.yaml").write_text(ACCOUNTS, "utf-8")
    return folder


def test_a_contact_is_shown_with_its_company(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.reset()
    with Shop(migrated_url, sandbox, rules(tmp_path / "rules")) as shop:
        company = {"domain": "acme.example", "name": "Acme", "employees": 40}
        shop.says("file.downloaded", "eva@example.com", company=company, file={"id": "guide"})
        shop.says("file.downloaded", "bob@example.com", company=company, file={"id": "guide"})
        shop.turns()
        database = shop.settings.database_url

        shown = loods("contact", "show", "eva@example.com", database=database).output
        told = loods("contact", "show", "eva@example.com", "--format", "json", database=database).output

    [line] = [one for one in shown.splitlines() if one.startswith("  company ")]
    assert "known by domain:acme.example; " in line
    assert "name = Acme" in line
    assert line.endswith("2 contacts there")
    assert "    accounts: lead since" in shown
    assert json.loads(told)["contact"]["company"]["standings"]["accounts"]["stage"] == "lead"


def test_an_event_about_a_company_alone_is_explained_as_such(
    migrated_url: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.reset()
    folder = rules(tmp_path / "rules")
    payload = tmp_path / "changed.json"
    body = {"event": "company.changed", "id": "c-1", "company": {"id": "77", "name": "Acme"}}
    payload.write_text(json.dumps(body), "utf-8")
    with Shop(migrated_url, sandbox, folder) as shop:
        database = shop.settings.database_url

        said = loods("explain", str(payload), "--connection", "website", database=database, mappings=folder)

    assert said.exit_code == 0, said.output
    assert "  company: company:website:77; name = Acme" in said.output
    assert "  about: the company alone\n" in said.output
    assert "accounts: nowhere → client (over lead)" in said.output
