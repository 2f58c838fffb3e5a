"""Committed documents are read with lines; YAML gives what a whole YAML reader gives, or nothing."""

import json

import pytest
import yaml_rs

from byte.extract import openapi
from byte.model.published import Placed
from tests.rules import pages

TEXTS = [
    "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      tags: [a, 'b c', \"d\"]\n",
    "%YAML 1.2\n---\nopenapi: 3.0.2\npaths: {}\n...\nmore: 1\n",
    "openapi: '3.0.0' # with a comment\npaths:\n  /a/{id}: # here\n    get: {responses: {'200': {description: ok}}}\n",
    "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      parameters:\n      - name: a\n        in: query\n      -\n        name: b\n      - - 1\n        - 2\n",
    "openapi: 3.1.0\ninfo:\n  description: |\n    # no comment\n    key: value\n\n  title: >-\n    a\n    b\npaths:\n  /a: {}\n",
    'openapi: 3.1.0\ninfo:\n  title: a\n    b\n    c\n  summary: "a\n    b"\npaths: {\n  /a: {get: {x: [1, 2,\n    3]}},\n}\n',
    "openapi: 3.1.0\npaths:\n  '/a':\n    \"get\":\n      x: 1\n      y: -1.5\n      z: true\n      n: null\n      e:\n      t: ~\n      u: http://a.b/c\n",
]


def norm(value):
    """Values as both readers must give them: texts without their folds."""
    if isinstance(value, dict):
        return {str(k): norm(v) for k, v in value.items()}
    if isinstance(value, list):
        return [norm(v) for v in value]
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("text", TEXTS)
def test_yaml_is_read_as_by_a_whole_reader(text):
    found = openapi.parse("openapi.yaml", text.encode())
    assert found is not None
    whole = text.partition("\n...")[0] + "\n"
    assert norm(found.document) == norm(yaml_rs.loads(whole.removeprefix("%YAML 1.2\n")))


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.1.0\npaths:\n  /a: &a {}\n  /b: *a\n",
        "openapi: 3.1.0\npaths:\n  /a:\n    <<: {}\n",
        "openapi: 3.1.0\npaths:\n\t/a: {}\n",
        "openapi: 3.1.0\npaths: {/a: {}\n",
        "openapi: 3.1.0\npaths: [}\n",
        "openapi: 3.1.0\nno mapping\n",
        "openapi: 3.1.0\npaths: " + "[" * 5000,
        "openapi: 3.1.0\npaths:\n" + "".join(" " * i + "a:\n" for i in range(1, 500)),
        "- openapi: 3.1.0\n",
        "openapi: 1.0\npaths: {}\n",
        "openapi: 3.1.0\n",
        "",
    ],
)
def test_what_cannot_be_read_is_no_document(text):
    assert openapi.parse("openapi.yaml", text.encode()) is None


@pytest.mark.parametrize("data", [b"\xff\xfe", b"{", b"[]", b"null", b'{"openapi": "3.1.0"}', b'{"a":' * 9000])
def test_broken_json_is_no_document(data):
    assert openapi.parse("openapi.json", data) is None


def lines(value, at=""):
    """The line of every object by its pointer."""
    if isinstance(value, Placed):
        yield at, value.line
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from lines(item, f"{at}/{key}")


def test_objects_know_their_lines():
    value = {"openapi": "3.1.0", "paths": {"/a": {"get": {"x": [{"a": 1}, {"b": {}}], "s": '{ \\" }'}}, "/b": {}}}
    text = json.dumps(value, indent=1)
    found = openapi.parse("a.json", text.encode())
    assert found is not None
    assert found.document == value
    shown = text.splitlines()
    for pointer, line in lines(found.document):
        last = pointer.rpartition("/")[2]
        assert not last or last.isdigit() or f'"{last}"' in shown[line - 1] or pointer.startswith("/paths//")
    assert dict(lines(found.document))["/paths//b"] == shown.index('  "/b": {}') + 1


def test_a_key_that_stands_twice_counts_as_the_last():
    text = '{"openapi": "3.1.0",\n"paths": {"/a": {}},\n"paths": {\n"/b": {}}}'
    found = openapi.parse("a.json", text.encode())
    assert found is not None
    assert dict(lines(found.document)) == {"": 1, "/paths": 3, "/paths//b": 4}


def test_documents_are_told_by_their_content_and_place():
    document = (
        '{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {"/a": {}}, "x": "' + "." * 50 + '"}'
    )
    files = {
        "docs/openapi.json": document,
        "docs/anything.json": document,
        "tests/openapi.json": document,
        "node_modules/a/openapi.json": document,
        "docs/openapi.yaml": "name: openapi\non: push\njobs: {}\n" + "# ...\n" * 20,
        "app/main.py": "x = 1\n",
    }
    found = openapi.published(pages.snapshot(files))
    assert [d.path for d in found] == ["docs/anything.json", "docs/openapi.json"]
