"""A request, as bytes and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECRET: Final = "whsec_bG9vZHMtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMhISE="
PUBLIC_URL: Final = "https://hooks.example.com"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it would come out of a server's parser. `path` and `query` are as they were sent.

    `announced` is what Content-Length says; None where the body came in chunks.
    """

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes
    announced: int | None
