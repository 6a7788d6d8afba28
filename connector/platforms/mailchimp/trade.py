"""Carts and orders at Mailchimp. Every write is repeatable, and none of them changes who is subscribed.

What was never written here is added first, and changed where Mailchimp has it already; what was is changed
first, and added where it has gone. So most take one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import Rejected
from connector.platforms.base import Addressee, Call, Done
from connector.platforms.mailchimp.answers import check_status
from connector.platforms.mailchimp.buyers import Buyers
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.known import Known
from connector.platforms.mailchimp.lines import amount, goods, in_lines, shop_id, total
from connector.platforms.mailchimp.members import member_id
from connector.platforms.mailchimp.shop_arguments import Line, RemoveCart, UpdateCart, UpdateOrder
from connector.platforms.mailchimp.store import Store, as_object, is_there_already, lacks_product
from connector.platforms.mailchimp.values import moment
from connector.platforms.proof import is_absent, preparing
from connector.platforms.transport import Answer

Write = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Ways:
    """How one cart or order is written; `add` is None where too little is said of it for a new one."""

    kind: str
    change: Write
    add: Write | None


class Trade:
    """Writing carts and orders of one store."""

    def __init__(self, client: MailchimpClient, store: Store, buyers: Buyers, known: Known) -> None:
        self._client, self._store, self._buyers = client, store, buyers
        self._known, self._gone = known.written, known.gone

    def update_cart(self, addressee: Addressee, wanted: UpdateCart) -> Done:
        """Write the cart as it is now. Raises a DispatchError."""
        id_, customer = shop_id(wanted.id), self._buyers.customer(addressee)
        self._gone.drop(id_)
        content = {
            **self._content(wanted.items, wanted.currency),
            "order_total": amount(total(wanted.items) if wanted.total is None else wanted.total),
            **({"checkout_url": wanted.url} if wanted.url else {}),
        }
        shop, store = self._client.sdk.ecommerce, self._store.id
        found = self._written(
            id_,
            wanted.items,
            Ways(
                "cart",
                change=lambda: shop.update_store_cart(store, id_, content),
                add=lambda: shop.add_store_cart(store, {"id": id_, "customer": customer, **content}),
            ),
        )
        if _is_anothers(found, addressee):
            self._delete(id_)
            added = shop.add_store_cart(store, {"id": id_, "customer": customer, **content})
            found = as_object(added, id_)
        self._gone.drop(id_)
        self._tidy(found, content["lines"], lambda line: shop.delete_cart_line_item(store, id_, line))
        return Done()

    def remove_cart(self, addressee: Addressee, wanted: RemoveCart) -> Done:
        """Remove the cart; that it is not there is as good. Raises a DispatchError."""
        member_id(addressee)
        self._remove(shop_id(wanted.id))
        return Done()

    def update_order(self, call: Call, wanted: UpdateOrder) -> Done:
        """Write what is said of the order, which takes the place of its cart. Raises a DispatchError."""
        id_, customer = shop_id(wanted.id), self._buyers.customer(call.addressee)
        if wanted.cart and shop_id(wanted.cart) not in self._gone:
            with preparing():
                self._remove(shop_id(wanted.cart))
        lines = wanted.items or ()
        content = {**(self._content(lines, wanted.currency) if lines else {}), **_of_order(wanted)}
        new = {"id": id_, "customer": customer, "processed_at_foreign": moment(call.action.decided_at)}
        new |= {"order_total": amount(total(lines))} | content
        shop, store = self._client.sdk.ecommerce, self._store.id
        found = self._written(
            id_,
            lines,
            Ways(
                "order",
                change=lambda: shop.update_order(store, id_, content),
                add=(lambda: shop.add_store_order(store, new)) if lines else None,
            ),
        )
        if lines:
            self._tidy(found, content["lines"], lambda line: shop.delete_order_line_item(store, id_, line))
        return Done()

    def _written(self, id_: str, lines: Sequence[Line], ways: Ways) -> Mapping[str, Any]:
        """Change it, or add it where it is new; its products are there before."""
        self._store.stock(map(goods, lines))
        is_known = (ways.kind, id_) in self._known
        answer = _changed_or_added(id_, ways, is_known=is_known)
        if lacks_product(answer) and self._store.forget():
            self._store.stock(map(goods, lines))
            answer = _changed_or_added(id_, ways, is_known=is_known)
        found = as_object(answer, id_)
        self._known.add((ways.kind, id_))
        return found

    def _tidy(
        self, found: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], remove: Callable[[str], Answer]
    ) -> None:
        """Take away the lines that the shop's cart or order does not have any more."""
        wanted = {line["id"] for line in lines}
        held = found.get("lines")
        for line in held if isinstance(held, list) else []:
            if line.get("id") not in wanted:
                answer = remove(str(line.get("id")))
                if not is_absent(answer):
                    check_status(answer, 204)

    def _content(self, lines: Sequence[Line], currency: str | None) -> dict[str, Any]:
        return {"currency_code": self._store.currency(currency), "lines": in_lines(lines)}

    def _remove(self, cart: str) -> None:
        self._delete(cart)
        self._known.drop(("cart", cart))
        self._gone.add(cart)

    def _delete(self, cart: str) -> None:
        answer = self._client.sdk.ecommerce.delete_store_cart(self._store.id, cart)
        if not is_absent(answer):
            check_status(answer, 204)


def _changed_or_added(id_: str, ways: Ways, *, is_known: bool) -> Answer:
    if is_known or ways.add is None:
        answer = ways.change()
        if not is_absent(answer):
            return answer
    if ways.add is None:
        raise Rejected(f"Mailchimp has no order {id_}, and without items it cannot be added", status=404)
    answer = ways.add()
    return ways.change() if is_there_already(answer) else answer


def _of_order(wanted: UpdateOrder) -> dict[str, Any]:
    """What is said of the order, apart from its lines, in Mailchimp's words."""
    sums = {
        "order_total": wanted.total,
        "discount_total": wanted.discount,
        "tax_total": wanted.tax,
        "shipping_total": wanted.shipping,
    }
    state = "fulfillment_status" if wanted.status == "shipped" else "financial_status"
    texts = {
        state: wanted.status,
        "currency_code": wanted.currency,
        "processed_at_foreign": wanted.placed_at and moment(wanted.placed_at),
        "order_url": wanted.url,
    }
    told = {name: amount(one) for name, one in sums.items() if one is not None}
    return told | {name: one for name, one in texts.items() if one}


def _is_anothers(found: Mapping[str, Any], addressee: Addressee) -> bool:
    """Whether Mailchimp would write to another address about it, because the customer gave a new one."""
    match found.get("customer"):
        case {"email_address": str(email)} if addressee.email:
            return email.lower() != addressee.email.lower()
        case _:
            return False
