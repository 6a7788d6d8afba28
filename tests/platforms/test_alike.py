"""Whether a platform shows what was written."""

from __future__ import annotations

import pytest

from connector.platforms.alike import is_alike


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Eva", "Eva"),
        ("Eva ", "Eva"),
        ("12.50", "12.5"),
        ("12", 12),
        ("", None),
        ("a;b", "b;a"),
        ("+31 6 1234 5678", "+31612345678"),
        ("2026-11-22T00:00:00.000Z", "2026-11-22"),
        ("2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00Z"),
        ("true", True),
        ({"city": "Delft"}, {"city": "Delft", "country": "NL"}),
        ("!", "!"),
    ],
)
def test_the_same_in_another_writing_is_alike(wanted: object, found: object) -> None:
    assert is_alike(wanted, found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Eva", "Ada"),
        ("Eva", None),
        ("", "Eva"),
        ("12", "120"),
        ("a;b", "a"),
        ("!", "?"),
        ("2026-11-22T00:00:00.000Z", "2026-11-23"),
        ({"city": "Delft"}, {"city": "Gouda"}),
        ({"city": "Delft"}, "Delft"),
    ],
)
def test_something_else_is_not(wanted: object, found: object) -> None:
    assert not is_alike(wanted, found)
