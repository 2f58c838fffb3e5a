"""What is an OpenAPI document is read as one dict with everything in it; what is wrong in it is said, with its place."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from byte.extract import documents
from byte.extract.documents.text import parse
from byte.model.contract import Contract, is_unknown
from byte.model.errors import ByteError, SourceError
from tests.extract.documents import given

PAIRS = Path("/work/shared/bench/compat/pairs")


@pytest.mark.parametrize(
    "written, said",
    [
        ("- openapi: 3.0.0\n", "it holds a list, or several documents, not an object"),
        ("openapi: 3.0.0\n---\nopenapi: 3.0.0\n", "it holds a list, or several documents, not an object"),
        ("openapi", "it holds a single value, not an object"),
        ("{}", 'it has no "openapi" or "swagger" field (seen: nothing)'),
        ("name: x\non: push\n", 'it has no "openapi" or "swagger" field (seen: `name`, `on`)'),
        ("asyncapi: 2.0.0\ninfo: {}", 'it has no "openapi" or "swagger" field (seen: `asyncapi`, `info`)'),
        ("openapi: 4.0.0\n", "has `openapi: 4.0.0`, which is no version that Byte reads"),
        ("openapi: [3]\n", "has `openapi: [3]`, which is no version"),
        ("openapi: null\n", "has `openapi: None`, which is no version"),
        ("openapi: 3.01.0\n", "which is no version"),
        ("swagger: '1.2'\n", "has `swagger: 1.2`, which is no version"),
    ],
)
def test_what_is_no_document_is_one_sentence(written, said):
    with pytest.raises(SourceError) as error:
        given.read(written)
    message = str(error.value)
    assert message.startswith("`api.yaml` ")
    assert said in message
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    "written, version",
    [
        ("3.0.0", "3.0.0"),
        ("3.1.1", "3.1.1"),
        ("3.2.0", "3.2.0"),
        ("3.1.0-rc1", "3.1.0-rc1"),
        ("3.1", "3.1.0"),
        ("'3.0'", "3.0"),
    ],
)
def test_versions_are_texts(written, version):
    assert given.read(f"openapi: {written}\npaths: {{}}\n").document["openapi"] == version


# --- what is wrong ------------------------------------------------------------------------------

GOOD = """
    get:
      responses: {'200': {description: ok}}
"""

WRONG = {
    "paths is a list": ("paths: [] # here", "`paths` is a list, not an object"),
    "path is a text": ("paths:\n  /a: x # here", 'the path item is the text "x", not an object'),
    "operation is a text": ("paths:\n  /a:\n    get: x # here", 'the operation is the text "x", not an object'),
    "operation is a list": ("paths:\n  /a:\n    get: [] # here", "the operation is a list, not an object"),
    "parameters is an object": (
        "paths:\n  /a:\n    get:\n      parameters: {} # here",
        "`parameters` is an object, not a list",
    ),
    "parameter without a name": (
        "paths:\n  /a:\n    get:\n      parameters:\n      - in: query # here",
        "the parameter has no `name`",
    ),
    "parameter whose place is a number": (
        "paths:\n  /a:\n    get:\n      parameters:\n      - {name: a,\n        in: 3} # here",
        "`in` is the number 3, not a text",
    ),
    "parameter is a number": (
        "paths:\n  /a:\n    get:\n      parameters:\n      - 3 # here",
        "the parameter is the number 3",
    ),
    "shared parameter": ("paths:\n  /a:\n    parameters:\n    - 3 # here", "the parameter is the number 3"),
    "response is a text": (
        "paths:\n  /a:\n    get:\n      responses:\n        200: x # here",
        'the response is the text "x"',
    ),
    "schema is a text": ("components:\n  schemas:\n    A: x # here", 'the schema is the text "x", not an object'),
    "type is a number": (
        "components:\n  schemas:\n    A:\n      type: 3 # here",
        "`type` is the number 3, not a text or a list",
    ),
    "type is null": (
        "components:\n  schemas:\n    A:\n      type: null # here",
        "`type` is null, not a text or a list",
    ),
    "required is true": (
        "components:\n  schemas:\n    A:\n      required: true # here",
        "`required` is true, not a list of",
    ),
    "maximum is a text": (
        "components:\n  schemas:\n    A:\n      maximum: '3' # here",
        '`maximum` is the text "3", not a number',
    ),
    "minLength below zero": (
        "components:\n  schemas:\n    A:\n      minLength: -1 # here",
        "`minLength` is the number -1",
    ),
    "properties is a list": ("components:\n  schemas:\n    A:\n      properties: [a] # here", "`properties` is a list"),
    "security is an object": ("security: {a: []} # here", "`security` is an object, not a list of requirements"),
    "reference is a number": ("components:\n  schemas:\n    A:\n      $ref: 3", "`$ref` is the number 3, not a text"),
    "reference to nothing": (
        "components:\n  schemas:\n    A: # here\n      $ref: '#/components/schemas/B'",
        "the reference `#/components/schemas/B` is broken: the document has no `/components/schemas/B`",
    ),
    "reference to a number": (
        "components:\n  schemas:\n    A: # here\n      $ref: '#/x'\nx: 3",
        "the reference `#/x` is broken: it names the number 3, not a schema",
    ),
    "reference to no file": (
        "components:\n  schemas:\n    A: # here\n      $ref: 'b.yaml#/B'",
        "the reference `b.yaml#/B` is broken: there is no file `b.yaml`",
    ),
    "reference to no anchor": (
        "components:\n  schemas:\n    A: # here\n      $ref: '#b'",
        "the reference `#b` is broken: `api.yaml` has no anchor `b`",
    ),
    "reference to itself": (
        "components:\n  schemas:\n    A: # here\n      $ref: '#/components/schemas/A'",
        "the reference leads back to itself",
    ),
    "path is what holds it": ("paths:\n  /a: # here\n    $ref: '#'", "the reference leads back to what holds it"),
    "dynamic reference": (
        "components:\n  schemas:\n    A: # here\n      $dynamicRef: '#a'",
        "a dynamic reference may name more than one schema",
    ),
    "mapping": (
        "components:\n  schemas:\n    A:\n      discriminator:\n        propertyName: a\n        mapping:\n          a: '#/x' # here",
        "the reference `#/x` is broken: the document has no `/x`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_a_gap_with_its_place_and_the_rest_is_read(case):
    written, said = WRONG[case]
    text = f"openapi: 3.1.0\n{written}\n"
    if not written.startswith("paths"):
        text += f"paths:\n  /good:{GOOD}"
    elif not case.startswith("paths"):
        text += f"  /good:{GOOD}"
    contract = given.read(text)
    assert len(contract.gaps) == 1
    gap = contract.gaps[0]
    assert said in gap.reason
    assert gap.path == "api.yaml"
    if " # here" in text:
        assert gap.line == given.line(text, " # here")
    if not case.startswith("paths"):
        assert given.at(contract.document, "paths", "/good", "get", "responses", "200") == {"description": "ok"}


def test_an_operation_is_unknown_where_a_part_of_it_is_and_its_list_keeps_its_places():
    text = """openapi: 3.0.0
paths:
  /a:
    get:
      parameters:
      - {in: query}
      - {in: query, name: b}
      responses: {}
    post: {responses: {'200': {$ref: '#/components/responses/R'}}}
    put: {responses: {'200': {$ref: '#/components/responses/S'}}}
    delete: {responses: {'200': {content: {a/b: {schema: {$ref: '#/nowhere'}}}}}}
  /b:
    parameters: [3]
    get: {responses: {}}
components:
  responses:
    R: {$ref: '#/nowhere'}
    S: {description: ok}
"""
    paths = given.read(text).document["paths"]
    a = paths["/a"]
    assert a["get"]["x-unknown"] == {"reason": "the parameter has no `name`", "at": "api.yaml:6"}
    assert is_unknown(a["get"]["parameters"][0])
    assert a["get"]["parameters"][1] == {"in": "query", "name": "b"}
    assert "at" in a["post"]["x-unknown"]
    assert "x-unknown" not in a["put"]
    assert "x-unknown" not in a["delete"]
    assert is_unknown(given.at(a, "delete", "responses", "200", "content", "a/b", "schema"))
    assert "x-unknown" in paths["/b"]["get"]


def test_nothing_in_the_place_of_something_is_not_there():
    text = """openapi: 3.1.0
info:
tags:
paths:
  /a:
  /b:
    parameters:
    get:
    post:
      parameters:
      requestBody:
      security:
      responses:
        204:
        200:
          headers:
          content:
            a/b:
            c/d:
              schema:
components:
  schemas:
    A:
    B:
      required:
      properties:
        a:
      type: [string, null]
"""
    contract = given.read(text)
    assert contract.gaps == ()
    assert contract.document["paths"] == {
        "/a": {},
        "/b": {"post": {"responses": {"204": {}, "200": {"content": {"a/b": {}, "c/d": {"schema": {}}}}}}},
    }
    assert contract.document["components"]["schemas"] == {
        "A": {},
        "B": {"properties": {"a": {}}, "type": ["string", "null"]},
    }


def test_values_and_extensions_are_left_alone():
    text = """openapi: 3.1.0
paths:
  x-more: 3
  /a:
    x-get: [{$ref: '#/nowhere'}]
    get:
      responses:
        x-y: 3
        '200':
          description: 3
          content:
            a/b:
              example: {$ref: '#/nowhere', properties: 3}
              schema:
                default: {$ref: 3}
                enum: [{$ref: '#/nowhere'}]
                properties:
                  $ref: {type: string}
                  x-z: {type: string}
"""
    contract = given.read(text)
    assert contract.gaps == ()


# --- several files ------------------------------------------------------------------------------


def test_files_are_brought_into_one_document():
    files = {
        "specs/api.yaml": """openapi: 3.0.0
paths:
  /a: {$ref: paths/a.yaml}
  /b: {$ref: 'paths/b%20c.json#/~1b'}
components:
  schemas:
    Pet: {$ref: '../common/pet.yaml'}
    Dog: {$ref: '../common/pet.yaml#/definitions/Dog'}
""",
        "specs/paths/a.yaml": """get:
  parameters:
    - $ref: ../../common/pet.yaml#/parameters/Limit
  responses:
    '200':
      description: ok
      content:
        application/json:
          schema: {$ref: ../api.yaml#/components/schemas/Pet}
""",
        "specs/paths/b c.json": '{"/b": {\n"get": {"responses": {\n"200": {"$ref": "#/r"}}}},\n"r": {"description": "ok"}}',
        "common/pet.yaml": """type: object
properties:
  friend: {$ref: '#'}
  dog: {$ref: '#/definitions/Dog'}
definitions:
  Dog:
    allOf: [{$ref: pet.yaml}]
parameters:
  Limit:
    name: limit
    in: query
unused: {$ref: nowhere.yaml}
""",
    }
    contract = given.read(files)
    document = contract.document
    assert contract.gaps == ()
    assert sorted(document["x-byte-files"]) == ["../common/pet.yaml", "paths/a.yaml", "paths/b c.json"]
    pet = "#/x-byte-files/..~1common~1pet.yaml"
    assert document["components"]["schemas"] == {"Pet": {"$ref": pet}, "Dog": {"$ref": f"{pet}/definitions/Dog"}}
    assert document["x-byte-files"]["../common/pet.yaml"]["properties"]["friend"] == {"$ref": pet}
    get = document["paths"]["/a"]["get"]
    assert get["parameters"] == [{"$ref": f"{pet}/parameters/Limit"}]
    assert given.at(get, "responses", "200", "content", "application/json", "schema") == {
        "$ref": "#/components/schemas/Pet"
    }
    assert document["paths"]["/b"]["get"]["responses"]["200"] == {"$ref": "#/x-byte-files/paths~1b c.json/r"}
    place = documents.places(contract)
    assert place("/paths/~1a") == "specs/paths/a.yaml:1"
    assert place("/paths/~1a/get/parameters/0") == "specs/paths/a.yaml:3"
    assert place("/paths/~1b/get/responses/200") == "specs/paths/b c.json:3"
    assert place("/x-byte-files/..~1common~1pet.yaml/parameters/Limit/in") == "common/pet.yaml:11"
    assert place("/components/schemas/Dog") == "specs/api.yaml:8"
    assert place("/nowhere/at/all") == "specs/api.yaml:1"


def test_every_file_is_read_once():
    asked = []
    inner = {f"S{i}": {"$ref": f"#/S{i + 1}"} for i in range(300)} | {"S300": {"type": "string"}}
    main = {"openapi": "3.1.0", "components": {"schemas": {f"S{i}": {"$ref": f"b.json#/S{i}"} for i in range(300)}}}
    first = given.source({"a.json": json.dumps(main), "b.json": json.dumps(inner)})

    def fetch(target):
        asked.append(target)
        return first.fetch(target)

    contract = documents.read(msgspec.structs.replace(first, fetch=fetch))
    assert contract.gaps == ()
    assert asked == ["b.json"]


def test_a_file_that_cannot_be_read_is_a_gap_where_it_is_named():
    files: dict[str, str | bytes] = {
        "api.yaml": "openapi: 3.0.0\ncomponents:\n  schemas:\n    A: {$ref: b.yaml}\n    B: {$ref: c.yaml}\n    C: {$ref: c.yaml}\n",
        "b.yaml": "a: [",
        "c.yaml": b"\0",
    }
    gaps = given.read(files).gaps
    assert [(gap.line, gap.path) for gap in gaps] == [(4, "api.yaml"), (5, "api.yaml"), (6, "api.yaml")]
    assert "`b.yaml:1:4` is not YAML" in gaps[0].reason
    assert "holds the byte 0x00" in gaps[1].reason


def test_a_document_without_other_files_is_not_changed():
    value = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
        "components": {
            "responses": {"R": {"description": "ok"}},
            "schemas": {"T": {"items": {"$ref": "#/components/schemas/T"}}},
        },
    }
    contract = given.read(json.dumps(value))
    assert contract.document == value
    assert contract.gaps == ()


def test_mappings_of_discriminators_are_references_or_names():
    files = {
        "api.yaml": """openapi: 3.0.0
components:
  schemas:
    Pet:
      discriminator:
        propertyName: kind
        mapping: {cat: Cat, dog: '#/components/schemas/Dog', cow: 'more.yaml#/components/schemas/Cow', elk: Elk}
    Cat: {type: object}
    Dog: {type: object}
    More: {$ref: 'more.yaml#/components/schemas/Cow'}
""",
        "more.yaml": "components:\n  schemas:\n    Cow:\n      discriminator: {propertyName: a, mapping: {x: Cow}}\n",
    }
    contract = given.read(files)
    cow = "#/x-byte-files/more.yaml/components/schemas/Cow"
    assert given.at(contract.document, "components", "schemas", "Pet", "discriminator", "mapping") == {
        "cat": "Cat",
        "dog": "#/components/schemas/Dog",
        "cow": cow,
        "elk": "Elk",
    }
    more = given.at(contract.document, "x-byte-files", "more.yaml", "components", "schemas", "Cow")
    assert more["discriminator"]["mapping"] == {"x": cow}
    assert contract.gaps == ()


def test_identifiers_and_anchors_of_schemas_are_followed():
    files = {
        "api.yaml": """openapi: 3.1.0
components:
  schemas:
    A:
      $id: https://example.org/schemas/a
      $defs:
        inner: {$anchor: deep, type: string}
      properties:
        one: {$ref: '#/$defs/inner'}
        two: {$ref: '#deep'}
        three: {$ref: b}
        four: {$ref: /schemas/b#deep}
        five: {$ref: c.yaml#there}
    B: {$id: 'https://example.org/schemas/b', $defs: {x: {$anchor: deep}}}
    C: {$ref: 'https://example.org/schemas/a#deep'}
    D: {$anchor: node, items: {$ref: '#node'}}
    E: {$dynamicAnchor: tree, items: {$dynamicRef: '#tree'}}
""",
        "c.yaml": "x: {$anchor: there}\n",
    }
    contract = given.read(files)
    schemas = contract.document["components"]["schemas"]
    here = "#/components/schemas"
    assert contract.gaps == ()
    assert {name: held["$ref"] for name, held in schemas["A"]["properties"].items()} == {
        "one": f"{here}/A/$defs/inner",
        "two": f"{here}/A/$defs/inner",
        "three": f"{here}/B",
        "four": f"{here}/B/$defs/x",
        "five": "#/x-byte-files/c.yaml/x",
    }
    assert schemas["C"] == {"$ref": f"{here}/A/$defs/inner"}
    assert schemas["D"]["items"] == {"$ref": f"{here}/D"}
    assert schemas["E"]["items"] == {"$ref": f"{here}/E"}


# --- places -------------------------------------------------------------------------------------


def test_places_of_a_contract_from_source_are_its_origins():
    contract = Contract(
        document={
            "paths": {"/a": {"x-origin": "a.py:1", "get": {"parameters": [{"x-origin": "a.py:5"}, {}], "x": {}}}},
            "info": {},
        }
    )
    place = documents.places(contract)
    assert [
        place(p) for p in ("/paths/~1a/get/parameters/0/name", "/paths/~1a/get/parameters/1", "/paths/~1a", "/info", "")
    ] == [
        "a.py:5",
        "a.py:1",
        "a.py:1",
        None,
        None,
    ]


# --- what is hostile ----------------------------------------------------------------------------


def test_long_chains_and_wide_circles_of_references_are_read():
    schemas: dict[str, Any] = {
        f"S{i}": {"properties": {"next": {"$ref": f"#/components/schemas/S{(i + 1) % 3000}"}}} for i in range(3000)
    }
    schemas |= {f"C{i}": {"$ref": f"#/components/schemas/C{i + 1}"} for i in range(3000)} | {
        "C3000": {"type": "string"}
    }
    schemas |= {f"O{i}": {"$ref": f"#/components/schemas/O{(i + 1) % 1000}"} for i in range(1000)}
    contract = given.read(json.dumps({"openapi": "3.1.0", "components": {"schemas": schemas}}))
    assert len(contract.gaps) == 1
    found = contract.document["components"]["schemas"]
    assert all(is_unknown(found[f"O{i}"]) for i in range(1000))
    assert found["C0"] == {"$ref": "#/components/schemas/C1"}


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        3,
        "x",
        [],
        {},
        [None],
        [[]],
        {"$ref": "#"},
        {"$ref": "#/paths"},
        {"$ref": 3},
        {"$ref": "b.json#/paths/~1a"},
        {"$ref": "b.json"},
        {"$id": "a", "$anchor": "b"},
        {"$ref": "#b"},
        {"$dynamicRef": "#b"},
        {"x-unknown": 1},
        {"": ""},
        {"in": [1], "name": {}},
        {"in": "body", "schema": {"$ref": "#/paths"}},
        {"type": ["string", None]},
        -1,
        "#/components",
    ]
)
WHOLE = {
    "openapi": "3.1.0",
    "servers": [{"url": "/"}],
    "paths": {
        "/a": {
            "parameters": [{"name": "a", "in": "query", "schema": {"type": "string"}}],
            "get": {
                "requestBody": {"content": {"a/b": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {"200": {"headers": {"X": {"schema": {}}}, "content": {"a/b": {"schema": {"items": {}}}}}},
                "callbacks": {"c": {"{$url}": {"post": {"responses": {}}}}},
                "security": [{"k": []}],
            },
        },
        "/b": {"$ref": "#/components/pathItems/P"},
    },
    "components": {
        "pathItems": {"P": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
        "responses": {"R": {"description": "ok"}},
        "schemas": {
            "A": {"allOf": [{"$ref": "#/components/schemas/B"}]},
            "B": {"discriminator": {"propertyName": "a"}},
        },
        "securitySchemes": {"k": {"type": "oauth2", "flows": {}}},
    },
}
OLD = {
    "swagger": "2.0",
    "paths": {
        "/a": {"get": {"parameters": [{"$ref": "#/parameters/P"}], "responses": {"200": {"$ref": "#/responses/R"}}}}
    },
    "parameters": {"P": {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/D"}}},
    "responses": {"R": {"schema": {"$ref": "#/definitions/D"}}},
    "definitions": {"D": {"type": "object"}},
}


@settings(max_examples=300, deadline=None)
@drawn(st.sampled_from([WHOLE, OLD]), st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=4))
def test_any_part_may_be_anything(whole, edits):
    document = json.loads(json.dumps(whole))
    for number, value in edits:
        holders = list(held_in(document))
        holder, key = holders[number % len(holders)]
        holder[key] = json.loads(json.dumps(value))
    try:
        contract = given.read({"a.json": json.dumps(document), "b.json": json.dumps(whole)})
    except ByteError:
        return
    # A value that holds itself cannot be written.
    assert json.dumps(contract.document)
    place = documents.places(contract)
    assert all(place(pointer) for pointer in ("", "/paths/~1a/get", "/paths/~1b/get", "/components"))
    again = given.read({"a.json": json.dumps(document), "b.json": json.dumps(whole)})
    assert (again.document, again.gaps) == (contract.document, contract.gaps)


def held_in(value):
    """Every holder and key of a value, deepest last."""
    for key, held in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(held, (dict, list)):
            yield from held_in(held)


def test_a_value_that_was_parsed_already_is_not_parsed_again():
    api = given.source({"api.yaml": "openapi: 3.1.0\npaths: {/a: {get: {}}}\n"})
    parsed = parse(api.name, api.data)
    assert documents.read(api, parsed).document is parsed.value
    assert documents.read(api, parse(api.name, api.data)).document == documents.read(api).document


# --- real documents -----------------------------------------------------------------------------


@pytest.mark.skipif(not PAIRS.is_dir(), reason="the measuring sets are not on this machine")
@pytest.mark.parametrize("pair", sorted(path.name for path in PAIRS.glob("*/")) if PAIRS.is_dir() else [])
def test_real_documents_are_read_as_they_are(pair):
    for path in sorted((PAIRS / pair).glob("*.*")):
        data = path.read_bytes()
        contract = documents.read(given.source({path.name: data}))
        assert len(contract.gaps) <= 1
        if path.suffix == ".json" and not contract.gaps:
            assert contract.document == json.loads(data)


def test_the_same_text_is_read_once_where_it_names_no_other_document() -> None:
    seen: dict[bytes, Contract] = {}
    text = "openapi: 3.1.0\npaths: {/a: {get: {responses: {}}}}\n"
    one, two = (documents.read(given.source({name: text}), seen=seen) for name in ("old.yaml", "new.yaml"))
    assert one.document is two.document
    assert documents.places(two)("/paths/~1a") == "new.yaml:2"
    asking = "openapi: 3.1.0\npaths: {/a: {$ref: 'a.yaml'}}\n"
    for item in ("{get: {responses: {}}}", "{put: {responses: {}}}"):
        found = documents.read(given.source({"old.yaml": asking, "a.yaml": item}), seen=seen)
        assert list(found.document["paths"]["/a"]) == [item[1:4]]
