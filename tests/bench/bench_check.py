"""How long `loods check` takes, and the most that Python holds: the example mapping, and 500 triggers.

Run it with `python -m tests.bench.bench_check`. Processor time, the best of some rounds.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector import bootstrap
from connector.mapping.folder import read_folder
from connector.mapping.load import check_files
from tests.bench.heading import heading

EXAMPLE: Final = Path(__file__).parent.parent.parent / "mappings"
ROUNDS: Final = 3
A_FILE: Final = 100


def example() -> Mapping[str, bytes]:
    """The files of the example mapping."""
    return read_folder(EXAMPLE)[0]


def many(triggers: int) -> Mapping[str, bytes]:
    """The example with so many more triggers, each with a condition and a text."""
    numbers = range(triggers)
    made = {
        f"triggers/many-{first}.yaml": "triggers:\n" + "".join(map(_trigger, numbers[first : first + A_FILE]))
        for first in numbers[::A_FILE]
    }
    return {**example(), **{name: text.encode() for name, text in made.items()}}


def _trigger(number: int) -> str:
    return (
        f"  many-{number}:\n"
        "    on: cart.updated\n"
        f"    when: cart.total >= {number} and contact.purchases.count > 3\n"
        "    do:\n"
        "      - hubspot.create_task:\n"
        f"          title: \"{number}: {{{{ contact.first_name | default('somebody') }}}}\"\n"
        "          due: 1 working day\n"
    )


def check(files: Mapping[str, bytes]) -> int:
    """How many errors there are."""
    mapping, problems = check_files(files, bootstrap.shipped(), bootstrap.specs())
    return sum(one.severity == "error" for one in problems) + (mapping is None)


def seconds(files: Mapping[str, bytes]) -> float:
    """The processor time of the best round."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        check(files)
        times.append(time.process_time() - began)
    return min(times)


def most_held(files: Mapping[str, bytes]) -> float:
    """The most that Python holds on the way, in MB."""
    tracemalloc.start()
    check(files)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    """Print both."""
    heading("a check of the mapping")
    for name, files in (("the example", example()), ("500 triggers more", many(500))):
        errors, took, held = check(files), seconds(files), most_held(files)
        sys.stdout.write(f"check of {name}: {took:.2f} s, {held:.1f} MB at most, {errors} errors\n")


if __name__ == "__main__":
    main()
