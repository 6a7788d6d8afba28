"""Whether a request comes from whom it claims: one verifier for each scheme that a source can declare.

- `hmac-sha256`, `hmac-sha512`, `hmac-sha1`: base64 or hex over the raw body, or over what `signed` says, in a
  header of its own (Shopify's "Verify webhook deliveries"; WooCommerce's `class-wc-webhook.php`).
- `shopware`: the same in hex, in `shopware-shop-signature` (Shopware's "Webhook" guide for apps).
- `standard-webhooks`: the Standard Webhooks specification 1.0.0; `v1` only.
- `hubspot-v3`: HubSpot's "Validating requests". `hubspot-v2`: the same page, for the webhook step of a
  workflow, which has nothing better.
- `mailchimp`: Mailchimp's "Webhooks" guide (signed since 2026); older hooks carry the secret in their URL.
- `rsa-sha256`: signed by the sender's private key, verified by its public one.
- `token`: a shared secret in a header, the query or the path. `basic`: a user and a password (RFC 7617).
  `none`: nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from connector.errors import Unavailable
from connector.mapping.source import Scheme, Verify
from webhooks import credentials, macs
from webhooks.signed import Signed

__all__ = ["Signed", "verify"]

Verifier: TypeAlias = "Callable[[Verify, Signed, Sequence[bytes], datetime], bool]"


def _rsa(rule: Verify, request: Signed, secrets: Sequence[bytes], now: datetime) -> bool:
    """The library takes 8 MB, and few sources ask for it."""
    from webhooks import rsa

    return rsa.signature(rule, request, secrets, now)


VERIFIERS: Final[Mapping[Scheme, Verifier]] = {
    "hmac-sha256": macs.keyed_hash,
    "hmac-sha512": macs.keyed_hash,
    "hmac-sha1": macs.keyed_hash,
    "standard-webhooks": macs.standard_webhooks,
    "hubspot-v3": macs.hubspot_v3,
    "hubspot-v2": macs.hubspot_v2,
    "mailchimp": macs.mailchimp,
    "shopware": macs.shopware,
    "rsa-sha256": _rsa,
    "token": credentials.token,
    "basic": credentials.basic,
}
"""What verifies each scheme but `none`."""


def verify(rule: Verify, request: Signed, secrets: Sequence[bytes], now: datetime) -> bool:
    """Pass if the request is authentic under any of `secrets`; say whether its very bytes are proven.

    False means that only the sender is known (`token`, `basic`, `hubspot-v2`, a secret in the URL), or
    nothing at all (`none`). A secret is a key: for `rsa-sha256` the public one; for `basic` it is
    `user:password`. Raises SignatureMissing, BadSignature, BadTimestamp or NotFound where the sender is at
    fault, and Unavailable where we are: no secret, one that is no key, or no public address to check against.
    """
    if rule.scheme == "none":
        return False
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise Unavailable("The connection's secret is not set up here.", retry_after=60)
    return VERIFIERS[rule.scheme](rule, request, usable, now)
