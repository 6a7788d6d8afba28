"""Makes copies of the database and restores them, and says what that means."""

from __future__ import annotations

from pathlib import Path

from connector import bootstrap
from connector.cli.terminal.show import say
from connector.model.showing import local
from connector.store import copies, restoring
from connector.store.copies import Holds
from connector.store.restoring import Wish


def back_up(database: Path, file: Path, *, may_replace: bool) -> None:
    """Copy the database into the file, and say what the copy holds. Raises CopyError."""
    holds = copies.back_up(database, file.absolute(), may_replace=may_replace)
    say(f"{file} is whole: {_told(holds)}")


def restore(file: Path, database: Path, who: str, *, is_stopped: bool) -> None:
    """Restore the file, and say what is to be known now. Raises CopyError and HeldError."""
    wish = Wish(who, bootstrap.clock(), is_stopped)
    restored = restoring.restore(file.absolute(), database, wish)
    holds = restored.holds
    say(f"{database} is what {file} holds: {_told(holds)}")
    if restored.aside is not None:
        say(f"what was there before is kept as {restored.aside}: delete it when you are sure")
    if holds.until is not None:
        say(f"webhooks of after {local(holds.until)} are not in it, and most senders do not repeat them")
    if is_stopped:
        say(
            f"everything is stopped: {holds.unfinished} action(s) were on their way then and may have been "
            "done since, like what follows from webhooks that waited. Start `loods run` and look at `loods "
            "actions`; then `loods start --go-on` lets them leave, `loods start --drop` gives up what waits"
        )
    elif holds.unfinished:
        say(f"{holds.unfinished} action(s) were on their way then; those that were done since are done again")


def _told(holds: Holds) -> str:
    until = f"until {local(holds.until)}" if holds.until else "nothing received yet"
    return (
        f"{until}; {holds.deliveries} deliveries, {holds.contacts} contacts, {holds.events} events, "
        f"{holds.unfinished} actions on their way; {holds.size / 2**20:.1f} MiB"
    )
