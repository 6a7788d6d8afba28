"""Bodies come whole or not at all, whatever the request announces."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadBody, ReceiveError, TooLarge, UnsupportedMediaType
from webhooks.body import LIMIT, check_media, read_all


class Trickle:
    """A stream that gives one piece a read, then breaks off or ends."""

    def __init__(self, pieces: Iterable[bytes], error: OSError | None = None) -> None:
        self._pieces = iter(pieces)
        self._error = error

    def read(self, size: int = -1, /) -> bytes:
        piece = next(self._pieces, b"")
        if not piece and self._error:
            raise self._error
        return piece


def still() -> float:
    return 0.0


def announced(body: bytes, length: str | None) -> dict[str, object]:
    return {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": length}


def chunked(stream: object) -> dict[str, object]:
    return {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}


def outcome(environ: dict[str, object]) -> bytes | str:
    """The body, or the code with which it is refused."""
    try:
        return read_all(environ, still)
    except ReceiveError as error:
        return error.code


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, LIMIT])
def test_a_body_of_the_announced_length_is_whole(size: int) -> None:
    assert read_all(announced(b"x" * size, str(size)), still) == b"x" * size


def test_what_follows_the_announced_length_is_not_read() -> None:
    assert read_all(announced(b"bodyPOST /next", "4"), still) == b"body"


def test_a_request_that_announces_nothing_has_no_body() -> None:
    assert read_all(announced(b"left over", None), still) == b""


def test_a_chunked_body_ends_where_the_server_says() -> None:
    assert read_all(chunked(Trickle([b"a", b"bc"])), still) == b"abc"


def test_a_body_over_the_limit_is_refused_by_its_announcement_alone() -> None:
    """B18: nothing of it is read."""
    stream = BytesIO(b"x")

    with pytest.raises(TooLarge):
        read_all({"wsgi.input": stream, "CONTENT_LENGTH": str(LIMIT + 1)}, still)

    assert stream.tell() == 0


def test_a_chunked_body_over_the_limit_is_refused_not_cut_off() -> None:
    """B18: Werkzeug's own stream answers with the first part of it."""
    with pytest.raises(TooLarge):
        read_all(chunked(BytesIO(b"x" * (LIMIT + 1))), still)


def test_a_trickled_body_over_the_limit_is_refused() -> None:
    """B18."""
    with pytest.raises(TooLarge):
        read_all(chunked(Trickle(b"x" * 1024 for _ in count())), still)


def test_a_body_that_takes_too_long_is_given_up() -> None:
    ticks = count(step=5)

    with pytest.raises(BadBody) as caught:
        read_all(chunked(Trickle(b"x" for _ in count())), lambda: float(next(ticks)))

    assert caught.value.code == "too_slow"


@pytest.mark.parametrize("error", [None, ConnectionResetError(), OSError("no more")])
def test_a_body_shorter_than_announced_is_truncated(error: OSError | None) -> None:
    """B19: under gunicorn ten bytes of a hundred once passed as the whole."""
    stream = Trickle([b"0123456789"], error)

    with pytest.raises(BadBody) as caught:
        read_all({"wsgi.input": stream, "CONTENT_LENGTH": "100"}, still)

    assert (caught.value.status, caught.value.code) == (400, "truncated")


@pytest.mark.parametrize(
    "length", ["-1", "+4", "4, 4", "4,5", "0x4", " 4", "4.0", "\uff19", "1e3", "4" * 400]
)
def test_a_length_that_is_no_length_is_refused(length: str) -> None:
    """B20."""
    with pytest.raises(BadBody) as caught:
        read_all(announced(b"body", length), still)

    assert caught.value.code == "framing"


def test_two_ways_of_saying_the_length_are_refused() -> None:
    """B20: a length beside chunks is how requests are smuggled."""
    with pytest.raises(BadBody) as caught:
        read_all(chunked(BytesIO(b"body")) | {"CONTENT_LENGTH": "4"}, still)

    assert caught.value.code == "framing"


def test_chunks_that_the_server_does_not_end_are_refused() -> None:
    """B20: reading on would wait for ever."""
    with pytest.raises(BadBody) as caught:
        read_all({"wsgi.input": BytesIO(b"4\r\nbody"), "HTTP_TRANSFER_ENCODING": "chunked"}, still)

    assert caught.value.code == "framing"


@given(
    body=st.binary(max_size=200),
    length=st.none() | st.text(max_size=5) | st.integers(0, 300).map(str),
    encoding=st.none() | st.sampled_from(["chunked", "gzip, chunked", "x"]),
    is_ended=st.booleans(),
)
def test_no_announcement_makes_anything_but_a_body_or_a_refusal(
    body: bytes, length: str | None, encoding: str | None, is_ended: bool
) -> None:
    environ = announced(body, length) | {
        "HTTP_TRANSFER_ENCODING": encoding,
        "wsgi.input_terminated": is_ended,
    }

    read = outcome(environ)

    assert read in {"framing", "truncated"} if isinstance(read, str) else body.startswith(read)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=us-ascii",
        "application/vnd.x+json",
        "application/cloudevents+json; charset=utf8",
    ],
)
def test_json_may_be_called_what_it_is(content_type: str) -> None:
    """B16."""
    check_media({"content-type": content_type, "content-encoding": "identity"}, "json")

    with pytest.raises(UnsupportedMediaType):
        check_media({"content-type": content_type}, "form")


@pytest.mark.parametrize(
    "content_type",
    [
        "", "text/plain", "text/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
        "application/jsonp", "json", "application/json-seq", "image/svg+json", "\xff",
        "application/json; charset=utf-16", "application/json; charset=latin1",
    ],
)  # fmt: skip
def test_anything_else_is_no_json(content_type: str) -> None:
    """B15, B16."""
    with pytest.raises(UnsupportedMediaType) as caught:
        check_media({"content-type": content_type}, "json")

    assert caught.value.code == "unsupported_media_type"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain"])
def test_a_form_is_url_encoded(content_type: str) -> None:
    """B15."""
    check_media({"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, "form")

    with pytest.raises(UnsupportedMediaType):
        check_media({"content-type": content_type}, "form")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_compressed_bodies_are_not_taken(encoding: str) -> None:
    """B17."""
    with pytest.raises(UnsupportedMediaType) as caught:
        check_media({"content-type": "application/json", "content-encoding": encoding}, "json")

    assert caught.value.code == "unsupported_encoding"
