"""`loods connect` from its options to its exit code."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from connector import bootstrap
from connector.cli.connect import plans
from connector.cli.connect.carrying_out import Work
from connector.cli.connect.keeping import Keep
from connector.cli.connect.project import write_component
from connector.cli.here.of_folder import mapping_of_folder
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say, several
from connector.errors import SettingsError
from connector.mapping.scalars import did_you_mean
from connector.platforms.setting_up import State
from connector.settings import Settings, is_unencrypted


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say."""

    url: str | None = None
    moved_from: str | None = None
    secrets: Path | None = None
    hsmeta: Path | None = None
    connection: tuple[str, ...] = ()
    currency: str | None = None
    dry_run: bool = False


def connect(settings: Settings, asked: Asked, *, is_sure: bool) -> int:
    """Plan, show, ask, carry out; the exit code. Raises SettingsError, MappingError, SecretsError
    and UnansweredError."""
    keep = Keep(asked.secrets) if asked.secrets else None
    place = bootstrap.Place(_address(settings, asked.url), _plain(asked.moved_from), asked.currency)
    known = replace(settings, environment=_known(settings, keep))
    with ExitStack() as closing:
        made = _plans(known, asked, place, closing)
        plans.show(made)
        if asked.dry_run:
            return 1 if any(one.trouble for one in made) else 0
        if asked.hsmeta:
            write_component(asked.hsmeta, [one.site.component for one in made if one.site.component])
        decided = made if is_sure else [plans.decided(one) for one in made]
        return _carried_out(decided, keep, is_sure=is_sure)


def _plans(settings: Settings, asked: Asked, place: bootstrap.Place, closing: ExitStack) -> list[plans.Plan]:
    mapping = mapping_of_folder(settings)
    found = list(bootstrap.sites(settings, mapping, place))
    names = [one.wanted.connection for one in found]
    for site in found:
        if site.builder is not None:
            closing.callback(site.builder.close)
    for name in asked.connection:
        if name not in names:
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            raise SettingsError(f"there is no connection {name!r} that could be set up; {hint}")
    return plans.planned(one for one in found if one.wanted.connection in (asked.connection or names))


def _carried_out(made: list[plans.Plan], keep: Keep | None, *, is_sure: bool) -> int:
    has_trouble = any(one.trouble for one in made)
    writing = [step for one in made for step in one.writing]
    if not writing:
        say(f"nothing to make or change{_rest(made)}")
        return 1 if has_trouble else 0
    has_secrets = any(one.variable for one in writing)
    _require(keep, has_secrets=has_secrets)
    if not is_sure:
        confirm(f"Make or change {several(len(writing), 'thing')} as shown?")
    if has_secrets and keep is not None:
        keep.ready()
    return _done(made, keep, has_trouble=has_trouble)


def _rest(made: list[plans.Plan]) -> str:
    states = [step.state for one in made for step in one.steps]
    by_hand, in_doubt = states.count(State.BY_HAND), states.count(State.DOUBT)
    told = f"; {several(in_doubt, 'thing')} in doubt" if in_doubt else ""
    return told + (f"; {several(by_hand, 'thing')} to do by hand" if by_hand else "")


def _require(keep: Keep | None, *, has_secrets: bool) -> None:
    """Raises SettingsError where there will be secrets, and nobody says where they go."""
    if has_secrets and keep is None:
        raise SettingsError(
            "some of the secrets are shown only once: --secrets FILE says where to keep them, as in "
            "--secrets .env; nothing was made"
        )


def _done(made: list[plans.Plan], keep: Keep | None, *, has_trouble: bool) -> int:
    work = Work(keep)
    work.carry_out(made)
    if work.kept:
        say(f"{keep} has {', '.join(sorted(work.kept))}: give it to the environment of Loods, and restart it")
    if not (work.failures or has_trouble):
        return 0
    say("what failed is tried again by the next `loods connect`; what is there stays")
    return 1


def _address(settings: Settings, url: str | None) -> str:
    """The public address. Raises SettingsError where nobody says it, or two say it differently."""
    said, public = _plain(url), settings.public_url
    if said and public and said != public:
        raise SettingsError(f"--url says {said}, and PUBLIC_URL {public}: give both the same")
    if found := said or public:
        return _encrypted(found)
    raise SettingsError("where can senders reach Loods? Say it by --url https://… or by PUBLIC_URL")


def _encrypted(url: str) -> str:
    """The same, unless it goes over the net as plain text. Raises SettingsError."""
    if is_unencrypted(url):
        raise SettingsError(
            f"{url} is not encrypted: HubSpot and Shopify call https:// only, and what the others tell of "
            "people could be read on the way; give the address with https://"
        )
    return url


def _plain(url: str | None) -> str | None:
    """An address without a slash at its end. Raises SettingsError where it is none."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{url!r} is no address as in https://hooks.example.com")
    if "/webhooks/" in parts.path.rstrip("/"):
        raise SettingsError(f"{url!r} is the address of one webhook: write what stands before /webhooks")
    return url.rstrip("/")


def _known(settings: Settings, keep: Keep | None) -> dict[str, str]:
    """The environment; what is not set in it may stand in the file of secrets already."""
    said = {name: value for name, value in settings.environment.items() if value}
    return {**keep.values(), **said} if keep else said
