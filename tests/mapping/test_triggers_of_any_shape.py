"""Whatever stands in a trigger, the check says what is wrong with it or gives a mapping; it never breaks."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.mapping.schema.occasions import LEADS
from connector.mapping.schema.triggers import TriggerPart
from tests.mapping.folders import SOUND, check

WORDS = st.sampled_from(
    [
        *("order.paid", "cart.updated", "order.plcd", "cart.total > 3", "contact.birthday", "order.items"),
        *("order.related", "4h", "next monday 10:00", "2027-02-30", "10%", "canary 10%", "live", "1 per 7d"),
        *("09:00-17:00", "hot/good", "year", "yes", "no", "", "a", "care", "-1", "5", "{{ x }}"),
    ]
)
KEYS = st.sampled_from(
    [
        *(
            "until",
            "at_most",
            "if",
            "name",
            "wait",
            "verify",
            "event",
            "no",
            "within",
            "value",
            "for",
            "a",
            "b",
        ),
        *("mon-fri", "mailchimp.tag", "hubspot.create_task", "add", "title", *LEADS, "at", "every", "before"),
        *("above", "since"),
    ]
)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
RULES = st.dictionaries(st.sampled_from(sorted(TriggerPart.keys() - {"on", "do"})), TREES, max_size=5)
LISTENED = TREES | st.just("order.paid")
DONE = TREES | st.just({"mailchimp.tag": {"add": ["x"]}})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(rest=RULES, on=LISTENED, do=DONE)
def test_whatever_is_written_is_a_problem_or_a_trigger(
    tmp_path_factory: pytest.TempPathFactory, rest: dict[str, object], on: object, do: object
) -> None:
    text = json.dumps({"triggers": {"some": {**rest, "on": on, "do": do}}})

    mapping, problems = check(tmp_path_factory.mktemp("m"), {**SOUND, "t.yaml": text})

    errors = [one for one in problems if one.severity == "error"]
    assert (mapping is None) == bool(errors)
    assert all(one.line > 0 for one in problems)
