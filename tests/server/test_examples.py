"""The API document shows nothing that it would refuse itself."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from byte.server.app import create_app
from tests.server.conftest import settings


def shown(value: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example beside a schema: where, the schema, the example."""
    if isinstance(value, dict):
        schema = {name: part for name, part in value.items() if name not in ("example", "examples")}
        listed = value.get("examples", [])
        if "type" in schema or "anyOf" in schema or "$ref" in schema:
            for example in [
                *(listed if isinstance(listed, list) else []),
                *([value["example"]] if "example" in value else []),
            ]:
                yield place, schema, example
        for name, part in schema.items():
            yield from shown(part, f"{place}/{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from shown(part, f"{place}/{index}")


def test_every_example_is_valid_by_its_schema() -> None:
    document = create_app(settings()).openapi()
    wrong = []
    seen = 0
    for place, schema, example in shown(document):
        seen += 1
        whole = {**schema, "components": document["components"]}
        if not jsonschema_rs.validator_for(whole, validate_formats=True).is_valid(example):
            wrong.append((place, example))
    assert seen > 300
    assert wrong == []


def test_every_operation_has_a_name_a_summary_and_a_sentence() -> None:
    document = create_app(settings()).openapi()
    operations = [(path, method, one) for path, item in document["paths"].items() for method, one in item.items()]
    names = [one["operationId"] for _, _, one in operations]
    assert len(names) == len(set(names))
    assert [
        (path, method) for path, method, one in operations if not (one.get("summary") and one.get("description"))
    ] == []
    lists = [path for path, method, one in operations if method == "get" and one["operationId"].startswith("list_")]
    parameters = {path: {given["name"] for given in document["paths"][path]["get"]["parameters"]} for path in lists}
    assert [path for path in lists if "limit" not in parameters[path]] == []
