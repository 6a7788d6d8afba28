"""What the operator hears at the start of what the environment leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

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
