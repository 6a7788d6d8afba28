"""Changes while events come: of the mapping, and of who may be reached."""
