"""What tests of the receiver share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def no_searches() -> Iterator[None]:
    """Garbage is not searched for: that happens seldom, and there may be hundreds of MB of bodies by then."""
    gc.disable()
    yield
    gc.enable()
