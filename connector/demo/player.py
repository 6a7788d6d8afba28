"""Posts the morning's webhooks, signed, over HTTP, and waits until each has had its effect."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import urljoin

import requests

from connector import bootstrap
from connector.demo.morning import Moment, morning
from connector.demo.signing import sign
from connector.demo.stage import DemoStage


class Player:
    """The webshop, the website, Mailchimp and HubSpot, as far as Loods can tell."""

    def __init__(self, stage: DemoStage) -> None:
        self._stage = stage
        self._session = requests.Session()
        self._session.trust_env = False

    def play(self, posted: Callable[[Moment, int], None]) -> None:
        """Post everything in order; `posted` is told each moment and the answer's status."""
        for moment in morning():
            posted(moment, self._post(moment))
            self._stage.settle()

    def _post(self, moment: Moment) -> int:
        connection = self._stage.connection(moment.connection)
        url = urljoin(self._stage.url, f"/webhooks/{connection.name}")
        now = bootstrap.clock()
        body = moment.body(now, self._stage.hubspot_id)
        delivery = f"msg_{secrets.token_hex(8)}"
        signed = sign(connection.source or "", self._stage.secret(connection), body, url, delivery, now)
        headers = {**moment.headers, **signed, "Content-Type": moment.media_type}
        return self._session.post(url, data=body, headers=headers, timeout=10).status_code
