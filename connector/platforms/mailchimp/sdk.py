"""The official Mailchimp SDK with its transport replaced; loading it costs a tenth of a second.

Its own transport takes an error without a readable body for success, forgets headers, opens a connection for
every call, replaces the word `server` anywhere in an address and leaves slashes in ids as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from mailchimp_marketing import Client
from mailchimp_marketing.api_client import ApiClient

from connector.platforms.transport import Answer

Send = Callable[[str, str, bytes | None], Answer]
"""Method, path with query, and body."""


class OwnApiClient(ApiClient):  # type: ignore[misc]  # the SDK has no types
    """What the SDK's methods call; they give the whole `Answer`, whatever its status."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    def call_api(  # noqa: PLR0913, PLR0917 - the SDK's own signature
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = None,
        query_params: Sequence[tuple[str, Any]] | None = None,
        header_params: Mapping[str, str] | None = None,
        body: Any = None,
        collection_formats: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Answer:
        """Send it; every part of the path is quoted whole."""
        parts = {name: quote(str(value), safe="") for name, value in (path_params or {}).items()}
        query = urlencode([(name, _in_query(value)) for name, value in query_params or ()])
        target = resource_path.format_map(parts) + (f"?{query}" if query else "")
        return self._send(method, target, None if body is None else json.dumps(body).encode())


def client(send: Send) -> Any:
    """The SDK's client with all its methods, sending by `send`."""
    made, own = Client(), OwnApiClient(send)
    for api in vars(made).values():
        if hasattr(api, "api_client"):
            api.api_client = own
    return made


def _in_query(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)
