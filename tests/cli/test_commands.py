"""The command line: what it prints, its exit codes, and that no mistake ends in a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from connector import bootstrap
from connector.cli import main
from connector.sandbox import Sandbox
from connector.store import failings
from connector.store.database import open_store
from tests.cli.command import MAPPING, ROOT, loods
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order


def test_a_good_mapping_passes_with_exit_code_0() -> None:
    result = loods("check", mappings=ROOT / "mappings")

    assert result.exit_code == 0
    assert "all right" in result.output
    assert "warning" not in result.output


def test_a_mistake_is_named_with_file_line_and_column_and_exit_code_1(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    (tmp_path / "mappings" / "triggers" / "crm.yaml").write_text(
        "trigger: x\non: order.payed\ndo:\n  - hubspot.tag: {add: [a]}\n"
    )

    result = loods("check", mappings=tmp_path / "mappings")

    assert result.exit_code == 1
    assert "triggers/crm.yaml:2:5 M131" in result.output
    assert "did you mean" in result.output


def test_problems_come_as_json_where_asked(tmp_path: Path) -> None:
    (tmp_path / "mistake.yaml").write_text("nonsense: 1\n")

    result = loods("check", "--format", "json", mappings=tmp_path)

    found = json.loads(result.output)
    assert result.exit_code == 1
    assert {"file", "line", "column", "code", "message", "hint", "severity"} == set(found[0])


def test_run_does_not_start_on_a_mapping_that_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "mistake.yaml").write_text("nonsense: 1\n")

    result = loods("run", mappings=tmp_path, database=f"sqlite:///{tmp_path}/loods.db")

    assert result.exit_code == 1
    assert "mistake.yaml:1:1" in result.output
    assert not (tmp_path / "loods.db").exists()


def test_a_contact_is_shown_with_state_history_and_actions(database: str) -> None:
    result = loods("contact", "show", "EVA@example.com", database=database)

    assert result.exit_code == 0
    assert "main: care" in result.output
    assert "order webshop:77: 49.95 EUR" in result.output
    assert "trigger:paid-task: acted" in result.output
    assert "hubspot.update_contact" in result.output


def test_a_contact_is_given_as_json_where_asked(database: str) -> None:
    result = loods("contact", "show", "eva@example.com", "--format", "json", database=database)

    assert json.loads(result.output)["contact"]["standings"]["main"]["stage"] == "care"


def test_a_contact_is_shown_by_its_id_too(database: str) -> None:
    shown = loods("contact", "show", "eva@example.com", "--format", "json", database=database)
    contact_id = json.loads(shown.output)["contact"]["id"]

    by_id = loods("contact", "show", contact_id, database=database)
    nobody = loods("contact", "show", "01NOBODY", database=database)

    assert "main: care" in by_id.output
    assert "'01NOBODY' is neither an e-mail address nor the id of a contact" in nobody.output


def test_actions_show_which_rules_failed_within_a_day(database: str) -> None:
    """a rule that fails inside is contained to its contact, counted, and shown"""
    store, failed = open_store(database), [("trigger:welcome", "01EVA", "a division by zero")] * 2
    store.write(lambda tx: failings.count(tx, failed, bootstrap.clock()))
    store.close()

    output = loods("actions", database=database).output

    assert "trigger welcome failed 2 times within a day, and did nothing then: a division by zero" in output
    assert "`loods contact show 01EVA` says more" in output


def test_who_is_not_known_is_said_with_exit_code_1(database: str) -> None:
    result = loods("contact", "show", "nobody@example.com", database=database)

    assert result.exit_code == 1
    assert "nobody is known as nobody@example.com" in result.output


@pytest.mark.parametrize("words", [("contact", "show", "eva@example.com"), ("deliveries",), ("actions",)])
def test_without_a_database_it_says_how_to_get_one(words: tuple[str, ...]) -> None:
    result = loods(*words)

    assert result.exit_code == 1
    assert "there is no database at /nowhere/loods.db" in result.output


def test_deliveries_show_why_one_failed(database: str) -> None:
    result = loods("deliveries", "--status", "failed", database=database)

    assert result.exit_code == 0
    assert "total" in result.output
    assert "1 failed" in result.output


def test_deliveries_show_that_an_address_is_why_one_is_parked(database: str, sandbox: Sandbox) -> None:
    with Shop(database, sandbox, MAPPING) as shop:
        shop.posts("webshop", order(id=79, billing={"email": "eva@x, bram@x"}), {TOPIC: "order.updated"})
        shop.turns()

    result = loods("deliveries", "--status", "parked", database=database)

    assert "nobody is known whom it is about; email is no e-mail address" in result.output


def test_actions_show_the_platforms_words_without_what_could_steer_a_terminal(database: str) -> None:
    result = loods("actions", "--status", "dead", database=database)

    assert "hubspot.create_task" in result.output
    assert "red" in result.output
    assert "\x1b" not in result.output


def test_an_unknown_status_is_answered_with_those_that_there_are(database: str) -> None:
    result = loods("actions", "--status", "sleeping", database=database)

    assert result.exit_code == 1
    assert "waiting, sending, unknown, done, dead" in result.output


def test_a_dead_action_is_replayed_and_a_stranger_refused(database: str) -> None:
    listed = loods("actions", "--status", "dead", database=database).output
    number = listed.split()[0]

    replayed = loods("actions", "replay", number, database=database)
    again = loods("actions", "replay", number, database=database)

    assert replayed.exit_code == 0
    assert again.exit_code == 1
    assert "1 waiting" in loods("actions", database=database).output


def test_a_failed_delivery_is_replayed(database: str) -> None:
    number = loods("deliveries", "--status", "failed", database=database).output.split()[0]

    result = loods("deliveries", "replay", number, database=database)

    assert result.exit_code == 0
    assert "1 waiting" in loods("deliveries", database=database).output


def test_explain_shows_what_a_payload_would_do_without_doing_it(tmp_path: Path, database: str) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order(id=99)))
    before = loods("actions", database=database).output

    result = loods(
        "explain",
        str(file),
        "--connection",
        "webshop",
        "--header",
        f"{TOPIC}: order.updated",
        database=database,
    )

    assert result.exit_code == 0
    assert "event order.paid" in result.output
    assert "about: eva@example.com" in result.output
    assert "→ hubspot.create_task title = Thank for order 77" in result.output
    assert loods("actions", database=database).output == before


def test_explain_works_before_there_is_a_database(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order()))

    result = loods("explain", str(file), "--connection", "webshop", "--topic", "order.updated")

    assert result.exit_code == 0
    assert "a new contact" in result.output


@pytest.mark.parametrize(
    ("content", "connection", "said"),
    [
        ("{", "webshop", "JSON"),
        ("{}", "nowhere", "no connection 'nowhere' listens"),
        ("{}", "webshop", "say it by --topic"),
    ],
)
def test_explain_says_what_is_wrong_with_what_it_was_given(
    tmp_path: Path, content: str, connection: str, said: str
) -> None:
    file = tmp_path / "payload.json"
    file.write_text(content)

    result = loods("explain", str(file), "--connection", connection)

    assert said in result.output


def test_a_topic_that_stands_in_the_body_is_not_given_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text("{}")

    result = loods("explain", str(file), "--connection", "website", "--topic", "file.downloaded")

    assert result.exit_code == 1
    assert "stands in its body" in result.output


def test_a_wrong_port_is_a_message() -> None:
    result = CliRunner(env={"PORT": "http"}).invoke(main, ["check"])

    assert result.exit_code == 1
    assert "PORT must be a number" in result.output


def test_the_sandbox_says_that_its_port_is_taken(sandbox: Sandbox) -> None:
    taken = str(urlsplit(sandbox.url).port)

    result = loods("sandbox", "--port", taken)

    assert result.exit_code == 1
    assert f"port {taken}" in result.output


@pytest.mark.parametrize("address", ["foo", "mysql://x", "postgresql://u:no@[::1/x", "postgresql://u@h:x/y"])
def test_an_address_that_is_no_database_is_a_message(address: str) -> None:
    result = loods("deliveries", database=address)

    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output
    assert "u:no" not in result.output


@pytest.mark.parametrize("recorded", [b"{bad", b"[1]", b"\xff", b"5"], ids=repr)
def test_recorded_headers_that_cannot_be_read_are_a_message(tmp_path: Path, recorded: bytes) -> None:
    (tmp_path / "order.json").write_text(json.dumps(order()))
    (tmp_path / "order.headers.json").write_bytes(recorded)

    result = loods("explain", str(tmp_path / "order.json"), "--connection", "webshop")

    assert result.exit_code == 1
    assert "order.headers.json" in result.output


def test_a_payload_that_cannot_be_opened_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(json.dumps(order()))
    (tmp_path / "order.headers.json").mkdir()

    result = loods("explain", str(tmp_path / "order.json"), "--connection", "webshop")

    assert result.exit_code == 1
    assert "order.headers.json" in result.output
