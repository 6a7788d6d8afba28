"""How long what is over is kept is a setting; what cannot be meant so is refused, with what would do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import SettingsError
from connector.model.keep import Keep
from connector.settings import read_settings


def test_without_a_word_it_is_as_documented() -> None:
    assert read_settings({}).keep == Keep()


def test_each_is_said_in_days_or_weeks() -> None:
    said = {
        "KEEP_DELIVERIES_FOR": "14d",
        "KEEP_FAILED_FOR": "20 days",
        "KEEP_KEYS_FOR": "4w",
        "KEEP_TRACES_FOR": "7d",
        "KEEP_ACTIONS_FOR": "90d",
        "KEEP_DEAD_ACTIONS_FOR": "1d",
    }

    days = (14, 20, 28, 7, 90, 1)
    assert read_settings(said).keep == Keep(*(timedelta(days=one) for one in days))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"KEEP_TRACES_FOR": "long"}, 'KEEP_TRACES_FOR: "long" is no length of time'),
        ({"KEEP_TRACES_FOR": "12h"}, "KEEP_TRACES_FOR must be at least 1d, got '12h'"),
        ({"KEEP_DELIVERIES_FOR": "100d"}, "KEEP_KEYS_FOR must be at least 100d .*, got 90d"),
        ({"KEEP_FAILED_FOR": "29d"}, r"KEEP_FAILED_FOR must be at least 30d \(as KEEP_DELIVERIES_FOR\)"),
        ({"KEEP_ACTIONS_FOR": "89d"}, "KEEP_ACTIONS_FOR must be at least 90d"),
    ],
)
def test_what_cannot_be_meant_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_settings(said)
