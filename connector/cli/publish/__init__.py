"""`loods publish`, `versions`, `pull` and `rollback`: which mapping is live."""
