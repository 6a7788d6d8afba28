"""`loods test`: the examples of a mapping, and where they do not hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import click

from connector.cli.here.of_folder import mapping_of_folder
from connector.journey.examples import Difference, Verdict, prove
from connector.model.showing import inert
from connector.settings import Settings

NONE_YET: Final = """\
there are no examples in {folder} yet; one proves that a rule does what it should:

examples:
  - name: A paid order is noticed
    given:
      - at: "2026-11-02 10:00"
        event: order.paid
        contact: {{email: eva@example.com}}
        order: {{id: o1, total: 80}}
    expect:
      actions: [hubspot.update_contact]

write it into a file of that folder; docs/mappings.md, "examples", says what can be given and expected"""


def test(settings: Settings, *, as_json: bool) -> None:
    """Print a verdict an example. Raises SystemExit(1) where one does not hold."""
    mapping = mapping_of_folder(settings)
    verdicts = [prove(mapping, example) for example in mapping.examples]
    if as_json:
        # Plain ASCII: JSON itself lets some of the characters through that steer a terminal.
        click.echo(json.dumps([_as_plain(one) for one in verdicts], indent=2))
    elif verdicts:
        _tell(verdicts)
    else:
        click.echo(NONE_YET.format(folder=settings.mappings))
    if any(one.differences for one in verdicts):
        raise SystemExit(1)


def _tell(verdicts: Sequence[Verdict]) -> None:
    for one in verdicts:
        example = one.example
        _say(f"FAILED  {example.name}  [{example.place}]" if one.differences else f"ok      {example.name}")
        for difference in one.differences:
            _tell_difference(difference)
    failed = sum(bool(one.differences) for one in verdicts)
    counted = f"{len(verdicts)} example{'s' if len(verdicts) > 1 else ''}"
    _say(f"{counted}, {failed} failed" if failed else f"{counted}: all right")


def _tell_difference(difference: Difference) -> None:
    _say(f"        expected: {difference.expected}")
    _say(f"        happened: {difference.happened}")
    for reason in difference.because:
        _say(f"        because:  {reason}")


def _say(line: str) -> None:
    click.echo(inert(line))


def _as_plain(verdict: Verdict) -> dict[str, Any]:
    example = verdict.example
    return {
        "name": example.name,
        "file": example.place.file,
        "line": example.place.line,
        "passed": not verdict.differences,
        "differences": [
            {"expected": one.expected, "happened": one.happened, "because": list(one.because)}
            for one in verdict.differences
        ],
    }
