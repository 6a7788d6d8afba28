"""Entries are single lines with fixed fields, and hold nothing of a person, a body or a secret."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from connector.store import faults
from connector.store.database import open_store
from connector.telemetry.logs import JsonLines, PlainLines, set_up
from tests.patience import PATIENCE

EVA = "eva@example.com"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged as JSON while a test runs."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, threading.excepthook, sys.excepthook
    stream = io.StringIO()
    set_up("json", stream)
    yield stream
    root.handlers[:], level, threading.excepthook, sys.excepthook = before
    root.setLevel(level)


def entries(logged: io.StringIO) -> list[dict[str, Any]]:
    """The entries, each from a line of its own."""
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def fails(because: BaseException) -> None:
    """Raise an error that something led to."""
    raise ValueError(EVA) from because


def test_an_entry_is_a_line_with_fixed_fields(logged: io.StringIO) -> None:
    said = {"connection": "webshop", "code": "signature_invalid", "body": EVA, "secret": "s3cret"}

    logging.getLogger("webhooks.receive").warning("refused: %s", "why", extra=said)

    [entry] = entries(logged)
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "warning",
        "logger": "webhooks.receive",
        "message": "refused: why",
        "connection": "webshop",
        "code": "signature_invalid",
    }


def test_of_an_exception_its_kind_and_places_are_told_and_not_its_words(logged: io.StringIO) -> None:
    class Form(BaseModel):
        age: int

    try:
        Form.model_validate({"age": EVA})
    except ValidationError:
        logging.getLogger("connector.x").exception("broke")

    [entry] = entries(logged)
    assert entry["error"] == "ValidationError"
    assert any("test_logs.py" in place for place in entry["places"])
    assert EVA not in logged.getvalue()


def test_what_led_to_an_exception_is_told_by_its_kind(logged: io.StringIO) -> None:
    try:
        fails(KeyError(EVA))
    except ValueError:
        logging.getLogger("connector.x").exception("broke")

    assert entries(logged)[0]["error"] == "ValueError from KeyError"
    assert EVA not in logged.getvalue()


def test_what_postgresql_says_of_values_is_not_told(postgres_url: str, logged: io.StringIO) -> None:
    store = open_store(postgres_url)
    store.migrate()
    twice = "INSERT INTO pauses VALUES (:name, 0, ''), (:name, 0, '')"
    with pytest.raises(IntegrityError) as caught:
        store.write(lambda tx: tx.execute(text(twice), {"name": EVA}))
    store.close()

    logging.getLogger("connector.x").error("%s", faults.words_of(caught.value), exc_info=caught.value)

    assert EVA in str(caught.value)
    assert "duplicate key" in entries(logged)[0]["message"]
    assert EVA not in logged.getvalue()


def test_a_library_is_heard_from_warning_on_and_names_no_address(logged: io.StringIO) -> None:
    for name in ("urllib3.connectionpool", "hubspot", "uvicorn.access", "apscheduler"):
        logging.getLogger(name).info("GET /x?hapikey=s3cret")
    logging.getLogger("asyncio").error("Exception while serving /webhooks/shop/s3cret to %s", EVA)
    logging.getLogger("urllib3.connectionpool").warning("Retrying https://x.example/s3cret")
    logging.getLogger("uvicorn.access").error("POST /webhooks/shop/s3cret")

    [entry] = entries(logged)
    assert entry["message"] == "Exception while serving /… to …@…"


def test_what_ends_a_thread_is_an_entry(logged: io.StringIO) -> None:
    def breaks() -> None:
        raise ValueError(EVA)

    thread = threading.Thread(target=breaks, name="worker 1")
    thread.start()
    thread.join()

    [entry] = entries(logged)
    assert (entry["level"], entry["message"], entry["error"]) == (
        "critical",
        "worker 1 has ended",
        "ValueError",
    )
    assert EVA not in logged.getvalue()


def test_a_long_message_is_cut_and_a_long_way_too(logged: io.StringIO) -> None:
    def deeper(left: int) -> None:
        if not left:
            raise ValueError
        deeper(left - 1)

    try:
        deeper(500)
    except ValueError:
        logging.getLogger("connector.x").exception("x" * 100_000)

    assert len(logged.getvalue()) < 5_000


@pytest.mark.parametrize("word", ["x", "x@", "x@x,"])
def test_a_long_word_costs_as_much_as_it_is_long(word: str) -> None:
    """By the square of its length it would take many minutes."""
    words = word * (320_000 // len(word))
    record = logging.LogRecord("connector.x", logging.INFO, "x.py", 1, words, (), None)

    began = time.process_time()
    line = JsonLines().format(record)

    assert time.process_time() - began < PATIENCE
    assert "x@x" not in line


@given(st.text(), st.text())
def test_whatever_is_said_it_stays_one_line_of_json_and_starts_no_entry_of_text(
    message: str, connection: str
) -> None:
    record = logging.LogRecord("connector.x", logging.INFO, "x.py", 1, "%s", (message,), None)
    record.connection = connection

    line, plain = JsonLines().format(record), PlainLines().format(record)

    assert len(line.splitlines()) == 1
    assert json.loads(line)["logger"] == "connector.x"
    assert all(one.startswith("    ") for one in plain.split("\n")[1:])
    assert not any(ord(letter) < 32 and letter != "\n" for letter in plain)


def test_a_terminal_gets_text_and_anything_else_json() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    before = root.handlers[:], root.level, threading.excepthook, sys.excepthook
    forms = []
    for stream in (Terminal(), io.StringIO()):
        set_up(None, stream)
        forms.append(type(root.handlers[0].formatter))
    root.handlers[:], level, threading.excepthook, sys.excepthook = before
    root.setLevel(level)

    assert forms == [PlainLines, JsonLines]
