"""`loods explain` and `loods why`: what something would do, and why something was or was not done."""
