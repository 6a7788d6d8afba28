"""From the bytes of a file to a tree of texts with places: YAML without its traps."""
