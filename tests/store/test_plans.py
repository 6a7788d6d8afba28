"""Plans for those who wait belong to one publication."""

from __future__ import annotations

from connector.store import plans, publications
from connector.store.database import Store
from connector.store.publications import Signed
from tests.store.make import NOON


def test_plans_come_back_with_the_publication_that_made_them(store: Store) -> None:
    signed = Signed(NOON, "eva", "", None)
    line = store.write(lambda tx: publications.publish(tx, "v1", {"shop.yaml": "x: 1"}, signed))

    store.write(lambda tx: plans.store(tx, line.id, {("cart", "text 1"): "move", ("cart", "text 2"): "end"}))

    with store.reading() as tx:
        assert plans.of_publication(tx, line.id) == {("cart", "text 1"): "move", ("cart", "text 2"): "end"}
        assert plans.of_publication(tx, line.id + 1) == {}
