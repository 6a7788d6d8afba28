"""A mapping with an account at each platform and shop of the sandbox, and the command over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE

CONNECTIONS = """\
connections:
  mailchimp:
    platform: mailchimp
    token: $KEY
    audience: $AUDIENCE
    url: $SANDBOX
    secret: [$MAIL_ONE, $MAIL_TWO]
  webshop:
    source: woocommerce
    url: $SANDBOX
    api_key: $WOO_KEY
    api_secret: $WOO_KEY_SECRET
    secret: $WOO_SECRET
  boutique:
    source: shopify
    url: $SANDBOX
    api_key: $CLIENT_ID
    secret: $CLIENT_SECRET
  hubspot:
    platform: hubspot
    token: $TOKEN
    url: $SANDBOX
    secret: $HUBSPOT_SECRET
  website:
    source: json
    secret: $WEBSITE_SECRET
"""
HERE = "https://hooks.example.com"

Connect = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the mapping; `tmp_path` has room for other files beside it."""
    made = tmp_path / "mappings"
    made.mkdir()
    (made / "connections.yaml").write_text(CONNECTIONS)
    return made


@pytest.fixture
def connect(folder: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Runs `loods connect` with these words and answers; `known` are further variables."""
    sandbox.reset()
    environment = {
        "KEY": "test-us21",
        "AUDIENCE": AUDIENCE,
        "SANDBOX": sandbox.url,
        "WOO_KEY": "ck_test",
        "WOO_KEY_SECRET": "cs_test",
        "CLIENT_ID": "client-id",
        "CLIENT_SECRET": "client-secret",
        "TOKEN": "pat-test",
        "PUBLIC_URL": "",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, url: str | None = HERE, answers: str = "", **known: str) -> Result:
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        address = ["--url", url] if url else []
        command = ["--mappings", str(folder), "connect", *address, *words]
        result = CliRunner().invoke(main, command, input=answers)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return run
