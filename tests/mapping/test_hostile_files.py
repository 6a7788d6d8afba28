"""Files that nobody means give problems, never an exception, and need little."""

from __future__ import annotations

import pytest

from connector.mapping.reading.reader import read_bytes
from tests.bench.bench_files import LARGEST, check, peak
from tests.bench.hostile_files import files, repeated

REPEATED = dict(repeated())


@pytest.mark.parametrize("seed", range(3))
def test_a_check_of_any_bytes_ends_without_an_exception(seed: int) -> None:
    assert all(check(raw) >= 0 for raw in files(seed, 60))


@pytest.mark.parametrize("name", REPEATED)
def test_what_is_repeated_to_the_limit_needs_little(name: str) -> None:
    raw = REPEATED[name]

    assert peak(raw) < LARGEST
    assert check(raw) > 0


def test_a_file_has_no_more_problems_than_anybody_reads() -> None:
    assert all(len(read_bytes(raw, "a.yaml")[1]) <= 50 for raw in REPEATED.values())
