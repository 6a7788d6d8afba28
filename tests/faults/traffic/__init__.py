"""What senders do: the same many times, too much at once, half of it, or what kills whoever reads it."""
