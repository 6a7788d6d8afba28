"""Run by Alembic: migrates the connection that `connector.store.versions` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from connector.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
