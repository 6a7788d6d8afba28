"""The HTTP edge: what the outside world posts to. Verify, store, then answer; nothing is interpreted here."""
