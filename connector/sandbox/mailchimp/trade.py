"""Mailchimp's carts and orders. A change names lines by their id: those that it does not name stay."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.problems import exists_already, not_found, problem
from connector.sandbox.mailchimp.stores import STORE, CustomerBody, Store, Stores
from connector.sandbox.routing import Route


class LineBody(Body):
    """A line of a cart or an order."""

    id: str = Field(min_length=1)
    product_id: str
    product_variant_id: str
    quantity: int = Field(ge=1)
    price: float


class Change(Body):
    """A change of a cart or an order: what is not said stays."""

    currency_code: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    order_total: float | None = None
    checkout_url: str | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    discount_total: float | None = None
    tax_total: float | None = None
    shipping_total: float | None = None
    processed_at_foreign: str | None = None
    order_url: str | None = None
    lines: tuple[LineBody, ...] | None = None


class Whole(Change):
    """A new cart or order."""

    id: str = Field(min_length=1)
    customer: CustomerBody
    currency_code: str = Field(pattern="^[A-Z]{3}$")
    order_total: float
    lines: tuple[LineBody, ...] = Field(min_length=1)


class Trade:
    """The carts and orders of all stores."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def routes(self) -> list[Route]:
        """The calls about carts and orders."""
        return [route for kind in ("carts", "orders") for route in self._routes(kind)]

    def _routes(self, kind: str) -> list[Route]:
        one = f"{STORE}/{kind}/{{id}}"

        def add(request: Request, store: str) -> Answer:
            return self._add(request, self._stores.find(store), kind)

        def change(request: Request, store: str, id_: str) -> Answer:
            return self._change(request, self._stores.find(store), kind, id_)

        def show(request: Request, store: str, id_: str) -> Answer:
            return as_json(200, _shown(_find(self._stores.find(store), kind, id_)))

        def remove(request: Request, store: str, id_: str) -> Answer:
            _find(self._stores.find(store), kind, id_)
            del _all(self._stores.find(store), kind)[id_]
            return Answer(204)

        def remove_line(request: Request, store: str, id_: str, line: str) -> Answer:
            return _without(_find(self._stores.find(store), kind, id_), line)

        return [
            ("POST", f"{STORE}/{kind}", add),
            ("GET", one, show),
            ("PATCH", one, change),
            ("DELETE", one, remove),
            ("DELETE", f"{one}/lines/{{line}}", remove_line),
        ]

    def _add(self, request: Request, store: Store, kind: str) -> Answer:
        body = request.read(Whole)
        if body.id in _all(store, kind):
            raise exists_already(kind.removesuffix("s"))
        lines = _lines(store, kind, body.lines)
        customer = self._stores.customer(request, store, body.customer)
        facts = body.model_dump(exclude={"lines", "customer"}, exclude_none=True)
        _all(store, kind)[body.id] = {**facts, "customer": customer, "lines": lines}
        return as_json(200, _shown(_all(store, kind)[body.id]))

    def _change(self, request: Request, store: Store, kind: str, id_: str) -> Answer:
        held, body = _find(store, kind, id_), request.read(Change)
        held["lines"] |= _lines(store, kind, body.lines or ())
        held |= body.model_dump(exclude={"lines"}, exclude_none=True)
        return as_json(200, _shown(held))


def _all(store: Store, kind: str) -> dict[str, Json]:
    return store.carts if kind == "carts" else store.orders


def _find(store: Store, kind: str, id_: str) -> Json:
    found = _all(store, kind).get(id_)
    if found is None:
        raise not_found()
    return found


def _without(held: Json, line: str) -> Answer:
    if line not in held["lines"]:
        raise not_found()
    if len(held["lines"]) == 1:
        raise problem(400, "Bad Request", "The last line cannot be removed.")
    del held["lines"][line]
    return Answer(204)


def _lines(store: Store, kind: str, bodies: tuple[LineBody, ...]) -> dict[str, Any]:
    lines = {body.id: body.model_dump() for body in bodies}
    if len(lines) < len(bodies):
        which = "An order" if kind == "orders" else "A cart"
        raise problem(400, "Bad Request", f"{which} may not contain the same line item id more than once.")
    for body in bodies:
        _check_product(store, body)
    return lines


def _check_product(store: Store, line: LineBody) -> None:
    where = "does not exist in the account for this list."
    if line.product_id not in store.products:
        raise problem(400, "Bad Request", f"A product with the provided ID {where}")
    if line.product_variant_id not in store.products[line.product_id]["variants"]:
        raise problem(400, "Bad Request", f"A product with the provided variant ID {where}")


def _shown(held: Json) -> Json:
    return {**held, "lines": list(held["lines"].values())}
