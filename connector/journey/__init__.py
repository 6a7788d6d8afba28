"""The pure core: what an event makes of a contact. No I/O, no clock, no randomness."""
