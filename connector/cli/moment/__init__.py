"""`loods moment fire`: something happens in the world now."""
