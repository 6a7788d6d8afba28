"""The only room that speaks SQL: one schema, one set of statements, on SQLite and PostgreSQL.

`database.Store` opens it and runs transactions; `inbox`, `contacts`, `history` and `outbox` are functions
over a transaction, one for each concern. Callers pass the transaction on and never look inside.
"""
