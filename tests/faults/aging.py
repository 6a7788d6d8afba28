"""Lets go of what is old enough by a moment: `python -m tests.faults.aging 2027-04-10T00:00:00+00:00`."""

from __future__ import annotations

import os
import sys
from datetime import datetime

from connector import bootstrap
from connector.settings import read_settings


def main(now: datetime) -> None:
    """One pass, as `loods run` makes one every ten minutes."""
    system = bootstrap.build(read_settings(os.environ), lambda: now)  # noqa: TID251 - as `loods run` does
    system.service.retain()
    system.store.close()


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
