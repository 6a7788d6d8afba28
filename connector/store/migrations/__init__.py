"""The way of the schema from release to release; `env` is what Alembic runs."""
