"""Any address that takes a JSON POST, signed as a Standard Webhook where it has a secret.

The signature is that of the Standard Webhooks specification 1.0.0, `v1`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unknown
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.arguments import checked
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.http_arguments import SPECS, Post
from connector.platforms.transport import Answer, Transport, classify, retry_after

PREFIX = "whsec_"


class Http:
    """One address. It is https, of a public host; http and inner addresses only where it names this machine.

    Any 2xx is done. A post may come more than once, each time with the same `webhook-id`, by which the
    receiver tells a repeat. `secret` is `whsec_` and base64, or any other text, which is then the key itself.
    `clock` gives the time of the signature.
    """

    specs: ClassVar[Sequence[ActionSpec]] = SPECS

    def __init__(
        self, url: str, secret: str | None, *, clock: Callable[[], datetime], deadline: float = 10.0
    ) -> None:
        parts = _split(url)
        self.deadline = deadline
        self._host = parts.netloc
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._key = _key(secret) if secret else None
        self._clock = clock
        self._transport = Transport(
            f"{parts.scheme}://{parts.netloc}",
            headers={"accept": "*/*", "user-agent": "loods"},
            deadline=deadline,
            allow_plain=True,
        )

    def account(self) -> str:
        """`http:` and the host; nothing is asked of it."""
        return f"http:{self._host}"

    def batch_size(self, name: str) -> int:
        """Each post is a call of its own."""
        return 1

    def changes(self, call: Call) -> Sequence[Change]:
        """Nobody tells of what a post has changed."""
        return ()

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Post them: one outcome each, in order."""
        return [self._outcome(call) for call in calls]

    def look_up(self, call: Call) -> Done | None:
        """Nothing can be looked up here. Raises `Unknown`."""
        raise Unknown(f"{self._host} cannot say whether it received the post")

    def close(self) -> None:
        """Give up the connection."""
        self._transport.close()

    def _outcome(self, call: Call) -> Outcome:
        try:
            wanted: Post = checked(SPECS, call.action)
            self._post(call.action.key, wanted)
        except DispatchError as error:
            return error
        return Done()

    def _post(self, id_: str, wanted: Post) -> None:
        kind, body = wanted.written()
        sent_at = str(int(self._clock().timestamp()))
        headers = {"content-type": kind, **wanted.headers, "webhook-id": id_, "webhook-timestamp": sent_at}
        if self._key is not None:
            headers["webhook-signature"] = _signature(self._key, id_, sent_at, body)
        answer = self._transport.request("POST", self._target, body=body, headers=headers)
        if refused := refusal(answer):
            raise refused


def refusal(answer: Answer) -> DispatchError | None:
    """What the answer means; None for 2xx. Nobody's credentials expire here, so 401 and 403 are refusals too.

    A server error is `Transient`: what may have arrived already is told by its id when it comes again.
    """
    refused = classify(answer)
    if refused is None or isinstance(refused, Rejected | Transient):
        return refused
    words, status = refused.words, answer.status
    if isinstance(refused, Unknown):
        return Transient(words, status=status, retry_after=retry_after(answer, answer.at))
    return Rejected(words, status=status)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise SettingsError(f"the address of an http connection cannot be read: {error}") from error


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise SettingsError(f"the secret of an http connection is not base64 behind {PREFIX}")
    return key


def _signature(key: bytes, id_: str, sent_at: str, body: bytes) -> str:
    content = b".".join((id_.encode(), sent_at.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
