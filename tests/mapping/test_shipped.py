"""Sources that come with Loods: compiled once, unless the mapping around them makes them others."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.load import check_files
from connector.mapping.source import Source
from tests.mapping.folders import SHOP, SPECS

CONNECTIONS = "connections: {webshop: {source: shop, secret: $S, url: https://shop.example}}\n"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path


def source(shipped: Path, text: str = "") -> Source:
    mapping, problems = check_files({"a.yaml": (CONNECTIONS + text).encode()}, shipped, SPECS)
    assert mapping is not None, [str(one) for one in problems]
    return mapping.sources["shop"]


def test_a_shipped_source_is_compiled_once(shipped: Path) -> None:
    first = source(shipped)

    assert source(shipped, "# another text\n") is first


@pytest.mark.parametrize(
    "text",
    [
        "defaults: {time_zone: America/New_York}\n",
        "defaults: {locale: en_GB}\n",
        "defaults: {working_days: {holidays: NL}}\n",
        "fields: {shoe_size: {type: number}}\n",
        "fields: {turnover: {type: number, of: company}}\n",
    ],
)
def test_in_other_surroundings_it_is_compiled_anew(shipped: Path, text: str) -> None:
    first = source(shipped)

    assert source(shipped, text) is not first


def test_another_release_of_it_is_compiled_anew(shipped: Path) -> None:
    first = source(shipped)

    (shipped / "shop.yaml").write_text(SHOP + "# another release\n")

    assert source(shipped) is not first


def test_problems_of_a_shipped_source_are_told_every_time(shipped: Path) -> None:
    (shipped / "shop.yaml").write_text(SHOP.replace("body.total", "body.total |"))

    told = [check_files({"a.yaml": CONNECTIONS.encode()}, shipped, SPECS)[1] for _ in range(2)]

    assert told[0] == told[1] != ()
