"""How many connections a pool has, as SQLAlchemy counts them."""

from __future__ import annotations

from sqlalchemy import Engine, QueuePool


def states_of(engine: Engine) -> dict[str, int]:
    """Those `in_use` and those `idle`; nothing where connections are not pooled."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    return {"in_use": pool.checkedout(), "idle": pool.checkedin()}
