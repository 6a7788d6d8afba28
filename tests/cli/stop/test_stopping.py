"""`loods stop` and `loods start`: what they say, and what is held, let go on or dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.runtime.errands import STOP, Errand, ask
from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A shop in which Eva's welcome waits to leave."""
    with Shop(migrated_url, sandbox, MAPPING) as made:
        made.says("newsletter.confirmed", "eva@example.com")
        made.system.processor.step()
        yield made


@pytest.fixture
def database(shop: Shop) -> str:
    """The shop's database, which nobody writes any more."""
    shop.system.store.close()
    return shop.settings.database_url


def answered(words: str, *command: str, database: str) -> Result:
    """Run the command and type these words."""
    return CliRunner().invoke(
        main, ["--mappings", str(MAPPING), "--database", database, *command], input=words
    )


def test_a_stop_says_what_it_holds_and_how_it_ends(database: str) -> None:
    result = loods("stop", "--why", "wrong text", "--who", "eva", database=database)

    assert result.exit_code == 0
    assert "everything is stopped since" in result.output
    assert "by eva: wrong text" in result.output
    assert "2 actions held; `loods start` lets them go on, or drops them" in result.output


def test_a_stop_of_one_trigger_counts_its_own(database: str) -> None:
    result = loods("stop", "--trigger", "welcome", database=database)

    assert "trigger welcome is stopped since" in result.output
    assert "1 action held; `loods start --trigger welcome` lets" in result.output


def test_an_unknown_trigger_is_refused_with_the_nearest_name(database: str) -> None:
    result = loods("stop", "--trigger", "wellcome", database=database)

    assert result.exit_code == 1
    assert "there is no trigger 'wellcome'; did you mean welcome?" in result.output


def test_what_could_leave_already_is_shown_to_wait_for_its_turn(database: str) -> None:
    result = loods("actions", "--status", "waiting", database=database)

    assert result.output.count("; waits for its turn") == 2
    assert "next at" not in result.output


def test_a_second_stop_says_that_it_was_stopped(database: str) -> None:
    loods("stop", "--who", "eva", database=database)

    result = loods("stop", "--who", "bob", database=database)

    assert result.exit_code == 0
    assert "it was stopped already" in result.output
    assert "by eva" in result.output


def test_start_asks_what_to_do_with_what_waited_and_shows_how_much_it_is(database: str) -> None:
    """nothing is lost, and starting again asks what to do with what waited."""
    loods("stop", database=database)

    result = answered("go on\n", "start", database=database)

    assert result.exit_code == 0
    assert "2 actions held" in result.output
    assert "everything goes on; what waited (2 actions) goes on now" in result.output


def test_start_leaves_all_as_it_is_where_nobody_chooses(database: str) -> None:
    """nothing is lost, and starting again asks what to do with what waited."""
    loods("stop", database=database)

    unchosen = answered("\n", "start", database=database)
    unanswered = answered("", "start", database=database)

    assert (unchosen.exit_code, unanswered.exit_code) == (1, 1)
    assert unchosen.output.endswith("Error: nothing was done\n")
    assert unanswered.output.endswith(
        "Error: nothing was done: nobody answered; --go-on lets what waits leave, --drop gives it up\n"
    )
    assert "everything is stopped" in loods("actions", database=database).output


def test_start_drops_what_waited_where_that_is_asked(database: str) -> None:
    loods("stop", "--trigger", "welcome", database=database)

    result = loods("start", "--trigger", "welcome", "--drop", "--who", "eva", database=database)

    assert "trigger welcome goes on; what waited (1 action) was dropped" in result.output
    assert "dropped by eva after a stop" in loods("actions", "--status", "dead", database=database).output


def test_start_drops_nothing_where_both_are_asked(database: str) -> None:
    loods("stop", database=database)

    result = loods("start", "--go-on", "--drop", database=database)

    assert result.exit_code == 2
    assert "say one" in result.output
    assert "everything is stopped" in loods("actions", database=database).output


def test_start_names_what_is_still_stopped(database: str) -> None:
    loods("stop", database=database)
    loods("stop", "--trigger", "welcome", database=database)

    result = loods("start", "--go-on", database=database)

    assert "trigger welcome is stopped since" in result.output


@pytest.fixture
def held(shop: Shop) -> str:
    """The database of the shop, in which Bob's runs are held as well."""
    ask(shop.system.store, Errand(STOP, "", "eva", shop.clock()), 0.0)
    shop.says("newsletter.confirmed", "bob@example.com")
    shop.turns()
    shop.system.store.close()
    return shop.settings.database_url


def test_runs_that_are_held_are_counted_with_the_actions(held: str) -> None:
    listed = loods("actions", database=held)
    started = answered("go on\n", "start", database=held)

    assert "2 actions and the runs of 2 contacts held; `loods start` lets them go on" in listed.output
    assert "what waited (2 actions and the runs of 2 contacts) goes on now" in started.output


def test_a_contact_and_why_tell_of_a_stop_and_what_ends_it(held: str) -> None:
    """stopped (everything, the trigger)"""
    shown = loods("contact", "show", "bob@example.com", database=held)
    why = loods("why", "bob@example.com", "welcome", database=held)

    assert "held in welcome, which is stopped" in shown.output
    assert (
        "it was paused or stopped: everything is stopped; it waits until somebody lets it go on" in why.output
    )
    assert "`loods start` lets it go on" in why.output


def test_explain_says_what_is_stopped(held: str) -> None:
    told = loods("explain", "--event", "newsletter.confirmed", "--contact", "ann@example.com", database=held)

    assert "trigger:welcome: stopped (everything is stopped" in told.output


def test_what_is_not_stopped_cannot_be_started(database: str) -> None:
    loods("stop", database=database)

    result = loods("start", "--trigger", "welcome", "--go-on", database=database)

    assert result.exit_code == 1
    assert "trigger welcome is not stopped; stopped is: everything" in result.output


def test_where_nothing_is_stopped_nothing_can_be_started(database: str) -> None:
    result = loods("start", database=database)

    assert (result.exit_code, "Error: nothing is stopped\n" in result.output) == (1, True)


def test_the_list_of_actions_and_the_health_page_tell_of_a_stop(shop: Shop) -> None:
    shop.system.store.close()
    loods("stop", "--who", "eva", database=shop.settings.database_url)
    with Shop(shop.settings.database_url, shop.sandbox, MAPPING) as again:
        checks = again.web.get("/health/ready").get_json()["checks"]

    assert "everything is stopped since" in loods("actions", database=shop.settings.database_url).output
    assert checks["stopped"].startswith("everything since")
    assert checks["stopped"].endswith("by eva")
