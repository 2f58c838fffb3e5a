"""The API document: complete, and true of what is answered."""

from typing import Any

import pytest
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from byte.registry.store import Store
from byte.server.app import create_app
from tests.server.conftest import settings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(settings()).openapi()


def operations(document: dict[str, Any]):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", method, operation


def resolved(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in answer:
        return document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return answer


def test_operations_have_stable_ids_and_words(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for name, _, operation in operations(document):
        assert operation["operationId"].replace("_", "").isalpha(), name
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
    known = {tag["name"] for tag in document["tags"]}
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} <= known


def test_every_operation_documents_its_problems(document):
    for name, method, operation in operations(document):
        answers = operation["responses"]
        wanted = {"429", "500"}
        if operation["security"]:
            wanted |= {"400", "401", "403", "503"}
        if "requestBody" in operation:
            wanted |= {"413", "415"}
        parameters = {(one["in"], one["name"]) for one in operation.get("parameters", ())}
        if ("header", "If-Match") in parameters:
            wanted |= {"412", "428"}
        if any(place == "path" for place, _ in parameters) and method == "get":
            wanted |= {"404"}
        assert wanted <= set(answers), f"{name} lacks {sorted(wanted - set(answers))}"
        for status, answer in answers.items():
            if status >= "400":
                media = resolved(document, answer)["content"]
                assert set(media) == {"application/problem+json"}, f"{name} {status}"
                schema = media["application/problem+json"]["schema"]
                assert {"$ref": "#/components/schemas/Problem"} in schema.get("anyOf", [schema])


def test_the_examples_of_problems_are_problems(document):
    checker = validator_for({**document["components"]["schemas"]["Problem"], "components": document["components"]})
    seen = 0
    for name, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            for example in (
                resolved(document, answer)
                .get("content", {})
                .get("application/problem+json", {})
                .get("examples", {})
                .values()
            ):
                checker.validate(example["value"])
                assert str(example["value"]["status"]) == status, name
                seen += 1
    assert seen > 10


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document):
    def references(part: Any):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    used = set(references(document))
    for reference in used:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    kept = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in document["components"][kind]}
    assert kept == used


def test_what_is_answered_without_a_body_to_send_fits_its_schema(client: TestClient, store: Store):
    document = client.get("/openapi.json").json()
    tried = 0
    for path, item in document["paths"].items():
        answer = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if answer is None or "{" in path or any(one.get("required") for one in item["get"].get("parameters", ())):
            continue
        validator_for({**answer["schema"], "components": document["components"]}).validate(client.get(path).json())
        tried += 1
    assert tried >= 5


def test_the_document_and_its_page_are_served_with_an_etag(client: TestClient):
    served = client.get("/openapi.json")
    assert client.get("/openapi.json", headers={"If-None-Match": served.headers["etag"]}).status_code == 304
    page = client.get("/docs").text
    assert "POST /v1/keys" in page
    assert "<script" not in page
