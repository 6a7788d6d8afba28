"""What a publication costs at the accounts that are paid for by people: shown before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.cli.terminal.show import say
from connector.errors import DispatchError
from connector.platforms.counting import Headcount
from connector.runtime.billing import Bill, people

_COUNTED = "counted are all whom time brings within 24 hours, or events of the last 30 days would have"


def show(bills: Iterable[Bill], counted: str = _COUNTED) -> None:
    """Show what each account costs more, and who is `counted` for that."""
    lines = [line for one in bills for line in _lines(one)]
    for line in [*lines, counted] if lines else ():
        say(line)


def _lines(bill: Bill) -> Iterator[str]:
    cost = bill.cost
    if cost.new:
        yield f"{cost.connection}: adds up to {people(len(cost.new))}{_beside(bill.held)}{_kinds(bill)}"
    if isinstance(bill.held, Headcount) and bill.held.marketing is not None:
        yield from _marketing(bill, bill.held.marketing)
    elif cost.enrolled:
        yield f"{cost.connection}: up to {people(len(cost.enrolled))} enter a workflow"
    if cost.archived:
        archived = people(len(cost.archived))
        yield f"{cost.connection}: archives up to {archived}, who are not paid for any more"


def _marketing(bill: Bill, marketing: int) -> Iterator[str]:
    """HubSpot tells neither what its settings say of new contacts nor what a workflow does."""
    if not bill.payable:
        return
    where = []
    if bill.cost.new:
        where.append("new ones where HubSpot's settings say so (Integrations, Marketing contacts)")
    if bill.cost.enrolled:
        where.append(f"{len(bill.cost.enrolled):,} by a workflow that they enter, where it does that")
    grown = f"up to {people(bill.payable)} may become marketing contacts, beside {marketing:,}"
    yield f"{bill.cost.connection}: {grown} ({_more(bill.payable, marketing)}): {' and '.join(where)}"


def _beside(held: Headcount | DispatchError | None) -> str:
    match held:
        case Headcount(contacts=0):
            return ", the first that it has"
        case Headcount(contacts=contacts):
            return f" to {contacts:,}"
        case DispatchError():
            return f" (how many it has cannot be told now: {held.words})"
        case None:
            return " (how many it has is not asked: its settings are not set here)"


def _kinds(bill: Bill) -> str:
    """By how much that is, and what they become."""
    cost, held = bill.cost, bill.held
    grown = ""
    if isinstance(held, Headcount) and held.contacts:
        grown = f" ({_more(len(cost.new), held.contacts)})"
    if cost.platform != "mailchimp":
        return grown
    asks_twice = isinstance(held, Headcount) and held.asks_twice
    consenting, others = len(cost.consenting), len(cost.new) - len(cost.consenting)
    said = [f"{consenting:,} {'pending' if asks_twice else 'subscribed'}"] if consenting else []
    said += [f"{others:,} transactional, without consent"] if others else []
    return f"{grown}: {' and '.join(said)}"


def _more(new: int, there: int) -> str:
    share = new * 100 / there
    return f"+{share:,.0f} %" if share >= 10 else f"+{share:.1f} %"
