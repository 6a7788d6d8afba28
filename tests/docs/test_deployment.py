"""What docs/deployment.md, the Procfile and the files of `deploy` say is there."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import URL, create_engine, text

from connector.cli import main
from connector.store import inbox
from connector.store.database import open_store
from tests.store.make import NOON, delivery

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
UNITS = sorted((ROOT / "deploy").glob("*.service"))
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
GLOBAL = {"--database": 1, "--mappings": 1}


def commands() -> Iterator[str]:
    """Every call of `loods` in the files and in the page, without the program's name."""
    for line in (ROOT / "Procfile").read_text("utf-8").splitlines():
        yield from re.findall(r"loods (.+?)(?: && |$)", line.partition(": ")[2])
    for unit in UNITS:
        yield from re.findall(r"^ExecStart=\S*/loods (.+)$", unit.read_text("utf-8"), re.MULTILINE)
    yield from re.findall(r"bin/loods ([^']+)'", "\n".join(SHELL))
    yield from re.findall(r" loods ((?:migrate|publish|web|work|run)\b.*)$", "\n".join(SHELL), re.MULTILINE)
    yield from (one for one in re.findall(r"`loods ([^`]+)`", PAGE) if not one.startswith("-"))


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_exists(command: str) -> None:
    name, *arguments = shlex.split(command.replace("%i", "8081"))
    context = click.Context(main, info_name="loods")
    found = main.get_command(context, name)

    assert found is not None
    options = {one for param in found.params for one in (*param.opts, *param.secondary_opts)}
    assert {one for one in arguments if one.startswith("--")} <= options


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"deploy/[\w@.-]+\w", PAGE)) | {"Containerfile", "Procfile"}

    assert len(named) == 6
    assert [one for one in named if not (ROOT / one).is_file()] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_systemd_understands_the_units(unit: Path) -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("no systemd-analyze here")

    told = subprocess.run([systemd, "verify", str(unit)], capture_output=True, text=True, check=False).stderr

    wrong = [one for one in told.splitlines() if unit.stem.rstrip("@") in one]
    assert [one for one in wrong if "is not executable" not in one] == []


def test_a_unit_waits_longer_than_the_process_takes() -> None:
    waits = [re.findall(r"^TimeoutStopSec=(\d+)$", one.read_text("utf-8"), re.MULTILINE) for one in UNITS]

    assert waits == [["40"]] * 3


def test_each_of_several_processes_may_have_settings_of_its_own() -> None:
    """The port of its metrics, say: two cannot listen at one."""
    named = {one.stem: one.read_text("utf-8") for one in UNITS if "@" in one.stem}
    files = {name: re.findall(r"^EnvironmentFile=(.+)$", text, re.MULTILINE) for name, text in named.items()}
    shared = "/etc/loods/environment"

    assert files == {
        "loods-web@": [shared, "-/etc/loods/web-%i"],
        "loods-work@": [shared, "-/etc/loods/work-%i"],
    }
    assert {"/etc/loods/web-8081", "/etc/loods/work-1"} <= set(re.findall(r"/etc/loods/[\w-]+", PAGE))


def test_nginx_is_asked_within_a_location_only_for_what_it_takes_there() -> None:
    """Its documentation, "Module ngx_http_core_module": these have the contexts http and server alone."""
    not_there = {"client_header_timeout", "client_header_buffer_size", "large_client_header_buffers"}
    config = re.sub(r"#.*", "", (ROOT / "deploy" / "nginx.conf").read_text("utf-8"))
    within = "".join(re.findall(r"location \S+ \{(.*?)\}", config, re.DOTALL))

    assert "proxy_pass" in within
    assert not_there & set(re.findall(r"^\s*(\w+)", within, re.MULTILINE)) == set()


def test_a_role_that_only_reads_and_writes_rows_is_enough_for_the_processes(postgres_server: URL) -> None:
    mark = secrets.token_hex(4)
    first, second = (re.sub(r"\bloods(_owner|_app)?\b", rf"loods\1_{mark}", one) for one in SQL)
    _execute(postgres_server, first)
    database = postgres_server.set(database=f"loods_{mark}")
    try:
        _execute(database, second)
        _migrated_and_used(database, mark)
    finally:
        _execute(postgres_server, f"DROP DATABASE loods_{mark} WITH (FORCE)")
        _execute(postgres_server, f"DROP ROLE loods_owner_{mark}; DROP ROLE loods_app_{mark}")


def _migrated_and_used(database: URL, mark: str) -> None:
    owner = open_store(_as(database, f"loods_owner_{mark}", "one"))
    owner.migrate()
    owner.close()
    app = open_store(_as(database, f"loods_app_{mark}", "two"))

    assert app.receive([delivery("a")])[0].is_new
    assert len(app.write(lambda tx: inbox.take(tx, "one", 10, NOON))) == 1
    assert app.lease("account").hold()
    app.close()


def _as(database: URL, role: str, password: str) -> str:
    return database.set(username=role, password=password).render_as_string(hide_password=False)


def _execute(url: URL, statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for one in filter(None, (part.strip() for part in statements.split(";"))):
            connection.execute(text(one))
    engine.dispose()
