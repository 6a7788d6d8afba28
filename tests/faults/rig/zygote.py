"""Starts Loods quickly: a process that has imported everything, and forks one for each start.

Nothing is open in it yet: database, threads and sockets are made after the fork, as in a process of its own.
Speaks lines of JSON: `{"words", "environment", "log"}` is answered by a pid, `{"wait"}` by how it ended, or
null as long as it runs.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
"""Linux' prctl.h: whom a test that fails leaves behind ends with the zygote."""


def main() -> None:
    """Serve until the end of the input."""
    bootstrap, cli = map(import_module, ("connector.bootstrap", "connector.cli"))
    assert bootstrap.build, "imported, so that no child has to"
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _ended(asked["wait"]) if "wait" in asked else _forked(cli, asked)
        print(json.dumps(answer), flush=True)  # noqa: T201 - this is how it answers


def _ended(pid: int) -> int | None:
    """How it ended; None as long as it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _forked(cli: Any, asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with Path(asked["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()  # noqa: TID251 - the child's own, as `execve` would set it
    os.environ.update(asked["environment"])  # noqa: TID251
    sys.argv = ["loods", *asked["words"]]
    code = 1
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
