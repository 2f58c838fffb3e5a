"""Every answer that the API document shows was given by a registry, and is still given."""

import json
from typing import Any

import jsonschema_rs
import pytest

from byte.server.app import create_app
from tests.server.conftest import settings
from tests.server.recorded import FILE, record, written

AGAIN = "run `python -m tests.server.recorded`"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(settings()).openapi()


def shown(document: dict[str, Any]):
    """Every success in JSON: its name, its schema, its example."""
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                media = answer.get("content", {}).get("application/json")
                if status < "300" and media is not None:
                    yield f"{operation['operationId']} {status}", media["schema"], media.get("example")


def test_the_examples_are_what_a_registry_answers():
    assert FILE.read_text(encoding="utf-8") == written(record()), AGAIN


def test_every_success_has_an_example_that_its_schema_allows(document):
    missing = []
    for name, schema, example in shown(document):
        if example is None:
            missing.append(name)
            continue
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.validator_for(whole, validate_formats=True).validate(example)
    assert missing == [], f"add a step to `tests.server.recorded.story`, and {AGAIN}"


def test_no_example_is_left_over(document):
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == {name for name, _, _ in shown(document)}
