"""The codes of docs/doctor.md are those that findings carry."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\bL[1-3]\d\d\b")
QUOTED = re.compile(r'"(L[1-3]\d\d)"')


def test_every_code_of_a_finding_is_on_the_page_and_no_other() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text("utf-8")
    _, table = page.split("## Every code")

    said = {
        code
        for file in (ROOT / "connector").rglob("*.py")
        for code in QUOTED.findall(file.read_text("utf-8"))
    }

    assert said == set(CODE.findall(table))
