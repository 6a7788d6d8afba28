"""What a publication costs beside what an account has already, and from when on that is for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector.errors import DispatchError
from connector.platforms.counting import Headcount
from connector.runtime.weighing import Cost

MOST_NEW: Final = Decimal("0.1")
"""The share of what is there by which an account may grow, where the mapping says none."""
FEW: Final = 100
"""So many are never too many, where the mapping says no share."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What one account costs more. `held` is what it has, or why it does not tell; None where nobody can ask.

    Where the account is paid for some of its contacts only, `payable` are those who may become such: who is
    new, and whom something there takes that may make one of them.
    """

    cost: Cost
    held: Headcount | DispatchError | None

    @property
    def payable(self) -> int:
        """How many contacts may be paid for, at most, that are not yet."""
        if isinstance(self.held, Headcount) and self.held.marketing is not None:
            return len(self.cost.new | self.cost.enrolled)
        return len(self.cost.new)

    @property
    def paid(self) -> int | None:
        """How many are; None where that cannot be told."""
        if not isinstance(self.held, Headcount):
            return None
        return self.held.contacts if self.held.marketing is None else self.held.marketing

    def is_too_much(self, most: Decimal | None) -> bool:
        """Whether it is for a person to decide: more than this share is new.

        So it is where the account is asked and gives no answer. Without its settings nothing leaves for it.
        """
        if not self.payable or self.held is None or (most is None and self.payable <= FEW):
            return False
        return self.paid is None or self.payable > (MOST_NEW if most is None else most) * self.paid

    def told(self, most: Decimal | None) -> str:
        """That it is too much, as a part of a sentence."""
        grown = f"{self.cost.connection} may get {people(self.payable)} more to pay for"
        if self.paid is None:
            return f"{grown}, and does not tell how many it has"
        share = (MOST_NEW if most is None else most) * 100
        return f"{grown}, beside {self.paid:,}: more than {share.normalize():f} %"


def excesses(bills: Iterable[Bill], most: Decimal | None) -> list[str]:
    """What of them is for a person to accept, in words."""
    return [one.told(most) for one in bills if one.is_too_much(most)]


def people(count: int) -> str:
    """So many contacts, the thousands apart."""
    return f"{count:,} contact" if count == 1 else f"{count:,} contacts"
