"""Which account a connection acts on, and which process has last served it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from connector.store.dialect import upsert
from connector.store.schema import accounts, posts


def account_of(tx: Connection, credentials: str) -> str | None:
    """The account to which these credentials (their hash) lead, if a platform has ever said so."""
    return tx.execute(select(accounts.c.account).where(accounts.c.credentials == credentials)).scalar()


def remember(tx: Connection, credentials: str, account: str) -> None:
    """The platform says that these credentials (their hash) lead to this account."""
    upsert(tx, accounts, [{"credentials": credentials, "account": account}], change=("account",))


def holder_of(tx: Connection, connection: str) -> str | None:
    """Who serves the connection, or did last; None where nobody ever did."""
    return tx.execute(select(posts.c.holder).where(posts.c.connection == connection)).scalar()


def enter(tx: Connection, connection: str, account: str, holder: str) -> None:
    """`holder` serves the connection from now on."""
    now = {"connection": connection, "account": account, "holder": holder}
    upsert(tx, posts, [now], change=("account", "holder"))


def account_served(tx: Connection, connection: str) -> str | None:
    """On which account the connection was last served; None where it never was."""
    return tx.execute(select(posts.c.account).where(posts.c.connection == connection)).scalar()
