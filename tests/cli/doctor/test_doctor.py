"""`loods doctor` and `check --live`: what an administrator learns of the live accounts and of the machine."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from connector import bootstrap
from connector.sandbox import Sandbox
from connector.store import habits, pauses
from connector.store.database import open_store
from tests.cli.command import loods
from tests.patience import PATIENCE
from tests.platforms.inspection.asking import post

CONNECTIONS = """\
connections:
  hubspot: {platform: hubspot, token: $HUB_TOKEN, url: $HUB_URL, owner: sales@example.com}
  mailchimp:
    platform: mailchimp
    token: $CHIMP_KEY
    url: $CHIMP_URL
    audience: 57afe96172
    secret: [$CHIMP_SECRET, $CHIMP_SECRET_2]
  website: {source: json, secret: $SITE_SECRET}
"""
DEFAULTS = "defaults: {consent: {email: newsletter.subscribed}}\n"
RULE = """\
trigger: paid
on: order.paid
do:
  - hubspot.update_contact: {fields: {lifecyclestage: customer}}
  - mailchimp.update_member: {fields: {FNAME: "{{ contact.first_name }}"}}
"""


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Both platforms, with the keys to them in the environment."""
    sandbox.reset()
    environment = {
        "HUB_TOKEN": "pat-test",
        "HUB_URL": sandbox.hubspot_url,
        "CHIMP_KEY": "key-us21",
        "CHIMP_URL": sandbox.mailchimp_url,
        "CHIMP_SECRET": "s1",
        "CHIMP_SECRET_2": "s2",
        "SITE_SECRET": "s3",
        "PUBLIC_URL": "https://loods.example",
        "DISK_LEAST_FREE": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return sandbox


@pytest.fixture
def webhooks(account: Sandbox) -> None:
    """Both webhooks of the audience, as they have to be."""
    url = "https://loods.example/webhooks/mailchimp"
    for path, events, is_told in (
        ("", ("subscribe", "profile"), False),
        ("/departures", ("unsubscribe", "cleaned", "upemail"), True),
    ):
        sources = {"user": True, "admin": True, "api": is_told}
        body = {"url": url + path, "events": dict.fromkeys(events, True), "sources": sources}
        post(account, "/3.0/lists/57afe96172/webhooks", body)


def folder(where: Path, files: Mapping[str, str] | None = None) -> Path:
    """A mapping that needs little, with these files added or replaced."""
    named = {"connections.yaml": CONNECTIONS, "defaults.yaml": DEFAULTS, "paid.yaml": RULE, **(files or {})}
    where = where / "mappings"
    where.mkdir()
    for name, text in named.items():
        (where / name).write_text(text, encoding="utf-8")
    return where


def found(*words: str, mappings: Path, database: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of `doctor`, and all that is not in order."""
    result = loods("doctor", "--json", *words, mappings=mappings, database=database)
    return result.exit_code, [one for one in json.loads(result.output) if one["severity"] != "ok"]


def codes(some: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["severity"], one["code"], one["about"]) for one in some}


def published(mappings: Path, database: str) -> str:
    """The database, with the folder live in it."""
    assert loods("publish", "--yes", mappings=mappings, database=database).exit_code == 0
    return database


@pytest.mark.usefixtures("webhooks")
def test_an_account_that_has_everything_is_told_in_a_few_lines_and_exit_code_0(
    tmp_path: Path, migrated_url: str
) -> None:
    mappings = folder(tmp_path)

    result = loods("doctor", mappings=mappings, database=published(mappings, migrated_url))

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[-1] == "all right; 1 thing cannot be told"
    assert "  ok       HubSpot knows the key: portal 24680135" in lines
    assert [line for line in lines if line.startswith("  unknown")] == [
        "  unknown  connections.yaml:9 L275 whether its webhooks come here cannot be asked; "
        "`loods connect --dry-run` says what there has to be"
    ]


@pytest.mark.usefixtures("webhooks")
def test_a_tag_is_no_webhook_that_comes_here(tmp_path: Path, migrated_url: str, account: Sandbox) -> None:
    post(account, "/3.0/lists/57afe96172/segments", {"name": "paid", "static_segment": []})
    mappings = folder(tmp_path, {"paid.yaml": RULE + "  - mailchimp.tag: {add: [paid]}\n"})

    result = loods("doctor", mappings=mappings, database=published(mappings, migrated_url))

    assert [line for line in result.output.splitlines() if "comes here" in line] == [
        "  ok       webhook for subscribe, profile comes here",
        "  ok       webhook for unsubscribe, cleaned, upemail comes here",
    ]


def test_a_mistyped_property_is_named_with_its_line_and_what_was_meant(
    tmp_path: Path, migrated_url: str, account: Sandbox
) -> None:
    mappings = folder(tmp_path, {"paid.yaml": RULE.replace("lifecyclestage", "lifcyclestage")})

    result = loods("doctor", mappings=mappings, database=migrated_url)

    assert result.exit_code == 1
    told = 'L110 HubSpot has no contact property "lifcyclestage"; did you mean "lifecyclestage"?'
    assert f"  error    paid.yaml:4 {told}" in result.output.splitlines()


def test_the_check_asks_the_platforms_where_it_is_told_to(tmp_path: Path, account: Sandbox) -> None:
    mappings = folder(tmp_path, {"paid.yaml": RULE.replace("FNAME", "FNAM")})

    alone = loods("check", mappings=mappings)
    live = loods("check", "--live", mappings=mappings)
    on_github = loods("check", "--live", "--format", "github", mappings=mappings)

    assert alone.exit_code == 0
    assert (live.exit_code, on_github.exit_code) == (1, 1)
    assert (
        'paid.yaml:5:47 L210 mailchimp: the audience has no merge field "FNAM"; did you mean "FNAME"?'
        in live.output
    )
    assert "paid.yaml,line=5,col=47,title=L210::" in on_github.output
    assert {one["method"] for one in account.state()["calls"] if one["platform"] == "mailchimp"} == {"GET"}


def test_a_check_in_which_nothing_is_wrong_live_either_passes(tmp_path: Path, account: Sandbox) -> None:
    result = loods("check", "--live", mappings=folder(tmp_path))

    assert result.exit_code == 0
    assert "all right" in result.output


def test_a_check_that_lacks_the_key_of_an_account_says_so_and_does_not_pass(
    tmp_path: Path, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHIMP_KEY")

    result = loods("check", "--live", mappings=folder(tmp_path))

    assert result.exit_code == 1
    assert "L108 mailchimp: the account is not asked: $CHIMP_KEY is not set here" in result.output
    assert "all right" not in result.output


def test_a_mapping_that_does_not_pass_is_not_asked_about(tmp_path: Path, account: Sandbox) -> None:
    mappings = folder(tmp_path, {"paid.yaml": RULE.replace("order.paid", "order.payd")})

    results = [loods(*words, mappings=mappings) for words in (("check", "--live"), ("doctor",))]

    assert [one.exit_code for one in results] == [1, 1]
    assert account.state()["calls"] == []


@pytest.mark.usefixtures("webhooks")
def test_an_account_that_is_away_keeps_nothing_of_the_others_from_being_told(
    tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HUB_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        mappings = folder(tmp_path, {"paid.yaml": RULE.replace("FNAME", "FNAM")})

        code, told = found(mappings=mappings, database=published(mappings, migrated_url))

    assert code == 1
    assert {("error", "L100", "hubspot"), ("error", "L210", "mailchimp")} <= codes(told)


@pytest.mark.parametrize(
    ("unset", "expected"),
    [
        ("HUB_TOKEN", {("error", "L107", "hubspot"), ("warning", "L108", "hubspot")}),
        ("SITE_SECRET", {("error", "L107", "website")}),
        ("PUBLIC_URL", {("unknown", "L303", "")}),
    ],
)
@pytest.mark.usefixtures("webhooks")
def test_a_variable_that_is_not_set_is_told(
    tmp_path: Path,
    migrated_url: str,
    monkeypatch: pytest.MonkeyPatch,
    unset: str,
    expected: set[tuple[str, str, str]],
) -> None:
    mappings = folder(tmp_path)
    database = published(mappings, migrated_url)
    monkeypatch.delenv(unset)

    _, told = found(mappings=mappings, database=database)

    assert codes(told) - {("unknown", "L275", "website")} == expected


@pytest.mark.usefixtures("account")
def test_a_public_address_that_platforms_do_not_call_is_told(
    tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mappings = folder(tmp_path)
    database = published(mappings, migrated_url)
    monkeypatch.setenv("PUBLIC_URL", "http://loods.example")

    _, told = found(mappings=mappings, database=database)

    assert ("warning", "L307", "") in codes(told)


def test_a_webhook_of_which_there_is_nothing_is_told(
    tmp_path: Path, migrated_url: str, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mappings = folder(tmp_path)
    database = published(mappings, migrated_url)
    for name in ("CHIMP_SECRET", "CHIMP_SECRET_2"):
        monkeypatch.delenv(name)

    _, told = found(mappings=mappings, database=database)

    assert ("error", "L271", "mailchimp") in codes(told)


def test_webhooks_that_are_missing_off_or_elsewhere_are_told(
    tmp_path: Path, migrated_url: str, account: Sandbox
) -> None:
    mappings = folder(tmp_path)
    database = published(mappings, migrated_url)
    events = {"subscribe": True, "profile": False}
    for url in ("https://loods.example/webhooks/mailchimp", "https://old.example/webhooks/mailchimp"):
        post(account, "/3.0/lists/57afe96172/webhooks", {"url": url, "events": events})

    _, told = found(mappings=mappings, database=database)

    assert {one for one in codes(told) if one[2] == "mailchimp"} == {
        ("error", "L272", "mailchimp"),
        ("warning", "L273", "mailchimp"),
        ("warning", "L274", "mailchimp"),
    }


def test_a_webhook_that_the_shop_has_switched_off_is_told(
    tmp_path: Path, migrated_url: str, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = "{source: woocommerce, url: $SHOP_URL, api_key: $SHOP_ID, api_secret: $SHOP_KEY, secret: $SIGNED}"
    mappings = folder(tmp_path, {"more.yaml": f"connections:\n  webshop: {shop}\n"})
    for name, value in (
        ("SHOP_URL", account.url),
        ("SHOP_ID", "ck_test"),
        ("SHOP_KEY", "cs_test"),
        ("SIGNED", "s4"),
    ):
        monkeypatch.setenv(name, value)
    connected = loods("connect", "--yes", "--connection", "webshop", mappings=mappings)
    key = b64encode(b"ck_test:cs_test").decode()
    assert connected.exit_code == 0, connected.output
    made = ask(account, "GET", "/wp-json/wc/v3/webhooks", key)
    ask(account, "PUT", f"/wp-json/wc/v3/webhooks/{made[0]['id']}", key, {"status": "disabled"})

    _, told = found(mappings=mappings, database=published(mappings, migrated_url))

    [off] = [one for one in told if one["about"] == "webshop"]
    assert (off["severity"], off["code"]) == ("error", "L272")
    assert off["message"].endswith("the shop switched it off after failures")


def ask(sandbox: Sandbox, method: str, path: str, key: str, body: object = None) -> Any:
    """A call to the shop's own API."""
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    request = Request(sandbox.url + path, content, headers, method=method)
    with urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def test_the_last_of_a_days_calls_are_left_to_what_is_live(
    tmp_path: Path, migrated_url: str, account: Sandbox
) -> None:
    day = {"x-hubspot-ratelimit-daily": "1000", "x-hubspot-ratelimit-daily-remaining": "99"}
    body = {"portalId": 1, "timeZone": "Europe/Amsterdam"}
    account.script({"path": "/account-info"}, [{"status": 200, "body": body, "headers": day}])

    _, told = found(mappings=folder(tmp_path), database=migrated_url)

    assert ("unknown", "L102", "hubspot") in codes(told)
    assert len([one for one in account.state()["calls"] if one["platform"] == "hubspot"]) == 1


def test_tags_that_are_lists_are_looked_for_as_lists(tmp_path: Path, account: Sandbox) -> None:
    files = {
        "connections.yaml": CONNECTIONS.replace("$HUB_URL,", "$HUB_URL, tags: lists,"),
        "paid.yaml": RULE + "  - hubspot.tag: {add: [VIP, nobody]}\n",
    }

    result = loods("check", "--live", mappings=folder(tmp_path, files))

    assert result.exit_code == 1
    assert 'L120 hubspot: HubSpot has no tag "nobody"' in result.output
    assert "VIP" not in result.output


@pytest.mark.usefixtures("webhooks")
def test_what_is_live_what_is_held_and_what_was_never_heard_are_told(
    tmp_path: Path, database_url: str
) -> None:
    mappings = folder(tmp_path)
    database = published(mappings, database_url)
    (mappings / "paid.yaml").write_text(RULE.replace("customer", "lead"), encoding="utf-8")
    now = bootstrap.clock()
    store = open_store(database)
    store.write(lambda tx: pauses.pause(tx, "hubspot", now, "HTTP 401: key expired"))
    store.write(lambda tx: habits.note(tx, {"mailchimp": 1}, now))
    store.close()

    code, told = found(mappings=mappings, database=database)

    assert code == 1
    assert codes(told) - {("unknown", "L275", "website")} == {
        ("warning", "L302", ""),
        ("error", "L304", "hubspot"),
        ("warning", "L306", "website"),
    }


@pytest.mark.usefixtures("webhooks")
def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISK_LEAST_FREE", str(2**30))

    code, told = found(mappings=folder(tmp_path), database=f"sqlite:///{tmp_path}/loods.db")

    assert code == 1
    assert {("error", "L300", ""), ("warning", "L301", "")} <= codes(told)


def test_a_database_that_does_not_answer_is_told(tmp_path: Path, account: Sandbox) -> None:
    broken = tmp_path / "loods.db"
    broken.write_bytes(b"this is no database at all" * 100)

    code, told = found(mappings=folder(tmp_path), database=f"sqlite:///{broken}")

    assert code == 1
    assert ("error", "L301", "") in codes(told)


def test_a_server_that_is_away_is_told(tmp_path: Path, account: Sandbox) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]

        code, told = found(mappings=folder(tmp_path), database=f"postgresql://loods@127.0.0.1:{port}/loods")

    assert code == 1
    assert ("error", "L301", "") in codes(told)


@pytest.mark.usefixtures("webhooks")
def test_where_there_is_no_folder_the_live_mapping_is_looked_at(tmp_path: Path, migrated_url: str) -> None:
    mappings = folder(tmp_path, {"paid.yaml": RULE.replace("FNAME", "FNAM")})
    database = published(mappings, migrated_url)

    code, told = found(mappings=tmp_path / "nowhere", database=database)

    assert code == 1
    assert [(one["code"], one["file"], one["line"]) for one in told if one["severity"] == "error"] == [
        ("L210", "paid.yaml", 5)
    ]


def test_a_key_without_its_data_centre_is_told(
    tmp_path: Path, migrated_url: str, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIMP_KEY", "key")
    monkeypatch.delenv("CHIMP_URL")

    result = loods("check", "--live", mappings=folder(tmp_path))

    assert result.exit_code == 1
    assert "L107 mailchimp: the Mailchimp key does not end in its data centre" in result.output
