"""`loods moment fire`: a forecast first, then every contact is looked at, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop

HEAT = """
calendar:
  heat: {about: It is over thirty degrees}
  frost: {about: Nobody listens to it}
triggers:
  cool:
    kind: internal
    on: {moment: heat}
    when: contact.email != 'cold@example.com'
    do:
      - hubspot.tag: {add: [heat]}
"""


class Hot:
    """A shop with three contacts, and a trigger for a moment that somebody fires."""

    def __init__(self, url: str, folder: Path, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox
        self.mappings = Path(shutil.copytree(MAPPING, folder / "mapping"))
        (self.mappings / "heat.yaml").write_text(HEAT)
        with self.opened() as shop:
            for name in ("eva", "bob", "cold"):
                shop.says("file.downloaded", f"{name}@example.com")
            shop.turns()

    def opened(self) -> Shop:
        return Shop(self.url, self.sandbox, self.mappings)

    def fires(self, *words: str, answer: str = "") -> Result:
        command = ["--mappings", str(self.mappings), "--database", self.url, "moment", "fire", *words]
        return CliRunner().invoke(main, command, input=answer)

    def reached(self) -> list[str]:
        """The addresses of those for whom the trigger acted, after all is done."""
        with self.opened() as shop:
            shop.turns()
            ids = {one.action.contact_id for one in shop.actions() if one.action.cause.rule == "trigger:cool"}
            emails = (f"{name}@example.com" for name in ("bob", "cold", "eva"))
            return [email for email in emails if shop.contact(email).id in ids]


@pytest.fixture
def hot(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Hot:
    return Hot(migrated_url, tmp_path, sandbox)


def test_firing_shows_whom_it_would_reach_and_asks(hot: Hot) -> None:
    """`loods moment fire NAME`, for what happens in the world today, with forecast, consent and fuse."""
    result = hot.fires("heat", answer="n\n")

    assert result.exit_code == 1
    assert "heat, of 3 contact(s):" in result.output
    assert "trigger cool: reaches 2; 1 no" in result.output
    assert result.output.endswith("Error: nothing was done\n")
    assert hot.reached() == []


def test_everybody_whom_the_moment_means_is_reached_once(hot: Hot) -> None:
    result = hot.fires("heat", "--yes", "--who", "eva")

    assert result.exit_code == 0, result.output
    assert hot.reached() == ["bob@example.com", "eva@example.com"]
    assert hot.reached() == ["bob@example.com", "eva@example.com"]
    with hot.opened() as shop:
        assert sum(one.action.cause.rule == "trigger:cool" for one in shop.actions()) == 2


def test_a_moment_that_is_none_is_refused_with_the_nearest_name(hot: Hot) -> None:
    result = hot.fires("haet", "--yes")

    assert result.exit_code == 1
    assert "the calendar has no moment 'haet'; did you mean heat?" in result.output


def test_a_moment_that_nothing_listens_to_is_not_fired(hot: Hot) -> None:
    result = hot.fires("frost", "--yes")

    assert result.exit_code == 1
    assert "no trigger listens to the moment 'frost'" in result.output


def test_a_stop_holds_what_a_moment_brings(hot: Hot) -> None:
    loods("stop", database=hot.url, mappings=hot.mappings)
    fired = hot.fires("heat", "--yes")

    during = hot.reached()
    loods("start", "--go-on", database=hot.url, mappings=hot.mappings)

    assert "trigger cool: reaches 2; 1 no" in fired.output
    assert during == []
    assert hot.reached() == ["bob@example.com", "eva@example.com"]
