"""What the operator hears at the start of what the environment leaves out."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from werkzeug.test import Client

from connector import bootstrap
from connector.settings import read_settings

MAPPINGS = Path(__file__).parent.parent / "mappings"
WHOLE = {
    "PUBLIC_URL": "https://hooks.example.com",
    "HUBSPOT_TOKEN": "a",
    "HUBSPOT_CLIENT_SECRET": "b",
    "MAILCHIMP_API_KEY": "c-us1",
    "MAILCHIMP_AUDIENCE": "d",
    "MAILCHIMP_WEBHOOK_SECRET": "e",
    "WOO_SECRET": "f",
    "SHOPIFY_SECRET": "g",
    "WEBSITE_SECRET": "h",
}


def notices(**changes: str) -> list[str]:
    """What is said of an environment that is whole but for the changes."""
    settings = read_settings({"LOODS_MAPPINGS": str(MAPPINGS), **WHOLE, **changes})
    return bootstrap.missing(settings, bootstrap.load(settings))


@pytest.mark.parametrize("name", WHOLE)
def test_each_thing_that_is_not_set_is_named_once(name: str) -> None:
    said = notices(**{name: ""})

    assert [name in one for one in said] == [True]


def test_one_of_several_secrets_is_enough() -> None:
    assert notices(WOO_SECRET="", WOO_SECRET_OLD="f") == []


def test_an_owner_that_is_not_set_is_told_of_since_tasks_then_have_none(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text(
        "connections:\n  crm: {platform: hubspot, token: $TOKEN, owner: $OWNER, url: $URL}\n"
    )
    settings = read_settings({"LOODS_MAPPINGS": str(tmp_path), "TOKEN": "a"})

    said = bootstrap.missing(settings, bootstrap.load(settings))

    assert said == ["crm: OWNER is not set; tasks that name no owner have none until then"]


def test_posts_that_cannot_be_signed_wait_and_the_operator_hears_why(tmp_path: Path) -> None:
    (tmp_path / "hook.yaml").write_text(
        "connections:\n  hook: {platform: http, url: https://hooks.example.com, secret: $HOOK}\n"
    )
    settings = read_settings(
        {"LOODS_MAPPINGS": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/loods.db"}
    )

    system = bootstrap.build(settings)
    system.store.close()

    assert bootstrap.missing(settings, system.mapping) == ["hook: HOOK is not set; its posts wait until then"]
    assert system.dispatchers == ()


def test_what_a_process_was_made_of_is_not_searched_for_garbage_while_it_works(tmp_path: Path) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/loods.db"}
    settings = read_settings({"LOODS_MAPPINGS": str(MAPPINGS), **WHOLE, **database})
    stop = threading.Event()
    stop.set()

    gc.unfreeze()
    is_clean = bootstrap.work(bootstrap.build(settings), stop)
    left_out = gc.get_freeze_count()

    assert is_clean
    assert left_out > 10_000


PASSWORD_SOURCE = """\
source: old_shop
verify: {scheme: basic}
delivery: {topic: body.event, key: body.id}
contact: {identities: {email: body.email}}
events: {signed_up: {name: newsletter.subscribed}}
"""
SIGNED_UP = {"event": "signed_up", "id": "1", "email": "eva@example.com"}


def with_password(folder: Path, **environment: str) -> bootstrap.System:
    """A system with one sender, who proves itself by a user and a password."""
    (folder / "source.yaml").write_text(PASSWORD_SOURCE)
    (folder / "connections.yaml").write_text(
        "connections:\n  shop: {source: old_shop, user: $SHOP_USER, secret: [$NEW, $OLD]}\n"
    )
    database = {"DATABASE_URL": f"sqlite:///{folder}/loods.db", "LOODS_MAPPINGS": str(folder)}
    return bootstrap.build(read_settings({**database, **environment}))


def test_a_user_and_each_of_its_passwords_let_a_sender_in(tmp_path: Path) -> None:
    system = with_password(tmp_path, SHOP_USER="loods", NEW="n3w", OLD="0ld")
    client = Client(bootstrap.web(system))

    answers = [
        client.post(
            "/webhooks/shop", json={**SIGNED_UP, "id": password}, auth=("loods", password)
        ).status_code
        for password in ("n3w", "0ld", "other")
    ]
    system.store.close()

    assert answers == [202, 202, 401]


def test_a_user_that_is_not_set_keeps_webhooks_waiting_and_the_operator_hears_why(tmp_path: Path) -> None:
    system = with_password(tmp_path, NEW="n3w")
    client = Client(bootstrap.web(system))

    answer = client.post("/webhooks/shop", json=SIGNED_UP, auth=("", "n3w"))
    system.store.close()

    assert answer.status_code == 503
    assert bootstrap.missing(system.settings, system.mapping) == [
        "shop: SHOP_USER is not set; its webhooks are answered 503 until then"
    ]


def test_what_a_process_does_not_need_is_not_loaded(tmp_path: Path) -> None:
    script = (
        "import sys; from connector import bootstrap; from connector.cli import main;"
        "from connector.mapping.public_holidays import names; names('NL');"
        "from connector.store.versions import steps; steps();"
        "unneeded = {'hubspot', 'mailchimp_marketing', 'psycopg', 'cryptography', 'opentelemetry'};"
        "unneeded |= {'alembic', 'holidays.countries.sweden'};"
        "loaded = unneeded & set(sys.modules);"
        "from connector.store.database import open_store;"
        "store = open_store(sys.argv[1]); store.migrate(); store.close();"
        "sys.exit(' '.join(loaded | ({'pygments'} & set(sys.modules))) or 0)"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path}/loods.db"]

    loaded = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (loaded.returncode, loaded.stderr) == (0, "")
