"""Log entries: one line of JSON each, or text for a terminal; never a body, a secret or an e-mail address.

Only the fields named here stand in an entry. Of an exception its kind and its places are told, not its words:
PostgreSQL's would hold values, pydantic's the input, requests' the address, and a secret may stand in that.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, TextIO

FIELDS: Final = ("connection", "code", "request", "delivery", "action", "version")
"""What a log call may add by `extra`, beside its message."""

_LONGEST: Final = 2_000
_LONGEST_FOREIGN: Final = 300
_LONGEST_FIELD: Final = 200
_PLACES: Final = 20
_CHAIN: Final = 5

_OURS: Final = ("connector", "webhooks")
_CHATTY: Final = (
    "alembic",
    "apscheduler",
    "asyncio",
    "granian",
    "hubspot",
    "mailchimp_marketing",
    "opentelemetry",
    "requests",
    "sqlalchemy",
    "urllib3",
    "uvicorn",
    "werkzeug",
)
"""Libraries that are heard from WARNING on: below, some print addresses, headers or bodies."""

_SILENT: Final = ("granian.access", "uvicorn.access", "urllib3.connectionpool")
"""Those that print addresses at any level."""

_OF_ADDRESS: Final = r"[^\s@<>\"'=,;:()]"
_EMAIL: Final = re.compile(rf"(?<!{_OF_ADDRESS}){_OF_ADDRESS}++@{_OF_ADDRESS}++")
_ADDRESS: Final = re.compile(r"(?:https?:/)?/[^\s'\"]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def set_up(form: Literal["json", "text"] | None, stream: TextIO, level: int = logging.INFO) -> None:
    """Log to this stream, from now on and for the whole process; also what ends a thread.

    Where no form is given it is text for a terminal, and JSON for anything else.
    """
    chosen = form or ("text" if stream.isatty() else "json")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if chosen == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threading.excepthook = _thread_ended
    sys.excepthook = _program_ended


class JsonLines(logging.Formatter):
    """One line of JSON an entry: time, level, logger, message, what of FIELDS was given, error and places."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry: dict[str, Any] = {
            "time": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            **dict(_fields(record)),
        }
        error = error_of(record)
        if error is not None:
            entry |= {"error": kinds(error), "places": list(places(error))}
        return json.dumps(entry)


class PlainLines(logging.Formatter):
    """The same for a reader; what follows the first line is indented, so that it is no entry of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        lines = [f"{at} {record.levelname} {record.name}: {message_of(record)}"]
        error = error_of(record)
        if error is not None:
            lines += [kinds(error), *places(error)]
        return "\n".join(lines).replace("\n", "\n    ")


def message_of(record: logging.LogRecord) -> str:
    """The message, inert and short; that of a library without addresses of any kind."""
    said = record.getMessage()
    is_ours = record.name.split(".")[0] in _OURS
    if not is_ours:
        said = _ADDRESS.sub("/…", said)
    cleaned = _CONTROL.sub("·", _EMAIL.sub("…@…", said))
    return _cut(cleaned, _LONGEST if is_ours else _LONGEST_FOREIGN)


def error_of(record: logging.LogRecord) -> BaseException | None:
    """The exception that an entry is about."""
    return record.exc_info[1] if record.exc_info else None


def kinds(error: BaseException) -> str:
    """The kind of an exception, and of those that led to it."""
    return " from ".join(type(one).__name__ for one in _chain(error))


def places(error: BaseException) -> Iterator[str]:
    """Where it was raised, outermost call first; of a long way the innermost part."""
    for frame in traceback.extract_tb(error.__traceback__)[-_PLACES:]:
        yield f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    known: BaseException | None = error
    for _ in range(_CHAIN):
        if known is None:
            return
        yield known
        known = known.__cause__ or (None if known.__suppress_context__ else known.__context__)


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    for name in FIELDS:
        value = getattr(record, name, None)
        if value is not None:
            yield name, _cut(_CONTROL.sub("·", _EMAIL.sub("…@…", str(value))), _LONGEST_FIELD)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "a thread"
    error = ended.exc_value
    if error is not None:
        logging.getLogger(__name__).critical("%s has ended", name, exc_info=error)


def _program_ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    logging.getLogger(__name__).critical("the program has ended", exc_info=error)
