"""A sandbox for each test, and the official SDKs pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hubspot
import mailchimp_marketing
import pytest
import urllib3
from urllib3.util.retry import Retry

from connector.sandbox import Sandbox, start
from tests.patience import PATIENCE


@pytest.fixture(scope="package")
def running() -> Iterator[Sandbox]:
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=PATIENCE) as pool:
        yield pool


@pytest.fixture
def portal(sandbox: Sandbox, http: urllib3.PoolManager) -> Any:
    """HubSpot's own client, with the pool of the test so that no connection outlives it."""

    def factory(package: Any, name: str, config: dict[str, Any]) -> Any:
        settings = package.Configuration()
        settings.access_token, settings.host = config["access_token"], config["host"]
        client = package.ApiClient(configuration=settings)
        client.rest_client.pool_manager = http
        return getattr(package, name)(api_client=client)

    url = sandbox.hubspot_url
    return hubspot.Client.create(
        access_token="pat-test", host=url, base_url=url, retry=Retry(0), api_factory=factory
    )


@pytest.fixture
def chimp(sandbox: Sandbox) -> Any:
    client = mailchimp_marketing.Client({"api_key": "0123abcd-us21", "timeout": 5})
    client.api_client.host = sandbox.mailchimp_url + "/3.0"
    return client


@pytest.fixture
def call(sandbox: Sandbox, http: urllib3.PoolManager) -> Callable[..., urllib3.BaseHTTPResponse]:
    """A raw request, with HubSpot's or Mailchimp's credentials by the path."""

    def request(method: str, path: str, **parts: Any) -> urllib3.BaseHTTPResponse:
        token = "0123abcd-us21" if path.startswith("/3.0") else "pat-test"
        headers = {"Authorization": f"Bearer {token}"} | parts.pop("headers", {})
        return http.request(method, sandbox.url + path, headers=headers, **parts)

    return request
