"""What `loods check --format github` prints: lines that GitHub reads, whatever stands in the mapping."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.cli.check.annotations import annotated
from connector.errors import Problem
from tests.cli.command import ROOT, loods


def test_a_mistake_is_annotated_at_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "mappings", "mappings")
    Path("mappings/triggers/crm.yaml").write_text(
        "trigger: open-deal\non: [order.payd]\ndo:\n  - hubspot.tag: {add: [a]}\n"
    )

    result = loods("check", "--format", "github", mappings=Path("mappings"))

    assert result.exit_code == 1
    assert (
        "::error file=mappings/triggers/crm.yaml,line=2,col=6,title=M131"
        '::there is no event "order.payd"; did you mean "order.paid"?' in result.output.splitlines()
    )


def test_a_warning_is_one_and_lets_the_check_pass(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    (tmp_path / "mappings" / "triggers" / "more.yaml").write_text(
        "trigger: more\non: product.changed\ndo:\n  - hubspot.tag: {add: [a]}\n"
    )

    result = loods("check", "--format", "github", mappings=tmp_path / "mappings")

    assert result.exit_code == 0
    assert re.match(r"::warning file=\S+/triggers/more.yaml,line=2,col=5,title=M152::", result.output)


def test_a_sound_mapping_annotates_nothing() -> None:
    result = loods("check", "--format", "github", mappings=ROOT / "mappings")

    assert (result.exit_code, result.output) == (0, "")


def test_a_folder_that_is_not_there_is_named_itself(tmp_path: Path) -> None:
    result = loods("check", "--format", "github", mappings=tmp_path / "nowhere")

    assert result.output.startswith(f"::error file={tmp_path}/nowhere,title=M101::")


def test_nothing_that_is_said_ends_the_line_or_the_property() -> None:
    problem = Problem("a,b:c.yaml", 1, 2, "M106", "100%\r\nwrong", "a::error::b")

    [line] = annotated([problem], Path("mappings"))

    assert line == (
        "::error file=mappings/a%2Cb%3Ac.yaml,line=1,col=2,title=M106::100%25%0D%0Awrong; a::error::b"
    )


@given(st.text(), st.text())
def test_whatever_is_said_can_be_read_back(file: str, message: str) -> None:
    [line] = annotated([Problem(f"f{file}", 1, 1, "M1", message)], Path("m"))

    found = re.fullmatch(r"::error file=([^,:\r\n]*),line=1,col=1,title=M1::([^\r\n]*)", line)
    assert found is not None
    said = found[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert said == message
