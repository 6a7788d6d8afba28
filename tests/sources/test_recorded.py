"""Webhooks as they were recorded: each gives events, or is ignored by name; the few that fail are listed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from connector.sources.translate import Translation
from tests.sources.build import posted, shipped, translated

FOLDER = Path(os.environ.get("LOODS_PAYLOADS") or Path(__file__).parents[3] / "shared" / "payloads")  # noqa: TID251 - where the recordings are is no setting of ours
UNREADABLE = {
    "ping__1.form": "the form that WooCommerce posts before any webhook, which the receiver answers itself",
}


def recordings(source: str) -> list[Path]:
    """The bodies of a source, without their headers; none where the folder is absent."""
    return sorted(one for one in FOLDER.glob(f"{source}/*") if not one.name.endswith(".headers.json"))


def topic_of(file: Path) -> str:
    """The topic as the name of the file has it; Shopify writes the first dot as a slash."""
    topic = file.name.partition("__")[0].replace("update_delivered", "update")
    return topic.replace(".", "/", 1) if file.parent.name == "shopify" else topic


def replayed(file: Path) -> Translation:
    """What the body means, with its own headers where they were recorded."""
    headers = file.with_name(f"{file.stem}.headers.json")
    if not headers.is_file():
        return posted(file.parent.name, topic_of(file), file.read_bytes())
    return translated(shipped(file.parent.name), file.read_bytes(), json.loads(headers.read_text("utf-8")))


ALL = [file for source in ("shopify", "woocommerce", "hubspot", "mailchimp") for file in recordings(source)]
needs_recordings = pytest.mark.skipif(not ALL, reason=f"there are no recorded webhooks in {FOLDER.name}")


@needs_recordings
@pytest.mark.parametrize("file", ALL, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_recorded_body_gives_events_or_is_ignored_by_name(file: Path) -> None:
    translation = replayed(file)

    assert bool(translation.failures) == (file.name in UNREADABLE)
    assert translation.events or translation.ignored or translation.failures
    assert all(event.identities or event.company for event in translation.events)
    assert len({event.key for event in translation.events}) == len(translation.events)


@needs_recordings
def test_different_recordings_never_share_a_key() -> None:
    # Two recorded batches of HubSpot hold the same change; one of them is enough.
    files = [file for file in ALL if not file.name.startswith("batch_all.")]

    keys = [(file.parent.name, event.key) for file in files for event in replayed(file).events]

    assert len(keys) > 80
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []
