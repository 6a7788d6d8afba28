"""`loods stop` and `loods start`: nothing leaves any more, and what becomes of what waited."""
