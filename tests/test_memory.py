"""A process whose threads share their memory has two places for it, however many they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connector.bootstrap.memory import share_memory

_THREADS = """
import ctypes, sys, threading
from connector.bootstrap.memory import share_memory
if sys.argv[1] == "shared":
    share_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
ready = threading.Barrier(12)
def take():
    ready.wait()
    libc.malloc(ctypes.c_size_t(10_000))
    ready.wait()
threads = [threading.Thread(target=take) for _ in range(12)]
for one in threads:
    one.start()
for one in threads:
    one.join()
told = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, told)
libc.fclose(told)
"""


def _places(said: str, folder: Path) -> int:
    """How many places glibc tells of (malloc_info(3)), after twelve threads took memory at once."""
    file = folder / said
    command = ["env", "--unset=MALLOC_ARENA_MAX", sys.executable, "-c", _THREADS, said, str(file)]
    subprocess.run(command, check=True)
    return file.read_text(encoding="ascii").count("<heap nr=")


@pytest.mark.skipif(not share_memory(), reason="this system's library has no places to share")
def test_threads_share_two_places(tmp_path: Path) -> None:
    """By themselves they would have more."""
    assert _places("shared", tmp_path) <= 2
    assert _places("apart", tmp_path) > 2
