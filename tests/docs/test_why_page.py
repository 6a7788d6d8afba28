"""The answers that docs/why.md shows are those that the commands give, but for moments and ids."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import main
from connector.sandbox import start
from tests.runtime.shop import Shop

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"<!-- output: (\w+) -->\n```\n\$ (.*?)```", PAGE, re.DOTALL))
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: [A-Z]{3,5})?")
REFERENCE = re.compile(r"(?<=there it is )\w+")


def without_moments(text: str) -> str:
    return REFERENCE.sub("ID", MOMENT.sub("THEN", text))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Eva has had three carts, ten minutes apart, under the example mapping."""
    url = f"sqlite:///{tmp_path_factory.mktemp('why')}/loods.db"
    with start() as sandbox, Shop(url, sandbox, ROOT / "mappings") as shop:
        for number, total in enumerate(("18.50", "600", "700")):
            shop.says("cart.updated", "eva@example.com", cart={"id": f"c{number}", "total": total})
            shop.turns()
            shop.clock.moves(minutes=10)
    return url


@pytest.mark.parametrize("command", ["explain", "why"])
def test_what_the_page_shows_is_what_the_command_prints(command: str, database: str) -> None:
    typed, _, printed = SHOWN[command].partition("\n")
    _, *words = shlex.split(typed)

    result = CliRunner().invoke(main, ["--mappings", str(ROOT / "mappings"), "--database", database, *words])

    assert result.exit_code == 0
    assert without_moments(result.output) == without_moments(printed)
