"""The API document: what FastAPI derives, and what holds for every operation and is written down once.

Shared are the problems that any operation may answer with, `ETag` and `If-None-Match` of what is read, and the scope that
each operation needs. The examples of answers are those that a registry gave (`examples.json`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from byte.server import once
from byte.server.gate_models import RefusedProblem
from byte.server.problems import KINDS, MEDIA_TYPE, Problem, responses

DESCRIPTION: Final = """\
A registry of backend APIs: services, their versions and operations, who consumes them, and how they are.

- Lists are pages: `{"items": [...], "next": "..."}`; follow `next` until it is null.
- Every resource has an `ETag`. Send it as `If-Match` with PUT, PATCH and DELETE, and as `If-None-Match` with GET.
- Every error is a problem (RFC 9457); its `type` is a page that explains it.
- Times are RFC 3339, UTC. A parameter that an operation does not know is an error.
"""

TAGS: Final = (
    {"name": "services", "description": "Registered backends."},
    {"name": "versions", "description": "The contracts of a service: immutable, with a state."},
    {"name": "operations", "description": "What can be called: of all services and versions."},
    {"name": "consumers", "description": "Who uses what of a service."},
    {"name": "owners", "description": "The teams that services belong to."},
    {"name": "policies", "description": "What is asked of new versions, and what is let in all the same."},
    {"name": "reviews", "description": "Reviews that are kept."},
    {"name": "health", "description": "How services are, and how they were."},
    {"name": "events", "description": "Everything that happened, in order."},
    {"name": "webhooks", "description": "Where events are sent to."},
    {"name": "bulk", "description": "Much at once: import and export."},
    {"name": "keys", "description": "Who may ask what."},
    {"name": "server", "description": "The server itself: its health, its figures, its problems."},
)

_SHARED: Final = (
    "invalid",
    "unauthenticated",
    "forbidden",
    "too-large",
    "unsupported-media-type",
    "rate-limited",
    "internal-error",
)
_EXAMPLES: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
"""Answers by operation and status, as `tests.server.recorded` wrote them down."""
_STREAM: Final = "application/x-ndjson"
"""Bodies that are answered line by line while they are read: they are no one thing that could be done once."""
_METHODS: Final = ("get", "put", "post", "patch", "delete")
_ETAG: Final = {
    "description": "The revision of what is answered: for `If-Match` and `If-None-Match`.",
    "schema": {"type": "string", "examples": ['"3"']},
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` that the client has: 304 without a body where it is still that one.",
    "schema": {"type": "string", "examples": ['"3"']},
}


def build(app: FastAPI, *, open_read: bool) -> dict[str, Any]:
    """The document of an application as it is configured."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        servers=[{"url": app.root_path or "/"}],
        contact=app.contact,
        license_info=app.license_info,
        separate_input_output_schemas=False,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (Problem, RefusedProblem):
        whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(whole.pop("$defs", {}))
        schemas[model.__name__] = whole
    shared = {name: _of(name) for name in _SHARED}
    shared["unavailable"] = responses("unavailable", "not-ready", "timeout", "issuer-unavailable")[503]
    components["responses"] = {"".join(part.title() for part in name.split("-")): one for name, one in shared.items()}
    for method, operation in _operations(document):
        _complete(method, operation, open_read=open_read)
    named: dict[str, Any] = _named(document)
    return named


def _named(value: Any) -> Any:
    """Pages of lists by the names that generated clients may bear: `ServiceList`, not `ListOf_Service_`."""
    if isinstance(value, dict):
        return {_name(key): _named(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner) for inner in value]
    return _name(value)


def _name(value: Any) -> Any:
    if not isinstance(value, str) or "ListOf_" not in value or not value.endswith("_"):
        return value
    before, _, item = value[:-1].partition("ListOf_")
    return f"{before}{item}List"


def _of(name: str) -> dict[str, Any]:
    return responses(name)[KINDS[name].status]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in document.get("paths", {}).values():
        for method in _METHODS:
            if method in item:
                yield method, item[method]


def _complete(method: str, operation: dict[str, Any], *, open_read: bool) -> None:
    answers: dict[str, Any] = operation["responses"]
    if "application/json" in answers.get("422", {}).get("content", {}):  # the framework's own: ours are problems, 400
        del answers["422"]
    _exemplify(operation["operationId"], answers)
    wanted = ["RateLimited", "InternalError"]
    _plain(operation.get("parameters", []))
    if "requestBody" in operation:
        wanted += ["TooLarge", "UnsupportedMediaType"]
    security = operation.get("security", [])
    if method == "post" and _STREAM not in operation.get("requestBody", {}).get("content", {}):
        operation.setdefault("parameters", []).append(once.PARAMETER)
        _also(answers, "in-progress")
        _also(answers, "reused-key")
    if security:
        wanted += ["Invalid", "Unauthenticated", "Forbidden", "Unavailable"]
        if open_read and any("read" in scopes for one in security for scopes in one.values()):
            security.append({})
        if method == "get" and "application/json" in answers.get("200", {}).get("content", {}):
            answers["200"].setdefault("headers", {})["ETag"] = _ETAG
            answers["304"] = {"description": "The client has it already.", "headers": {"ETag": _ETAG}}
            operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    else:
        operation["security"] = []
    for name in wanted:
        status = str(_STATUS[name])
        answers.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    operation["responses"] = dict(sorted(answers.items()))


def _exemplify(operation: str, answers: dict[str, Any]) -> None:
    """Shows what was answered."""
    for status, answer in answers.items():
        media = answer.get("content", {}).get("application/json")
        if media is not None and f"{operation} {status}" in _EXAMPLES:
            media["example"] = _EXAMPLES[f"{operation} {status}"]


def _also(answers: dict[str, Any], name: str) -> None:
    """One more kind of problem that an operation may answer with."""
    status = str(KINDS[name].status)
    known, more = answers.get(status), _of(name)
    if known is None:
        answers[status] = more
        return
    first = more["description"][0].lower()
    known["description"] = f"{known['description'].removesuffix('.')} or {first}{more['description'][1:]}"
    known["content"][MEDIA_TYPE]["examples"] |= more["content"][MEDIA_TYPE]["examples"]


def _plain(parameters: list[dict[str, Any]]) -> None:
    """Parameters as they are sent: there is no null in a path, a query or a header, only what is left out."""
    names = {parameter["name"] for parameter in parameters}
    for parameter in parameters:
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        for kind in kinds[:1]:
            parameter["schema"] = {**kind, **schema}
        if parameter["name"] == "If-Match" and "If-None-Match" not in names:
            parameter["required"] = True  # without it: 428


_STATUS: Final = {
    "Invalid": 400,
    "Unauthenticated": 401,
    "Forbidden": 403,
    "TooLarge": 413,
    "UnsupportedMediaType": 415,
    "RateLimited": 429,
    "InternalError": 500,
    "Unavailable": 503,
}
