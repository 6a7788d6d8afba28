"""`loods check` and `loods test`: what a mapping says, and whether its examples hold."""
