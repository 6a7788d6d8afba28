"""Disks that fail: cut off from their power, full, read-only, or with single calls that go wrong."""
