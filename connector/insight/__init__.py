"""Read-only questions about what was recorded: nothing here writes or sends."""
