"""Swagger 2.0 is read as OpenAPI 3.0, with the lines of what was written."""

from byte.extract import documents
from tests.extract.documents import given

TEXT = """\
swagger: "2.0"
info: {title: a, version: "1"}
host: api.example.org
basePath: /v1
schemes: [https, http]
consumes: [application/json]
produces: [application/json, application/xml]
security: [{o: [r]}]
parameters:
  Limit:
    name: limit
    in: query
    type: integer
    maximum: 100 # limit
  Body:
    name: body
    in: body
    required: true
    schema: # body
      $ref: '#/definitions/Pet'
responses:
  Gone:
    description: gone
    schema: {type: string} # gone
paths:
  /pets:
    parameters:
      - {name: all, in: body, schema: {type: array}} # all
      - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi} # tags
    get:
      parameters:
        - $ref: '#/parameters/Limit'
        - {name: ids, in: query, type: array, items: {type: integer}}
        - {name: X-Ids, in: header, type: array, items: {type: integer}, collectionFormat: pipes}
      responses:
        200:
          description: ok
          headers:
            X-A: {type: integer, format: int32} # header
          examples: {application/json: [1]}
          schema:
            items: # items
              $ref: '#/definitions/Pet'
        410: {$ref: '#/responses/Gone'}
    post:
      produces: [text/plain]
      parameters:
        - $ref: '#/parameters/Body' # ref
        - {name: h, in: header, type: string, minLength: 2} # own
      responses:
        201: {description: ok}
        410: {$ref: '#/responses/Gone'}
    put:
      consumes: [multipart/form-data, application/json]
      parameters:
        - {name: f, in: formData, type: file, required: true} # f
        - {name: n, in: formData, type: array, items: {type: integer}, collectionFormat: ssv} # n
      responses: {200: {description: ok, schema: {type: file}}}
    patch:
      consumes: []
      parameters: [{name: f, in: formData, type: string}]
definitions:
  Pet:
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      age: {type: integer, x-nullable: true} # age
securityDefinitions:
  b: {type: basic}
  k: {type: apiKey, name: X-Key, in: header}
  o: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a', tokenUrl: 'https://b', scopes: {r: read}} # scheme
"""

PET = {"$ref": "#/components/schemas/Pet"}


def test_the_parts_of_a_document_go_where_openapi_3_has_them():
    contract = given.read(TEXT)
    document = contract.document
    assert contract.gaps == ()
    assert list(document) == ["info", "security", "paths", "openapi", "servers", "components"]
    assert document["openapi"] == "3.0.3"
    assert document["servers"] == [{"url": "https://api.example.org/v1"}, {"url": "http://api.example.org/v1"}]
    assert document["components"] == {
        "schemas": {
            "Pet": {
                "discriminator": {"propertyName": "kind"},
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string"},
                    "age": {"type": "integer", "x-nullable": True, "nullable": True},
                },
            }
        },
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}},
        "responses": {
            "Gone": {
                "description": "gone",
                "content": {
                    "application/json": {"schema": {"type": "string"}},
                    "application/xml": {"schema": {"type": "string"}},
                },
            }
        },
        "securitySchemes": {
            "b": {"type": "http", "scheme": "basic"},
            "k": {"type": "apiKey", "name": "X-Key", "in": "header"},
            "o": {
                "type": "oauth2",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "https://a",
                        "tokenUrl": "https://b",
                        "scopes": {"r": "read"},
                    }
                },
            },
        },
    }


def test_parameters_have_schemas_and_styles():
    item = given.read(TEXT).document["paths"]["/pets"]
    texts = {"type": "array", "items": {"type": "string"}}
    numbers = {"type": "array", "items": {"type": "integer"}}
    assert item["parameters"] == [{"name": "tags", "in": "query", "schema": texts, "style": "form", "explode": True}]
    assert item["get"]["parameters"] == [
        {"$ref": "#/components/parameters/Limit"},
        {"name": "ids", "in": "query", "schema": numbers, "style": "form", "explode": False},
        {"name": "X-Ids", "in": "header", "schema": numbers, "style": "pipeDelimited", "explode": False},
    ]


def test_bodies_and_forms_are_request_bodies():
    item = given.read(TEXT).document["paths"]["/pets"]
    assert item["get"]["requestBody"] == {"content": {"application/json": {"schema": {"type": "array"}}}}
    assert item["post"]["requestBody"] == {"required": True, "content": {"application/json": {"schema": PET}}}
    assert item["post"]["parameters"] == [{"name": "h", "in": "header", "schema": {"type": "string", "minLength": 2}}]
    assert item["put"]["requestBody"] == {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "f": {"type": "string", "format": "binary"},
                        "n": {"type": "array", "items": {"type": "integer"}},
                    },
                    "required": ["f"],
                },
                "encoding": {"n": {"style": "spaceDelimited", "explode": False}},
            }
        },
    }
    assert list(item["patch"]["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]


def test_responses_have_the_media_types_that_are_produced():
    item = given.read(TEXT).document["paths"]["/pets"]
    ok = item["get"]["responses"]["200"]
    assert ok["headers"] == {"X-A": {"schema": {"type": "integer", "format": "int32"}}}
    assert ok["content"] == {
        "application/json": {"schema": {"items": PET}, "example": [1]},
        "application/xml": {"schema": {"items": PET}},
    }
    assert item["get"]["responses"]["410"] == {"$ref": "#/components/responses/Gone"}
    assert item["post"]["responses"] == {
        "201": {"description": "ok"},
        "410": {"description": "gone", "content": {"text/plain": {"schema": {"type": "string"}}}},
    }
    assert item["put"]["responses"]["200"]["content"]["application/xml"]["schema"] == {
        "type": "string",
        "format": "binary",
    }


def test_lines_are_those_of_what_was_written():
    place = documents.places(given.read(TEXT))
    pets = "/paths/~1pets"
    form = f"{pets}/put/requestBody/content/multipart~1form-data/schema/properties"
    for pointer, mark in {
        "/servers/0/url": "host:",
        "/components/parameters/Limit/schema/maximum": "# limit",
        "/components/responses/Gone/content/application~1xml/schema": "# gone",
        "/components/schemas/Pet/properties/age/nullable": "# age",
        "/components/securitySchemes/o/flows/authorizationCode": "# scheme",
        f"{pets}/parameters/0/schema/items": "# tags",
        f"{pets}/get/requestBody/content/application~1json/schema": "# all",
        f"{pets}/get/responses/200/headers/X-A/schema/format": "# header",
        f"{pets}/get/responses/200/content/application~1json/schema/items": "# items",
        f"{pets}/post/requestBody": "# ref",
        f"{pets}/post/parameters/0/schema/minLength": "# own",
        f"{form}/f": "# f",
        f"{form}/n/items": "# n",
    }.items():
        assert place(pointer) == f"api.yaml:{given.line(TEXT, mark)}", pointer


def test_other_files_are_converted_too():
    files = {
        "api.yaml": """swagger: '2.0'
paths:
  /a:
    post:
      parameters:
        - {$ref: 'b.yaml#/parameters/Body'}
        - {$ref: 'b.yaml#/parameters/Page'}
      responses: {200: {$ref: 'b.yaml#/responses/Ok'}}
""",
        "b.yaml": """parameters:
  Body: {in: body, name: b, schema: {$ref: '#/definitions/Pet'}}
  Page: {in: query, name: page, type: integer}
responses:
  Ok: {description: ok, schema: {$ref: '#/definitions/Pet'}}
definitions:
  Pet: {type: object, discriminator: kind}
""",
    }
    contract = given.read(files)
    post = contract.document["paths"]["/a"]["post"]
    inner = contract.document["x-byte-files"]["b.yaml"]
    pet = {"$ref": "#/x-byte-files/b.yaml/definitions/Pet"}
    assert contract.gaps == ()
    assert post["requestBody"]["content"]["application/json"]["schema"] == pet
    assert post["parameters"] == [{"$ref": "#/x-byte-files/b.yaml/parameters/Page"}]
    assert inner["parameters"]["Page"] == {"in": "query", "name": "page", "schema": {"type": "integer"}}
    assert inner["responses"]["Ok"]["content"]["application/json"]["schema"] == pet
    assert inner["definitions"]["Pet"]["discriminator"] == {"propertyName": "kind"}
    assert documents.places(contract)("/x-byte-files/b.yaml/parameters/Page/schema/type") == "b.yaml:3"


def test_what_is_wrong_is_a_gap_here_too():
    text = """swagger: '2.0'
paths:
  /a:
    get:
      parameters:
        - {in: query, type: string}
        - {$ref: '#/parameters/None'}
      responses: {200: {schema: 3}}
definitions:
  A: {$ref: '#/definitions/B'}
"""
    gaps = given.read(text).gaps
    assert [(gap.line, gap.reason) for gap in gaps] == [
        (6, "the parameter has no `name`"),
        (7, "the reference `#/parameters/None` is broken: the document has no `/parameters/None`"),
        (8, "the schema is the number 3, not an object"),
        (10, "the reference `#/definitions/B` is broken: the document has no `/definitions/B`"),
    ]
