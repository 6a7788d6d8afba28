"""What SIGTERM and Ctrl-C do to a process, however many of them come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.patience import PATIENCE
from tests.store.script import ROOT

WAITING = """
import os
from connector.cli.serve.commands import stop_signal
stop = stop_signal()
print("waits", flush=True)
stop.wait()
os._exit(0)
"""


def test_a_process_that_is_told_to_end_again_and_again_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()

        try:
            for _ in range(20_000):
                os.kill(process.pid, signal.SIGTERM)
                os.kill(process.pid, signal.SIGINT)
            end = process.wait(PATIENCE)
        finally:
            process.kill()

    assert end == 0
