"""What a new mapping is to those who wait: older texts are kept for them, and plans are followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import replace
from typing import Final, TypeAlias

from connector.errors import LoodsError
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.working_copy import as_bytes
from connector.model.contact import Contact
from connector.store import plans, publications, waiting
from connector.store.database import Store, Transaction

Text: TypeAlias = tuple[str, str]
"""A trigger's name and one of its texts."""

Files: TypeAlias = Table[str, bytes]
Compile: TypeAlias = Callable[[Files, Files, str], Trigger | None]
"""The trigger of this name in the second files, with all that it names from the first."""

_SEARCHED: Final = 50
"""Publications among which the text of a run is looked for that nobody has noted yet."""


class UnknownTextError(LoodsError):
    """Runs wait under texts that were not asked about yet: the transaction is to be taken again."""

    def __init__(self, mapping: Mapping, texts: frozenset[Text]) -> None:
        super().__init__(f"{len(texts)} text(s) of triggers are to be compiled first")
        self.mapping = mapping
        self.texts = texts


def require_texts(mapping: Mapping, people: Iterable[Contact]) -> None:
    """Raises UnknownTextError where runs of these contacts wait under a text that is not known yet."""
    unknown = frozenset(
        (name, run.text)
        for person in people
        for name, runs in person.runs.items()
        for run in runs.values()
        if run.is_waiting and not _is_known(mapping, name, run.text)
    )
    if unknown:
        raise UnknownTextError(mapping, unknown)


def keep(
    store: Store, compile_kept: Compile, mapping: Mapping, texts: frozenset[Text] = frozenset()
) -> Mapping:
    """The mapping with the older texts under which somebody waits, and these; and with its plans.

    What does not compile any more is among `gone`.
    """
    with store.reading() as tx:
        noted = {(one.trigger, one.text): one.version for one in waiting.texts(tx)}
        wanted = {one for one in {*noted, *texts} if not _is_known(mapping, *one)}
        found = {one: _compiled(tx, compile_kept, mapping, one, noted.get(one)) for one in sorted(wanted)}
        line = publications.live(tx)
        is_live = line is not None and line.version == mapping.version
        planned = plans.of_publication(tx, line.id) if line and is_live else mapping.plans
    if not found and planned == mapping.plans:
        return mapping
    kept = {text: trigger for text, trigger in found.items() if trigger is not None}
    return replace(
        mapping,
        kept={**mapping.kept, **kept},
        gone=mapping.gone | (found.keys() - kept.keys()),
        plans=planned,
    )


def _is_known(mapping: Mapping, name: str, text: str) -> bool:
    return mapping.trigger_of(name, text) is not None or (name, text) in mapping.gone


def _compiled(
    tx: Transaction, compile_kept: Compile, mapping: Mapping, wanted: Text, version: str | None
) -> Trigger | None:
    """The trigger by the text that was meant; an older release may have read the same text otherwise."""
    if not publications.was_published(tx, mapping.version):
        return None
    files = as_bytes(publications.files_of(tx, mapping.version))
    lines = publications.listing(tx, _SEARCHED)
    versions = dict.fromkeys([*([version] if version else []), *(one.version for one in lines)])
    for one in versions:
        if publications.was_published(tx, one):
            trigger = compile_kept(files, as_bytes(publications.files_of(tx, one)), wanted[0])
            if trigger is not None and trigger.text == wanted[1]:
                return trigger
    return None
