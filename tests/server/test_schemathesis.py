"""The whole API against its own description: every check of schemathesis, the same requests each time, in process."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from starlette.testclient import TestClient

from byte.registry import clock, keys
from byte.registry.actors import SYSTEM
from byte.registry.store import Store
from byte.server.app import create_app
from tests.server.conftest import START, bearer, settings, until_searched

PHASES = ("examples", "coverage", "fuzzing", "stateful")
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428"]
"""What a valid request may meet: what is there decides. 422: the schema of a document is not this API's to describe."""
LATER = clock.shown(START + 10 * clock.DAY)
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428"]
UNSAID = ["400", "401", "403", "404", "415", "428"]
"""What a request without a header that it needs may meet."""
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.4.0"},
    "paths": {"/orders/{id}": {"get": {"responses": {"200": {"description": "OK"}}}}},
}


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


def config(token: str, spare: str, phase: str, examples: int) -> SchemathesisConfig:
    of_phase: dict[str, Any] = {name: {"enabled": name == phase} for name in PHASES}
    of_phase["stateful"]["max-steps"] = 6
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": bearer(token),
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "database": "none",
                "allow-x00": False,  # refused everywhere; tests of hostile bodies send it
            },
            "phases": of_phase,
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ACCEPTED},
                "negative_data_rejection": {"expected-statuses": REFUSED},
                "missing_required_header": {"expected-statuses": UNSAID},
            },
            "operations": [
                # Nobody waits for events here, and the key that asks is not the one that is revoked.
                {"include-operation-id": "list_events", "parameters": {"query.wait": 0}},
                # The example of `Idempotency-Key` was used for another request before: that is told first.
                {
                    "include-operation-id": ["transfer_service", "rotate_webhook_secret"],
                    "checks": {"missing_required_header": {"expected-statuses": [*UNSAID, "422"]}},
                },
                # Whatever the lines are, each is answered for in an answer that is a success.
                {"include-operation-id": "import_lines", "checks": {"negative_data_rejection": {"enabled": False}}},
                {
                    "include-operation-id": ["get_key", "revoke_key"],
                    "parameters": {"path.key": spare},
                    # A key that is revoked is still told of.
                    "checks": {"use_after_free": {"enabled": False}},
                },
            ],
        }
    )


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """What no schema can say of a valid request.

    Cursors come from an answer; owners, services and operations exist; events go to public hosts.
    """
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive:
        return
    case.query.pop("cursor", None)
    if "q" not in case.query:
        case.query.pop("group", None)
    if not case.path_parameters.get("operation", "given"):
        case.path_parameters["operation"] = "0" * 24  # an answer that names no operation is taken for the id of one
    if case.headers.get("If-Match") == "0":
        case.headers["If-Match"] = '"0"'  # the generator forgets the pattern of a header now and then
    if isinstance(case.body, dict):
        if case.body.get("owner") is not None or case.body.get("scope") == "publish":
            case.body["owner"] = "shop"
        # A sunset is for what is deprecated, and to come; so is the end of a key.
        case.body.pop("sunset_at", None)
        case.body.pop("expires_at", None)
        if isinstance(case.body.get("url"), str):
            case.body["url"] = "https://hooks.example.com/byte"
            if case.body.get("service") is not None:
                case.body["service"] = "orders"
        if "uses" in case.body:
            case.body["uses"] = []
        # Rules are those that there are, and an override ends soon, but not before it begins.
        case.body.pop("severities", None)
        if "until" in case.body:
            case.body.pop("rule", None)
            case.body |= {"until": LATER, "reason": "Nobody calls it."}
    # Why and until when: both or none.
    case.query.pop("override", None)
    case.query.pop("until", None)


def failures(app: Any, given: SchemathesisConfig) -> Iterator[str]:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=given)
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            yield from _failed(event)
        elif isinstance(event, events.NonFatalError):
            yield f"{event.label}: {event.value}"
        elif isinstance(event, events.FatalError):
            raise event.exception


def _failed(event: events.ScenarioFinished) -> Iterator[str]:
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure, asked = check.failure_info.failure, event.recorder.interactions[case]
            answered = asked.response.content[:500] if asked.response is not None else b""
            yield f"{check.name}: {failure.title}: {failure.message}\n{asked.request.method} {asked.request.uri}\n{asked.request.headers}\n{asked.request.body!r}\n{answered!r}"


@pytest.fixture
def registered(store: Store, admin: str) -> Iterator[Any]:
    app = create_app(settings(), store)
    with TestClient(app, headers=bearer(admin)) as client:
        for team in ("shop", "payments"):
            assert client.post("/v1/owners", json={"name": team}).status_code == 201
        assert client.post("/v1/services", json={"name": "orders", "owner": "shop"}).status_code == 201
        assert client.post("/v1/services/orders/versions", json=DOCUMENT).status_code == 201
        until_searched(client)
        yield app


NIGHTLY = [
    pytest.param(phase, examples, marks=pytest.mark.nightly)
    for phase, examples in (("coverage", 1), ("fuzzing", 25), ("stateful", 100))
]


@pytest.mark.parametrize("phase, examples", [("examples", 1), ("fuzzing", 1), ("stateful", 4), *NIGHTLY])
def test_the_api_does_what_its_description_says(
    registered: Any, store: Store, admin: str, phase: str, examples: int
) -> None:
    spare = keys.issue(store, SYSTEM, "to be revoked", "read")[0].id
    found = list(failures(registered, config(admin, spare, phase, examples)))
    assert not found, f"{len(found)} failures\n" + "\n\n".join(found[:60])
