"""Clocks that jump, by libfaketime (the Debian package of that name)."""
