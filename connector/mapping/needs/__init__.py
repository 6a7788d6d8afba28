"""What a mapping needs of each connection, with the place that names it: `needs_of`, `listening`."""

from connector.mapping.needs.listening import Heard, Listening, listening
from connector.mapping.needs.need import Need
from connector.mapping.needs.of_mapping import Resolve, actions_at, needs_of
from connector.mapping.needs.using import told_by, uses

__all__ = ["Heard", "Listening", "Need", "Resolve", "actions_at", "listening", "needs_of", "told_by", "uses"]
