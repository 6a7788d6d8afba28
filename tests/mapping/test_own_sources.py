"""Sources of the company's own: in the place of a shipped one, or beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.load import check_files
from tests.mapping.folders import CONNECTIONS, JOURNEY, SHOP, SPECS, check, sound

OURS = SHOP.replace("source: shop\n", "source: NAME\nreplaces: shop\n").replace(
    "order: {name", "bought: {name"
)


@pytest.mark.parametrize("name", ["shop", "our_shop"])
def test_a_source_of_the_folder_takes_the_place_of_a_shipped_one(tmp_path: Path, name: str) -> None:
    mapping = sound(tmp_path, {"own.yaml": OURS.replace("NAME", name)})

    assert mapping.connections["webshop"].source == name
    assert set(mapping.sources) == {name}
    assert "bought" in mapping.sources[name].events


def test_a_text_does_not_depend_on_a_shipped_source_that_it_replaces(tmp_path: Path) -> None:
    own = {"own.yaml": OURS.replace("NAME", "shop").encode()}
    connections = {"c.yaml": b"connections: {webshop: {source: shop, secret: $S}}\n"}
    versions = []
    for text in (SHOP, SHOP + "# another release\n"):
        (tmp_path / "shop.yaml").write_text(text)
        mapping, problems = check_files({**own, **connections}, tmp_path, SPECS)
        assert mapping is not None, [str(one) for one in problems]
        versions.append(mapping.version)

    assert versions[0] == versions[1]


def test_what_is_fetched_may_be_read_and_needs_an_address(tmp_path: Path) -> None:
    thin = OURS.replace("NAME", "thin").replace("total: body.total", "total: fetched.total")
    own = thin + "fetch: {path: '/orders/{{ body.id }}', when: body.id}\n"
    connections = CONNECTIONS.replace(", url: https://shop.example", "")

    _, problems = check(tmp_path, {"a.yaml": connections, "b.yaml": JOURNEY, "own.yaml": own})

    assert [(one.file, one.line, one.column, one.code) for one in problems] == [
        ("a.yaml", 4, 3, "M143"),
        ("own.yaml", 35, 8, "M190"),
    ]
