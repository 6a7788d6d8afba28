"""Every trap of the mapping language, by the sentence that names it, with mistakes that fall into it.

The other tables of planted mistakes stand beside the part that they spoil; here they are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from connector.mapping.expressions.compiled import CompiledText
from tests.mapping import test_goals, test_mistakes, test_mistakes_in_rules, test_scores
from tests.mapping.folders import SOUND, check
from tests.mapping.mistakes import Mistake, expect

TRIGGER = """\
trigger: paid
on: order.paid
when: order.total >= 500
wait: 4h
unless: order.placed
do:
  - hubspot.create_task:
      title: Call
      due: 1 working day
  - hubspot.tag: {add: [x]}
"""

STEPS: Final = TRIGGER.partition("do:\n")[2].rstrip()

TRAPS: Final[Mapping[str, Sequence[Mistake]]] = {
    "no anchors": [
        Mistake("title: Call", "title: &call Call", "M110", 8, 14, "stands in quotes"),
        Mistake("{add: [x]}", "&tag {add: [x]}", "M110", 10, 18, "write the value out"),
    ],
    "no aliases": [
        Mistake("title: Call", "title: *call", "M110", 8, 14, "stands in quotes"),
        Mistake("[x]", "[*x]", "M110", 10, 25, "write the value out"),
    ],
    "no merge keys": [
        Mistake(
            "      title: Call\n", "      title: Call\n      <<: {due: 4h}\n", "M112", 9, 7, "the keys out"
        ),
        Mistake("trigger: paid\n", "trigger: paid\n<<: {}\n", "M112", 2, 1, "write the keys out"),
    ],
    "no tags": [
        Mistake("title: Call", "title: !Call", "M111", 8, 14, "put the value in quotes"),
        Mistake("when: order", "when: !order", "M111", 3, 20, '"not" that says no'),
    ],
    "a repeated key is an error": [
        Mistake("wait: 4h\n", "wait: 4h\nwhen: order.total > 9\n", "M109", 5, 1, "first in line 3"),
        Mistake("{add: [x]}", "{add: [x], add: [y]}", "M109", 10, 29, "keep one of the two"),
    ],
    "a value that begins with a quote stands in quotes": [
        Mistake("title: Call", "title: 'Call' now", "M107", 8, 21, "stands in quotes"),
        Mistake(
            "when: order.total >= 500", "when: 'a' == order.number", "M107", 3, 11, "begins with a quote"
        ),
    ],
    "a value that begins with a brace stands in quotes": [
        Mistake("title: Call", "title: {{ order.number }}", "M107", 8, 14, "stands in quotes"),
        Mistake("when: order.total >= 500", "when: {{ order.total }}", "M107", 3, 7, "stands in quotes"),
        Mistake("title: Call", "title: {now} Call", "M107", 8, 15, "stands in quotes"),
    ],
    "a value that begins with a bracket stands in quotes": [
        Mistake("title: Call", "title: [now] Call", "M107", 8, 20, "stands in quotes"),
        Mistake("when: order.total >= 500", "when: [order.total]", "M122", 3, 7, "stands in quotes"),
    ],
    "a value that contains a colon and a blank stands in quotes": [
        Mistake("title: Call", "title: Call: now", "M107", 8, 18, 'contains ": "'),
        Mistake(
            "when: order.total >= 500", "when: order.number == 'a: b'", "M107", 3, 25, "stands in quotes"
        ),
        Mistake("title: Call", "title: Call:", "M107", 8, 18, "a colon inside a value"),
    ],
    "a text with a comma or brackets inside braces stands in quotes": [
        Mistake(
            "{add: [x]}",
            "{add: [x]}\n    if: {a, b}",
            "M107",
            11,
            10,
            "has a comma inside {…}, stands in quotes",
        ),
        Mistake("on: order.paid", "on: {quiet: 9d, since, order.paid}", "M107", 2, 17, "has no colon"),
        Mistake("{add: [x]}", "{add: [x['a']]}", "M107", 10, 26, "has brackets or a comma inside {…}"),
    ],
    "a # that swallows half a value is an error": [
        Mistake("title: Call", "title: order #{{ order.number }}", "M108", 8, 20, "a blank behind the #"),
        Mistake("title: Call", "title: '#1' #1001", "M108", 8, 19, "put the value in quotes"),
        Mistake("title: Call", "title: #1001", "M108", 8, 14, "put the value in quotes"),
        Mistake(">= 500", ">= 500 #big", "M108", 3, 26, "where a comment is meant"),
    ],
    "what begins something else in YAML stands in quotes": [
        Mistake("title: Call", "title: - Call", "M107", 8, 14, "put the value in quotes"),
        Mistake("title: Call", "title: ? Call", "M107", 8, 14, "put the value in quotes"),
        Mistake("title: Call", "title: | Call", "M107", 8, 14, "put the value in quotes"),
        Mistake("title: Call", "title: > Call", "M107", 8, 14, "put the value in quotes"),
        Mistake("title: Call", "title: @Call", "M107", 8, 14, "put the value in quotes"),
        Mistake("title: Call", "title: %Call", "M107", 8, 14, "put the value in quotes"),
    ],
    "a colon is followed by a blank, and parts are parted": [
        Mistake("on: order.paid", "on: {stage:care}", "M107", 2, 6, "a blank behind the colon"),
        Mistake("{add: [x]}", "{add:[x]}", "M106", 10, 19, "a colon and a blank"),
        Mistake(
            "on: order.paid", "on: {quiet: 9d since: order.paid}", "M106", 2, 21, "the comma that is missing"
        ),
        Mistake("{add: [x]}", "{add: [x]", "M106", 11, 1, "close it"),
    ],
    "invisible characters and tabs are found": [
        Mistake("title: Call", "title:\tCall", "M105", 8, 13, "use spaces"),
        Mistake("      due", "\tdue", "M105", 9, 1, "use spaces"),
        Mistake("title: Call", "title: Ca\u200bll", "M104", 8, 16, "U+200B"),
        Mistake("when: order", "when:\u00a0order", "M104", 3, 6, "write an ordinary blank"),
    ],
    "a key without a value is no empty text": [
        Mistake("title: Call", "title:", "M127", 8, 13, "an empty text is ''"),
        Mistake("when: order.total >= 500", "when:", "M127", 3, 6, "leave the key out"),
    ],
    "names are small letters, digits and underscores": [
        Mistake("trigger: paid", "trigger: Paid", "M125", 1, 10, "small letters"),
        Mistake("wait: 4h", "wait: 4h\ngroup: after-care", "M125", 5, 8, "small letters"),
    ],
    "keys of other tools are known for what they mean": [
        Mistake("when: order", "if: order", "M120", 3, 1, "write when:"),
        Mistake("wait: 4h", "delay: 4h", "M120", 4, 1, "write wait:"),
        Mistake("do:", "actions:", "M120", 6, 1, "write do:"),
        Mistake("on: order.paid", "events: order.paid", "M120", 2, 1, "write on:"),
    ],
    "steps have an if, and no else": [
        Mistake("{add: [x]}\n", "{add: [x]}\n    else: {add: [y]}\n", "M120", 11, 5, "if: not"),
        Mistake("{add: [x]}\n", "{add: [x]}\n    unless: order.total < 5\n", "M120", 11, 5, "write if: not"),
        Mistake("  - hubspot.tag", "  - when: order.total > 5\n    hubspot.tag", "M120", 10, 5, "write if:"),
    ],
    "what is listened to is an event, or one of the forms": [
        Mistake("on: order.paid", "on: {event: order.paid}", "M122", 2, 5, "as in order.paid"),
        Mistake("on: order.paid", "on: {when: order.paid}", "M122", 2, 5, "stage, date, moment"),
        Mistake("on: order.paid", "on: yes", "M131", 2, 5, "named as in order.paid"),
    ],
    "several events stand in brackets, and a condition alone": [
        Mistake("order.placed", "order.placed or order.cancelled", "M131", 5, 9, "[order.placed, order"),
        Mistake("order.placed", "order.placed, order.cancelled", "M131", 5, 9, "in brackets"),
        Mistake("order.placed", "[order.placed, order.total < 5]", "M131", 5, 24, "stands alone"),
    ],
    "in a condition there are no signs of another language": [
        Mistake(">= 500", "= 500", "M202", 3, 19, "write =="),
        Mistake(">= 500", "> 500 && order.number", "M202", 3, 25, 'write "and"'),
        Mistake(">= 500", "=> 500", "M202", 3, 19, "write >="),
        Mistake("when: order.total >= 500", 'when: "order.number == null"', "M202", 3, 24, "write none"),
    ],
    "in a condition there are no curly quotes": [
        Mistake(">= 500", ">= 500 and order.number == \u201ca\u201d", "M206", 3, 46, "straight quotes"),
        Mistake(">= 500", ">= 500 and order.number == \u2018a\u2019", "M206", 3, 46, "straight quotes"),
    ],
    "in a condition numbers have points, and amounts no currency": [
        Mistake(">= 500", ">= 99,95", "M205", 3, 22, "write 99.95"),
        Mistake(">= 500", ">= 1.000", "M205", 3, 22, "write 1000"),
        Mistake(">= 500", ">= € 25", "M205", 3, 22, "write 25"),
    ],
    "in a condition dates are texts": [
        Mistake("order.total >= 500", "order.paid_at > 2026-11-02", "M212", 3, 23, "'2026-11-02'"),
        Mistake("order.total >= 500", "order.paid_at > '02-11-2026'", "M212", 3, 23, "'2026-11-02'"),
    ],
    "a condition is finished": [
        Mistake(">= 500", ">= 500 and", "M201", 3, 29, "leave the last word out"),
        Mistake(">= 500", ">=", "M201", 3, 21, "finish it"),
    ],
    "a text that is a bare known name has braces": [
        Mistake("title: Call", "title: order.number", "M221", 8, 14, '"{{ order.number }}"'),
        Mistake("title: Call", "title: contact.first_name", "M221", 8, 14, "{{ contact.first_name }}"),
    ],
    "an expression has no braces": [
        Mistake("order.total >= 500", '"{{ order.total }} > 5"', "M216", 3, 8, "leave {{ and }} out"),
        Mistake("order.total >= 500", '"{% if order.total %}"', "M216", 3, 8, "leave them out"),
    ],
    "a comparison can be": [
        Mistake(">= 500", ">= '500'", "M210", 3, 7, "leave the quotes out"),
        Mistake("order.total >= 500", "order.number == 2001", "M210", 3, 7, "put quotes around 2001"),
    ],
    "an event carries its subject": [
        Mistake("order.total", "cart.total", "M203", 3, 7, "cart comes with cart.updated"),
        Mistake("on: order.paid", "on: [order.paid, page.viewed]", "M140", 3, 7, "make two rules"),
    ],
    "a name that does not exist is found": [
        Mistake("order.total", "order.totl", "M204", 3, 13, 'did you mean "total"?'),
        Mistake("order.total", "contact.segments.loyl", "M204", 3, 24, "loyl"),
        Mistake("title: Call", 'title: "{{ order.nummer }}"', "M204", 8, 24, 'did you mean "number"?'),
    ],
    "an event is one that is listened to, and told by a connection": [
        Mistake("order.total >= 500", "event.name == 'order.placed'", "M211", 3, 21, "order.paid"),
        Mistake("order.total >= 500", "event.name in ['order.payd']", "M211", 3, 22, 'mean "order.paid"?'),
        Mistake("order.total >= 500", "event.connection == 'webshp'", "M211", 3, 27, 'mean "webshop"?'),
        Mistake("order.total >= 500", "event.connection == 'hubspot'", "M211", 3, 27, "webshop"),
    ],
    "a filter exists": [
        Mistake("title: Call", 'title: "{{ order.total | mony }}"', "M208", 8, 32, 'did you mean "money"?'),
        Mistake("order.total >= 500", "order.items | length > 3", "M208", 3, 21, "write | count"),
    ],
    "an action is told from what stands beside it": [
        Mistake("{add: [x]}", "{add: [x], if: order.total}", "M136", 10, 29, "stands beside the action"),
        Mistake("{add: [x]}", "{add: [x], name: y}", "M136", 10, 29, "in the same column"),
    ],
    "a value is of the sort that its argument wants": [
        Mistake("title: Call", 'title: "{{ order }}"', "M137", 8, 14, "name one of its values"),
        Mistake("title: Call", 'title: "{{ order.items }}"', "M137", 8, 14, "| join(', ')"),
        Mistake("due: 1 working day", 'due: "{{ order.total }}"', "M137", 9, 12, "a moment is wanted"),
        Mistake(
            "1 working day", '4h\n      priority: "{{ order.is_test }}"', "M137", 10, 17, "a whole number"
        ),
    ],
    "secrets by name only": [
        Mistake("do:", "connections: {a: {platform: http, secret: b}}\ndo:", "M126", 6, 43, "$HUBSPOT_TOKEN"),
        Mistake("do:", "connections: {a: {source: shop, secret: [$A, b]}}\ndo:", "M126", 6, 46, "never the"),
    ],
    "a trigger does something for somebody": [
        Mistake(STEPS, "  - wait: 3d\n  - wait: 18:00", "M138", 7, 3, "add one below do:"),
        Mistake(STEPS, "  wait: 3d", "M138", 7, 3, "no action follows"),
        Mistake("wait: 4h", "wait: 4h\nhold_out: 100%", "M170", 5, 11, "mode: shadow"),
    ],
    "a canary sings for somebody": [
        Mistake("wait: 4h", "wait: 4h\nmode: canary 0%", "M123", 5, 7, "shadow"),
        Mistake("wait: 4h", "wait: 4h\nmode: canary 110%", "M123", 5, 7, "canary 10%"),
    ],
}


PLANTED: Final = [(trap, one) for trap, some in TRAPS.items() for one in some]


@pytest.mark.parametrize(("trap", "mistake"), PLANTED, ids=[f"{trap}: {one}" for trap, one in PLANTED])
def test_a_mistake_that_falls_into_a_trap_is_found(tmp_path: Path, trap: str, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


def test_the_rule_that_is_spoilt_here_is_sound(tmp_path: Path) -> None:
    _, problems = check(tmp_path, {**SOUND, "trigger.yaml": TRIGGER})

    assert problems == ()


@pytest.mark.parametrize("word", ["on", "yes", "no", "NO", "12:30", "012", "1e3", "null", "~"])
def test_a_word_that_yaml_reads_otherwise_is_the_text_that_was_written(tmp_path: Path, word: str) -> None:
    mapping, _ = check(tmp_path, {**SOUND, "trigger.yaml": TRIGGER.replace("Call", word)})

    assert mapping is not None
    title = mapping.triggers["paid"].actions[0].arguments["title"]
    assert isinstance(title, CompiledText)
    assert title({}) == word


def test_every_trap_has_two_mistakes_and_all_tables_together_more_than_eighty() -> None:
    tables = (test_mistakes, test_mistakes_in_rules, test_goals, test_scores)
    elsewhere = [
        one
        for table in tables
        for name, some in vars(table).items()
        if name.startswith("IN_")
        for one in some
    ]

    fewest = min(Counter(trap for trap, _ in PLANTED).values())

    assert fewest >= 2
    assert len({(one.old, one.new) for _, one in PLANTED}) >= 80
    assert len(elsewhere) >= 80
