"""What an action is given, made ready when the mapping is compiled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.journey.build import Story, cart, mapping, step, trigger


def test_what_is_written_as_it_is_is_made_once_and_what_differs_stays_out() -> None:
    made = step("mailchimp.tag", add=["a", "{{ cart.id }}"], remove=["b"], note="c").ready

    assert made.fixed == {"add": None, "remove": ["b"], "note": "c"}
    assert [(one.name, one.work({"cart": {"id": "c1"}})) for one in made.worked_out] == [("add", ["a", "c1"])]


def test_arguments_keep_their_order_whichever_of_them_differ() -> None:
    made = step("http.post", body={"x": "{{ cart.total }}", "y": "1"}, note="c", last="{{ cart.id }}")
    story = Story(mapping(trigger("rule", "cart.updated", [made])))

    (action,) = story.hears(cart("cart.updated", "10:00", total=Decimal(5))).actions

    assert list(action.arguments.items()) == [
        ("body", {"x": Decimal(5), "y": "1"}),
        ("note", "c"),
        ("last", "c1"),
    ]


def test_a_moment_is_resolved_anew_for_each_action() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", [step(due="2h")], late=timedelta(days=1))))

    one = story.hears(cart("cart.updated", "10:00", "c1")).actions[0]
    other = story.hears(cart("cart.updated", "11:00", "c2"), now=one.decided_at + timedelta(hours=1)).actions[
        0
    ]

    assert other.arguments["due"] - one.arguments["due"] == timedelta(hours=1)  # type: ignore[operator]
