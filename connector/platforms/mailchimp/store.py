"""A store at Mailchimp and its products: made where they are missing, and otherwise left as they are."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from connector.errors import Rejected
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.lines import Goods
from connector.platforms.memory import Memory
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

KEPT_FOR = 3600.0
"""Seconds for which the store is believed to be there still."""


class Store:
    """One store by its id, which the connection names. A new one is made for the connection's audience."""

    def __init__(self, client: MailchimpClient, audience: str, id_: str | None, stocked: Memory) -> None:
        self._client, self._audience, self._id = client, audience, id_
        self._seen = stocked
        self._currency: tuple[float, str] | None = None

    @property
    def id(self) -> str:
        """Raises `Rejected` where the connection names no store."""
        if not self._id:
            raise Rejected('the connection names no store: add "store:" with its id at Mailchimp')
        return self._id

    def currency(self, said: str | None) -> str:
        """The currency to write: the one that was said, else the store's, which is there then.

        For the time before the call that counts. Raises a DispatchError.
        """
        if self._currency is None or _is_old(self._currency[0]):
            with preparing():
                self._currency = (time.monotonic(), self._found(said))
        return said or self._currency[1]

    def stock(self, wanted: Iterable[Goods]) -> None:
        """Make the products that are not there yet. Raises a DispatchError.

        What is there is remembered, so that a long cart which is interrupted goes on where it was.
        """
        with preparing():
            for goods in dict.fromkeys(wanted):
                key = (goods.product, goods.variant)
                if key not in self._seen:
                    self._stock(goods)
                    self._seen.add(key)

    def forget(self) -> bool:
        """Look again at everything; whether anything had been remembered."""
        return self._seen.forget()

    def _found(self, said: str | None) -> str:
        answer = self._client.sdk.ecommerce.get_store(self.id, fields=["id", "list_id", "currency_code"])
        if is_absent(answer):
            answer = self._made(said)
        found = proven(answer)
        if found.get("id") != self.id or not isinstance(found.get("currency_code"), str):
            raise unproven(answer, "no store")
        if found.get("list_id") != self._audience:
            raise Rejected(f"the store {self.id} belongs to another audience at Mailchimp")
        return str(found["currency_code"])

    def _made(self, said: str | None) -> Answer:
        if said is None:
            raise Rejected(f"Mailchimp has no store {self.id} yet; it is made once a currency is said")
        body = {"id": self.id, "list_id": self._audience, "name": self.id, "currency_code": said}
        answer: Answer = self._client.sdk.ecommerce.add_store({**body, "platform": "Loods"})
        return answer

    def _stock(self, goods: Goods) -> None:
        shop = self._client.sdk.ecommerce
        answer = shop.get_product_variant(self.id, goods.product, goods.variant, fields=["id"])
        if is_absent(answer):
            answer = shop.add_store_product(self.id, goods.as_product)
            if is_there_already(answer):
                answer = shop.add_product_variant(self.id, goods.product, goods.variant, goods.as_variant)
        if proven(answer).get("id") not in {goods.product, goods.variant}:
            raise unproven(answer, "no product")


def is_there_already(answer: Answer) -> bool:
    """Whether something new was refused because it is there."""
    return answer.status == 400 and "already exists" in answer.words


def lacks_product(answer: Answer) -> bool:
    """Whether a line was refused because Mailchimp does not have what it names."""
    return answer.status == 400 and "does not exist in the account" in answer.words


def as_object(answer: Answer, id_: str) -> dict[str, Any]:
    """What was written, under this id; raises what the answer means where that is not proven."""
    found = proven(answer)
    if found.get("id") != id_:
        raise unproven(answer, f"no {id_}")
    return found


def _is_old(read_at: float) -> bool:
    return time.monotonic() - read_at > KEPT_FOR
