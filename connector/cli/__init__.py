"""The command `loods`: a room for each thing that it does."""

from connector.cli.program import main

__all__ = ["main"]
