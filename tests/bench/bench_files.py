"""Files of any bytes: the time and memory that reading one takes at most, as a ratio to its limit.

Run it with `python -m tests.bench.bench_files 5000`, or without a number for a short run. Every file is read
(processor time, the best of two) and then checked as the only file of a mapping, which must give problems and
never an exception. Memory is the peak by `tracemalloc` of the slowest and of every 50th. A check takes longer
with every condition in a file, each of which has a limit of its own (`bench_generated.py`): it is shown for
1,700 of them.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from heapq import nlargest
from itertools import chain
from typing import Final

from connector import bootstrap
from connector.mapping.load import check_files
from connector.mapping.reading.reader import read_bytes
from tests.bench.heading import heading
from tests.bench.hostile_files import files, repeated

SLOWEST: Final = 0.050
"""Seconds that one file may take."""
LARGEST: Final = 20_000_000
"""Bytes that one file may need."""

CONDITIONS: Final = "segments:\n" + "".join(f"  s{n}: contact.purchases.count > 3\n" for n in range(1_700))


def main(count: int) -> int:
    """Print what the worst of so many files took; 1 where a limit was not kept."""
    heading("files of any bytes", seed=1)
    named = chain(repeated(), ((f"file {number}", raw) for number, raw in enumerate(files(1, count))))
    slow, large = measured(named)
    for what, (worst, name), limit, unit in (
        ("slowest", slow, SLOWEST, "s"),
        ("largest", large, LARGEST, "bytes"),
    ):
        sys.stdout.write(f"{what}: {worst:.4g} {unit}, {worst / limit:.2f} of the limit: {name}\n")
    took = seconds(lambda: check(CONDITIONS.encode()))
    sys.stdout.write(f"a check of 1,700 conditions: {took * 1000:.0f} ms, {took / 1.7:.4f} ms each\n")
    return int(slow[0] > SLOWEST or large[0] > LARGEST)


def measured(named: Iterable[tuple[str, bytes]]) -> tuple[tuple[float, str], tuple[int, str]]:
    """The slowest and the largest of the files, by their names; each is checked as well."""
    times: list[tuple[float, str, bytes]] = []
    sampled: list[tuple[str, bytes]] = []
    for number, (name, raw) in enumerate(named):
        times.append((seconds(lambda raw=raw: read_bytes(raw, "a.yaml")), name, raw))  # type: ignore[misc]  # bound at once
        check(raw)
        sampled += [(name, raw)] if number % 50 == 0 else []
        times = nlargest(8, times)
    sampled += [(name, raw) for _, name, raw in times]
    largest = max((peak(raw), name) for name, raw in sampled)
    return times[0][:2], largest


def check(raw: bytes) -> int:
    """How many problems a mapping of this one file has."""
    return len(check_files({"a.yaml": raw}, bootstrap.shipped(), bootstrap.specs())[1])


def seconds(act: Callable[[], object]) -> float:
    """The processor time of the better of two times."""
    times = []
    for _ in range(2):
        began = time.thread_time()
        act()
        times.append(time.thread_time() - began)
    return min(times)


def peak(raw: bytes) -> int:
    """The bytes that reading and checking the file needs at most, over what was there before."""
    tracemalloc.start()
    read_bytes(raw, "a.yaml")
    check(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
