"""PostgreSQL refuses every write for a while (25006): senders come again, and nothing is lost."""

from __future__ import annotations

import time

import psycopg
import pytest
from sqlalchemy import make_url

from tests.faults.disk.failing import RATE, heard_again, refused
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report


def turns(run: Campaign, setting: str) -> None:
    """New sessions of the database begin so, and those that are there end."""
    url = make_url(run.loods.database).set(drivername="postgresql")
    name = url.database
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.slow
def test_a_database_that_is_read_only_for_a_while_costs_nothing(
    on_postgres: Loods, platforms: Platforms, zygote: Zygote
) -> None:
    run = campaign(on_postgres, platforms)
    process = on_postgres.starts(starter=zygote)
    with run.posting(rate=RATE):
        time.sleep(0.5)
        turns(run, "on")
        told = refused(run)
        turns(run, "off")
        heard_again(run)
    verdict = run.verdict()
    process.kill()
    process.wait()
    run.history.close()

    assert told == {"503"}
    assert verdict.findings == (), Report("read-only", "postgres", run.nemesis.seed, 1, verdict)
