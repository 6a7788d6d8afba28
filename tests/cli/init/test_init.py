"""A new mapping: it passes its check whatever was chosen, and what is printed about it is true."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

import pytest
from click.testing import CliRunner, Result

from connector import bootstrap
from connector.cli import main
from connector.cli.init.command import JOURNEYS, LANGUAGES, PLATFORMS, SHOPS
from connector.cli.init.next_steps import SAMPLE
from connector.cli.init.starter import LIFECYCLE, SCHEMA
from connector.mapping.accounts import FromEnvironment
from connector.mapping.mapping import Mapping
from connector.mapping.rules import FallsQuiet, MomentComes, Trigger
from connector.mapping.schema.journeys import PRESETS
from connector.settings import Settings
from tests.cli.command import loods
from tests.mapping.test_json_schema import complaints
from tests.patience import PATIENCE

FOR_A_SANDBOX = {"HUBSPOT_URL", "MAILCHIMP_URL"}


def init(folder: Path, *words: str, answers: str = "") -> Result:
    """Write a new mapping into the folder."""
    result = CliRunner().invoke(main, ["init", str(folder), *words], input=answers)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def made(folder: Path, *words: str) -> Mapping:
    """The mapping that is written where these choices are made, and the first ones else."""
    assert init(folder, *words, "--yes").exit_code == 0
    return bootstrap.load(Settings(mappings=folder))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("platforms", [*PLATFORMS, ",".join(PLATFORMS)])
@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_what_is_written_passes_its_check_without_a_warning_and_its_examples(
    tmp_path: Path, journey: str, shop: str, platforms: str, language: str
) -> None:
    chosen = ("--journey", journey, "--shop", shop, "--platforms", platforms, "--language", language)

    mapping = made(tmp_path / "new", *chosen)

    result = loods("check", mappings=tmp_path / "new")
    assert (result.exit_code, result.output.count("\n")) == (0, 1), result.output
    assert 4 <= len(mapping.triggers) <= 6
    assert loods("test", mappings=tmp_path / "new").output.endswith(" examples: all right\n")
    assert {one.platform for one in mapping.connections.values()} - {None} == set(platforms.split(","))


@pytest.mark.parametrize("shop", SHOPS)
def test_both_languages_hold_the_same_rules(tmp_path: Path, shop: str) -> None:
    dutch = made(tmp_path / "nl", "--shop", shop, "--language", "nl")
    english = made(tmp_path / "en", "--shop", shop, "--language", "en")

    assert rules(dutch) == rules(english)
    assert dutch.segments.keys() == english.segments.keys()
    assert len(dutch.examples) == len(english.examples)
    assert all(one.about != english.triggers[one.name].about for one in dutch.triggers.values())


def rules(mapping: Mapping) -> list[object]:
    """What the triggers of a mapping are, less their words."""
    return [
        (
            one.name,
            one.on,
            one.occasions,
            one.when and one.when.text,
            one.wait,
            one.limit,
            one.kind,
            steps(one),
        )
        for one in mapping.triggers.values()
    ]


def steps(trigger: Trigger) -> list[str]:
    """The actions of a trigger."""
    return [f"{step.connection}.{step.spec.name}" for step in trigger.actions]


@pytest.mark.parametrize("shop", SHOPS)
def test_an_editor_has_no_complaints(tmp_path: Path, shop: str) -> None:
    made(tmp_path / "new", "--shop", shop)

    mapping = {name: text for name, text in texts(tmp_path / "new").items() if name.endswith(".yaml")}
    assert {name: complaints(text) for name, text in mapping.items() if complaints(text)} == {}


def test_each_file_names_the_schema_that_is_written_beside_it(tmp_path: Path) -> None:
    made(tmp_path / "new")

    files = list((tmp_path / "new").rglob("*.yaml"))
    named = [one.read_text().split("\n", 1)[0].rpartition("$schema=") for one in files]
    assert {start for start, _, _ in named} == {"# yaml-language-server: "}
    found = {(file.parent / name).resolve() for file, (_, _, name) in zip(files, named, strict=True)}
    assert found == {tmp_path / "new" / SCHEMA}
    assert json.loads((tmp_path / "new" / SCHEMA).read_text())["$schema"]


def test_the_check_keeps_the_schema_that_of_its_release(tmp_path: Path) -> None:
    made(tmp_path / "new")
    schema = tmp_path / "new" / SCHEMA
    text = schema.read_text()
    schema.write_text("{}")

    loods("check", mappings=tmp_path / "new")
    refreshed = schema.read_text()
    schema.unlink()
    loods("check", mappings=tmp_path / "new")

    assert refreshed == text
    assert not schema.exists()


def test_nothing_is_written_where_nobody_answers(tmp_path: Path) -> None:
    result = init(tmp_path / "new")

    assert result.exit_code == 1
    assert result.output.endswith("Error: nothing was done: nobody answered; --yes takes the first choice\n")
    assert not (tmp_path / "new").exists()


def test_questions_stand_on_lines_of_their_own_where_answers_are_piped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "connector.cli", "init", str(tmp_path / "new")]

    output = subprocess.run(command, input=b"\n\n\n\n", capture_output=True, check=True).stdout.decode()

    assert (
        len(re.findall(r"^(?:Your shop|The customer journey \[|Platforms|Language)", output, re.MULTILINE))
        == 4
    )


def test_the_question_that_is_posted_as_told_is_accepted(tmp_path: Path) -> None:
    if not shutil.which("curl") or not shutil.which("openssl"):
        pytest.skip("what is told needs curl and openssl")
    told = init(tmp_path / "new", "--yes").output
    posting = told[told.index("     SECRET=") : told.index("   See what")]
    [secret] = re.findall(r"export WEBSITE_SECRET=(a\S+)", told)
    (tmp_path / "question.json").write_text(SAMPLE + "\n")
    environment = {"WEBSITE_SECRET": secret}
    settings = Settings(
        mappings=tmp_path / "new",
        database_url=f"sqlite:///{tmp_path}/loods.db",
        port=0,
        environment=environment,
    )
    stop, addresses = threading.Event(), Queue[str]()
    runs = threading.Thread(target=bootstrap.run, args=(bootstrap.build(settings), stop, addresses.put))
    runs.start()
    text = posting.replace("http://127.0.0.1:8080", addresses.get(timeout=PATIENCE))

    posted = subprocess.run(["bash", "-ec", text], cwd=tmp_path, capture_output=True, check=True)
    stop.set()
    runs.join(PATIENCE)

    assert json.loads(posted.stdout)["status"] == "accepted"


def test_every_preset_can_be_chosen() -> None:
    assert set(JOURNEYS) == set(LIFECYCLE) == set(PRESETS)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_every_stage_tells_every_platform(tmp_path: Path, journey: str) -> None:
    [main_journey] = made(tmp_path / "new", "--journey", journey).journeys.values()

    told = {stage: {one.connection for one in steps} for stage, steps in main_journey.enter.items()}

    assert told == {stage: set(PLATFORMS) for stage in main_journey.order}


@pytest.mark.parametrize("platforms", PLATFORMS)
@pytest.mark.parametrize("shop", SHOPS)
def test_every_action_of_a_trigger_is_expected_by_an_example_beside_it(
    tmp_path: Path, shop: str, platforms: str
) -> None:
    mapping = made(tmp_path / "new", "--shop", shop, "--platforms", platforms)

    written = texts(tmp_path / "new")
    proofs = {name: written[f"{name}.yaml"].partition("\nexamples:")[2] for name in mapping.triggers}
    missing = [
        f"{name}: {action}"
        for name, trigger in mapping.triggers.items()
        for action in steps(trigger)
        if action not in proofs[name]
    ]
    assert missing == []


@pytest.mark.parametrize("shop", SHOPS)
def test_a_marketer_finds_each_part_of_the_language(tmp_path: Path, shop: str) -> None:
    mapping = made(tmp_path / "new", "--shop", shop)

    triggers = mapping.triggers.values()
    assert any(one.wait and one.unless_events for one in triggers)
    occasions = [occasion for one in triggers for occasion in one.occasions]
    assert any(isinstance(one, FallsQuiet) for one in occasions)
    assert any(isinstance(one, MomentComes) and one.segment for one in occasions)
    assert mapping.grid
    assert mapping.grid.cells
    assert mapping.defaults.pressure
    assert mapping.defaults.hours


@pytest.mark.parametrize("shop", SHOPS)
def test_what_is_written_can_be_published(tmp_path: Path, shop: str) -> None:
    made(tmp_path / "new", "--shop", shop)

    published = loods("publish", mappings=tmp_path / "new", database=f"sqlite:///{tmp_path}/loods.db")

    assert published.exit_code == 0, published.output


def test_scores_come_where_hubspot_can_call(tmp_path: Path) -> None:
    assert made(tmp_path / "new", "--platforms", "mailchimp").grid is None


@pytest.mark.parametrize("shop", SHOPS)
def test_every_variable_that_the_mapping_names_is_told(tmp_path: Path, shop: str) -> None:
    result = init(tmp_path / "new", "--shop", shop, "--yes")

    mapping = bootstrap.load(Settings(mappings=tmp_path / "new"))
    connections = mapping.connections.values()
    named = {
        setting.variable
        for one in connections
        for setting in (*one.secrets, *one.settings.values())
        if isinstance(setting, FromEnvironment)
    }
    assert set(re.findall(r"^     export (\w+)=.* #", result.output, re.MULTILINE)) == named - FOR_A_SANDBOX


@pytest.mark.parametrize("shop", SHOPS)
def test_nothing_is_missing_once_what_is_told_is_set(tmp_path: Path, shop: str) -> None:
    result = init(tmp_path / "new", "--shop", shop, "--yes")

    told = dict.fromkeys(re.findall(r"^     export (\w+)=.* #", result.output, re.MULTILINE), "x")
    settings = Settings(mappings=tmp_path / "new", environment=told)
    assert bootstrap.missing(settings, bootstrap.load(settings)) == []


@pytest.mark.parametrize("shop", SHOPS)
def test_every_address_that_is_told_is_a_connection_that_listens(tmp_path: Path, shop: str) -> None:
    result = init(tmp_path / "new", "--shop", shop, "--yes")

    connections = bootstrap.load(Settings(mappings=tmp_path / "new")).connections.values()
    listening = {one.name for one in connections if one.source}
    assert set(re.findall(r"https://YOUR-LOODS/webhooks/(\w+)", result.output)) == listening


@pytest.mark.parametrize("platforms", PLATFORMS)
def test_the_webhook_that_is_shown_does_something(tmp_path: Path, platforms: str) -> None:
    result = init(tmp_path / "new", "--platforms", platforms, "--yes")
    [written] = re.findall(r"^     (echo .*)$", result.output, re.MULTILINE)
    [command] = re.findall(r"^     loods (.* explain .*)$", result.output, re.MULTILINE)
    _, body, _, name = shlex.split(written)
    json.loads(body)
    (tmp_path / name).write_text(body)

    words = [str(tmp_path / name) if word == name else word for word in shlex.split(command)]
    shown = CliRunner().invoke(main, ["--database", "sqlite:////nowhere/loods.db", *words])

    assert shown.exit_code == 0, shown.output
    assert f"→ {platforms}." in shown.output


@pytest.mark.parametrize("shop", SHOPS)
def test_what_can_be_asked_afterwards_names_a_trigger_that_there_is(tmp_path: Path, shop: str) -> None:
    result = init(tmp_path / "new", "--shop", shop, "--yes")

    [trigger] = re.findall(r"^     loods .* why eva@example.com (\S+)$", result.output, re.MULTILINE)
    assert trigger in bootstrap.load(Settings(mappings=tmp_path / "new")).triggers


def test_what_is_not_given_is_asked(tmp_path: Path) -> None:
    result = init(tmp_path / "new", "--language", "en", answers="shopify\nfive_b\nfive_a\nmailchimp\n")

    mapping = bootstrap.load(Settings(mappings=tmp_path / "new"))
    assert "'five_b' is not one of" in result.output
    assert mapping.connections["webshop"].source == "shopify"
    assert mapping.journeys["main"].order[0] == "aandacht"
    assert "hubspot" not in mapping.connections


def test_an_enter_at_each_question_takes_the_first_choice(tmp_path: Path) -> None:
    init(tmp_path / "asked", answers="\n\n\n\n")
    init(tmp_path / "yes", "--yes")

    assert texts(tmp_path / "asked") == texts(tmp_path / "yes")


def test_nobody_who_answers_means_that_nothing_is_written(tmp_path: Path) -> None:
    result = init(tmp_path / "new")

    assert result.exit_code == 1
    assert not (tmp_path / "new").exists()


def texts(folder: Path) -> dict[str, str]:
    """The files of a folder."""
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    result = init(tmp_path, "--yes")

    assert result.exit_code == 1
    assert f"{tmp_path} is not empty; name another folder" in result.output
    assert texts(tmp_path) == {"notes.txt": "mine"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert init(tmp_path, "--yes").exit_code == 0


def test_a_file_where_the_folder_would_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("")

    result = init(tmp_path / "new", "--yes")

    assert (result.exit_code, result.output) == (
        1,
        f"Error: {tmp_path / 'new'} cannot be written into: Not a directory; "
        "name another folder, as in: loods init NAME\n",
    )


def test_an_unknown_platform_is_said_with_those_that_there_are(tmp_path: Path) -> None:
    result = init(tmp_path / "new", "--platforms", "hubspot,mailchmp")

    assert result.exit_code == 2
    assert "'mailchmp' is no platform; write one or more of: hubspot,mailchimp" in result.output
