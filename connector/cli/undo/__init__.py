"""`loods undo`: what is shown of it, and its being done."""
