"""`loods connect`: what it shows, what it makes over HTTP, and that it makes nothing twice."""

from __future__ import annotations

import json
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.mailchimp import REVOKED
from tests.cli.connect.conftest import HERE, Connect
from tests.platforms.mailchimp.test_webhooks import make
from tests.platforms.mailchimp.wish import AUDIENCE

READS = {"GET"}
_FULL = 4096


def writes(sandbox: Sandbox) -> list[str]:
    """The calls so far that write; Shopify's questions are posts too."""
    calls = [one for one in sandbox.state()["calls"] if one["method"] not in READS]
    return [one["path"] for one in calls if "mutation" in str(one["body"]) or one["platform"] != "shopify"]


def hooks(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The webhooks of the audience."""
    found: list[dict[str, Any]] = sandbox.state()["mailchimp"]["webhooks"].get(AUDIENCE, [])
    return found


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A file of secrets that is not there yet."""
    return tmp_path / "secrets"


@pytest.fixture
def full(secrets: Path) -> Iterator[Path]:
    """A file of secrets that can be opened, and takes nothing more."""
    secrets.write_text("#" * _FULL)
    secrets.chmod(0o600)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, before[1]))
    yield secrets
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_everything_is_made_and_every_secret_is_kept_for_its_owner_alone(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    result = connect("--yes", "--secrets", str(secrets))

    kept = dict(line.split("=", 1) for line in secrets.read_text().splitlines())
    assert result.exit_code == 0, result.output
    assert len(hooks(sandbox)) == 2
    assert len(sandbox.state()["shopify"]) == 17
    assert {one["secret"] for one in sandbox.state()["woocommerce"]} == {kept["WOO_SECRET"]}
    assert kept.keys() == {"MAIL_ONE", "MAIL_TWO", "WOO_SECRET"}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert f"{secrets} has MAIL_ONE, MAIL_TWO, WOO_SECRET: give it to the environment" in result.output


def test_a_second_time_makes_nothing(connect: Connect, sandbox: Sandbox, secrets: Path) -> None:
    connect("--yes", "--secrets", str(secrets))
    before, written = sandbox.state()["woocommerce"], secrets.read_text()

    result = connect("--yes", "--secrets", str(secrets))

    assert result.exit_code == 0
    assert result.output.endswith("nothing to make or change; 3 things to do by hand\n")
    assert (sandbox.state()["woocommerce"], secrets.read_text()) == (before, written)


def test_a_preview_writes_nothing_anywhere(connect: Connect, sandbox: Sandbox, secrets: Path) -> None:
    result = connect("--dry-run", "--secrets", str(secrets))

    assert result.exit_code == 0
    assert "make        webhook order.created: its secret belongs into $WOO_SECRET" in result.output
    assert writes(sandbox) == []
    assert not secrets.exists()


def test_without_a_yes_nothing_is_made_where_nobody_can_be_asked(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    result = connect("--secrets", str(secrets))

    assert result.exit_code == 1
    assert result.output.endswith("Error: nothing was done: nobody answered; --yes does it\n")
    assert not secrets.exists()
    assert not sandbox.state()["woocommerce"]


def test_nothing_is_made_while_nobody_says_where_secrets_go(connect: Connect, sandbox: Sandbox) -> None:
    result = connect("--yes")

    assert result.exit_code == 1
    assert "--secrets FILE says where to keep them" in result.output
    assert not sandbox.state()["shopify"]


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o666])
def test_a_file_that_everybody_can_read_takes_no_secret(
    connect: Connect, sandbox: Sandbox, secrets: Path, mode: int
) -> None:
    secrets.touch()
    secrets.chmod(mode)

    result = connect("--yes", "--secrets", str(secrets))

    assert result.exit_code == 1
    assert f"chmod 600 {secrets}" in result.output
    assert not hooks(sandbox)


def test_what_is_no_file_takes_no_secret(connect: Connect) -> None:
    result = connect("--yes", "--secrets", "/dev/full")

    assert result.exit_code == 1
    assert "/dev/full is no file" in result.output


def test_a_file_that_cannot_be_written_is_found_out_before_anything_is_made(
    connect: Connect, sandbox: Sandbox, tmp_path: Path
) -> None:
    result = connect("--yes", "--secrets", str(tmp_path / "nowhere" / "secrets"))

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.output
    assert not hooks(sandbox)


def test_what_a_file_of_secrets_says_already_stays_in_it(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    secrets.write_text("# ours\nexport WOO_SECRET='of $ ours'\nOTHER=1")
    secrets.chmod(0o640)

    connect("--yes", "--secrets", str(secrets), "--connection", "webshop", "--connection", "mailchimp")

    assert {one["secret"] for one in sandbox.state()["woocommerce"]} == {"of $ ours"}
    assert secrets.read_text().startswith("# ours\nexport WOO_SECRET='of $ ours'\nOTHER=1\nMAIL_ONE=")


def test_a_secret_that_no_file_takes_any_more_is_shown(
    connect: Connect, sandbox: Sandbox, full: Path
) -> None:
    result = connect("--yes", "--secrets", str(full), "--connection", "mailchimp")

    assert result.exit_code == 1
    assert "File too large). It is shown only now:\nMAIL_ONE=" in result.output
    assert len(hooks(sandbox)) == 2


def test_a_secret_of_ours_that_no_file_takes_is_never_used(
    connect: Connect, sandbox: Sandbox, full: Path
) -> None:
    result = connect("--yes", "--secrets", str(full), "--connection", "webshop")

    assert result.exit_code == 1
    assert "so it was not made" in result.output
    assert not sandbox.state()["woocommerce"]


def test_a_failure_in_the_middle_goes_on_next_time(connect: Connect, sandbox: Sandbox, secrets: Path) -> None:
    sandbox.script(
        {"method": "POST", "path": "/wp-json", "contains": "order.updated"},
        [{"status": 500, "body": {"message": "no"}}],
    )
    first = connect("--yes", "--secrets", str(secrets))
    made = [one["topic"] for one in sandbox.state()["woocommerce"]]

    second = connect("--yes", "--secrets", str(secrets))

    assert first.exit_code == 1
    assert "failed  webhook order.updated: HTTP 500: no" in first.output
    assert "order.updated" not in made
    assert "customer.updated" in made
    assert second.exit_code == 0
    assert [one["topic"] for one in sandbox.state()["woocommerce"]] == [*made, "order.updated"]
    assert len({one["secret"] for one in sandbox.state()["woocommerce"]}) == 1


def test_a_webhook_that_tells_of_all_is_not_narrowed_where_the_other_could_not_be_made(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    make(sandbox, f"{HERE}/webhooks/mailchimp")
    sandbox.script({"method": "POST", "path": "/3.0/lists/"}, [{"status": 400, "body": {"title": "no"}}])
    only = ("--connection", "mailchimp", "--yes", "--secrets", str(secrets))

    result = connect(*only, MAIL_ONE="known")
    told = [name for name, yes in hooks(sandbox)[0]["events"].items() if yes]
    connect(*only, MAIL_ONE="known")

    assert result.exit_code == 1
    assert "is changed once what is new could be made" in result.output
    assert "unsubscribe" in told
    assert [one["sources"]["api"] for one in hooks(sandbox)] == [False, True]


def test_a_webhook_whose_answer_was_lost_is_found_and_made_no_second_time(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    for path in ("/wp-json", "/admin/api"):
        lost = {"method": "POST", "path": path, "contains": "/webhooks/"}
        sandbox.script(lost, [{"apply": True, "drop": True}])
    only = ("--connection", "webshop", "--connection", "boutique")
    first = connect(*only, "--yes", "--secrets", str(secrets))

    second = connect(*only, "--yes", "--secrets", str(secrets))

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert first.output.count("was lost") == 2
    assert second.output.partition("nothing to make or change")[1]
    topics = [one["topic"] for one in sandbox.state()["woocommerce"]]
    assert len(topics) == len(set(topics)) == 5
    assert len(sandbox.state()["shopify"]) == 17


def test_a_secret_that_was_lost_on_its_way_is_told_of(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    sandbox.script({"method": "POST", "path": "/3.0/lists/"}, [{"apply": True, "drop": True}])
    connect("--connection", "mailchimp", "--yes", "--secrets", str(secrets))

    second = connect("--connection", "mailchimp", "--yes", "--secrets", str(secrets))

    assert len(hooks(sandbox)) == 2
    assert "signing secrets: 2 of the webhooks here are signed, and 1 of the secret's" in second.output


def test_one_account_that_refuses_us_keeps_no_other_waiting(
    connect: Connect, sandbox: Sandbox, secrets: Path
) -> None:
    result = connect("--yes", "--secrets", str(secrets), KEY=REVOKED)

    assert result.exit_code == 1
    assert "failed      HTTP 401: API Key Invalid" in result.output
    assert len(sandbox.state()["shopify"]) == 17


def test_a_new_address_takes_the_webhooks_along(connect: Connect, sandbox: Sandbox, secrets: Path) -> None:
    connect("--yes", "--secrets", str(secrets))
    new = "https://new.example.com"

    shown = connect("--dry-run", "--secrets", str(secrets), url=new)
    connect("--yes", "--moved-from", "https://hooks.example.com/", "--secrets", str(secrets), url=new)

    assert "left alone  webhook order.created: goes to https://hooks.example.com/webhooks" in shown.output
    assert {one["url"] for one in hooks(sandbox)} == {
        f"{new}/webhooks/mailchimp",
        f"{new}/webhooks/mailchimp/departures",
    }
    assert {one["delivery_url"] for one in sandbox.state()["woocommerce"]} == {f"{new}/webhooks/webshop"}
    assert {one["uri"] for one in sandbox.state()["shopify"]} == {f"{new}/webhooks/boutique"}


def test_what_is_not_set_is_named(connect: Connect) -> None:
    result = connect("--dry-run", KEY="", WOO_KEY="")

    assert "by hand     set $KEY" in result.output
    assert "by hand     set $WOO_KEY" in result.output


@pytest.mark.parametrize(
    ("words", "url", "public", "said"),
    [
        ((), None, "", "where can senders reach Loods?"),
        ((), "hooks.example.com", "", "is no address as in https://"),
        ((), "https://hooks.example.com/webhooks/webshop/", "", "write what stands before /webhooks"),
        ((), "https://a.example.com", "https://b.example.com", "give both the same"),
        ((), "http://hooks.example.com", "", "is not encrypted: HubSpot and Shopify call https:// only"),
        ((), None, "http://hooks.example.com", "is not encrypted: HubSpot and Shopify call https:// only"),
        (("--connection", "webshp"), "https://a.example.com", "", "did you mean"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    connect: Connect, words: tuple[str, ...], url: str | None, public: str, said: str
) -> None:
    result = connect(*words, "--yes", url=url, PUBLIC_URL=public)

    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_an_address_of_this_machine_needs_no_tls(connect: Connect, url: str) -> None:
    result = connect("--dry-run", "--connection", "hubspot", url=url)

    assert f"target URL: {url}/webhooks/hubspot" in result.output


@pytest.mark.parametrize(("said", "exit_code"), [("EURO", 2), ("EUX", 2), ("eur", 0)])
def test_a_currency_is_one_that_there_is(connect: Connect, said: str, exit_code: int) -> None:
    result = connect("--dry-run", "--connection", "mailchimp", "--currency", said)

    assert result.exit_code == exit_code
    assert ("is no currency; it is a code of three letters, as in EUR" in result.output) == (exit_code == 2)


def test_the_public_address_of_the_settings_will_do(connect: Connect) -> None:
    result = connect("--dry-run", url=None, PUBLIC_URL="https://hooks.example.com/")

    assert "target URL: https://hooks.example.com/webhooks/hubspot" in result.output


def test_no_webhook_is_wanted_for_what_is_asked_for(connect: Connect) -> None:
    result = connect("--dry-run")

    assert "contact.creation" in result.output
    assert "polled." not in result.output


def test_the_webhooks_of_a_hubspot_project_are_written_and_nothing_is_written_over(
    connect: Connect, tmp_path: Path
) -> None:
    file = tmp_path / "webhooks-hsmeta.json"
    once = connect("--connection", "hubspot", "--hsmeta", str(file))
    again = connect("--connection", "hubspot", "--hsmeta", str(file))
    file.write_text("{}")

    other = connect("--connection", "hubspot", "--hsmeta", str(file))

    assert (once.exit_code, again.exit_code, other.exit_code) == (0, 0, 1)
    assert "is there and says something else; name another file" in other.output
    assert json.loads(file.read_text()) == {}


def test_the_file_of_a_project_belongs_to_one_connection(connect: Connect, tmp_path: Path) -> None:
    result = connect(
        "--connection", "webshop", "--hsmeta", str(tmp_path / os.urandom(4).hex()), WOO_SECRET="x"
    )

    assert result.exit_code == 1
    assert "--hsmeta is for one connection to HubSpot, and none listens" in result.output
    assert "it listens once it has `secret:`" in result.output
