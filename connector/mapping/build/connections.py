"""From the schema's connections to accounts: what each is, and whether it has the settings that it needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from connector.mapping.accounts import Connection, Setting
from connector.mapping.build.actions import OWN_STATE
from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.connections import ConnectionPart
from connector.mapping.source import Source

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "hubspot": ("token",),
    "mailchimp": ("token", "audience"),
    "http": ("url",),
}
"""The settings without which a platform cannot be reached."""

_OF_PLATFORM: Final[Mapping[str, frozenset[str]]] = {
    "hubspot": frozenset({"token", "url", "app_id", "owner", "api", "tags", "stage_property"}),
    "mailchimp": frozenset({"token", "url", "audience", "store"}),
    "http": frozenset({"url"}),
}
"""The settings that a platform uses."""

_OF_SOURCE: Final = frozenset({"url", "api_key", "api_secret", "app_id", "list", "user"})
"""The settings that a source may use."""

WITH_A_LIST: Final = "audience"
"""The setting of a connection that keeps a list with a consent of its own."""

_URL: Final = re.compile(r"https://[^\s/]+\S*|http://(localhost|127\.0\.0\.1|\[::1\])([:/]\S*)?")
_WITH_PASSWORD: Final = re.compile(r"https?://[^/\s@]*:[^/\s@]*@")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_FORMS: Final = {
    "url": (_URL, "an address begins with https:// (http:// only on this machine)"),
    "app_id": (_NUMBER, "an app's id is a number"),
    "owner": (_ADDRESS, "write the colleague's e-mail address"),
    "api": (re.compile("v3|2026-03"), "the versions are v3 and 2026-03"),
    "tags": (re.compile("property|lists"), "tags stand in a property or in lists"),
}


def build_connection(
    name: Written, part: ConnectionPart, platforms: Collection[str], source: str | None, checker: Checker
) -> Connection:
    """The account; `source` is the one that it listens to. What is wrong is told to the checker."""
    settings = part.settings
    _check_names(name, part, platforms, checker)
    _check_used(part, source, checker)
    for key, value in settings.items():
        _check_form(part, key, value, checker)
    for key in NEEDED.get(part.platform or "", ()):
        if key not in settings:
            checker.refuse(
                name.place, "M143", f'"{name}" needs "{key}" to reach {part.platform}', f'add "{key}:"'
            )
    return Connection(
        name=str(name),
        platform=str(part.platform) if part.platform else None,
        source=source,
        ids=str(part.ids or name),
        secrets=part.secret,
        settings=settings,
        place=name.place,
    )


def check_secret(name: Written, part: ConnectionPart, source: Source, checker: Checker) -> None:
    """That a source which proves itself by a secret has one, and by a password a user too."""
    if source.verify.scheme != "none" and not part.secret:
        hint = f"{source.name} signs what it sends; add secret: with the name of an environment variable"
        checker.refuse(name.place, "M143", f'"{name}" needs "secret" to verify its webhooks', hint)
    if source.verify.scheme == "basic" and "user" not in part.settings:
        hint = f"{source.name} sends a user and a password: add user:, and secret: for the password"
        checker.refuse(name.place, "M143", f'"{name}" needs "user" to verify its webhooks', hint)


def check_list(
    part: ConnectionPart, lists: Collection[str], groups: Collection[str], checker: Checker
) -> None:
    """That the list for which its consents count is one that exists."""
    wanted = part.settings.get("list")
    if isinstance(wanted, str) and wanted in groups:
        hint = "name the member for which this source's consents count"
        checker.refuse(part.place_of_value("list"), "M144", f'"{wanted}" is a group, and has no list', hint)
    elif isinstance(wanted, str) and wanted not in lists:
        hint = did_you_mean(wanted, lists) or "name a connection that has an audience"
        checker.refuse(
            part.place_of_value("list"), "M144", f'there is no connection with a list "{wanted[:60]}"', hint
        )


def doubt_list(
    name: Written, part: ConnectionPart, source: Source, lists: Collection[str], checker: Checker
) -> None:
    """Warn of consents that count for none of several lists."""
    says_so = part.settings.keys() & {"list", WITH_A_LIST}
    rules = [rule for rules in source.events.values() for rule in rules]
    if len(lists) > 1 and not says_so and (source.consent or any(rule.consent for rule in rules)):
        hint = f"say for which: list: {sorted(lists)[0]}"
        checker.warn(name.place, "M155", f"the consents that {name} tells count for none of your lists", hint)


def _check_names(name: Written, part: ConnectionPart, platforms: Collection[str], checker: Checker) -> None:
    if name in OWN_STATE:
        checker.refuse(
            name.place, "M125", f'"{name}" means our own state', "give the connection another name"
        )
    if part.platform is None and part.source is None:
        hint = "say platform: to act on it, source: to listen to it, or both"
        checker.refuse(name.place, "M121", f'"{name}" is neither a platform nor a source', hint)
    if part.platform is not None and part.platform not in platforms:
        message, hint = f'there is no platform "{part.platform}"', did_you_mean(part.platform, platforms)
        checker.refuse(part.platform.place, "M134", message, hint)


def _check_used(part: ConnectionPart, source: str | None, checker: Checker) -> None:
    """That every setting has an effect; of a platform that does not come with Loods nobody knows."""
    if part.platform is not None and part.platform not in _OF_PLATFORM:
        return
    used = _OF_PLATFORM.get(part.platform or "", frozenset())
    used |= _OF_SOURCE if source or part.source else frozenset()
    for key in sorted(part.settings.keys() - used) if used else ():
        hint = f"leave it out; used are: {', '.join(sorted(used))}"
        checker.refuse(part.place_of(key), "M167", f'"{key}" means nothing for {_whose(part)}', hint)


def _whose(part: ConnectionPart) -> str:
    return " and ".join(str(one) for one in (part.platform, part.source) if one is not None)


def _check_form(part: ConnectionPart, key: str, value: Setting, checker: Checker) -> None:
    form, rule = _FORMS.get(key, (None, ""))
    if form is not None and isinstance(value, str) and not form.fullmatch(value):
        checker.refuse(part.place_of_value(key), "M144", f'"{key}" cannot be "{value[:60]}"', rule)
    if key == "url" and isinstance(value, str) and _WITH_PASSWORD.match(value):
        hint = "put the whole address into an environment variable, as in $SLACK_URL"
        checker.refuse(part.place_of_value(key), "M126", "a password stands in the address", hint)
