"""`loods draw`: the mapping as a picture."""
