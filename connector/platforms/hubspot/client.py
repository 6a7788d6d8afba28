"""The official HubSpot SDK over our transport.

The SDK builds every request; its own transport is replaced, because it waits for ever, sends some requests
again by itself, follows redirects and takes any 2xx for success. Its packages (52 MB) load when first used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

from connector.platforms.hubspot.versions import USUAL, Version
from connector.platforms.transport import Answer, Gate, Transport

Query = Sequence[tuple[str, str]]

ABOUT_MANY = 8 * 1024 * 1024
"""Bytes: a definition of a form has some tens of thousands, an event of an e-mail some thousand."""


class HubSpotClient:
    """The SDK's client is `sdk`: with `_preload_content=False` its methods give an `Answer`.

    `api` is the version of HubSpot's API whose paths are called.
    """

    def __init__(self, token: str, *, base_url: str, deadline: float, api: str = USUAL) -> None:
        self._token, self._version = token, Version(api)
        self._base_url = base_url.rstrip("/")
        self._transport = Transport(self._base_url, headers={}, deadline=deadline, allow_plain=True)
        self._apis: dict[tuple[str, str], Any] = {}
        self._sdk: Any = None

    @property
    def sdk(self) -> Any:
        """The SDK's client, made at its first use."""
        if self._sdk is None:
            from hubspot.client import Client

            self._sdk = Client.create(
                access_token=self._token, host=self._base_url, base_url=self._base_url, api_factory=self._api
            )
        return self._sdk

    def call(self, method: str, path: str, *, query: Query = (), body: object = None, **parts: str) -> Answer:
        """A call that the SDK has no method for; `{name}` in the path is filled from `parts`, quoted."""
        answer: Answer = self.sdk.crm.contacts.basic_api.api_client.call_api(
            path,
            method,
            path_params=parts,
            query_params=list(query),
            header_params={"Accept": "application/json", "Content-Type": "application/json"},
            body=body,
            auth_settings=["oauth2"],
            _preload_content=False,
        )
        return answer

    def go_through(self, gate: Gate) -> None:
        """From now on every request passes it."""
        self._transport.gate = gate

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request begins to wait at the gate (yes), and when it goes (no)."""
        self._transport.turn = turn

    def through(self, gate: Gate) -> AbstractContextManager[None]:
        """Requests within pass this one instead."""
        return self._transport.through(gate)

    def one_deadline(self) -> AbstractContextManager[None]:
        """All calls within end before one deadline."""
        return self._transport.one_deadline()

    def for_many(self) -> AbstractContextManager[None]:
        """Answers to calls within tell of hundreds of things, and cannot be asked to tell less."""
        return self._transport.long_answers(ABOUT_MANY)

    def close(self) -> None:
        """Give up the connection."""
        self._transport.close()

    def _api(self, package: Any, name: str, config: Mapping[str, str]) -> Any:
        """The SDK's way to an api object, kept: the SDK would make one, and a pool, at every access."""
        key = (package.__name__, name)
        if key not in self._apis:
            configuration = package.Configuration()
            configuration.access_token, configuration.host = config["access_token"], config["host"]
            client = package.ApiClient(configuration=configuration)
            client.user_agent = "loods"
            client.rest_client.request = self._request
            self._apis[key] = getattr(package, name)(api_client=client)
        return self._apis[key]

    def _request(
        self,
        method: str,
        url: str,
        *,
        query_params: Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        **_: object,
    ) -> Answer:
        path = self._version.path(url.removeprefix(self._base_url))
        target = path + (f"?{urlencode(query_params)}" if query_params else "")
        content = None if body is None else json.dumps(body).encode()
        return self._transport.request(method, target, body=content, headers=headers)
