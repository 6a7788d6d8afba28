"""The sentences of a page of the documentation, and which tests quote them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LEAST: Final = 5
"""So many words of a sentence in a row are a quote of it; a shorter one is quoted whole."""

Words = tuple[str, ...]

_FENCE: Final = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_BLOCK: Final = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )")
_MARKER: Final = re.compile(r"^\s*(?:[-*]|\d+\.) ")
_END: Final = re.compile(r"(?<=[^\s][.?!]) (?=[A-Z`*])|; ")
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORD: Final = re.compile(r"[\w%]+(?:[.'-]\w+)*|…")


@dataclass(frozen=True, slots=True)
class Quote:
    """The docstring of a test, as words."""

    test: str
    words: Words


def sentences(page: str, leaving_out: Iterable[str] = ()) -> list[str]:
    """The sentences of a page of Markdown, parts between semicolons apart; headings, tables and blocks of
    code are none, nor is what stands below the headings that are left out."""
    return [
        sentence
        for heading, text in _sections(_FENCE.sub("", page))
        if heading not in set(leaving_out)
        for block in _BLOCK.split(text)
        if block.strip() and not block.lstrip().startswith(("|", "<!--"))
        for sentence in _parted(" ".join(_MARKER.sub("", block).split()))
    ]


def words_of(text: str) -> Words:
    """A text without what distinguishes a page from a docstring: marks of Markdown, capitals, line ends."""
    return tuple(word.lower() for word in _WORD.findall(_LINK.sub(r"\1", text)))


def quotes(root: Path) -> list[Quote]:
    """The docstrings of all tests below a folder, read and not run."""
    return [
        Quote(f"{file.relative_to(root)}::{name}", words_of(said))
        for file in sorted(root.rglob("test_*.py"))
        for name, said in _docstrings(ast.parse(file.read_text("utf-8")))
    ]


def unquoted(sentence: str, page: Iterable[str], among: Iterable[Quote]) -> list[str]:
    """What of a sentence no test quotes: nothing where it is quoted whole, by one test or by several.

    The docstring of a test counts if it has words that stand in no other sentence of the page.
    """
    words = words_of(sentence)
    own = _distinctive(words, [words_of(one) for one in page if one != sentence])
    counting = [one.words for one in among if any(_contains(one.words, run) for run in own)]
    length = min(LEAST, len(words))
    starts = range(len(words) - length + 1)
    found = [at for at in starts if any(_contains(one, words[at : at + length]) for one in counting)]
    covered = {at + step for at in found for step in range(length)}
    return [word for at, word in enumerate(words) if at not in covered]


def _sections(page: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"^#+ (.+)$", page, flags=re.MULTILINE)
    yield "", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _parted(text: str) -> Iterator[str]:
    """The sentences of one paragraph; what stands in brackets belongs to the one around it."""
    hidden = _BRACKETS.sub(lambda found: "\x00" * len(found[0]), text)
    begin = 0
    for found in _END.finditer(hidden):
        yield text[begin : found.start()]
        begin = found.end()
    yield text[begin:]


def _docstrings(block: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str]]:
    for node in block.body:
        if isinstance(node, ast.ClassDef):
            yield from _docstrings(node)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node)
            if said:
                yield node.name, said


def _distinctive(sentence: Words, others: list[Words]) -> list[Words]:
    """The quotes by which a sentence is known from the others."""
    if len(sentence) <= LEAST:
        return [sentence]
    runs = [sentence[at : at + LEAST] for at in range(len(sentence) - LEAST + 1)]
    return [run for run in runs if not any(_contains(other, run) for other in others)]


def _contains(words: Words, run: Words) -> bool:
    return run in _runs(words, len(run))


@cache
def _runs(words: Words, length: int) -> frozenset[Words]:
    """All that many words in a row; each text is asked for those of every sentence."""
    return frozenset(words[at : at + length] for at in range(len(words) - length + 1))
