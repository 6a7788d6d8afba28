"""Every sentence of docs/deciding.md is held by tests, whose docstrings quote it.

Whoever quotes a sentence says: this test fails where it is not so. Of a long one
each test quotes what it holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.docs.sentences import Quote, quotes, sentences, unquoted, words_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "deciding.md").read_text("utf-8")
HERE = "docs/test_deciding.py"

SENTENCES = sentences(PAGE, leaving_out=("How Loods decides", "Not built yet"))

INTRODUCTIONS: Final = frozenset({"The questions, each with a named answer in the trace:"})
"""What only leads to the list below it."""


@pytest.fixture(scope="module")
def quoted() -> list[Quote]:
    """The docstrings of all tests; whoever only collects this module need not read them."""
    return [one for one in quotes(ROOT / "tests") if not one.test.startswith(HERE)]


def test_every_sentence_is_quoted_whole_by_tests(quoted: list[Quote]) -> None:
    left = {one: " ".join(unquoted(one, SENTENCES, quoted)) for one in SENTENCES}

    assert {one: words for one, words in left.items() if words and one not in INTRODUCTIONS} == {}


def test_what_is_an_introduction_stands_there_and_no_test_quotes_it(quoted: list[Quote]) -> None:
    assert set(SENTENCES) >= INTRODUCTIONS
    assert all(unquoted(one, SENTENCES, quoted) == list(words_of(one)) for one in INTRODUCTIONS)


def test_no_sentence_stands_there_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)
