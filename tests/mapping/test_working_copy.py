"""A folder as a copy of a published version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connector.errors import MappingError
from connector.mapping import working_copy
from connector.mapping.folder import read_folder
from connector.mapping.load import check_files, check_folder
from tests.mapping.folders import SHOP, SOUND, SPECS


def test_files_in_memory_make_the_same_version_as_their_folder(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    (shipped / "shop.yaml").write_text(SHOP)
    working_copy.write_version(own, SOUND, ["v1"])

    from_folder, _ = check_folder(own, shipped, SPECS)
    from_memory, problems = check_files(working_copy.as_bytes(SOUND), shipped, SPECS)

    assert from_folder is not None
    assert from_memory is not None
    assert from_memory.version == from_folder.version
    assert problems == ()


def test_a_folder_says_from_which_version_it_was_made(tmp_path: Path) -> None:
    working_copy.note_version(tmp_path, "v1")

    assert working_copy.versions_noted(tmp_path) == ("v1",)
    assert read_folder(tmp_path)[0] == {}


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff\xfe", b"<<<<<<< ours\nv1\n=======\nv2\n>>>>>>> theirs\n"]
)
def test_a_note_that_says_nothing_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / working_copy.MARK).write_bytes(content)

    assert working_copy.versions_noted(tmp_path) == ()


def test_a_version_replaces_what_stands_in_the_folder_to_the_letter(tmp_path: Path) -> None:
    texts = {"a.yaml": "\ufeffa: 1\r\n", "triggers/één.yaml": "b: 2"}
    (tmp_path / "old.yaml").write_text("c: 3")
    (tmp_path / "notes.txt").write_text("mine")

    working_copy.write_version(tmp_path, texts, ["v2", "v1"])

    assert working_copy.as_texts(read_folder(tmp_path)[0]) == texts
    assert working_copy.versions_noted(tmp_path) == ("v2", "v1")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_or_a_name_that_is_not_utf_8_is_a_problem_with_its_name(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")

    with pytest.raises(MappingError, match=r"a\.yaml M102"):
        working_copy.as_texts({"a.yaml": b"\xe9"})
    with pytest.raises(MappingError, match=r"caf\?\.yaml M102"):
        working_copy.as_texts({name: b"a: 1"})


def test_a_difference_names_each_file_that_changed() -> None:
    before = {"a.yaml": "x: 1\n", "gone.yaml": "y: 1\n", "same.yaml": "z: 1\n"}
    after = {"a.yaml": "x: 2\n", "new.yaml": "w: 1\n", "same.yaml": "z: 1\n"}

    lines = list(working_copy.difference(before, after, ("live", "folder")))

    assert [one for one in lines if one.startswith(("---", "+++"))] == [
        "--- live/a.yaml",
        "+++ folder/a.yaml",
        "--- live/gone.yaml",
        "+++ folder/gone.yaml",
        "--- live/new.yaml",
        "+++ folder/new.yaml",
    ]
    assert {"-x: 1", "+x: 2", "-y: 1", "+w: 1"} <= set(lines)
