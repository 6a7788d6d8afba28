"""A source may know one person by several ids of a kind."""

from __future__ import annotations

from connector.model.identities import person
from tests.sources.build import only, posted


def test_a_list_of_ids_names_the_person_by_each_the_one_in_use_first() -> None:
    body = {
        "event": "file.downloaded",
        "id": "1",
        "occurred_at": "2026-11-02T10:00:00Z",
        "contact": {"id": [30, [10, None, 20], 30]},
        "file": {"id": "guide"},
    }

    event = only(posted("json", "", body))

    assert [one.value for one in event.people] == ["30", "10", "20"]
    assert {one.kind for one in event.people} == {person("customer", "", "30").kind}
