"""A light value is a dataclass in all but that it is frozen while it runs."""

from __future__ import annotations

from dataclasses import field, replace

from connector.model.light import light


@light
class Said:
    answer: str
    seen: dict[str, int] = field(default_factory=dict)


def test_it_is_made_compared_and_replaced_as_a_dataclass() -> None:
    said = Said("no", {"cart.total": 5})

    assert replace(said, answer="yes") == Said("yes", {"cart.total": 5})
    assert Said("no").seen == {}


def test_it_holds_nothing_but_its_fields() -> None:
    assert not hasattr(Said("no"), "__dict__")
