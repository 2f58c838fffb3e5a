"""The responses of an operation, as `get_openapi_path` writes them."""

import copy
from typing import Any, Final

from byte.extract.contract import statuses
from byte.extract.contract.dependant import Problem
from byte.extract.contract.fields import Schema, Schemas
from byte.extract.contract.operations import allows_body, chosen_class, status_of
from byte.extract.contract.plain import not_known, plain, reason
from byte.extract.contract.routes import Route
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.fastapi import held
from byte.extract.evaluate.values import Class, External, Instance, Raised, Unknown, Value

_RANGES: Final = {
    "1XX": "Information",
    "2XX": "Success",
    "3XX": "Redirection",
    "4XX": "Client Error",
    "5XX": "Server Error",
    "DEFAULT": "Default Response",
}
_SSE_EVENT: Final[Schema] = {
    "type": "object",
    "properties": {
        "data": {"type": "string"},
        "event": {"type": "string"},
        "id": {"type": "string"},
        "retry": {"type": "integer", "minimum": 0},
    },
}
_HTTP_ERROR: Final[Schema] = {
    "title": "HTTPValidationError",
    "type": "object",
    "properties": {
        "detail": {"title": "Detail", "type": "array", "items": {"$ref": "#/components/schemas/ValidationError"}}
    },
}
_ERROR: Final[Schema] = {
    "title": "ValidationError",
    "type": "object",
    "properties": {
        "loc": {
            "title": "Location",
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
    },
    "required": ["loc", "msg", "type"],
}
_ERROR_MORE: Final[Schema] = {"input": {"title": "Input"}, "ctx": {"title": "Context", "type": "object"}}


class Responses:
    """Writes the responses of the operations of one document."""

    def __init__(self, interp: Interpreter, schemas: Schemas) -> None:
        self.interp = interp
        self.schemas = schemas
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self._shared: dict[int, tuple[Value, Schema]] = {}
        self._error = copy.deepcopy(_ERROR)
        if self.fastapi >= (0, 128, 1):
            self._error["properties"].update(copy.deepcopy(_ERROR_MORE))
        self._http_error = copy.deepcopy(_HTTP_ERROR)

    def write(self, route: Route) -> Schema:
        """The responses of a route, but for the one that FastAPI adds for what it refuses."""
        cls = chosen_class(route)
        media, default_status, is_json = self._of_class(route, cls)
        status = status_of(route.status_code)
        if isinstance(status, (Unknown, External, Instance)):
            why, at = reason(status)
            route.note(Problem(f"the status code is not known: {why}", at))
            status = None
        code = str(status) if status is not None else default_status
        response: Schema = {"description": plain(self.interp, route.response_description)}
        responses = {code: response}
        if allows_body(status, self.fastapi):
            self._content(route, response, media, is_json, cls)
        for key, given in route.responses.items():
            if isinstance(given, dict) and key != "{?}":
                self._additional(route, responses, key, given, media)
        return responses

    def _content(self, route: Route, response: Schema, media: Any, is_json: bool, cls: Value) -> None:
        if route.json_stream:
            item = self.schemas.schema(route.item_field) if route.item_field is not None else {}
            response.setdefault("content", {})["application/jsonl"] = {"itemSchema": item}
        elif route.sse_stream:
            event = copy.deepcopy(_SSE_EVENT)
            if route.item_field is not None:
                event["required"] = ["data"]
                event["properties"]["data"] = {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": self.schemas.schema(route.item_field),
                }
            response.setdefault("content", {})["text/event-stream"] = {"itemSchema": event}
        elif media:
            schema: Schema = {"type": "string"}
            if isinstance(cls, (Unknown, External)) and not is_json:
                schema = not_known("the response class is not known", route.at)
            elif is_json:
                schema = self.schemas.schema(route.response_field) if route.response_field is not None else {}
            response.setdefault("content", {}).setdefault(media, {})["schema"] = schema

    def _of_class(self, route: Route, cls: Value) -> tuple[Any, str, bool]:
        """The media type and status that a response class has, and whether it answers in JSON."""
        if not isinstance(cls, Class):
            if isinstance(cls, External) and cls.short.endswith("JSONResponse"):
                return "application/json", "200", True
            why, at = reason(cls)
            route.note(Problem(f"the response class is not known: {why}", at))
            return "application/json", "200", False
        media = held(self.interp.getattr_or(cls, "media_type", None))
        if isinstance(media, (Unknown, External)):
            media = "{?}"
        status = "200"
        try:
            for param in self.interp.signature(cls):
                if param.name == "status_code":
                    found = status_of(param.default)
                    if isinstance(found, int):
                        status = str(found)
        except Raised:
            pass
        return media, status, cls.derives("starlette.responses.JSONResponse")

    def _additional(self, route: Route, responses: Schema, key: Value, given: dict[Value, Value], media: Any) -> None:
        status = status_of(key)
        code = str(plain(self.interp, status)).upper()
        if code == "DEFAULT":
            code = "default"
        known = responses.setdefault(code, {})
        if self.fastapi >= (0, 128, 1):
            made: Schema = plain(self.interp, {k: v for k, v in given.items() if k != "model"})
        else:
            # A response that several routes share was written into by all of them.
            shared = self._shared.setdefault(id(given), (given, plain(self.interp, given)))[1]
            made = {k: v for k, v in shared.items() if k != "model"}
        field = route.response_fields.get(key)
        if field is not None:
            schema = made.setdefault("content", {}).setdefault(media or "application/json", {}).setdefault("schema", {})
            deep_update(schema, self.schemas.schema(field), self.fastapi)
        description = made.get("description") or known.get("description") or _phrase(code) or "Additional Response"
        deep_update(known, made, self.fastapi)
        known["description"] = description

    def refused(self, definitions: dict[str, Schema]) -> Schema:
        """The response for requests that do not fit, and its components."""
        # They take the place of models that a project calls so.
        definitions["ValidationError"] = self._error
        definitions["HTTPValidationError"] = self._http_error
        return {
            "description": "Validation Error",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
        }


def _phrase(code: str) -> str | None:
    found = _RANGES.get(code.upper())
    if found is not None:
        return found
    try:
        return statuses.PHRASES.get(int(code))
    except ValueError:
        return None


def deep_update(main: Schema, update: Schema, fastapi: tuple[int, ...]) -> None:
    """`fastapi.utils.deep_dict_update`."""
    for key, value in update.items():
        if key in main and isinstance(main[key], dict) and isinstance(value, dict):
            deep_update(main[key], value, fastapi)
        elif fastapi >= (0, 81) and key in main and isinstance(main[key], list) and isinstance(value, list):
            main[key] = main[key] + value
        else:
            main[key] = value
