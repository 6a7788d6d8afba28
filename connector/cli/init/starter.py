"""The files of a new mapping, for what was chosen; an administrator learns the language from them.

They are made from the templates beside this module, one folder a language, each with the same rules in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connector.errors import LoodsError

LIFECYCLE: Final[Mapping[str, Mapping[str, str]]] = {
    "see_think_do_care": {
        "see": "subscriber",
        "think": "lead",
        "do": "opportunity",
        "care": "customer",
    },
    "five_a": {
        "aandacht": "subscriber",
        "afweging": "lead",
        "actie": "customer",
        "altijd": "customer",
        "ambassadeur": "evangelist",
    },
    "four_phase": {
        "bewustwording": "subscriber",
        "overweging": "lead",
        "koop": "opportunity",
        "nakoop": "customer",
    },
    "buyer_and_customer": {
        "awareness": "subscriber",
        "consideration": "lead",
        "decision": "opportunity",
        "onboarding": "customer",
        "loyalty": "customer",
        "ambassador": "evangelist",
    },
    "hubspot_lifecycle": {
        "subscriber": "subscriber",
        "lead": "lead",
        "marketingqualifiedlead": "marketingqualifiedlead",
        "salesqualifiedlead": "salesqualifiedlead",
        "opportunity": "opportunity",
        "customer": "customer",
        "evangelist": "evangelist",
    },
}
"""The stages of each preset, with what HubSpot's property lifecyclestage says in them."""

CONSIDERING: Final = frozenset({"think", "afweging", "overweging", "consideration", "marketingqualifiedlead"})
"""The stages of the presets in which somebody compares."""

SCHEMA: Final = ".loods.schema.json"
"""The file of a new mapping that tells an editor every key of the language; no network is needed for it."""

_ANOTHER: Final = "name another folder, as in: loods init NAME"


class StarterError(LoodsError):
    """The new mapping cannot be written there; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a new mapping is for. `shop` is empty where there is none."""

    journey: str
    shop: str
    platforms: frozenset[str]
    language: str


def files(choices: Choices) -> dict[str, str]:
    """The texts of the new mapping's files, by their names."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates") / choices.language),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - it writes YAML, from words of our own only
    )
    values = _values(choices)
    scores = ["scores"] if values["hubspot"] else []
    rules = [f"triggers/{one}" for one in _rules(choices)]
    names = ["connections", "defaults", "journey", "segments", *scores, "calendar", *rules]
    return {
        f"{name}.yaml": _for_editors(name) + templates.get_template(f"{name}.yaml").render(values)
        for name in names
    }


def refresh(folder: Path, schema: str) -> None:
    """Give the folder's schema, where there is one, the text of this release. Raises OSError."""
    file = folder / SCHEMA
    if file.is_file() and file.read_text("utf-8") != schema:
        file.write_text(schema, "utf-8")


def refuse_filled(folder: Path) -> None:
    """Raises StarterError where the folder holds anything, or is none: nothing is ever written over."""
    try:
        is_filled = folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise StarterError(f"{folder} cannot be written into: {error.strerror}; {_ANOTHER}") from error
    if is_filled:
        raise StarterError(f"{folder} is not empty; {_ANOTHER}")


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files into the folder, which is made where there is none. Raises StarterError."""
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise StarterError(f"{folder} cannot be written into: {error.strerror}; {_ANOTHER}") from error


def _for_editors(name: str) -> str:
    """The line by which an editor with the YAML language server finds the schema."""
    return f"# yaml-language-server: $schema={'../' * name.count('/')}{SCHEMA}\n"


def _values(choices: Choices) -> dict[str, Any]:
    stages = list(LIFECYCLE[choices.journey])
    return {
        "journey": choices.journey,
        "shop": choices.shop,
        "hubspot": "hubspot" in choices.platforms,
        "mailchimp": "mailchimp" in choices.platforms,
        "stages": stages,
        "lifecycle": LIFECYCLE[choices.journey],
        "considering": next(stage for stage in stages if stage in CONSIDERING),
    }


def _rules(choices: Choices) -> list[str]:
    """Four to six triggers that are of use with these platforms and this shop."""
    has_hubspot, has_mailchimp = "hubspot" in choices.platforms, "mailchimp" in choices.platforms
    welcome = ["welcome"] if has_mailchimp else []
    question = ["question"] if has_hubspot else []
    if not choices.shop:
        return [*welcome, *question, "download", "win-back", "new-year"]
    first_order = ["first-order"] if has_mailchimp else []
    # Shopify tells of no payment that failed.
    rescue = ["payment-failed"] if has_hubspot and choices.shop == "woocommerce" else []
    return [*(welcome or question), "abandoned-cart", *first_order, *rescue, "win-back", "black-friday"]
