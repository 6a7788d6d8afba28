"""`loods backup` and `loods restore`: copies of the embedded database."""
