"""A process that only receives sees from the database that nobody works."""

from __future__ import annotations

import pytest

from connector import bootstrap
from connector.bootstrap.role import Role
from connector.telemetry.pages import panel_app
from tests.runtime.shop import Shop

EVA = "eva@example.com"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_only_receives_knows_of_workers_elsewhere_by_what_stands_still(shop: Shop) -> None:
    web = bootstrap.build_beside(shop.settings, Role.WEB, shop.clock)
    pages = panel_app(web.panel).test_client()
    shop.says("newsletter.confirmed", EVA)
    web.panel.lookout.step()
    shop.clock.moves(seconds=61)
    web.panel.lookout.step()

    alone = pages.get("/health")
    shop.turns()
    web.panel.lookout.step()
    again = pages.get("/health")
    web.store.close()

    assert alone.json is not None
    assert again.json is not None
    assert (alone.status_code, alone.json["checks"]["inbox"]["status"]) == (503, "red")
    assert again.json["checks"]["inbox"] == {"status": "ok"}
