"""A whole Loods on each database, whose panel is looked at."""

from __future__ import annotations

from tests.runtime.conftest import sandbox, sandbox_server, shop

__all__ = ["sandbox", "sandbox_server", "shop"]
