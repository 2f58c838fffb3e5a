"""The marks in a document: where they are Byte's, and what is left without them."""

from byte.model.contract import marks, operations, resolved, without_marks, without_origins

O = {"x-origin": "a.py:1"}  # noqa: E741 - one letter keeps the document readable
UNKNOWN = {"x-unknown": {"reason": "r", "at": "a.py:1"}}


def document():
    return {
        "openapi": "3.1.0",
        "info": {"title": UNKNOWN, "version": "1"},
        "paths": {
            "/x-origin": {
                "get": {
                    **O,
                    "x-conditional": [{"at": "a.py:1", "condition": "c"}],
                    "x-own": 1,
                    "parameters": [{"name": "x-origin", "in": "header", "schema": {"type": "string", **O}, **O}],
                    "responses": {
                        "200": {"description": "", "content": {"a/b": {"schema": {**UNKNOWN}, "example": O}}}
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "x-origin": {
                    **O,
                    "properties": {"x-origin": {"type": "string", **O}, "x-unknown": {"default": O, "enum": [O]}},
                    "required": ["x-origin"],
                    "anyOf": [{"items": {**O}}, {"additionalProperties": {**UNKNOWN, **O}}],
                }
            }
        },
    }


def test_only_marks_go_never_names_or_values():
    plain = without_marks(document())
    assert plain["info"] == {"version": "1"}
    assert plain["paths"]["/x-origin"]["get"] == {
        "x-own": 1,
        "parameters": [{"name": "x-origin", "in": "header", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "", "content": {"a/b": {"schema": {}, "example": O}}}},
    }
    assert plain["components"]["schemas"]["x-origin"] == {
        "properties": {"x-origin": {"type": "string"}, "x-unknown": {"default": O, "enum": [O]}},
        "required": ["x-origin"],
        "anyOf": [{"items": {}}, {"additionalProperties": {}}],
    }


def test_origins_may_go_alone():
    found = without_origins(document())
    assert found["info"]["title"] == UNKNOWN
    operation = found["paths"]["/x-origin"]["get"]
    assert "x-origin" not in operation
    assert operation["x-conditional"]
    assert found["components"]["schemas"]["x-origin"]["anyOf"][1]["additionalProperties"] == UNKNOWN


def test_the_document_itself_is_left_alone():
    given = document()
    without_marks(given)
    assert given == document()


def test_marks_are_found_with_their_pointer():
    assert [pointer for pointer, _ in marks(document(), "x-unknown")] == [
        "/info/title",
        "/paths/~1x-origin/get/responses/200/content/a~1b/schema",
        "/components/schemas/x-origin/anyOf/1/additionalProperties",
    ]
    assert len(list(marks(document(), "x-origin"))) == 7
    assert [pointer for pointer, _ in marks(document(), "x-conditional")] == ["/paths/~1x-origin/get"]


def test_operations_in_order():
    paths = {"/b": {"parameters": [], "post": {}, "get": {}}, "/a": {"x-origin": "n", "head": {}}, "/c": None}
    found = list(operations({"paths": paths}))
    assert [op.name for op in found] == ["POST /b", "GET /b", "HEAD /a"]
    assert found[0].pointer == "/paths/~1b/post"
    assert list(operations({})) == []


def test_references_are_followed_within_the_document():
    spec = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/c~1d"}, "c/d": {"type": "string"}, "e": {"$ref": "#/e"}}
    assert resolved(spec, spec["a"]) == {"type": "string"}
    assert resolved(spec, spec["e"]) == {}
    assert resolved(spec, {"$ref": "#/nothing/there"}) == {}
    assert resolved(spec, {"$ref": "other.json#/a"}) == {"$ref": "other.json#/a"}
