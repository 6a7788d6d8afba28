"""Bodies are read strictly, exactly and within bounds, whatever the bytes are."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from time import process_time
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import BodyError
from connector.sources.body import DEPTH, ITEMS, read_body
from tests.patience import PATIENCE

REFUSED = [
    pytest.param(b"", "json_invalid", id="nothing"),
    pytest.param(b"   ", "json_invalid", id="blanks"),
    pytest.param(b"not json", "json_invalid", id="words"),
    pytest.param(b"{'a': 1}", "json_invalid", id="single quotes"),
    pytest.param(b'{"a": 1} x', "json_invalid", id="trailing junk"),
    pytest.param(b'{"a": 1}{"a": 2}', "json_invalid", id="two documents"),
    pytest.param(b'{"a": 1, /* b */ "c": 2}', "json_invalid", id="comment"),
    pytest.param(b'{"a": 1,}', "json_invalid", id="trailing comma"),
    pytest.param(b'{"a": 01}', "json_invalid", id="leading zero"),
    pytest.param(b'{"a": "\n"}', "json_invalid", id="raw line end in a text"),
    pytest.param(rb'["\ud8"a"]', "json_invalid", id="broken escape"),
    pytest.param(b'{"a": NaN}', "json_number", id="NaN"),
    pytest.param(b'{"a": -Infinity}', "json_number", id="infinity"),
    pytest.param(b'{"a": 1e999}', "json_number", id="beyond doubles"),
    pytest.param(b'{"a": 1e-999}', "json_number", id="below doubles"),
    pytest.param(b'{"a": 1e99999999999999999999}', "json_number", id="beyond decimals"),
    pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "json_number", id="5,000 digits"),
    pytest.param(b'{"a": 0.' + b"3" * 5000 + b"}", "json_number", id="5,000 decimals"),
    pytest.param(b'{"a": 1, "b": 2, "a": 3}', "json_duplicate_key", id="same key"),
    pytest.param(rb'{"a": 1, "\u0061": 3}', "json_duplicate_key", id="same key, escaped"),
    pytest.param(rb'{"\ud800": 1, "\u0000": 3}', "json_duplicate_key", id="same key once mended"),
    pytest.param(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "json_too_deep", id="one too deep"),
    pytest.param(b"[" * 100_000, "json_too_big", id="100,000 brackets"),
    pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "json_too_deep", id="5,000 objects"),
    pytest.param(b"[" + b"0," * ITEMS + b"0]", "json_too_big", id="one item too many"),
    pytest.param(b'{"a": "\xff"}', "encoding", id="Latin"),
    pytest.param('{"a": 1}'.encode("utf-16"), "encoding", id="UTF-16 with its mark"),
    pytest.param('{"a": 1}'.encode("utf-16-le"), "encoding", id="UTF-16"),
    pytest.param('{"a": "\ud800"}'.encode("utf-8", "surrogatepass"), "encoding", id="encoded surrogate"),
]


@pytest.mark.parametrize(("raw", "code"), REFUSED)
def test_what_is_ambiguous_is_refused_by_a_stable_code(raw: bytes, code: str) -> None:
    with pytest.raises(BodyError) as raised:
        read_body(raw, "json")

    assert raised.value.code == code


def test_the_place_of_a_mistake_counts_from_one() -> None:
    with pytest.raises(BodyError, match=r"JSON: Unterminated string starting at character 6$"):
        read_body(b'{"a":"b', "json")


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_body(b'\xef\xbb\xbf{"a": 1}', "json") == {"a": 1}


def test_fractions_are_exact() -> None:
    body = read_body(b"[0.1, 10.799999999999999, 1e2, -0.0, 3.9e25]", "json")

    assert body == [
        Decimal("0.1"), Decimal("10.799999999999999"), Decimal(100), Decimal(0), Decimal("3.9e25"),
    ]  # fmt: skip
    assert "Decimal('-0" not in repr(body)


def test_integers_beyond_64_bit_are_kept_as_text() -> None:
    body = read_body(b"[9223372036854775807, 9223372036854775808, -9223372036854775809]", "json")

    assert body == [9223372036854775807, "9223372036854775808", "-9223372036854775809"]


def _written(members: list[tuple[str, bool, str]]) -> str:
    """An object as a sender may write it: its keys with and without escapes."""
    inside = [f"{json.dumps(key, ensure_ascii=is_ascii)}: {one}" for key, is_ascii, one in members]
    return "{" + ",".join(inside) + "}"


KEYS = st.sampled_from(["a", "b", '"', "\\", '\\"', "\u00e9", "\n"])
MEMBERS = st.recursive(
    st.sampled_from(["-0", "2.50", "null", '""', '"a\\"b"', '"\\\\"', '"\\u0022"', f"{2**62}", f"{2**63}"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda some: f"[{', '.join(some)}]")
    | st.lists(st.tuples(KEYS, st.booleans(), inner), max_size=3).map(_written),
    max_leaves=12,
)  # fmt: skip


def _strictly(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of which every key stands there once. Raises LookupError."""
    if len(dict(pairs)) < len(pairs):
        raise LookupError
    return dict(pairs)


def _whole(digits: str) -> int | str:
    return int(digits) if -(2**63) <= int(digits) < 2**63 else digits


@given(MEMBERS)
def test_a_key_that_stands_twice_is_seen_wherever_it_stands(text: str) -> None:
    try:
        expected = json.loads(text, object_pairs_hook=_strictly, parse_float=Decimal, parse_int=_whole)
    except LookupError:
        with pytest.raises(BodyError, match="the same key twice"):
            read_body(text.encode(), "json")
    else:
        assert repr(read_body(text.encode(), "json")) == repr(expected)


def test_what_no_database_takes_is_replaced() -> None:
    body = read_body(rb'{"a\u0000": "x\ud800y", "b": ["\udc00", "\ud83d\ude00", "\\u0000"]}', "json")

    assert body == {"a\ufffd": "x\ufffdy", "b": ["\ufffd", "\U0001f600", "\\u0000"]}


def test_brackets_and_commas_inside_texts_do_not_count() -> None:
    text = '[{,"\\' * 20_000

    assert read_body(json.dumps({"a": text}).encode(), "json") == {"a": text}


def test_the_deepest_and_the_biggest_that_are_allowed_are_read() -> None:
    assert read_body(b"[" * DEPTH + b"]" * DEPTH, "json")
    assert read_body(b"[" + b"0," * (ITEMS - 1) + b"0]", "json") == [0] * ITEMS


def _deepest(text: str) -> int:
    """How deep it nests, read letter by letter."""
    depth = deepest = 0
    in_string = is_escaped = False
    for letter in text:
        if in_string:
            in_string = is_escaped or letter != '"'
            is_escaped = letter == "\\" and not is_escaped
        elif letter == '"':
            in_string = True
        elif letter in "[]{}":
            depth += 1 if letter in "[{" else -1
            deepest = max(deepest, depth)
    return deepest


@given(st.lists(st.sampled_from(["[" * 33, "{" * 32, "]" * 31, "}", '"', "\\", "a", ",", ":"]), max_size=30))
@settings(max_examples=500)
def test_depth_counts_outside_of_strings_wherever_quotes_and_backslashes_stand(pieces: list[str]) -> None:
    text = "".join(pieces)

    with pytest.raises(BodyError) as raised:
        read_body(text.encode() + b"}", "json")

    assert (raised.value.code == "json_too_deep") == (_deepest(text) > DEPTH)


@pytest.mark.parametrize(
    "raw",
    [b'"' * 1_000_000, b'\\"' * 500_000, b"[" * 1_000_000, b'"\\u' * 300_000, b'["' + b"\\u00" * 200_000],
    ids=["quotes", "escaped quotes", "brackets", "escapes", "cut escapes"],
)
def test_a_hostile_megabyte_is_refused_quickly(raw: bytes) -> None:
    began = process_time()

    with pytest.raises(BodyError):
        read_body(raw, "json")

    assert process_time() - began < PATIENCE


def test_brackets_in_a_form_nest_whether_encoded_or_not() -> None:
    encoded = b"type=subscribe&data%5Bemail%5D=eva%2Bnews%40example.com&data%5Bmerges%5D%5BFNAME%5D=Eva"
    plain = b"type=subscribe&data[email]=eva%2Bnews@example.com&data[merges][FNAME]=Eva"

    read = read_body(encoded, "form")

    assert read == {
        "type": "subscribe",
        "data": {"email": "eva+news@example.com", "merges": {"FNAME": "Eva"}},
    }
    assert read == read_body(plain, "form")


def test_empty_brackets_count_up_and_broken_ones_are_a_plain_name() -> None:
    assert read_body(b"a[]=x&a[]=y&b[=z&c[d]e=&]=q", "form") == {
        "a": {"0": "x", "1": "y"}, "b[": "z", "c[d]e": "", "]": "q",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "form_invalid"),
        (b"a=1&a=2", "form_duplicate_key"),
        (b"a=1&a[b]=2", "form_duplicate_key"),
        (b"a[b]=1&a=2", "form_duplicate_key"),
        (b"a" + b"[b]" * (DEPTH + 1) + b"=1", "form_too_deep"),
        (b"&".join(b"a%d=1" % n for n in range(ITEMS + 1)), "form_too_big"),
        (b"a=\xff", "encoding"),
    ],
    ids=["empty", "twice", "text, then group", "group, then text", "too deep", "too big", "encoding"],
)
def test_a_form_is_bounded_and_unambiguous(raw: bytes, code: str) -> None:
    with pytest.raises(BodyError) as raised:
        read_body(raw, "form")

    assert raised.value.code == code


@settings(deadline=None)
@given(raw=st.binary(max_size=200), parse=st.sampled_from(("json", "form")))
def test_any_bytes_are_read_or_refused(raw: bytes, parse: Literal["json", "form"]) -> None:
    with suppress(BodyError):
        json.dumps(read_body(raw, parse), default=str, ensure_ascii=False).encode()


@settings(deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        lambda of: (
            st.lists(of, max_size=4) | st.dictionaries(st.text("abc\u20ac", max_size=3), of, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_what_json_says_is_what_is_read(value: object) -> None:
    assert read_body(json.dumps(value).encode(), "json") == value
