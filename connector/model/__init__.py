"""The words that all other rooms speak: Event, Contact, Action, Decision. No I/O, no clock."""
