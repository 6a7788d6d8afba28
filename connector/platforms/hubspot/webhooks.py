"""The webhooks of a HubSpot app, which a person enters, or a project has in a file: no API makes them for us.

A service key has none. Those of a private app are entered in its settings (developers.hubspot.com, Create
and edit webhook subscriptions in private apps: "Managing … via API is not currently supported"); those of
an app of the developer platform stand in its project (Configure a webhook subscription). The webhooks API
serves older public apps only (Webhooks API guide).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, TypeAlias

from connector.platforms.setting_up import State, Step, Wanted

Subscription: TypeAlias = tuple[str, str]
"""A topic, and the property of which it tells; empty where it tells of none."""

HUB_EVENTS: Final = frozenset({"contact.privacyDeletion"})
"""What the file of a project keeps apart from changes of records."""
OF_PROPERTIES: Final = ".propertyChange"
AT_ONCE: Final = 10
"""Requests at the same time, which is HubSpot's own default."""


def steps(wanted: Wanted) -> list[Step]:
    """What a person has to enter; none where nothing is listened to."""
    found = list(subscriptions(wanted))
    if not found:
        return []
    topics = {topic: [name for one, name in found if name and one == topic] for topic, _ in found}
    told = [
        "no API makes them; a service key has none. Either of the two:",
        "- an existing private app: Settings > Integrations > Private Apps > its Webhooks > Edit webhooks",
        "- an app of a project: --hsmeta FILE writes its src/app/webhooks/webhooks-hsmeta.json",
        f"target URL: {wanted.address}",
        "subscriptions, each property behind the colon one of its own:",
        *(f"  {topic}" + (f": {', '.join(names)}" if names else "") for topic, names in topics.items()),
    ]
    if wanted.unset and wanted.secret is None:
        told.append(f"then set ${wanted.unset[0]} to the app's client secret")
    return [Step(State.BY_HAND, f"{len(found)} webhook subscriptions of an app", "\n".join(told))]


def component(wanted: Wanted) -> str:
    """The file `webhooks-hsmeta.json` of a project, with a newline at its end."""
    found = list(subscriptions(wanted))
    kept = {
        "legacyCrmObjects": [_written(one) for one in found if one[0] not in HUB_EVENTS],
        "hubEvents": [_written(one) for one in found if one[0] in HUB_EVENTS],
    }
    settings = {"targetUrl": wanted.address, "maxConcurrentRequests": AT_ONCE}
    config = {"settings": settings, "subscriptions": {name: some for name, some in kept.items() if some}}
    return json.dumps({"uid": "loods_webhooks", "type": "webhooks", "config": config}, indent=2) + "\n"


def subscriptions(wanted: Wanted) -> Iterator[Subscription]:
    """One for each topic, and for each property where a topic tells of properties."""
    for topic in wanted.topics:
        if topic.endswith(OF_PROPERTIES):
            yield from ((topic, name) for name in dict.fromkeys(wanted.properties.get(topic, ())))
        else:
            yield topic, ""


def _written(one: Subscription) -> dict[str, object]:
    topic, name = one
    return {"subscriptionType": topic, **({"propertyName": name} if name else {}), "active": True}
