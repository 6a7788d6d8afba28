"""Every YAML block of README and docs passes the check, so that what is shown can be copied.

A block is put into a small mapping, whose part of the same key it replaces. An HTML comment right above it
may add what it needs, `<!-- with: … -->`, or say that it is `not a mapping`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector import bootstrap
from connector.settings import read_settings
from tests.mapping.folders import NOT_YET

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"^(?:<!-- (?P<said>(?:(?!-->).)*?)\s*-->\n)?```yaml\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE
)

AROUND = {
    "connections": """\
connections:
  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN, owner: sales@example.com}
  mailchimp: {platform: mailchimp, token: $MAILCHIMP_API_KEY, audience: $MAILCHIMP_AUDIENCE}
  webshop: {source: woocommerce, secret: $WOO_SECRET}
  website: {source: json, secret: $WEBSITE_SECRET}
""",
    "journeys": """\
journeys:
  main:
    stages:
      see: {label: See}
      care: {label: Care}
    moves:
      - {on: newsletter.confirmed, to: see}
      - {on: order.paid, to: care}
""",
    "segments": """\
segments:
  loyal: contact.purchases.count >= 3
""",
}


@dataclass(frozen=True)
class Block:
    """A block, with what the comment above it says."""

    place: str
    said: str
    text: str

    @property
    def files(self) -> dict[str, str]:
        """The mapping that it is checked in."""
        around = {f"{key}.yaml": one for key, one in AROUND.items() if f"\n{key}:" not in f"\n{self.text}"}
        added = {"with.yaml": self.said.removeprefix("with:")} if self.said.startswith("with:") else {}
        return {**around, **added, "shown.yaml": self.text}


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("text")) + 1
        yield Block(f"{page.name}:{line}", found["said"] or "", found["text"])


BLOCKS = [block for page in PAGES for block in blocks(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_is_overlooked(page: Path) -> None:
    assert len(list(blocks(page))) == page.read_text("utf-8").count("```yaml")


@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.said != "not a mapping"], ids=lambda block: block.place
)
def test_a_block_passes_the_check(block: Block, tmp_path: Path) -> None:
    for name, text in block.files.items():
        (tmp_path / name).write_text(text, "utf-8")

    mapping, problems = bootstrap.check(read_settings({"LOODS_MAPPINGS": str(tmp_path)}))

    told = (one for one in problems if one.severity == "error" or one.file == "shown.yaml")
    said = [str(one) for one in told if one.severity == "error" or one.code not in NOT_YET]
    assert said == []
    assert mapping is not None


def test_a_block_with_a_mistake_would_not_pass(tmp_path: Path) -> None:
    block = Block("here:1", "", "trigger: x\non: order.payd\ndo:\n  - hubspot.tag: {add: [a]}\n")

    with pytest.raises(AssertionError, match="M131"):
        test_a_block_passes_the_check(block, tmp_path)
