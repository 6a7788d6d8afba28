"""The page of promises names what is really tried."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.failpoints import NAMES
from tests.bench.heading import commit, heading, machine
from tests.faults import campaigns
from tests.faults.planted import BUGS
from tests.faults.rig.report import heading as campaign_heading

PAGE = Path("docs/promises.md").read_text("utf-8")
BENCHES = sorted(Path("tests/bench").glob("bench_*.py"))
CAMPAIGNS = {one.name for one in pkgutil.iter_modules(campaigns.__path__)}
PRINTS = {*(one.stem for one in BENCHES), *CAMPAIGNS, "fuzz"}
"""Whatever prints figures, by its name."""


def test_every_campaign_is_on_the_page_and_no_other() -> None:
    table = PAGE.partition("| campaign |")[2]

    firsts = re.findall(r"^\| (`.*?`) \|", table, re.M)
    named = {one for first in firsts for one in re.findall(r"\w+", first)}

    assert named == CAMPAIGNS


def test_the_page_counts_the_places_and_the_planted_bugs() -> None:
    assert f"each of {len(NAMES)} places" in PAGE
    assert f"{len(BUGS)} planted bugs" in PAGE


def unfounded(table: str) -> Iterator[str]:
    """Rows `| what | goal | seen | commit | by |` that lack something, or whose `by` prints no figures."""
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    for row in rows[1:]:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        names = re.findall(r"`(\w+)`", cells[-1])
        is_seen = len(cells) == 5 and all(cells) and re.fullmatch(r"`[0-9a-f]{7,40}`", cells[3])
        if not is_seen or not names or not PRINTS.issuperset(names):
            yield row


HEAD = "| what | goal | seen | commit | by |\n|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    "row",
    [
        "| kills | lost 0 | lost 0 | `abcdef1` | `kill` |",
        "| kills | lost 0 | lost 0 | `abcdef1` | by hand |",
        "| kills | lost 0 | lost 0 | lately | `kills` |",
        "| kills | lost 0 | | `abcdef1` | `kills` |",
        "| kills | lost 0 | lost 0 | `kills` |",
    ],
)
def test_a_figure_that_nobody_can_ask_for_again_is_found(row: str) -> None:
    good = "| receipts | 5,000 /s | 6,000 /s | `abcdef1` | `bench_receive` |\n"

    assert list(unfounded(HEAD + good + row)) == [row]


def test_each_figure_of_the_page_says_when_it_was_seen_and_what_prints_it() -> None:
    title, figures = PAGE.partition("## Figures")[1:]

    assert title
    assert list(unfounded(figures)) == []


@pytest.mark.parametrize("bench", BENCHES, ids=lambda one: one.stem)
def test_every_bench_says_first_of_which_commit_and_machine_its_figures_are(bench: Path) -> None:
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(bench.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]

    assert calls.count("heading") == 1


def test_the_heading_names_the_commit_the_machine_and_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    heading("what is measured", seed=7)

    said = capsys.readouterr().out
    assert re.search(
        r"commit ([0-9a-f]{7,}\+?|unknown), seed 7\n\d+ processors, .*Python .* million turns/s", said
    )
    assert machine() in campaign_heading()
    assert f"commit {commit()}" in campaign_heading()
