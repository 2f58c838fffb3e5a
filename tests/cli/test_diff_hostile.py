"""Hostile documents through the real command: answered, or refused with one sentence that names document and place."""

import copy
import json
from typing import Any

import pytest

BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
    "components": {"schemas": {"Order": {"type": "object", "properties": {"count": {"type": "integer"}}}}},
}
HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"


def written(**components):
    """The document with other schemas, as JSON."""
    document = copy.deepcopy(BASE)
    document["components"]["schemas"].update(components)
    return json.dumps(document).encode()


def nested(depth):
    return b'{"type":"array","items":' * depth + b"{}" + b"}" * depth


PLAIN = written()
ORDER = b'{"$ref": "#/components/schemas/Order"}'
LAUGHS = "x-a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"x-{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def diff(byte, tmp_path):
    """Compares a document of any bytes with a plain one, either way round."""

    def run(data, name="other.json", *, first=False):
        (tmp_path / "plain.json").write_bytes(PLAIN)
        (tmp_path / name).write_bytes(data)
        return byte("diff", *([name, "plain.json"] if first else ["plain.json", name]), "--format", "json")

    return run


REFUSED = {
    "empty": (b"", "other.json", "`other.json` is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0", "other.json", "`other.json:2` holds the byte 0x1a"),
    "latin 1": (PLAIN.replace(b"Shop", b"\xe9"), "other.json", "`other.json:1` holds a byte that is not UTF-8"),
    "not OpenAPI": (b'{"a": 1}', "other.json", "`other.json` is not an OpenAPI document"),
    "version": (PLAIN.replace(b"3.1.0", b"4.0.0"), "other.json", "`other.json` has `openapi: 4.0.0`"),
    "duplicate": (
        PLAIN.replace(b'"paths": {', b'"paths": {"/orders": {},\n', 1),
        "other.json",
        '`other.json:2` has the key "/orders" a second time, after line 1',
    ),
    "duplicate in YAML": (
        f"{HEAD}paths: {{}}\n".encode(),
        "other.yaml",
        '`other.yaml:4` has the key "paths" a second time, after line 3',
    ),
    "NaN": (PLAIN.replace(b'"Shop"', b"NaN"), "other.json", "`other.json:1` is not JSON that Byte reads"),
    "beyond all numbers": (
        PLAIN.replace(b'"Shop"', b"1e400"),
        "other.json",
        "`other.json:1` is not JSON that Byte reads: number out of range",
    ),
    "deep": (PLAIN.replace(ORDER, nested(1_000)), "other.json", "`other.json` is nested deeper than 256"),
    "aliases": (f"{HEAD}{LAUGHS}".encode(), "other.yaml", "`other.yaml` repeats too much by its aliases"),
}


@pytest.mark.parametrize("case", ["duplicate", "deep", "aliases", "binary"])
def test_what_cannot_be_read_is_one_sentence_on_either_side(diff, case):
    data, name, said = REFUSED[case]
    for first in (False, True):
        refused(diff(data, name, first=first), said)


@pytest.mark.nightly
@pytest.mark.parametrize("case", REFUSED)
def test_everything_that_cannot_be_read_is_one_sentence(diff, case):
    data, name, said = REFUSED[case]
    refused(diff(data, name), said)


def refused(done, said):
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert (len(done.err.splitlines()), done.err.count("byte: ")) == (1, 1)
    assert done.err.endswith(".\n")
    assert len(done.err) < 300


def test_a_byte_order_mark_is_none_of_the_document(diff):
    done = diff(b"\xef\xbb\xbf" + PLAIN)
    assert (done.code, done.err, json.loads(done.out)["differences"]) == (0, "", [])


def test_what_is_wrong_in_some_places_is_told_and_the_rest_compared(diff):
    document = json.loads(PLAIN)
    document["paths"]["/orders"]["get"] = 7
    document["paths"]["/lost"] = {"get": {"responses": {"200": {"$ref": "#/components/responses/Gone"}}}}
    document["paths"]["/turning"] = {"$ref": "#/paths/~1turning"}
    document["components"]["schemas"]["Order"]["properties"]["count"] = {"type": "string"}
    done = diff(json.dumps(document, indent=1).encode())
    assert (done.code, done.err) == (1, "")
    told = json.loads(done.out)
    assert [(d["operation"], d["proof"]) for d in told["differences"] if d["level"] == "breaking"] == [
        ("POST /orders", "counterexample")
    ]
    reasons = [(problem["side"], problem["path"], problem["reason"]) for problem in told["problems"]]
    assert [(side, path) for side, path, _ in reasons] == [("revision", "other.json")] * 3
    for said in ("the number 7", "#/components/responses/Gone", "leads back to"):
        assert any(said in reason for *_, reason in reasons), said
    assert all(problem["line"] > 1 for problem in told["problems"])


def test_circles_and_long_chains_are_answered(diff):
    links = {f"C{i}": {"type": "array", "items": {"$ref": f"#/components/schemas/C{i + 1}"}} for i in range(1_000)}
    ring = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Order"}, "c": {"type": "string"}}}
    done = diff(written(**links, C1000={}, Order={**ring, "required": ["c"]}))
    told = json.loads(done.out)
    assert (done.code, done.err, told["breaking"]) == (1, "", True)


def test_five_megabytes_of_one_text_are_read(diff):
    done = diff(PLAIN.replace(b"Shop", b"x" * 5_000_000))
    assert (done.code, done.err, json.loads(done.out)["differences"]) == (0, "", [])


@pytest.mark.nightly
@pytest.mark.parametrize("made", [b'"' + b"x" * 50_000_000 + b'"', b"[" + b'"xxxxxxxxxxxx",' * 3_500_000 + b"1]"])
def test_fifty_megabytes_are_answered(diff, made):
    done = diff(PLAIN.replace(b'"Shop"', made))
    assert (done.code, done.err, json.loads(done.out)["differences"]) == (0, "", [])


def test_a_folder_without_an_application_is_refused(byte, tmp_path):
    (tmp_path / "plain.json").write_bytes(PLAIN)
    (tmp_path / "folder").mkdir()
    done = byte("diff", "plain.json", "folder")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.startswith("byte: The folder `folder` is empty: ")
