"""Changes of ours are written down before the call, come back once, and are forgotten after an hour."""

from __future__ import annotations

from connector.store import echoes
from connector.store.database import Store
from connector.store.echoes import Expected
from tests.store.make import later


def change(
    name: str = "city", digest: str = "d1", action: int = 1, contact: str = "eva", at: float = 0
) -> Expected:
    """A change that is made so many minutes past noon."""
    return Expected(action, "hubspot", contact, name, digest, later(at))


def expect(store: Store, *changes: Expected) -> None:
    """Write them down."""
    store.write(lambda tx: echoes.expect(tx, changes))


def expected(store: Store, at: float = 1, *contacts: str) -> list[Expected]:
    """What may still come back so many minutes past noon."""
    with store.reading() as tx:
        return echoes.expected(tx, contacts or ("eva",), later(at))


def test_what_was_written_down_is_found_by_its_contact_oldest_first(store: Store) -> None:
    second, first, other = change(at=2), change("zip", at=1), change(contact="bob", action=2)

    expect(store, second, first, other)

    assert expected(store, 3) == [first, second]
    assert expected(store, 3, "eva", "bob") == [other, first, second]


def test_a_change_that_is_made_again_is_as_new_and_one_row(store: Store) -> None:
    expect(store, change())

    expect(store, change(at=30))

    assert expected(store, 31) == [change(at=30)]


def test_what_has_come_back_is_used_up(store: Store) -> None:
    expect(store, change(), change("zip"))

    store.write(lambda tx: echoes.use_up(tx, [change()]))

    assert expected(store) == [change("zip")]


def test_after_an_hour_nothing_is_expected_any_more(store: Store) -> None:
    expect(store, change(), change("zip", at=1))

    assert expected(store, 60) == [change("zip", at=1)]
    assert store.write(lambda tx: echoes.drop_older(tx, later(60))) == 1
    assert store.write(lambda tx: echoes.drop_older(tx, later(60))) == 0


def test_old_changes_go_a_few_at_a_time(store: Store) -> None:
    expect(store, *(change(f"p{number}") for number in range(5)))

    assert store.write(lambda tx: echoes.drop_older(tx, later(120), limit=3)) == 3
    assert store.write(lambda tx: echoes.drop_older(tx, later(120), limit=3)) == 2


def test_after_the_call_a_property_is_expected_as_it_became(store: Store) -> None:
    expect(store, change("owner", ""), change("stage", ""), change("city", "d1"), change("city", "d2"))
    expect(store, change("zip", "d3"), change("tags", "d4", action=2))

    became = {"owner": ["d7"], "city": ["d2"], "stage": [], "tags": []}
    store.write(lambda tx: echoes.correct(tx, {1: became}))

    assert expected(store) == [
        change("city", "d2"),
        change("owner", "d7"),
        change("zip", "d3"),
        change("tags", "d4", action=2),
    ]


def test_what_actions_of_one_call_became_is_told_apart(store: Store) -> None:
    expect(store, *(change("owner", "", one) for one in (1, 2, 3)), change("zip", "d3", 2))

    store.write(lambda tx: echoes.correct(tx, {1: {"owner": ["d7"]}, 2: {"owner": []}}))

    assert expected(store) == [change("owner", "d7"), change("zip", "d3", 2), change("owner", "", 3)]


def test_what_came_back_before_the_answer_is_not_expected_again(store: Store) -> None:
    expect(store, change("owner", ""))
    store.write(lambda tx: echoes.use_up(tx, [change("owner", "")]))

    store.write(lambda tx: echoes.correct(tx, {1: {"owner": ["d7"]}}))

    assert expected(store) == []


def test_what_an_action_did_not_do_is_not_expected(store: Store) -> None:
    expect(store, change(), change("zip", action=2))

    store.write(lambda tx: echoes.take_back(tx, [1]))

    assert expected(store) == [change("zip", action=2)]
