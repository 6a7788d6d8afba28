"""`loods init`: the files of a new mapping, and what comes after."""
