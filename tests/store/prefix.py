"""Stores numbered deliveries, some two thousand a second, and writes down which were acknowledged.

It goes on until it is ended.

python -m tests.store.prefix sqlite:///loods.db acknowledged.txt
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from connector.store.database import open_store
from tests.store.make import delivery


def main(url: str, told: str) -> None:
    """Store groups of ten, for ever."""
    store = open_store(url)
    store.migrate()
    with Path(told).open("a", encoding="ascii") as file:
        for first in range(0, 10_000_000, 10):
            store.receive(
                [delivery(f"{number:08}", body=b"x" * 2_000) for number in range(first, first + 10)]
            )
            file.write(f"{first + 10}\n")
            file.flush()
            time.sleep(0.004)


if __name__ == "__main__":
    main(*sys.argv[1:])
