"""Why a run acted that something else than its own event let go on."""

from __future__ import annotations

from connector.runtime.why import Question, answer
from tests.runtime.shop import Shop

EVA = "eva@example.com"


def test_what_a_run_did_when_it_was_let_go_stands_beside_what_let_it_go(shop: Shop) -> None:
    for event in ("complaint.received", "newsletter.confirmed", "complaint.resolved"):
        shop.clock.moves(minutes=1)
        assert shop.says(event, EVA, complaint={"id": "c1"}) == 202
        shop.turns()
    mapping = shop.system.mapping
    question = Question(mapping, mapping.triggers["welcome"], shop.clock(), 5)

    with shop.system.store.reading() as tx:
        told = answer(tx, question, shop.contact(EVA)).occasions

    by_event = {one.recorded.event.name: [it.action.name for it in one.actions] for one in told}
    assert by_event == {"complaint.resolved": ["send_event"], "newsletter.confirmed": []}
