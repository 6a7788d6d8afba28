"""`loods contact`, `deliveries` and `actions`: what was received, decided and done."""
