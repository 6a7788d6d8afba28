"""Loods in processes of its own, on a database that outlives them: started, killed by pid, started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import requests

from tests.faults.rig.driver import Target
from tests.faults.rig.platforms import ROOT, TOKEN
from tests.faults.rig.posts import SECRET, Post
from tests.patience import PATIENCE
from tests.ports import free_port

MAPPING: Final = ROOT / "tests" / "faults" / "mapping"
PUBLIC_URL: Final = "https://loods.example.com"
_UP_WITHIN: Final = 60.0


class Running(Protocol):
    """A process that was started; what `subprocess.Popen` also offers."""

    pid: int

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self, timeout: float | None = None) -> int:
        """Its end, and how it came: an exit code, or minus the signal."""


class Starter(Protocol):
    """Starts `loods` with these words and this environment; what it says goes to the log."""

    def __call__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> Running: ...


def cold(words: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A process as a person or systemd starts it: everything is read and imported anew."""
    argv = [sys.executable, "-m", "connector.cli", *words]
    with log.open("ab") as out:
        return subprocess.Popen(argv, cwd=ROOT, env=dict(environment), stdout=out, stderr=out)


class Forked:
    """A process that a zygote made."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self._zygote = zygote
        self._ended: int | None = None

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it is known to have ended."""
        if self._ended is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its end, and how it came. Raises TimeoutError."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._ended is None:
            self._ended = self._zygote.asks({"wait": self.pid})
            if self._ended is None:
                if deadline is not None and time.monotonic() > deadline:
                    raise TimeoutError(f"process {self.pid} goes on")
                time.sleep(0.01)
        return self._ended


class Zygote:
    """Starts processes by forking one that has imported everything: a context that ends it.

    `environment` is added to its own, for libraries that are loaded with it.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.rig.zygote"],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},  # noqa: TID251 - its own, with what libraries ask for
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Start one."""
        pid = self.asks({"words": list(words), "environment": dict(environment), "log": str(log)})
        assert pid is not None
        return Forked(self, pid)

    def asks(self, question: Mapping[str, object]) -> int | None:
        """Its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


class Loods:
    """One installation: a folder, a database, an address. `starts` begins a process of it."""

    def __init__(
        self, folder: Path, platforms: str, *, database: str | None = None, mapping: Path | None = None
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.database = database or f"sqlite:///{folder}/loods.db"
        self.log = folder / "loods.log"
        self._begun: list[Running] = []
        self.environment = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs to find its interpreter
            "LOODS_MAPPINGS": str(mapping or shutil.copytree(MAPPING, folder / "mapping")),
            "DATABASE_URL": self.database,
            "PORT": str(self.port),
            "PUBLIC_URL": PUBLIC_URL,
            "HUBSPOT_TOKEN": TOKEN,
            "HUBSPOT_CLIENT_SECRET": SECRET,
            "HUBSPOT_URL": platforms,
            "MAILCHIMP_API_KEY": "test-us21",
            "MAILCHIMP_AUDIENCE": "57afe96172",
            "MAILCHIMP_WEBHOOK_SECRET": SECRET,
            "MAILCHIMP_URL": platforms,
            "WOO_SECRET": SECRET,
            "SHOPIFY_SECRET": SECRET,
            "WEBSITE_SECRET": SECRET,
        }

    @property
    def is_embedded(self) -> bool:
        """Whether it is on SQLite."""
        return self.database.startswith("sqlite")

    @property
    def mapping(self) -> Path:
        """The administrators' folder."""
        return Path(self.environment["LOODS_MAPPINGS"])

    @property
    def target(self) -> Target:
        """Where senders post."""
        return Target(self.port, PUBLIC_URL)

    def begins(
        self, *words: str, starter: Starter = cold, environment: Mapping[str, str] | None = None
    ) -> Running:
        """A process, which may not answer yet: `loods run`, or of another role."""
        process = starter(words or ("run",), self.environment | dict(environment or {}), self.log)
        self._begun.append(process)
        return process

    def ends(self) -> None:
        """Kill what still runs of it."""
        for process in self._begun:
            if is_alive(process):
                process.kill()
                process.wait(PATIENCE)

    def starts(
        self, *words: str, starter: Starter = cold, environment: Mapping[str, str] | None = None
    ) -> Running:
        """A process that answers at our address."""
        process = self.begins(*words, starter=starter, environment=environment)
        self.waits_until_up(process)
        return process

    def waits_until_up(self, process: Running) -> None:
        """Raises AssertionError with the log where it ends, or does not answer in time."""
        deadline = time.monotonic() + _UP_WITHIN
        while not self.is_up():
            assert is_alive(process), self.log.read_text()
            assert time.monotonic() < deadline, "it did not start: " + self.log.read_text()
            time.sleep(0.02)

    def takes(self, post: Post) -> bool:
        """Post this; whether it was acknowledged."""
        url = f"http://127.0.0.1:{self.port}/webhooks/{post.connection}"
        return requests.post(url, data=post.body, headers=post.headers(PUBLIC_URL), timeout=PATIENCE).ok

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health/live", timeout=1).ok
        except requests.RequestException:
            return False


def is_alive(process: Running) -> bool:
    """Whether it still runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
