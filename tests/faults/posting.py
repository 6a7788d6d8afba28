"""One post at a time, by whoever asks: for faults whose senders have to do more than go on sending."""

from __future__ import annotations

import json
from dataclasses import dataclass

import requests

from connector import bootstrap
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.posts import Post

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the sender was told: a status (0: nothing), and `accepted` or `duplicate` with an id."""

    status: int
    said: str = ""
    id: str = ""


def post_once(run: Campaign, post: Post) -> Heard:
    """Post it, and remember it in the history of the run."""
    run.posts.setdefault(post.name, post)
    run.history.say("invoke", post.name)
    url = f"http://127.0.0.1:{run.loods.port}/webhooks/{post.connection}"
    headers = post.headers(run.loods.target.public_url)
    try:
        answer = requests.post(url, data=post.body, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        run.history.say("info", post.name, type(error).__name__)
        return Heard(0)
    run.history.say("ok" if answer.ok else "fail", post.name, str(answer.status_code))
    document = answer.json()
    return Heard(answer.status_code, str(document.get("status")), str(document.get("id", "")))


def download(number: int) -> Post:
    """Somebody new downloads a file; the rule `later` acts a minute afterwards."""
    said = {"event": "file.downloaded", "id": number, "occurred_at": bootstrap.clock().isoformat()}
    body = json.dumps({**said, "contact": {"email": f"waits{number}@example.com"}}).encode()
    return Post(f"website:{number}", "json", body, ("file.downloaded",), ())
