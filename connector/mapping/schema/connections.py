"""The keys of `connections`."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from connector.mapping.accounts import Setting
from connector.mapping.nodes import Table, Tree, Written
from connector.mapping.part import Part
from connector.mapping.scalars import ONE_OR_MORE, Code, HyphenedName, Name, SecretText, SettingText


class ConnectionPart(Part):
    """One account. Which of the settings it needs depends on its platform and its source."""

    platform: Name | None = None
    """What can be acted on: `hubspot`, `mailchimp` or `http`."""
    source: HyphenedName | None = None
    """Whose webhooks come in: a shipped source or one of your own. A platform with a `secret` listens to its
    own webhooks without it."""
    ids: Name | None = None
    """The connection or group whose ids of people and orders are the same; without it, nobody's are."""
    secret: Annotated[tuple[SecretText, ...], ONE_OR_MORE] = ()
    """Verifies the webhooks; a list while you change it. For `http` it signs what is sent."""
    token: SecretText | None = None
    """The access token of HubSpot, or the API key of Mailchimp."""
    api_key: SecretText | None = None
    """The key of a shop's API."""
    api_secret: SecretText | None = None
    """The secret of a shop's API."""
    app_id: SettingText | None = None
    """The number of your HubSpot app: what it changed itself starts nothing."""
    owner: SettingText | None = None
    """E-mail address of the colleague who gets the tasks that name nobody."""
    api: SettingText | None = None
    """The version of HubSpot's API: `v3`, or `2026-03`, which goes on when HubSpot ends v3 and v4 in 2027;
    without it `v3`."""
    tags: SettingText | None = None
    """Where `tag` keeps tags at HubSpot: in the `property` `loods_tags`, or in static `lists`, each with the
    name of a tag; without it the property."""
    stage_property: Name | None = None
    """A property of yours at HubSpot that keeps each lifecycle stage which a rule sets, as HubSpot itself
    moves its own."""
    audience: SettingText | None = None
    """The id of the Mailchimp audience."""
    store: SettingText | None = None
    """The id of the store at Mailchimp for carts and orders: one of yours, or a new one, which is then
    made."""
    url: SettingText | None = None
    """The address of an `http` platform, of a shop, or of a sandbox instead of the platform."""
    list_: Annotated[SettingText | None, Field(alias="list")] = None
    """The connection whose audience the consents of this source count for; without it, the only audience."""
    user: SettingText | None = None
    """The user whose password is the `secret`, where a sender proves itself by both (`basic`)."""

    @property
    def settings(self) -> dict[str, Setting]:
        """Everything but what the `Connection` itself names, by its key."""
        own = {"platform", "source", "ids", "secret"}
        values = {one.alias or name: getattr(self, name) for name, one in type(self).model_fields.items()}
        return {key: value for key, value in values.items() if key not in own and value is not None}


class GroupPart(Part):
    """Several accounts of one platform, of which each contact has one: below `choose`, a line for each value
    that it can give, with the connection that is then meant."""

    model_config = ConfigDict(extra="allow")

    choose: Code
    """What tells the accounts apart, as in `contact.shop` or `contact.country`; a condition gives `yes` or
    `no`."""

    @property
    def members(self) -> dict[Written, Tree]:
        """Each value, with what should be the name of its connection."""
        table = self._written
        return {table.keys_written[key]: node for key, node in table.items() if key not in self.keys()}


def is_group(tree: Tree) -> bool:
    """Whether what stands under the name of a connection describes a group."""
    return isinstance(tree, Table) and "choose" in tree
