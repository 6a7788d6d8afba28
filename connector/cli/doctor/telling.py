"""How findings look: by connection, the worst first, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from connector.cli.terminal.show import say, several, write_json
from connector.model.finding import Finding, Severity

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.UNKNOWN, Severity.OK)
_WIDTH = max(len(one) for one in Severity)
HERE = "this machine"


def show(found: Sequence[Finding], connections: Iterable[str]) -> None:
    """What was found about each connection and about this machine, and how much of it is wrong."""
    for about in (*connections, ""):
        mine = [one for one in found if one.about == about]
        if mine:
            say(about or HERE)
        for one in sorted(mine, key=lambda one: (_ORDER.index(one.severity), one.file, one.line)):
            say(f"  {one.severity.value:{_WIDTH}}  {_told(one)}")
    say(_summary(found))


def as_json(found: Iterable[Finding]) -> None:
    """Every finding as an object of a list."""
    write_json([asdict(one) for one in found])


def _told(one: Finding) -> str:
    said = f"{one.where} {one.code} {one.message}".strip()
    if one.severity is Severity.OK:
        return one.message
    return f"{said}; {one.remedy}" if one.remedy else said


def _summary(found: Iterable[Finding]) -> str:
    counts = [one.severity for one in found]
    wrong = [
        several(counts.count(severity), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING)
        if severity in counts
    ]
    told = ", ".join(wrong) or "all right"
    unknown = counts.count(Severity.UNKNOWN)
    return told + (f"; {several(unknown, 'thing')} cannot be told" if unknown else "")
