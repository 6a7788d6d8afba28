"""The two shops of the sandbox, and what a connection wants of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from connector.platforms.setting_up import Builder, Made, Wanted
from connector.platforms.shops.shopify import Shopify
from connector.platforms.shops.woocommerce import WooCommerce
from connector.sandbox import Sandbox

HERE = "https://hooks.example.com/webhooks/webshop"
BEFORE = "https://old.example.com/webhooks/webshop"


@pytest.fixture
def woocommerce(sandbox: Sandbox) -> Iterator[WooCommerce]:
    shop = WooCommerce(sandbox.url, "ck_test", "cs_test")
    yield shop
    shop.close()


@pytest.fixture
def shopify(sandbox: Sandbox) -> Iterator[Shopify]:
    shop = Shopify(sandbox.url, "client-id", "client-secret")
    yield shop
    shop.close()


def wanted(
    topics: Sequence[str],
    *,
    address: str = HERE,
    before: str | None = None,
    signed_with: str | None = "s3cret",
) -> Wanted:
    """What the connection `webshop` wants."""
    return Wanted("webshop", address, topics, before, {"SHOP_SECRET": signed_with})


def states(builder: Builder, wish: Wanted) -> list[str]:
    """How each thing stands."""
    return [f"{step.what}: {step.state}" for step in builder.plan(wish)]


def carry_out(builder: Builder, wish: Wanted) -> list[Made]:
    """Do all that is to be done."""
    return [builder.carry_out(step) for step in builder.plan(wish) if step.writes]
