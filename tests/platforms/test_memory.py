"""What was seen at a platform is believed for a while, and not of any number."""

from __future__ import annotations

from connector.platforms.memory import Memory


def test_what_was_seen_longest_ago_gives_way() -> None:
    memory = Memory(2)

    for one in ("a", "b", "a", "c"):
        memory.add(one)

    assert [one in memory for one in "abc"] == [True, False, True]


def test_what_was_seen_too_long_ago_is_not_believed() -> None:
    memory = Memory(2, lasts=-1.0)

    memory.add("a")

    assert "a" not in memory


def test_what_may_be_so_no_more_is_asked_for_again() -> None:
    memory = Memory(3)
    for one in "abc":
        memory.add(one)

    memory.drop("a")
    memory.drop("nobody")
    before = [one in memory for one in "abc"]

    assert before == [False, True, True]
    assert (memory.forget(), memory.forget()) == (True, False)
    assert "b" not in memory
