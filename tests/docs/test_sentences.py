"""A sentence without a test is found, and nothing but its own words names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.sentences import Quote, quotes, quoting, sentences, words_of

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
    ("docstring", "names"),
    [
        ("The due timers of one run are joined, never fired in a burst.", True),
        ("One run\n    are *joined*, `never` fired", True),
        ("After downtime: are joined, never fired in a burst", True),
        ("the due timers of one run", False),
        ("are joined, never … fired in a burst", False),
        ("are joined and fired in a burst", False),
        ("fired in a burst", False),
        ("", False),
    ],
)
def test_a_sentence_is_named_by_five_words_of_its_own(docstring: str, names: bool) -> None:
    assert quoting(RUNS, [RUNS, COSTS], said("something else", docstring)) == ["test_1"] * names


@pytest.mark.parametrize(("docstring", "names"), [("4. Is it too late?", True), ("it is too late", False)])
def test_a_short_sentence_is_named_as_a_whole(docstring: str, names: bool) -> None:
    assert bool(quoting("Is it too late?", [RUNS], said(docstring))) is names


def test_only_the_docstrings_of_tests_count(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        '"""Of the module."""\n\ndef helper():\n    """Of a helper."""\n\n'
        'def test_it():\n    """Of a test."""\n\ndef test_other():\n    assert "no docstring"\n'
    )
    (tmp_path / "build.py").write_text('def test_it():\n    """Of no test."""\n')

    assert quotes(tmp_path) == [Quote("test_it.py::test_it", ("of", "a", "test"))]
