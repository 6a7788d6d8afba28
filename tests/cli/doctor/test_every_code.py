"""Every code of a finding is told in docs/doctor.md, and has a planted mistake that it finds."""

from __future__ import annotations

import re

from tests.cli.command import ROOT

CODE = re.compile(r"\bL[123][0-9]{2}\b")
IN_ORDER = {"L199", "L399"}


def codes_in(*places: str) -> set[str]:
    files = [file for place in places for file in (ROOT / place).rglob("*.py")]
    return {code for file in files for code in CODE.findall(file.read_text("utf-8"))}


def test_what_is_told_and_what_can_be_found_are_the_same() -> None:
    told = set(CODE.findall((ROOT / "docs" / "doctor.md").read_text("utf-8")))

    assert told == codes_in("connector/platforms", "connector/bootstrap")


def test_each_has_a_planted_mistake() -> None:
    planted = codes_in("tests/platforms/inspection", "tests/cli/doctor")

    assert codes_in("connector/platforms", "connector/bootstrap") - planted - IN_ORDER == set()
