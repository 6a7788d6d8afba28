"""A sentence without a test is found, and nothing but its own words quotes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.sentences import Quote, quotes, sentences, unquoted, words_of

PAGE = """\
# A title

It says one thing. It says (so; and so) another; the third is
`code: yes`, and goes on.

- *First* of a list. Second of it.
- A [link](there.md) of eight words that follows: it.

1. Is it so?

| a table | says nothing |

```sh
Nor does this. At all.
```

## Not this

What is left out. Of it all.
"""

RUNS = "the due timers of one run are joined, never fired in a burst"
COSTS = "the due timers of one run cost an idle system nothing"


def said(*docstrings: str) -> list[Quote]:
    return [Quote(f"test_{number}", words_of(one)) for number, one in enumerate(docstrings)]


def test_a_page_is_its_sentences_and_what_stands_between_semicolons() -> None:
    assert sentences(PAGE, leaving_out=("Not this",)) == [
        "It says one thing.",
        "It says (so; and so) another",
        "the third is `code: yes`, and goes on.",
        "*First* of a list.",
        "Second of it.",
        "A [link](there.md) of eight words that follows: it.",
        "Is it so?",
    ]


@pytest.mark.parametrize(
    ("docstrings", "left"),
    [
        (["The due timers of one run are joined, never fired in a burst."], ""),
        (["The due timers of one run\n    are *joined*, `never`", "joined, never fired in a burst"], ""),
        (["After downtime: are joined, never fired in a burst"], "the due timers of one run"),
        (["The due timers of one run are joined, never …"], "fired in a burst"),
        (["the due timers of one run"], RUNS),
        (["are joined, never … fired in a burst"], RUNS),
        (["never fired in a burst"], "the due timers of one run are joined"),
        (["fired in a burst"], RUNS),
        ([], RUNS),
    ],
)
def test_what_no_test_quotes_of_a_sentence_is_told(docstrings: list[str], left: str) -> None:
    words = unquoted(RUNS, [RUNS, COSTS], said("something else", *docstrings))

    assert words == left.replace(",", "").split()


@pytest.mark.parametrize(("docstring", "left"), [("4. Is it too late?", 0), ("it is too late", 4)])
def test_a_short_sentence_is_quoted_as_a_whole(docstring: str, left: int) -> None:
    assert len(unquoted("Is it too late?", [RUNS], said(docstring))) == left


def test_only_the_docstrings_of_tests_count(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        '"""Of the module."""\n\ndef helper():\n    """Of a helper."""\n\n'
        'def test_it():\n    """Of a test."""\n\ndef test_other():\n    assert "no docstring"\n'
    )
    (tmp_path / "build.py").write_text('def test_it():\n    """Of no test."""\n')

    assert quotes(tmp_path) == [Quote("test_it.py::test_it", ("of", "a", "test"))]
