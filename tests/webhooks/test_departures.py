"""Both webhooks of a Mailchimp audience, as `loods connect` makes them, come in at one connection."""

from __future__ import annotations

import pytest

from connector.platforms.mailchimp.webhooks import KINDS
from tests.webhooks.rig import FORM, Rig
from tests.webhooks.signing import mailchimp

LEFT = b"type=unsubscribe&fired_at=2026-11-22+10%3A00%3A00&data%5Bid%5D=8a25ff1d98&data%5Bemail%5D=eva%40x.nl"


@pytest.mark.parametrize("path", [kind.path for kind in KINDS])
@pytest.mark.parametrize("secret", [b"of the first", b"of the second"])
def test_each_address_takes_what_either_secret_has_signed(path: str, secret: bytes) -> None:
    rig = Rig()
    rig.doors["mailchimp"] = rig.door("mailchimp", b"of the first", b"of the second")

    response = rig.post(f"mailchimp{path}", LEFT, mailchimp(secret, LEFT), FORM)

    assert response.status_code == 200
    assert rig.client.get(f"/webhooks/mailchimp{path}").status_code == 200


@pytest.mark.parametrize("path", [kind.path for kind in KINDS if kind.path])
def test_what_stands_behind_the_address_is_no_secret(path: str) -> None:
    rig = Rig()

    response = rig.post(f"mailchimp{path}", LEFT, {}, FORM)

    assert response.status_code == 404
