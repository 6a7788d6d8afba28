"""All that is no webhook: a Flask application, at first with the two pages about health."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from connector.errors import MethodNotAllowed, NotFound, ReceiveError
from webhooks.counter import Counter
from webhooks.message import Answer, document
from webhooks.problem import problem
from webhooks.refusals import broken


def create_pages(health: Callable[[], Mapping[str, bool | str]], counter: Counter) -> Flask:
    """The WSGI application with `/health/live` and `/health/ready`.

    `health` gives each check's name and whether it passes; a text is only told.
    """
    app = Flask("webhooks", static_folder=None)
    app.url_map.merge_slashes = False
    app.add_url_rule("/health/live", view_func=_live)
    app.add_url_rule("/health/ready", "ready", lambda: _ready(health(), counter))
    app.register_error_handler(HTTPException, _refused_by_routing)
    app.register_error_handler(Exception, lambda error: _response(broken(error)))
    return app


def _live() -> Response:
    return _response(document(200, {"status": "ok"}))


def _ready(health: Mapping[str, bool | str], counter: Counter) -> Response:
    checks = dict(health)
    is_ready = all(passes is not False for passes in checks.values())
    says = {"status": "ok" if is_ready else "unready", "checks": checks, "answers": counter.by_code()}
    if is_ready:
        return _response(document(200, says))
    return _response(document(503, says, {"Retry-After": "10"}))


def _refused_by_routing(error: HTTPException) -> Response:
    """What Flask refuses by itself: other paths, and methods for its pages."""
    allowed = getattr(error, "valid_methods", None)
    if error.code == 405 and allowed:
        refusal = problem(MethodNotAllowed(), uuid4().hex, {"Allow": ", ".join(sorted(allowed))})
    else:
        refusal = problem(NotFound() if error.code == 404 else ReceiveError(), uuid4().hex)
    return _response(refusal)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, list(answer.headers))
