"""The lines of carts and orders in Mailchimp's form: each is so many of a variant of a product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import md5
from typing import Any

from connector.platforms.mailchimp.shop_arguments import Line

PLAIN_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,50}", re.ASCII)
"""What can stand in an address; Mailchimp finds nothing by a longer id (its client library, thread 128)."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Goods:
    """A variant of a product, with what a new one is to say."""

    product: str
    variant: str
    title: str
    price: Decimal
    sku: str = ""
    brand: str = ""
    category: str = ""

    @property
    def as_variant(self) -> dict[str, Any]:
        """The variant as Mailchimp takes it."""
        return {"id": self.variant, "title": self.title, "price": amount(self.price), "sku": self.sku}

    @property
    def as_product(self) -> dict[str, Any]:
        """The product with this variant alone, as Mailchimp takes it."""
        about = {"id": self.product, "title": self.title, "vendor": self.brand, "type": self.category}
        return {**about, "variants": [self.as_variant]}


def goods(line: Line) -> Goods:
    """What is bought in a line."""
    product = shop_id(line.product or line.sku or line.name or "")
    return Goods(
        product=product,
        variant=shop_id(line.variant) if line.variant else product,
        title=line.name or line.sku or product,
        price=line.price,
        sku=line.sku or "",
        brand=line.brand or "",
        category=line.category or "",
    )


def in_lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines of which there is anything, each under an id of its own.

    Mailchimp counts in whole pieces: what is sold by measure is one piece at the price of all of it.
    """
    taken: set[str] = set()
    return [_in_line(line, taken) for line in lines if line.quantity > 0]


def total(lines: Sequence[Line]) -> Decimal:
    """What the lines cost together."""
    return sum((line.price * line.quantity for line in lines), Decimal(0))


def amount(money: Decimal) -> float:
    """Money as Mailchimp takes it: a number with two decimals."""
    return float(money.quantize(CENT))


def shop_id(said: str) -> str:
    """The id as Mailchimp can hold it: as it is, or where it is too long or has odd signs its md5."""
    return said if PLAIN_ID.fullmatch(said) else md5(said.encode(), usedforsecurity=False).hexdigest()


def _in_line(line: Line, taken: set[str]) -> dict[str, Any]:
    bought = goods(line)
    is_whole = line.quantity == line.quantity.to_integral_value()
    return {
        "id": _own_id(line.id or bought.variant, taken),
        "product_id": bought.product,
        "product_variant_id": bought.variant,
        "quantity": int(line.quantity) if is_whole else 1,
        "price": amount(line.price if is_whole else line.price * line.quantity),
    }


def _own_id(said: str, taken: set[str]) -> str:
    id_, count = shop_id(said), 1
    while id_ in taken:
        count += 1
        id_ = shop_id(f"{said}-{count}")
    taken.add(id_)
    return id_
