"""A fault that a test asks for, in whatever process it is to happen."""

from __future__ import annotations

import logging

from connector.failpoints import arm
from connector.settings import Settings

log = logging.getLogger(__name__)


def arm_as_asked(settings: Settings) -> None:
    """Let the fault of LOODS_FAILPOINT happen where it is reached, and say so; by default there is none."""
    if settings.failpoint is not None:
        log.warning("LOODS_FAILPOINT: this process will break on purpose: %s", settings.failpoint)
        arm(settings.failpoint)
