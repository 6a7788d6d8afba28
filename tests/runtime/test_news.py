"""The log tells of a platform that fails once, and once when it works again; never whom it was about."""

from __future__ import annotations

import pytest

from connector.errors import Rejected, Transient, Unauthorized
from connector.platforms.base import Done
from connector.runtime.news import News


def test_an_outage_is_told_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    news = News("hubspot")

    for outcome in (Done(), Transient("busy", status=503), Transient("busy", status=503), Done(), Done()):
        news.of(outcome, 1)

    assert caplog.messages == [
        "hubspot fails (transient, HTTP 503); its actions wait and are tried again",
        "hubspot works again",
    ]


@pytest.mark.parametrize("error", [Rejected("eva@example.com is gone"), Unauthorized("no, eva@example.com")])
def test_a_refusal_is_told_without_the_platforms_words(
    error: Rejected | Unauthorized, caplog: pytest.LogCaptureFixture
) -> None:
    News("mailchimp").of(error, 17)

    assert "mailchimp" in caplog.text
    assert "eva@example.com" not in caplog.text
