"""The picture as Mermaid text."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from connector.drawing import mermaid
from tests.drawing.mappings import drawn
from tests.drawing.test_svg import labelled

LABEL = re.compile(r'"([^"]*)"')
NUMBERED = re.compile(r"#(\d+);")


def read(label: str) -> str:
    """A label as it is shown."""
    return NUMBERED.sub(lambda found: chr(int(found[1])), label)


def shape(picture: str) -> str:
    """The picture without the texts of its labels."""
    return LABEL.sub('""', picture)


def test_stages_and_moves_are_nodes_and_arrows(tmp_path: Path) -> None:
    picture = mermaid.draw(drawn(tmp_path))

    assert picture.startswith('flowchart TB\n  subgraph j1["Our journey"]\n')
    assert '    j1s1["See<br/>Gets to know us"]\n' in picture
    assert '    j1s0 -->|"newsletter.confirmed or order.placed"| j1s1\n' in picture
    assert '    j1s1 -->|"order.paid when order.total #62;= 10"| j1s2\n' in picture


def test_a_move_that_names_where_it_begins_begins_there(tmp_path: Path) -> None:
    assert '    j1s2 -->|"order.placed"| j1s1\n' in mermaid.draw(drawn(tmp_path))


def test_a_trigger_leads_from_its_events_over_its_condition_to_its_actions(tmp_path: Path) -> None:
    picture = mermaid.draw(drawn(tmp_path))

    assert '    g2(["order.paid"]):::event\n' in picture
    assert (
        '    g2 -->|"when contact.purchases.count #62;= 3<br/>once per contact<br/>at most 1 per 14d"| g2t2'
        '["thanks<br/>A third order is worth a call"]\n'
    ) in picture
    assert '    g2t2 -->|"if contact.company"| g2t2a1["hubspot.create_task<br/>title: Call' in picture
    assert '    g2t2a1 --> g2t2a2["mailchimp.tag<br/>add: [loyal]"]:::action\n' in picture


def test_journeys_and_triggers_stand_below_each_other(tmp_path: Path) -> None:
    assert "  j1 ~~~ triggers\n" in mermaid.draw(drawn(tmp_path))


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=40))
def test_no_text_of_a_mapping_changes_the_picture(text: str) -> None:
    picture = mermaid.draw(labelled(text))

    assert shape(picture) == shape(mermaid.draw(labelled("x")))
    assert read(LABEL.findall(picture)[0]) == text
    assert not re.search("[<>&%`*]", LABEL.findall(picture)[0])
