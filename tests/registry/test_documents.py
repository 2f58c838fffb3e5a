"""Documents of every kind become the same records, whatever they are written in, or are refused with their faults."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.extract.documents.text import parse
from byte.model.contract import Source
from byte.model.errors import SourceError
from byte.registry import faults
from byte.registry.documents import Limits, detect, label_of, read, slug
from byte.registry.documents.canonical import canonical
from byte.registry.errors import TooLargeError, UnreadableError

ORDERS = """
openapi: 3.0.3
info: {title: Orders, version: 1.4.0, description: All about orders., contact: {url: https://orders.example/team}}
servers: [{url: "https://{region}.orders.example/v1/", variables: {region: {default: eu}}}]
security: [{key: []}]
paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: trace, in: header, schema: {type: string}}
    get:
      operationId: getOrder
      summary: One order
      tags: [orders]
      parameters:
        - {name: expand, in: query, schema: {type: array, items: {type: string}}}
        - {name: trace, in: header, required: true, schema: {type: string}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
    delete:
      deprecated: true
      security: []
      responses: {"204": {description: gone}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Order:
      type: object
      properties:
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
        owner: {$ref: "#/components/schemas/Party"}
    Line: {type: object, properties: {order: {$ref: "#/components/schemas/Order"}}}
    Party: {oneOf: [{$ref: "#/components/schemas/Person"}], discriminator: {propertyName: kind, mapping: {firm: Firm}}}
    Person: {type: object}
    Firm: {type: object}
    Unused: {type: object}
"""
TOOL = {
    "name": "forecast",
    "description": "The weather to come",
    "inputSchema": {"type": "object", "properties": {"city": {}}},
}
TOOLS = {"tools": [TOOL, {"name": "alerts", "title": "Alerts", "inputSchema": {"type": "object"}}]}
SERVER = {
    "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    "name": "io.github.user/weather",
    "description": "Weather",
    "title": "Weather of the World",
    "version": "1.0.2",
    "websiteUrl": "https://weather.example/docs",
    "repository": {"url": "https://git.example/user/weather", "source": "git"},
    "remotes": [
        {"type": "streamable-http", "url": "https://{tenant}.weather.example/mcp"},
        {"type": "sse", "url": "https://weather.example/sse"},
    ],
}
SKILL = {
    "id": "route",
    "name": "Route planner",
    "description": "Plans",
    "tags": ["maps", "Routing"],
    "examples": ["a to b"],
}
CARD_OLD: dict[str, Any] = {
    "protocolVersion": "0.3.0",
    "name": "Geo Agent",
    "description": "Maps",
    "url": "https://geo.example/a2a/v1",
    "version": "1.2.0",
    "capabilities": {"streaming": True},
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["text/plain"],
    "provider": {"organization": "Geo", "url": "https://geo.example"},
    "documentationUrl": "https://docs.geo.example",
    "skills": [SKILL, {"id": "map", "name": "Map", "description": "Draws", "tags": []}],
    "signatures": [{"protected": "e30", "signature": "QQ"}],
}
CARD_NEW = {
    "name": "Geo Agent",
    "description": "Maps",
    "version": "1.2.0",
    "supportedInterfaces": [
        {"url": "https://geo.example/a2a/v1", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    ],
    "capabilities": {"extendedAgentCard": False},
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["text/plain"],
    "skills": [SKILL],
}


def of(value, name="doc.json", **options):
    return read(json.dumps(value).encode(), name, **options)


def orders(**changes):
    return {**parse("orders.yaml", ORDERS.encode()).value, **changes}


# --- OpenAPI -----------------------------------------------------------------------------------


def test_an_openapi_document_becomes_operations_with_all_that_they_refer_to():
    content = read(ORDERS.encode(), "orders.yaml")
    assert (content.kind, content.format, content.name, content.title) == ("rest", "openapi-3.0", "orders", "Orders")
    assert (content.version, content.base_url) == ("1.4.0", "https://eu.orders.example/v1")
    assert [(link.rel, link.url) for link in content.links] == [("contact", "https://orders.example/team")]
    assert [operation.name for operation in content.operations] == ["GET /orders/{id}", "DELETE /orders/{id}"]
    assert [component.reference for component in content.components] == [
        "#/components/schemas/Firm",
        "#/components/schemas/Line",
        "#/components/schemas/Order",
        "#/components/schemas/Party",
        "#/components/schemas/Person",
        "#/components/securitySchemes/key",
    ]
    assert content.document.data == ORDERS.encode()
    assert content.document.media_type == "application/yaml"


def test_an_operation_has_what_its_path_and_document_say_for_it():
    get, delete = read(ORDERS.encode()).operations
    assert (get.method, get.path, get.operation_id, get.summary) == ("GET", "/orders/{id}", "getOrder", "One order")
    assert get.parameters == ("id", "expand", "trace")
    assert [held.get("required") for held in get.body["parameters"]] == [True, None, True]
    assert get.body["security"] == [{"key": []}]
    assert get.body["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Order"
    }
    assert (delete.deprecated, delete.body["security"], delete.parameters) == (True, [], ("id", "trace"))


def test_swagger_2_is_read_as_openapi_3():
    content = of(
        {
            "swagger": "2.0",
            "info": {"title": "Old", "version": "1"},
            "host": "old.example",
            "basePath": "/api",
            "schemes": ["https"],
            "paths": {
                "/a": {
                    "post": {
                        "parameters": [{"in": "body", "name": "b", "schema": {"$ref": "#/definitions/A"}}],
                        "responses": {"200": {"description": ""}},
                    }
                }
            },
            "definitions": {"A": {"type": "object"}},
        }
    )
    assert (content.format, content.base_url) == ("openapi-2.0", "https://old.example/api")
    assert [component.reference for component in content.components] == ["#/components/schemas/A"]
    assert "requestBody" in content.operations[0].body


def test_webhooks_are_no_operations():
    content = of({"openapi": "3.1.0", "info": {"title": "W", "version": "1"}, "webhooks": {"new": {"post": {}}}})
    assert content.operations == ()


@pytest.mark.parametrize(
    "info, name",
    [
        ({"title": "Orders API"}, "orders-api"),
        (
            {"title": "x", "x-providerName": "github.com", "x-serviceName": "api.github.com"},
            "github.com-api.github.com",
        ),
        ({"title": "x", "x-providerName": "ably.io"}, "ably.io"),
        ({"title": "Käse & Brötchen"}, "kase-brotchen"),
        ({"title": "日本"}, "folder-file.v1"),
        ({}, "folder-file.v1"),
    ],
)
def test_a_service_is_named_by_its_provider_its_title_or_its_file(info, name):
    value = {"openapi": "3.0.0", "info": info, "paths": {}}
    assert of(value, "https://x.example/folder/folder file.v1.json?raw=1").name == name


def test_documents_that_a_document_refers_to_are_kept_with_it_as_one():
    def fetch(target):
        if target != "common.yaml":
            raise SourceError(f"there is no {target}")
        return Source("common.yaml", "common.yaml", b"Error: {type: object, properties: {code: {type: string}}}", fetch)

    schema = {"$ref": "common.yaml#/Error"}
    value = orders(
        paths={"/a": {"get": {"responses": {"200": {"description": "", "content": {"a/b": {"schema": schema}}}}}}}
    )
    whole = read(json.dumps(value).encode(), "doc.json", fetch=fetch)
    assert [component.reference for component in whole.components] == [
        "#/components/securitySchemes/key",
        "#/x-byte-files/common.yaml/Error",
    ]
    again = read(whole.document.data)
    assert (again.digest, again.operations, again.components) == (whole.digest, whole.operations, whole.components)
    alone = read(json.dumps(value).encode(), "doc.json")
    assert "bundle them into one" in alone.warnings[0]
    assert alone.digest != whole.digest


def test_what_cannot_be_read_of_a_document_is_told_and_marked_without_its_place():
    value = orders()
    value["components"]["schemas"]["Order"]["properties"]["owner"] = {"$ref": "#/components/schemas/Nobody"}
    first, second = read(json.dumps(value).encode(), "a.json"), read(json.dumps(value, indent=2).encode(), "b.json")
    assert first.warnings == (
        "a.json:1: the reference `#/components/schemas/Nobody` is broken: the document has no `/components/schemas/Nobody`",
    )
    assert first.digest == second.digest
    assert first.components == second.components


# --- the digest --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, pointer, said",
    [
        ({"paths": []}, "/paths", "`paths` is a list, not an object."),
        ({"paths": "none"}, "/paths", "`paths` is a text, not an object."),
        ({"paths": None}, "/paths", "`paths` is null, not an object."),
        ({"paths": {"/a": []}}, "/paths/~1a", "The path item is a list, not an object."),
        ({"paths": {"/a": {"get": []}}}, "/paths/~1a/get", "`get` is a list, not an object."),
        ({"paths": {"/a": {"get": None}}}, "/paths/~1a/get", "`get` is null, not an object."),
        ({"paths": {"/a": {"parameters": {}}}}, "/paths/~1a/parameters", "`parameters` is an object, not a list."),
        ({"paths": {"/a": {"put": {"parameters": 1}}}}, "/paths/~1a/put/parameters", "`parameters` is a number"),
        ({"paths": {"/a": {"put": {"parameters": ["x"]}}}}, "/paths/~1a/put/parameters/0", "The parameter is a text"),
        ({"paths": {"/a": {"put": {"responses": []}}}}, "/paths/~1a/put/responses", "`responses` is a list"),
        ({"paths": {"/a": {"put": {"responses": {"200": True}}}}}, "/paths/~1a/put/responses/200", "is a boolean"),
        ({"paths": {"/a": {"put": {"requestBody": []}}}}, "/paths/~1a/put/requestBody", "`requestBody` is a list"),
        ({"info": ["Orders"]}, "/info", "`info` is a list, not an object."),
        ({"components": []}, "/components", "`components` is a list, not an object."),
        ({"components": {"schemas": []}}, "/components/schemas", "`schemas` is a list, not an object."),
        ({"webhooks": []}, "/webhooks", "`webhooks` is a list, not an object."),
        ({"webhooks": {"paid": {"post": 1}}}, "/webhooks/paid/post", "`post` is a number, not an object."),
    ],
)
def test_a_document_whose_skeleton_is_of_the_wrong_type_is_refused(change, pointer, said):
    with pytest.raises(UnreadableError, match=re.escape(said)) as caught:
        of({"openapi": "3.1.0", "info": {}, "paths": {}, **change})
    assert caught.value.faults[0].pointer == pointer


def test_all_faults_of_a_skeleton_are_told_up_to_a_hundred():
    paths: dict[str, Any] = {f"/{number}": {"get": []} for number in range(3)}
    with pytest.raises(UnreadableError, match=r"`get` is a list, not an object\. And 2 more\.") as caught:
        of({"openapi": "3.0.0", "info": {}, "paths": paths})
    assert [fault.pointer for fault in caught.value.faults] == ["/paths/~10/get", "/paths/~11/get", "/paths/~12/get"]
    with pytest.raises(UnreadableError) as caught:
        of({"openapi": "3.0.0", "info": {}, "paths": {f"/{number}": 1 for number in range(500)}})
    assert len(caught.value.faults) == 100


@pytest.mark.parametrize("field", ["definitions", "parameters", "responses", "securityDefinitions"])
def test_swagger_2_has_a_skeleton_of_its_own(field):
    with pytest.raises(UnreadableError, match=f"`{field}` is a list, not an object"):
        of({"swagger": "2.0", "info": {}, "paths": {}, field: []})


@pytest.mark.parametrize("only", [{"webhooks": {}}, {"components": {}}, {"paths": {}}])
def test_since_openapi_3_1_a_document_may_be_without_paths(only):
    assert of({"openapi": "3.1.0", "info": {"title": "Orders"}, **only}).operations == ()


@pytest.mark.parametrize("head", [{"openapi": "3.0.3"}, {"swagger": "2.0"}, {"openapi": "3.1.0"}])
def test_a_document_that_holds_nothing_is_refused(head):
    with pytest.raises(UnreadableError, match="has no `paths`"):
        of({**head, "info": {"title": "Orders"}})


def test_what_an_empty_key_of_yaml_holds_is_nothing():
    text = "openapi: 3.0.0\ninfo:\npaths:\n  /a:\n    parameters:\n    get: {responses: {200: }}\n  /b:\ncomponents:\n"
    assert [one.name for one in read(text.encode(), "a.yaml").operations] == ["GET /a"]


def test_the_same_contract_has_the_same_digest_however_it_is_written():
    value = orders()
    backwards = dict(reversed(value.items()))
    backwards["paths"] = {path: dict(reversed(item.items())) for path, item in value["paths"].items()}
    backwards["components"]["schemas"]["Order"]["maxProperties"] = 3.0
    value["components"]["schemas"]["Order"]["maxProperties"] = 3
    texts = [json.dumps(value).encode(), json.dumps(value, indent=3).encode(), json.dumps(backwards).encode("utf-16")]
    assert len({read(text, f"{index}.json").digest for index, text in enumerate(texts)}) == 1


@pytest.mark.parametrize(
    "change", [{"info": {"title": "Orders", "version": "1.5"}}, {"paths": {}}, {"openapi": "3.0.2"}]
)
def test_another_contract_has_another_digest(change):
    assert of(orders(**change)).digest != of(orders()).digest


def test_another_wording_is_another_content():
    value = orders()
    value["paths"]["/orders/{id}"]["get"]["summary"] = "An order"
    assert of(value).digest != of(orders()).digest


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_canonical_forms_are_equal_exactly_where_values_are(one, other):
    def typed(value):
        if isinstance(value, dict):
            return {key: typed(held) for key, held in value.items()}
        if isinstance(value, list):
            return [typed(held) for held in value]
        if isinstance(value, float) and abs(value) >= 2**53:
            return ("large", value)
        return (isinstance(value, bool), value)

    assert (canonical(one) == canonical(other)) == (typed(one) == typed(other))
    assert json.loads(canonical(one)) == one


# --- MCP ---------------------------------------------------------------------------------------


def test_a_list_of_tools_is_read_bare_and_in_its_envelope():
    bare = of(TOOLS, "weather.json")
    whole = of({"jsonrpc": "2.0", "id": 7, "result": {**TOOLS, "nextCursor": "x"}}, "weather.json")
    assert (bare.kind, bare.format, bare.name) == ("mcp", "mcp-tools", "weather")
    assert [(op.name, op.summary, op.parameters) for op in bare.operations] == [
        ("forecast", "", ("city",)),
        ("alerts", "Alerts", ()),
    ]
    assert bare.operations[0].body == TOOL
    assert bare.digest == whole.digest
    assert whole.warnings == ("the list of tools goes on after this page (`nextCursor`)",)


def test_the_order_of_tools_and_what_registries_add_are_no_part_of_the_contract():
    turned = {"tools": [{**tool, "_meta": {"seen": 3}} for tool in reversed(TOOLS["tools"])], "_meta": {}}
    assert of(turned).digest == of(TOOLS).digest
    changed = {"tools": [{**TOOL, "outputSchema": {"type": "string"}}, TOOLS["tools"][1]]}
    assert of(changed).digest != of(TOOLS).digest


def test_prompts_and_resources_are_kept_as_components():
    content = of({**TOOLS, "prompts": [{"name": "ask"}], "resources": [{"uri": "file:///a", "name": "a"}]})
    assert [component.reference for component in content.components] == ["#/prompts/ask", "#/resources/file:~1~1~1a"]


def test_a_server_json_names_the_service():
    content = of(SERVER)
    assert (content.kind, content.format, content.version) == ("mcp", "mcp-server", "1.0.2")
    assert (content.name, content.title) == ("io.github.user-weather", "Weather of the World")
    assert content.base_url == "https://weather.example/sse"
    assert [link.rel for link in content.links] == ["documentation", "source"]
    assert content.operations == ()
    assert of({"server": SERVER, "_meta": {"io.modelcontextprotocol.registry/official": {}}}).digest == content.digest


def test_the_answer_to_initialize_can_stand_beside_the_tools():
    content = of({**TOOLS, "serverInfo": {"name": "Weather", "version": "3"}, "instructions": "Ask."})
    assert (content.name, content.version, content.description) == ("weather", "3", "Ask.")


@pytest.mark.parametrize(
    "value, pointer, said",
    [
        ({"tools": [{"inputSchema": {}}]}, "/tools/0", "no `name`"),
        ({"tools": ["a"]}, "/tools/0", "no object"),
        ({"tools": [TOOL, TOOL]}, "/tools/1", "stands twice"),
        ({"tools": [{"name": "a", "inputSchema": []}]}, "/tools/0", "`inputSchema`"),
        ({"jsonrpc": "2.0", "result": {"tools": [{"name": "\n"}]}}, "/result/tools/0", "is no name"),
        ({"jsonrpc": "2.0", "error": {"code": -1, "message": "no"}}, "/error", "is an error"),
        ({"tools": [], "prompts": {}}, "/prompts", "no list"),
    ],
)
def test_faults_of_a_descriptor_are_told_with_their_place(value, pointer, said):
    with pytest.raises(UnreadableError, match=said) as caught:
        of(value)
    assert caught.value.faults[0].pointer == pointer


def test_what_holds_a_descriptor_has_the_type_that_it_must_have():
    with pytest.raises(UnreadableError, match="`result` is no object") as caught:
        of({"jsonrpc": "2.0", "id": 1, "result": []}, kind="mcp")
    assert caught.value.faults[0].pointer == "/result"
    with pytest.raises(UnreadableError, match="`remotes` is no list"):
        of({"name": "a", "remotes": "https://a.example"})
    with pytest.raises(UnreadableError, match="`tools` is no list"):
        of({"tools": {"forecast": TOOL}})


# --- A2A ---------------------------------------------------------------------------------------


def test_agent_cards_of_both_generations_are_read():
    old, new = of(CARD_OLD), of(CARD_NEW)
    assert (old.kind, old.format, new.format) == ("a2a", "a2a-0.3", "a2a-1.0")
    assert old.name == new.name == "geo-agent"
    assert old.base_url == new.base_url == "https://geo.example/a2a/v1"
    assert [(op.name, op.summary, op.tags) for op in old.operations] == [
        ("route", "Route planner", ("maps", "Routing")),
        ("map", "Map", ()),
    ]
    assert old.tags == ("maps", "routing")
    assert new.operations[0].body == SKILL


def test_signatures_and_the_order_of_skills_are_no_part_of_the_contract():
    bare = {key: value for key, value in CARD_OLD.items() if key != "signatures"}
    assert of({**bare, "skills": CARD_OLD["skills"][::-1]}).digest == of(CARD_OLD).digest
    assert of({"jsonrpc": "2.0", "id": 1, "result": CARD_OLD}).digest == of(CARD_OLD).digest


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"skills": [{"description": "x"}]}, "/skills/0"),
        ({"skills": [SKILL, SKILL]}, "/skills/1"),
        ({"name": " "}, "/name"),
    ],
)
def test_faults_of_a_card_are_told_with_their_place(change, pointer):
    with pytest.raises(UnreadableError) as caught:
        of({**CARD_OLD, **change})
    assert caught.value.faults[0].pointer == pointer


# --- which kind --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, kind",
    [
        ({"openapi": "3.1.0"}, "rest"),
        ({"swagger": "2.0"}, "rest"),
        (TOOLS, "mcp"),
        (SERVER, "mcp"),
        (CARD_OLD, "a2a"),
        (CARD_NEW, "a2a"),
        ({"name": "x"}, None),
        ({"name": "x", "skills": []}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_kind_is_seen_from_the_content(value, kind):
    assert detect(value) == kind


def test_a_document_of_no_kind_is_refused_with_what_was_seen():
    with pytest.raises(UnreadableError, match="`a`, `b`"):
        of({"a": 1, "b": 2})


@pytest.mark.parametrize("kind", ["rest", "mcp", "a2a"])
@pytest.mark.parametrize(
    "value", [[], None, 1, "text", {}, {"tools": 1}, {"skills": {}}, {"openapi": []}, {"openapi": "9"}]
)
def test_a_kind_that_is_given_is_no_reason_to_fall_over(kind, value):
    with suppress(UnreadableError):
        assert of(value, kind=kind).operations == ()


@pytest.mark.parametrize(
    "kind, value, said",
    [
        ("mcp", {"openapi": "3.0.0", "info": {}, "paths": {}}, "is an OpenAPI document, not an MCP descriptor"),
        ("mcp", {"name": "a", "url": "u", "skills": [SKILL]}, "is an A2A agent card, not an MCP descriptor"),
        ("a2a", TOOLS, "is an MCP descriptor, not an A2A agent card"),
        ("rest", TOOLS, "is an MCP descriptor, not an OpenAPI document"),
        ("mcp", {"colour": "red"}, "it has no `tools` and no `name`"),
        ("a2a", {"name": "a"}, "it has no `skills` and no `url`"),
    ],
)
def test_a_document_of_another_kind_is_not_kept_as_one_without_operations(kind, value, said):
    with pytest.raises(UnreadableError, match=said):
        of(value, kind=kind)


def test_a_kind_that_is_given_decides_where_a_document_is_of_two():
    both = {"name": "a", "url": "https://a.example", "skills": [SKILL], "tools": [TOOL]}
    assert [one.name for one in of(both, kind="mcp").operations] == ["forecast"]
    assert [one.name for one in of(both, kind="a2a").operations] == ["route"]


# --- hostile documents -------------------------------------------------------------------------

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(f'*{chr(97 + i)}' for _ in range(9))}]\n" for i in range(9)
)
HOSTILE = {
    "empty": b"",
    "blank": b" \n\t ",
    "no text": b"\x00\x01\x02",
    "bad utf-8": b'{"openapi": "3.0.0", "info": "\xff"}',
    "half a surrogate": b'{"openapi": "3.0.0", "info": {"title": "\\ud800"}, "paths": {}}',
    "deep JSON": b'{"openapi":' * 100_000,
    "deep lists": b"[" * 100_000,
    "deep YAML": b"- " * 100_000,
    "alias bomb": LAUGHS.encode() + b"openapi: 3.0.0\ninfo: *i\n",
    "cut": b'{"openapi": "3.0.0", "info": {"title": "a"',
    "a key twice": b'{"openapi": "3.0.0", "openapi": "3.0.1"}',
    "number out of range": b'{"openapi": "3.0.0", "x": 1e999}',
    "list": b"[1, 2]",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_document_is_refused_with_a_sentence(data):
    with pytest.raises(UnreadableError) as caught:
        read(data, "evil.json")
    assert str(caught.value).endswith(".")
    assert caught.value.faults


def test_cyclic_references_end():
    value = {"openapi": "3.1.0", "info": {}, "paths": {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}}
    value["components"] = {
        "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    }
    assert of(value).operations == ()


def test_a_document_can_be_too_large():
    with pytest.raises(TooLargeError, match="takes 10 at most"):
        read(b"{" + b" " * 20 + b"}", limits=Limits(bytes=10))


def test_a_document_can_have_too_many_operations_or_components():
    with pytest.raises(UnreadableError, match="2 operations: the registry takes 1"):
        of(orders(), limits=Limits(operations=1))
    with pytest.raises(UnreadableError, match="components: the registry takes 3"):
        of(orders(), limits=Limits(components=3))


def test_a_part_that_is_used_many_times_is_counted_each_time():
    big: dict[str, Any] = {"get": {"description": "x" * 20_000, "responses": {}}}
    value = {"openapi": "3.1.0", "info": {}, "components": {"pathItems": {"big": big}}}
    value["paths"] = {f"/{index}": {"$ref": "#/components/pathItems/big"} for index in range(1_000)}
    with pytest.raises(UnreadableError, match="used many times"):
        of(value, limits=Limits(content=10 << 20))
    nested: dict[str, Any] = {"$ref": "#/components/schemas/A", "description": "y" * 20_000}
    for _ in range(90):
        nested = {"properties": {"p": nested}}
    references = ["#/components/schemas/A" + "/properties/p" * depth for depth in range(90)]
    schema = {"allOf": [{"$ref": reference} for reference in references]}
    body = {"responses": {"200": {"description": "", "content": {"a/b": {"schema": schema}}}}}
    value = {"openapi": "3.1.0", "info": {}, "paths": {"/": {"get": body}}, "components": {"schemas": {"A": nested}}}
    with pytest.raises(UnreadableError, match="used many times"):
        of(value, limits=Limits(content=1 << 20))


def test_references_from_parameter_to_parameter_are_followed_and_end():
    links = {f"p{at}": {"$ref": f"#/components/parameters/p{at + 1}"} for at in range(2_000)}
    links |= {"p2000": {"name": "end", "in": "query"}, "a": {"$ref": "#/components/parameters/a"}}
    given_ = [{"$ref": f"#/components/parameters/{name}"} for name in ("a", *links, "p1999", "p2000")]
    value = orders(paths={"/a": {"parameters": given_, "get": {"responses": {}}}}, components={"parameters": links})
    assert of(value).operations[0].parameters == ("end",)


def test_ten_thousand_paths_are_read():
    value = orders(paths={f"/{index}": {"get": {"responses": {}}} for index in range(10_000)})
    assert len(of(value).operations) == 10_000


def test_names_that_cannot_be_kept_are_refused_and_texts_are_cleaned():
    with pytest.raises(UnreadableError, match="no path"):
        of(orders(paths={"/\x00": {"get": {}}}))
    with pytest.raises(UnreadableError, match="no path"):
        of(orders(paths={"/" + "a" * 3_000: {"get": {}}}))
    content = of(orders(info={"title": "a\x00\nb" * 500, "description": "\x00" + "d" * 30_000, "version": "\x00"}))
    assert len(content.title) <= faults.TITLE_LENGTH
    assert "\x00" not in content.title + content.description + content.version
    assert len(content.description) == faults.TEXT_LENGTH


# --- names -------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_every_name_and_label_can_be_taken(text):
    found = faults.Faults()
    name = slug(text)
    if name:
        found.matches("/name", name, faults.NAME, faults.NAME_LENGTH)
    found.matches("/label", label_of(text, "sha256:0123456789abcdef"), faults.LABEL, faults.LABEL_LENGTH)
    assert found.found == []


def test_labels_are_what_the_document_says_where_that_can_be():
    digest = "sha256:0123456789abcdef"
    assert label_of("1.0.0+build.5", digest) == "1.0.0+build.5"
    assert label_of("v4 (Hunt Valley)", digest) == "v4-Hunt-Valley"
    assert label_of("", digest) == label_of("???", digest) == "0-0123456789ab"


def test_long_names_that_differ_at_their_end_stay_two():
    one, other = slug("a" * 150 + "b"), slug("a" * 150 + "c")
    assert one != other
    assert len(one) == len(other) == faults.NAME_LENGTH
