"""What to do with a new mapping, step by step, as `loods init` prints it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.cli.init.starter import Choices

ADDRESS: Final = "https://YOUR-LOODS/webhooks"
SAMPLE: Final = '{"event": "question.asked", "contact": {"email": "eva@example.com", "name": "Eva"}}'
SIGNED_WITH: Final = "a-secret-of-the-website"
_INVENTED: Final = '"$(openssl rand -base64 32)"'


POST: Final = (
    f"SECRET={SIGNED_WITH}   # or what WEBSITE_SECRET is",
    'AT=$(date +%s); ID="question-$AT"; BODY=$(cat question.json)',
    'SIGNATURE=$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64)',
    'curl -sS http://127.0.0.1:8080/webhooks/website --data-binary "$BODY" \\',
    '  -H "Content-Type: application/json" -H "webhook-id: $ID" -H "webhook-timestamp: $AT" \\',
    '  -H "webhook-signature: v1,$SIGNATURE"',
)
"""A Standard Webhook by hand (standardwebhooks.com: `id.timestamp.body`, HMAC-SHA256, base64)."""


AFTERWARDS: Final = ("contact show eva@example.com", "why eva@example.com win-back", "versions")
"""What there is to see once that question has come."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that the mapping names, and where its value comes from; `value` invents one of our own."""

    name: str
    where: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """A system whose webhooks are to come here: where that is set up, what is chosen, and its connection."""

    where: str
    what: str
    connection: str


VARIABLES: Final = {
    "hubspot": (
        Variable("HUBSPOT_TOKEN", "of a private app or a service key in HubSpot"),
        Variable("HUBSPOT_OWNER", "e-mail address of the colleague who gets the tasks"),
    ),
    "mailchimp": (
        Variable("MAILCHIMP_API_KEY", "Mailchimp > Account > Extras > API keys"),
        Variable("MAILCHIMP_AUDIENCE", "Mailchimp > Audience > Settings: the audience ID"),
        Variable("MAILCHIMP_WEBHOOK_SECRET", "shown once, when a webhook of the last step is made"),
        Variable("MAILCHIMP_WEBHOOK_SECRET_2", "of the second one"),
    ),
    "woocommerce": (Variable("WOO_SECRET", "for the webhooks of the last step", _INVENTED),),
    "shopify": (Variable("SHOPIFY_SECRET", "shown below the webhooks of the last step"),),
    "website": (Variable("WEBSITE_SECRET", "with which your site signs what it posts", _INVENTED),),
}

TRIAL: Final = {
    "hubspot": "export HUBSPOT_TOKEN=pat-eu1-try HUBSPOT_URL=http://127.0.0.1:8090",
    "mailchimp": "export MAILCHIMP_API_KEY=try-us21 MAILCHIMP_AUDIENCE=57afe96172 "
    "MAILCHIMP_URL=http://127.0.0.1:8090",
    "website": f"export WEBSITE_SECRET={SIGNED_WITH}",
}

SENDERS: Final = {
    "mailchimp": Sender(
        "Mailchimp > Audience > Settings > Webhooks",
        "subscribes, unsubscribes, profile updates, email changed, cleaned",
        "mailchimp",
    ),
    "woocommerce": Sender(
        "WooCommerce > Settings > Advanced > Webhooks",
        "order created, updated and restored, customer created and updated; secret: WOO_SECRET",
        "webshop",
    ),
    "shopify": Sender(
        "Shopify > Settings > Notifications > Webhooks, as JSON",
        "order creation, update and payment, refund creation, cart update, checkout creation",
        "webshop",
    ),
    "website": Sender(
        "your website, as a Standard Webhook (standardwebhooks.com) signed with WEBSITE_SECRET",
        "bodies as in the third step; the events are those that may stand under on:",
        "website",
    ),
}


def steps(folder: Path, choices: Choices) -> str:
    """The next steps for a mapping in this folder."""
    loods = "loods" if folder == Path("mappings") else f"loods --mappings {shlex.quote(str(folder))}"
    return "\n".join(
        [
            "Next",
            "",
            "1. Read the files and change what does not fit. Check them, play their examples, look at them:",
            f"     {loods} check",
            f"     {loods} test",
            f"     {loods} draw --output mapping.svg",
            "",
            "2. Put what connections.yaml names into the environment:",
            *(f"     {line}" for line in _exports(choices)),
            "   To try it without accounts, let `loods sandbox` run in another terminal, and in this one:",
            *(f"     {TRIAL[one]}" for one in (*sorted(choices.platforms), "website")),
            "",
            "3. See what a webhook would do and why; nothing is sent:",
            f"     echo {shlex.quote(SAMPLE)} > question.json",
            f"     {loods} explain question.json --connection website",
            "",
            "4. Receive, decide and act, until Ctrl-C:",
            f"     {loods} run",
            "   In another terminal, post that question to it, signed as your website would sign it:",
            *(f"     {line}" for line in POST),
            "   See what became of it, and why; save a changed file, and it is live within a second:",
            *(f"     {loods} {words}" for words in AFTERWARDS),
            "",
            "5. Let the senders post to this machine; YOUR-LOODS is its public address. This shows what can",
            "   be made there from here, webhooks and what your rules name, asks, and makes it:",
            f"     {loods} connect --url https://YOUR-LOODS --secrets .env",
            "   By hand it is:",
            *(f"     {line}" for line in _senders(choices)),
        ]
    )


def _parts(choices: Choices) -> list[str]:
    return [*sorted(choices.platforms), *([choices.shop] if choices.shop else []), "website"]


def _exports(choices: Choices) -> Iterator[str]:
    variables = [one for part in _parts(choices) for one in VARIABLES[part]]
    commands = [f"export {one.name}={one.value}" for one in variables]
    width = max(map(len, commands))
    for command, one in zip(commands, variables, strict=True):
        yield f"{command:{width}}   # {one.where}"


def _senders(choices: Choices) -> Iterator[str]:
    for part in _parts(choices):
        if sender := SENDERS.get(part):
            yield f"{ADDRESS}/{sender.connection}"
            yield f"  {sender.where}"
            yield f"  {sender.what}"
