"""Pictures of a mapping: its stages and what moves between them, its triggers and what they do."""
