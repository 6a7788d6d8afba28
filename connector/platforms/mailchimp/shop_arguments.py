"""What can be asked of Mailchimp about carts and orders: one model an action."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
OwnId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), Field(coerce_numbers_to_str=True)
]
Currency = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^\s*[A-Za-z]{3}\s*$")
]
Money = Annotated[Decimal, Field(allow_inf_nan=False)]


class Arguments(BaseModel):
    """What the models have in common: they are frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(BaseModel):
    """A line as carts and orders of events carry it; what Mailchimp has no place for is left out.

    What is bought is known by its product's id, else by its stock keeping unit, else by its name.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: OwnId | None = None
    product: OwnId | None = None
    variant: OwnId | None = None
    sku: OwnId | None = None
    name: str | None = None
    brand: str | None = None
    category: str | None = None
    quantity: Money = Decimal(1)
    price: Money = Decimal(0)

    @model_validator(mode="before")
    @classmethod
    def _without_gaps(cls, found: object) -> object:
        """A value that is missing counts as not said."""
        if not isinstance(found, dict):
            return found
        return {name: value for name, value in found.items() if value is not None and value != ""}

    @model_validator(mode="after")
    def _is_something(self) -> Line:
        if not (self.product or self.sku or self.name):
            raise ValueError("a line needs a product, a sku or a name")
        return self


class UpdateCart(Arguments):
    """Writes the contact's cart whole, of which Mailchimp can then remind them.

    Its products are made at Mailchimp where they are missing.
    """

    id: OwnId = Field(description="the id of the cart, as in `{{ cart.id }}`")
    items: tuple[Line, ...] = Field(min_length=1, description="its lines, as in `{{ cart.items }}`")
    total: Money | None = Field(default=None, description="what it costs; else the sum of its lines")
    currency: Currency | None = Field(default=None, description="three letters; else the store's currency")
    url: Words | None = Field(
        default=None, description="where the customer goes on; Mailchimp reminds of no cart without it"
    )


class RemoveCart(Arguments):
    """Removes the contact's cart, by which Mailchimp's reminder of it is cancelled."""

    id: OwnId = Field(description="the id of the cart, as in `{{ cart.id }}` or `{{ order.cart }}`")


class UpdateOrder(Arguments):
    """Writes the contact's order, after removing the cart that it came from.

    Its products are made at Mailchimp where they are missing. What is not said of an order that Mailchimp has
    stays as it is there.
    """

    id: OwnId = Field(description="the id of the order, as in `{{ order.id }}`")
    items: tuple[Line, ...] | None = Field(
        default=None, description="its lines, as in `{{ order.items }}`; needed once, when it is new"
    )
    total: Money | None = Field(
        default=None, description="what it costs; of a new one else the sum of its lines"
    )
    currency: Currency | None = Field(default=None, description="three letters; else the store's currency")
    status: Literal["pending", "paid", "shipped", "refunded", "cancelled"] | None = Field(
        default=None, description="what became of it; Mailchimp's order notifications go by that"
    )
    cart: OwnId | None = Field(
        default=None, description="the cart that it came from, as in `{{ order.cart }}`"
    )
    discount: Money | None = Field(default=None, description="how much was taken off")
    tax: Money | None = Field(default=None, description="how much of it is tax")
    shipping: Money | None = Field(default=None, description="what the shipping costs")
    placed_at: AwareDatetime | None = Field(
        default=None, description="when it was placed, as in `{{ order.placed_at }}`; of a new one else now"
    )
    url: Words | None = Field(default=None, description="where it can be looked at")
