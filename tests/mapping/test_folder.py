"""A folder is read whole, or what is missing of it is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connector.errors import MappingError
from connector.mapping.folder import read_folder, what_is_in
from connector.mapping.working_copy import write_version

LONG = "x" * 250


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which a folder cannot be listed, whoever asks: its path is longer than a path may be."""
    place = tmp_path / "mappings"
    place.mkdir()
    (place / "a.yaml").write_text("a: 1\n")
    at = os.open(place, os.O_RDONLY)
    for _ in range(17):
        os.mkdir(LONG, dir_fd=at)
        inner = os.open(LONG, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    return place


def test_a_folder_within_that_cannot_be_listed_is_a_problem_with_its_name(folder: Path) -> None:
    files, problems = read_folder(folder)

    assert files == {"a.yaml": b"a: 1\n"}
    [problem] = problems
    assert (problem.code, problem.severity) == ("M101", "error")
    assert problem.file.startswith(f"{LONG}/{LONG}")
    assert problem.message == "cannot be read: File name too long"


def test_nothing_is_written_into_a_folder_that_cannot_be_read_whole(folder: Path) -> None:
    with pytest.raises(MappingError, match="M101"):
        write_version(folder, {"b.yaml": "b: 1\n"}, ["v1"])

    assert sorted(one.name for one in folder.iterdir()) == sorted(["a.yaml", LONG])


def test_a_folder_that_is_not_there_or_has_no_files_is_a_problem_only_to_who_needs_some(
    tmp_path: Path,
) -> None:
    absent, empty = tmp_path / "absent", tmp_path / "empty"
    empty.mkdir()

    assert what_is_in(absent) == what_is_in(empty) == ({}, ())
    assert "there is no such folder" in str(read_folder(absent)[1][0])
    assert "there is no .yaml file" in str(read_folder(empty)[1][0])


def test_who_names_a_file_is_told_to_name_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "journey.yaml"
    file.write_text("journeys: {}\n")

    [problem] = read_folder(file)[1]

    assert (problem.code, problem.message) == ("M101", "this is a file, and a mapping is a folder of files")
    assert problem.hint == f"--mappings {tmp_path} names the folder that it is in"


def test_where_there_is_no_mapping_the_command_that_writes_one_is_told(tmp_path: Path) -> None:
    [problem] = read_folder(tmp_path / "new")[1]

    assert f"`loods init {tmp_path / 'new'}`" in problem.hint


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    for name in ("a.yaml", "in/b.yml", ".c.yaml", ".in/d.yaml", "in/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a: 1")

    assert list(read_folder(tmp_path)[0]) == ["a.yaml", "in/b.yml"]
