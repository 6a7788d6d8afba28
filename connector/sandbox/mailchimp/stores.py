"""Mailchimp's stores, and the customers and products in them.

What is refused, and in which words, is recorded of real accounts (threads of shop plugins) where it is known;
a customer's effect on the audience is that of Mailchimp's guide to e-commerce.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.audiences import Audience, Audiences, Member, listed, member_id
from connector.sandbox.mailchimp.problems import exists_already, not_found, problem
from connector.sandbox.routing import Route

STORE = "/3.0/ecommerce/stores/{store}"
LONGEST_ID = 50


class StoreBody(Body):
    """A new store; its audience is fixed once set."""

    id: str = Field(min_length=1)
    list_id: str
    name: str = Field(min_length=1)
    currency_code: str = Field(pattern="^[A-Z]{3}$")
    platform: str = ""
    domain: str = ""
    is_syncing: bool = False


class CustomerBody(Body):
    """Whose a cart or an order is."""

    id: str = Field(min_length=1)
    email_address: str | None = None
    opt_in_status: bool | None = None


class VariantBody(Body):
    """What can be bought of a product."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    sku: str = ""
    price: float = 0


class ProductBody(Body):
    """A new product, with at least one variant."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    vendor: str = ""
    type: str = ""
    variants: tuple[VariantBody, ...] = Field(min_length=1)


@dataclass
class Store:
    """A store; what is in it stands under its id."""

    facts: Json
    customers: dict[str, Json] = field(default_factory=dict)
    products: dict[str, Json] = field(default_factory=dict)
    carts: dict[str, Json] = field(default_factory=dict)
    orders: dict[str, Json] = field(default_factory=dict)

    def variant(self, product: str, variant: str) -> Json:
        """A variant of a product. Refuses with 404."""
        variants: dict[str, Json] = self.products.get(product, {}).get("variants", {})
        if variant not in variants:
            raise not_found()
        return variants[variant]

    def state(self) -> Json:
        """All that it holds."""
        held = {"customers": self.customers, "products": self.products}
        return {**self.facts, **held, "carts": self.carts, "orders": self.orders}


class Stores:
    """The stores of an account."""

    def __init__(self, audiences: Audiences, held: Mapping[str, Audience]) -> None:
        self._audiences = audiences
        self._lists = held
        self.held: dict[str, Store] = {}

    def routes(self) -> list[Route]:
        """The calls about stores and products."""
        variant = f"{STORE}/products/{{product}}/variants/{{variant}}"
        return [
            ("GET", "/3.0/ecommerce/stores", self._all),
            ("POST", "/3.0/ecommerce/stores", self._add),
            ("GET", STORE, self._one),
            ("POST", f"{STORE}/products", self._add_product),
            ("GET", variant, self._variant),
            ("PUT", variant, self._put_variant),
        ]

    def find(self, id_: str) -> Store:
        """The store with this id. Refuses with 404."""
        if id_ not in self.held:
            raise not_found()
        return self.held[id_]

    def customer(self, request: Request, store: Store, body: CustomerBody) -> Json:
        """The customer, who becomes a member of the store's audience where they are none yet.

        Nobody's address changes: it is what a customer is known by. No status goes down by it; only from no
        to yes does a status go up.
        """
        if len(body.id) > LONGEST_ID:
            raise not_found()
        before = store.customers.get(body.id, {})
        email = body.email_address or str(before.get("email_address", ""))
        if before and email.lower() != str(before["email_address"]).lower():
            raise problem(400, "Bad Request", "A customer's email address may not be changed.")
        told = {"id": body.id, "email_address": email, "opt_in_status": bool(body.opt_in_status)}
        self._enlist(request, self._lists[str(store.facts["list_id"])], told, before)
        store.customers[body.id] = told
        return told

    def _enlist(self, request: Request, audience: Audience, customer: Json, before: Json) -> None:
        email, may = str(customer["email_address"]), bool(customer["opt_in_status"])
        known = audience.members.get(member_id(email))
        if known is None or known.status == "archived":
            status = "subscribed" if may else "transactional"
            fresh = known or Member(member_id(email), email, status, request.at, request.at)
            fresh.status = "transactional" if fresh.has_left else status
            audience.members[fresh.id] = fresh
            audience.touch(fresh, request.at)
        elif may and before.get("opt_in_status") is False and not known.has_left:
            known.status = "subscribed"
            audience.touch(known, request.at)

    def _all(self, request: Request) -> Answer:
        return listed(request, "stores", [store.facts for store in self.held.values()])

    def _add(self, request: Request) -> Answer:
        body = request.read(StoreBody)
        self._audiences.find(body.list_id)
        if body.id in self.held:
            raise exists_already("store")
        self.held[body.id] = Store(body.model_dump())
        return as_json(200, self.held[body.id].facts)

    def _one(self, request: Request, store_id: str) -> Answer:
        return as_json(200, self.find(store_id).facts)

    def _add_product(self, request: Request, store_id: str) -> Answer:
        store, body = self.find(store_id), request.read(ProductBody)
        if body.id in store.products:
            raise exists_already("product")
        variants = {one.id: one.model_dump() for one in body.variants}
        store.products[body.id] = {**body.model_dump(), "variants": variants}
        return as_json(200, {**store.products[body.id], "variants": list(variants.values())})

    def _variant(self, request: Request, store_id: str, product: str, variant: str) -> Answer:
        return as_json(200, self.find(store_id).variant(product, variant))

    def _put_variant(self, request: Request, store_id: str, product: str, variant: str) -> Answer:
        store, body = self.find(store_id), request.read(VariantBody)
        if product not in store.products:
            raise not_found()
        store.products[product]["variants"][variant] = body.model_dump() | {"id": variant}
        return as_json(200, store.variant(product, variant))
