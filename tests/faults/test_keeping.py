"""Deaths while Loods tidies up: nothing goes that has to stay, and no file is half."""

from __future__ import annotations

import pytest

from tests.faults.keeping import (
    dies_while_a_copy_is_made,
    dies_while_a_copy_takes_its_place,
    dies_while_old_things_go,
)
from tests.faults.rig.program import Loods, Zygote

pytestmark = pytest.mark.slow


def test_a_death_while_old_things_go_takes_nothing_that_has_to_stay(installed: Loods) -> None:
    assert list(dies_while_old_things_go(installed)) == [], installed.log.read_text()


def test_a_death_while_a_backup_is_made_leaves_no_file_that_looks_whole(
    on_sqlite: Loods, zygote: Zygote
) -> None:
    assert list(dies_while_a_copy_is_made(on_sqlite, zygote)) == [], on_sqlite.log.read_text()


def test_a_death_while_a_backup_is_restored_leaves_the_old_database_or_the_new_one(
    on_sqlite: Loods, zygote: Zygote
) -> None:
    assert list(dies_while_a_copy_takes_its_place(on_sqlite, zygote)) == [], on_sqlite.log.read_text()
