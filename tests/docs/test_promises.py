"""The page of promises names what is really tried."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

from connector.failpoints import NAMES
from tests.faults import campaigns
from tests.faults.planted import BUGS

PAGE = Path("docs/promises.md").read_text("utf-8")


def test_every_campaign_is_on_the_page_and_no_other() -> None:
    table = PAGE.partition("| campaign |")[2]

    firsts = re.findall(r"^\| (`.*?`) \|", table, re.M)
    named = {one for first in firsts for one in re.findall(r"\w+", first)}

    assert named == {one.name for one in pkgutil.iter_modules(campaigns.__path__)}


def test_the_page_counts_the_places_and_the_planted_bugs() -> None:
    assert f"each of {len(NAMES)} places" in PAGE
    assert f"{len(BUGS)} planted bugs" in PAGE
