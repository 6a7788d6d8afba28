"""Every sentence of docs/deciding.md has a test that names it: its docstring quotes the sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.docs.sentences import quotes, quoting, sentences

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "deciding.md").read_text("utf-8")
HERE = "docs/test_deciding.py"

SENTENCES = sentences(PAGE, leaving_out=("How Loods decides", "Not built yet"))
QUOTES = [one for one in quotes(ROOT / "tests") if not one.test.startswith(HERE)]

INTRODUCTIONS: Final = frozenset({"The questions, each with a named answer in the trace:"})
"""What only leads to the list below it."""


def test_every_sentence_is_named_by_a_test() -> None:
    named = {one: quoting(one, SENTENCES, QUOTES) for one in SENTENCES}

    assert [one for one, tests in named.items() if not tests and one not in INTRODUCTIONS] == []


def test_what_is_an_introduction_stands_there_and_no_test_names_it() -> None:
    assert set(SENTENCES) >= INTRODUCTIONS
    assert [one for one in INTRODUCTIONS if quoting(one, SENTENCES, QUOTES)] == []


def test_no_sentence_stands_there_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)
