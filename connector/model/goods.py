"""What a webshop shows and sells, as events carry it: pages, products, and the lines of carts and orders."""

from __future__ import annotations

from typing import Final

from connector.model.types import number, record, text

ITEM: Final = record(
    "one line of a cart or an order",
    id=text("the shop's id of the line"),
    sku=text("stock keeping unit"),
    name=text("as the shop shows it"),
    product=text("the shop's id of the product"),
    variant=text("the shop's id of the variant"),
    category=text(),
    brand=text(),
    quantity=number("pieces; may be broken, as in 1.5 m"),
    price=number("of one piece"),
)

PAGE: Final = record("a page that was viewed", url=text(), path=text(), title=text(), referrer=text())

PRODUCT: Final = record(
    "a product",
    id=text(),
    sku=text(),
    name=text(),
    category=text(),
    brand=text(),
    price=number(least=0),
    currency=text(),
    url=text(),
)
