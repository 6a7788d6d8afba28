"""The pages of the panel: `/metrics` and `/health`."""

from __future__ import annotations

import json

from flask import Flask, Response, request

from connector.telemetry.health import Level, worst
from connector.telemetry.panel import Panel


def add_pages(app: Flask, panel: Panel) -> None:
    """Serve the panel's pages in this application too."""
    app.add_url_rule("/metrics", "metrics", lambda: _metrics(panel))
    app.add_url_rule("/health", "health", lambda: _health(panel))


def panel_app(panel: Panel) -> Flask:
    """An application of the panel alone, for a process that does not receive."""
    app = Flask("panel", static_folder=None)
    add_pages(app, panel)
    app.add_url_rule("/health/live", "live", lambda: _answer(200, {"status": "ok"}))
    app.add_url_rule("/health/ready", "ready", lambda: _ready(panel))
    return app


def _metrics(panel: Panel) -> Response:
    content, media_type = panel.metrics(request.headers.get("Accept", ""))
    response = Response(content, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _health(panel: Panel) -> Response:
    checks = panel.checks()
    level = worst(checks)
    told = {
        name: {"status": one.level.name.lower()} | ({"says": one.says} if one.says else {})
        for name, one in checks.items()
    }
    status = 503 if level is Level.RED else 200
    return _answer(status, {"status": level.name.lower(), "checks": told})


def _ready(panel: Panel) -> Response:
    """Whether this process works: its threads are well, and the database answers."""
    checks = panel.checks({})
    own = {name: checks[name].level is not Level.RED for name in ("database", "workers")}
    is_ready = all(own.values())
    return _answer(200 if is_ready else 503, {"status": "ok" if is_ready else "unready", "checks": own})


def _answer(status: int, document: object) -> Response:
    response = Response(json.dumps(document), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response
