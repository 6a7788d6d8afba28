"""What a person is told to enter at HubSpot, and the file that a project has instead."""

from __future__ import annotations

import json

from connector.platforms.hubspot.webhooks import component, steps
from connector.platforms.setting_up import State, Wanted

WANTED = Wanted(
    "hubspot",
    "https://hooks.example.com/webhooks/hubspot",
    ("contact.creation", "contact.propertyChange", "deal.propertyChange", "contact.privacyDeletion"),
    variables={"CLIENT_SECRET": None},
    properties={"contact.propertyChange": ("email", "city", "email")},
)


def test_every_subscription_and_the_address_are_told() -> None:
    (step,) = steps(WANTED)

    assert (step.state, step.what) == (State.BY_HAND, "4 webhook subscriptions of an app")
    assert step.detail.splitlines()[-6:] == [
        "target URL: https://hooks.example.com/webhooks/hubspot",
        "subscriptions, each property behind the colon one of its own:",
        "  contact.creation",
        "  contact.propertyChange: email, city",
        "  contact.privacyDeletion",
        "then set $CLIENT_SECRET to the app's client secret",
    ]


def test_who_listens_to_nothing_has_nothing_to_enter() -> None:
    assert steps(Wanted("hubspot", "https://hooks.example.com/webhooks/hubspot", ())) == []


def test_the_file_of_a_project_has_each_of_them_where_hubspot_looks_for_it() -> None:
    config = json.loads(component(WANTED))["config"]

    assert config["settings"]["targetUrl"] == "https://hooks.example.com/webhooks/hubspot"
    assert config["subscriptions"] == {
        "legacyCrmObjects": [
            {"subscriptionType": "contact.creation", "active": True},
            {"subscriptionType": "contact.propertyChange", "propertyName": "email", "active": True},
            {"subscriptionType": "contact.propertyChange", "propertyName": "city", "active": True},
        ],
        "hubEvents": [{"subscriptionType": "contact.privacyDeletion", "active": True}],
    }
