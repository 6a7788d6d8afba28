"""Findings of the live accounts, and how they look."""
