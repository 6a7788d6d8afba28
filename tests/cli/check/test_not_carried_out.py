"""A folder with something that this release does not carry out is tried all the same, and that is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command import MAPPING, loods
from tests.mapping.folders import SHOP

TRIED = [["explain", "--event", "order.paid", "--contact", "eva@example.com"], ["test"], ["draw"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mapping with a source that is to fetch something."""
    made = Path(shutil.copytree(MAPPING, tmp_path / "mappings"))
    thin = SHOP.replace("source: shop\n", "source: thin\n")
    (made / "thin.yaml").write_text(thin + "fetch: {path: '/orders/{{ body.id }}'}\n")
    return made


@pytest.mark.parametrize("words", TRIED, ids=lambda words: words[0])
def test_what_is_not_carried_out_is_said_in_one_line_beside_the_answer(
    folder: Path, words: list[str]
) -> None:
    result = loods(*words, mappings=folder)

    assert result.exit_code == 0, result.output
    (notice,) = [line for line in result.stderr.splitlines() if "M190" in line]
    assert "holds 1 thing that this version does not carry out (M190)" in notice
    assert "M190" not in result.stdout


@pytest.mark.parametrize("words", TRIED, ids=lambda words: words[0])
def test_nothing_is_said_where_all_is_carried_out(words: list[str]) -> None:
    assert "M190" not in loods(*words).stderr
