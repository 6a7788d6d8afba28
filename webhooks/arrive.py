"""What arrived at a door: the request in the form in which it is verified, and its verification."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qsl

from connector.errors import BadSignature, NotFound, OutsideWindow, Unavailable
from webhooks.door import Door
from webhooks.message import Request
from webhooks.verify import Signed, verify

_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def arrived_at(door: Door, request: Request, token: str | None) -> Signed:
    """The request as signatures see it. Its address is the configured one: a Host header proves nothing."""
    path = f"/webhooks/{door.name}" + (f"?{request.query}" if request.query else "")
    return Signed(
        method=request.method,
        url=door.public_url + path if door.public_url else None,
        headers=request.headers,
        query=_query(request.query) if request.query else {},
        body=request.body,
        token=token,
    )


def _query(asked: str) -> dict[str, str]:
    """The query's names and values, whatever its bytes are."""
    return dict(
        parse_qsl(asked.encode("latin-1", "replace").decode("utf-8", "replace"), keep_blank_values=True)
    )


def is_ping(door: Door, arrived: Signed) -> bool:
    """Whether this is WooCommerce's first call: an unsigned form that only names the webhook.

    It must get 200, or the webhook is not made (`deliver_ping` in WooCommerce's class-wc-webhook.php).
    """
    is_signed = (door.source.verify.header or "").lower() in arrived.headers
    return door.source.handshake == "ping" and not is_signed and bool(_PING.fullmatch(arrived.body))


def authenticate(door: Door, arrived: Signed, now: datetime) -> bool:
    """Pass if the request is authentic; say whether its very bytes are proven.

    Raises what `verify` raises, and Unavailable instead of a 401 where a missing secret of ours, or our own
    clock, may be the reason: the sender comes back later, and nothing is lost.
    """
    try:
        return verify(door.source.verify, arrived, door.secrets, now)
    except OutsideWindow as error:
        if door.is_clock_doubtful():
            raise Unavailable("The time here is not known for sure.", retry_after=60) from error
        raise
    except (BadSignature, NotFound) as error:
        if door.is_missing_secret:
            raise Unavailable(
                "One of the connection's secrets is not set up here.", retry_after=60
            ) from error
        raise
