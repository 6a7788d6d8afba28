"""`loods init`: a new mapping, for the journey, shop and platforms that are asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from connector.settings import Settings

JOURNEYS: Final = {
    "see_think_do_care": "see, think, do, care",
    "five_a": "aandacht, afweging, actie, altijd, ambassadeur",
    "four_phase": "bewustwording, overweging, koop, nakoop",
    "buyer_and_customer": "awareness, consideration, decision, onboarding, loyalty, ambassador",
    "hubspot_lifecycle": "HubSpot's own lifecycle stages, subscriber to evangelist",
}
SHOPS: Final = ("woocommerce", "shopify", "none")
PLATFORMS: Final = ("hubspot", "mailchimp")
LANGUAGES: Final = ("nl", "en")


class Platforms(click.ParamType[frozenset[str]]):
    """One or more platforms, with commas between them."""

    name = "platforms"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        """The names; a usage error where one is none of them."""
        names = [name.strip().lower() for name in str(value).split(",")]
        for name in names:
            if name not in PLATFORMS:
                self.fail(f"{name!r} is no platform; write one or more of: {','.join(PLATFORMS)}", param, ctx)
        return frozenset(names)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--journey", type=click.Choice(list(JOURNEYS)), help="The preset that the journey begins with.")
@click.option("--shop", type=click.Choice(SHOPS), help="Whose webhooks tell of orders.")
@click.option("--platforms", type=Platforms(), metavar="NAME,NAME", help="hubspot, mailchimp, or both.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the comments, tasks and labels.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the first choice where none is given.")
@click.pass_obj
def init(settings: Settings, /, folder: Path | None, *, yes: bool, **given: Any) -> None:
    """Write a new mapping into FOLDER (mappings), ready to be changed, and say what to do next."""
    from connector import bootstrap
    from connector.cli.init import next_steps, starter
    from connector.cli.terminal.asking import answered

    folder = folder or settings.mappings
    starter.refuse_filled(folder)
    with answered("--yes takes the first choice"):
        shop = given["shop"] or _asked("Your shop", SHOPS, yes=yes)
        choices = starter.Choices(
            shop="" if shop == "none" else shop,
            journey=given["journey"] or _journey(yes=yes),
            platforms=given["platforms"] or _platforms(yes=yes),
            language=given["language"] or _asked("Language of the comments and tasks", LANGUAGES, yes=yes),
        )
    texts = {**starter.files(choices), starter.SCHEMA: bootstrap.editor_schema()}
    starter.write(folder, texts)
    for name in texts:
        click.echo(f"wrote {folder / name}")
    click.echo()
    click.echo(next_steps.steps(folder, choices))


def _journey(*, yes: bool) -> str:
    if not yes:
        click.echo("The customer journey may begin with:")
        for name, stages in JOURNEYS.items():
            click.echo(f"  {name:20} {stages}")
    return _asked("The customer journey", tuple(JOURNEYS), yes=yes)


def _asked(what: str, names: tuple[str, ...], *, yes: bool) -> str:
    if yes:
        return names[0]
    are_few = len(names) <= len(SHOPS)
    found = click.prompt(what, type=click.Choice(names), default=names[0], show_choices=are_few)
    _end_line()
    return str(found)


def _platforms(*, yes: bool) -> frozenset[str]:
    if yes:
        return frozenset(PLATFORMS)
    found: frozenset[str] = click.prompt(
        "Platforms that shall act", type=Platforms(), default=",".join(PLATFORMS)
    )
    _end_line()
    return found


def _end_line() -> None:
    """An answer that nobody types ends no line: the next question would stand behind this one."""
    if not sys.stdin.isatty():
        click.echo()
