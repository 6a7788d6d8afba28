"""SQLite: one file, written by one process, or by several of one machine in turn."""
