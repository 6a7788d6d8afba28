"""From the YAML parser's events to a tree, one event at a time, refusing what a mapping does not use."""

from __future__ import annotations

from typing import Final

import yaml

from connector.errors import Problem
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.mapping.terms import Place

MOST_NODES: Final = 5_000
MOST_LEVELS: Final = 20
MOST_PROBLEMS: Final = 50
"""Of one file; more would hide the first ones, which usually explain the rest."""

_QUOTES: Final = ("'", '"')
_BLOCKS: Final = ("|", ">")
_IN_QUOTES: Final = "a value that begins with a brace or bracket, or has a comma inside {…}, stands in quotes"


class TooMuch(Exception):
    """The file goes over a bound: `problem` says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class TreeBuilder:
    """Builds `root` and gathers `problems`; `literals` are the spans of quoted and block texts.

    It keeps a stack of its own, so that no depth of nesting can exhaust the interpreter's.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.root: Tree | None = None
        self.problems: list[Problem] = []
        self.literals: list[tuple[int, int]] = []
        self._text = text
        self._lines = text.split("\n")
        self._open: list[Items | Table] = []
        self._keys: list[Written | None] = []
        self._key_ends_at = 0
        self._nodes = 0
        self._counted = (0, 0)
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Build on with the next event. Raises `TooMuch` over a bound."""
        match event:
            case yaml.ScalarEvent():
                self._check_node(event)
                self._put(self._written(event), event)
            case yaml.MappingStartEvent():
                self._check_node(event)
                self._enter(Table(self._place(event)), event)
            case yaml.SequenceStartEvent():
                self._check_node(event)
                self._enter(Items(self._place(event)), event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._keys.pop()
            case yaml.AliasEvent():
                self._refuse_alias(event)
            case yaml.DocumentStartEvent():
                self._count_document(event)

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file, 1, 1)

    def _problem(self, place: Place, code: str, message: str, hint: str) -> Problem:
        return Problem(self.file, place.line, place.column, code, message, hint)

    def _refuse(self, place: Place, code: str, message: str, hint: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(self._problem(place, code, message, hint))

    def _count_node(self, event: yaml.Event) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            hint = "split it into several files"
            raise TooMuch(
                self._problem(self._place(event), "M115", "more than 5,000 values in one file", hint)
            )

    def _check_node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        self._count_node(event)
        if event.anchor is not None:
            hint = "write the value out where it is used; a text that begins with & stands in quotes"
            self._refuse(self._place(event), "M110", f'an anchor ("&{str(event.anchor)[:40]}")', hint)
        if event.tag is not None:
            hint = 'put the value in quotes; in a condition it is "not" that says no'
            self._refuse(self._place(event), "M111", f'a tag ("{event.tag[:40]}")', hint)

    def _refuse_alias(self, event: yaml.AliasEvent) -> None:
        self._count_node(event)
        hint = "write the value out; a text that begins with * stands in quotes"
        self._refuse(self._place(event), "M110", f'an alias ("*{str(event.anchor)[:40]}")', hint)
        self._put(Written("", self._place(event), style='"'), event)

    def _count_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents == 2:
            hint = "make it a file of its own"
            self._refuse(self._place(event), "M113", "a second document (---) in one file", hint)

    def _written(self, event: yaml.ScalarEvent) -> Written:
        place, is_literal = self._place(event), event.style in (*_QUOTES, *_BLOCKS)
        if is_literal:
            self.literals.append((_starts_at(event), _ends_at(event)))
        style, begins = event.style or "", self._text_place(event, place)
        return Written(event.value, place, begins, style, self._raw(event, begins))

    def _raw(self, event: yaml.ScalarEvent, begins: Place) -> str:
        if event.style in _BLOCKS:
            ends = self._lines_before(_ends_at(event))
            return "\n".join(self._lines[begins.line - 1 : ends])[begins.column - 1 :]
        skipped = 1 if event.style in _QUOTES else 0
        return self._text[_starts_at(event) + skipped : _ends_at(event) - skipped]

    def _lines_before(self, index: int) -> int:
        """How many lines end before an index; counted on from the last, since events come in their order."""
        before, lines = self._counted
        self._counted = (index, lines + self._text.count("\n", before, index))
        return self._counted[1]

    def _text_place(self, event: yaml.ScalarEvent, place: Place) -> Place:
        if event.style in _QUOTES:
            return Place(self.file, place.line, place.column + 1)
        if event.style not in _BLOCKS:
            return place
        for number in range(place.line, min(self._lines_before(_ends_at(event)) + 1, len(self._lines))):
            if (line := self._lines[number]).strip():
                return Place(self.file, number + 1, len(line) - len(line.lstrip(" ")) + 1)
        return place

    def _enter(self, node: Items | Table, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= MOST_LEVELS:
            hint = "nothing in a mapping is nested that deep; look for a bracket too many"
            raise TooMuch(self._problem(node.place, "M114", "more than 20 levels", hint))
        self._put(node, event)
        self._open.append(node)
        self._keys.append(None)

    def _put(self, node: Tree, event: yaml.Event) -> None:
        match self._open[-1] if self._open else None:
            case Items() as items:
                items.append(node)
            case Table() as table if (key := self._keys[-1]) is not None:
                self._refuse_missing_colon(node, event)
                self._keys[-1] = None
                table.add(key, node)
            case Table() as table:
                self._keys[-1] = self._key(table, node)
                self._key_ends_at = _ends_at(event)
            case _:
                self.root = self.root or node

    def _key(self, table: Table, node: Tree) -> Written:
        if not isinstance(node, Written):
            self._refuse(table.place, "M107", "braces around braces are no text", _IN_QUOTES)
            return Written("", node.place, style='"')
        if node == "<<" and not node.style:
            self._refuse(node.place, "M112", "a merge key (<<)", "write the keys out")
        elif node in table:
            message = f'"{node[:60]}" stands twice here, first in line {table.place_of(node).line}'
            self._refuse(node.place, "M109", message, "keep one of the two")
        return node

    def _refuse_missing_colon(self, node: Tree, event: yaml.Event) -> None:
        """In braces, a comma inside a value begins what the parser takes for a key: `{when: f in (a, b)}`."""
        between, key = self._text[self._key_ends_at : _starts_at(event)], self._keys[-1]
        if key is None or not isinstance(node, Written) or not node.is_nothing or ":" in between:
            return
        if not any(one.code == "M107" and one.line == key.place.line for one in self.problems[-1:]):
            hint = _IN_QUOTES if ":" not in key else "write a blank behind the colon"
            self._refuse(key.place, "M107", f'"{key[:60]}" has no colon', hint)


def _starts_at(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _ends_at(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark else 0
