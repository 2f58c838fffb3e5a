"""What the operations of an application take and give: parameters, bodies and responses of its routes."""

import re
from typing import Any, Final

from byte.extract.contract import statuses
from byte.extract.contract.bodies import Bodies
from byte.extract.contract.dependant import Dependants, Problem, is_generator, place_of
from byte.extract.contract.fields import ModelField, Schemas
from byte.extract.contract.parameters import ANY, is_response
from byte.extract.contract.plain import place, reason
from byte.extract.contract.routes import Route
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.fastapi import held, is_default
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Partial,
    Place,
    Raised,
    Unknown,
    Value,
)
from byte.model import syntax as s

_STREAMS: Final = frozenset(
    f"collections.abc.{name}"
    for name in ("AsyncIterable", "AsyncIterator", "AsyncGenerator", "Iterable", "Iterator", "Generator")
)
_NO_BODY: Final = frozenset(("default", "1XX", "2XX", "3XX", "4XX", "5XX"))


def allows_body(status: Any, fastapi: tuple[int, ...]) -> bool:
    """`is_body_allowed_for_status_code`."""
    if status is None or str(status) in _NO_BODY:
        return True
    try:
        code = int(status)
    except (TypeError, ValueError):
        return True
    return not (code < 200 or code in ({204, 205, 304} if fastapi >= (0, 104) else {204, 304}))


def status_of(value: Value) -> Any:
    """A status code as a number or text; Unknown as it is."""
    value = held(value)
    if isinstance(value, Instance) and isinstance(value.attributes.get("_value_"), int):
        return value.attributes["_value_"]
    if isinstance(value, External):
        found = re.search(r"(?:HTTP_|HTTPStatus\.)(\d{3})?", value.name)
        if found and found[1]:
            return int(found[1])
        return statuses.CODES.get(value.short, value)
    return value


class Analyst:
    """Works out the parameters, bodies and responses of routes."""

    def __init__(self, interp: Interpreter, schemas: Schemas) -> None:
        self.interp = interp
        self.schemas = schemas
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self.dependants = Dependants(interp, schemas)
        self.bodies = Bodies(interp, self.dependants)

    def analyse(self, route: Route) -> None:
        """Fill in what follows from the endpoint's signature and the route's settings."""
        dependants = self.dependants
        route.dependant = dependants.of_route(route.path_format, route.endpoint, route.dependencies)
        route.flat = dependants.flat(route.dependant)
        for problem in route.flat.problems:
            route.note(problem)
        for name in ("path", "query", "header", "cookie"):
            route.spread[name] = dependants.spread(getattr(route.flat, name))
        self.bodies.body(route, dependants.bodies(route.dependant))
        self._responses(route)

    def fields(self, route: Route) -> tuple[list[ModelField], list[ModelField], list[ModelField]]:
        """The fields of a route as FastAPI collects them: bodies, responses, parameters."""
        bodies = [route.body] if route.body is not None else []
        responses = [route.response_field] if route.response_field is not None else []
        responses += route.response_fields.values()
        if route.item_field is not None:
            responses.append(route.item_field)
        return bodies, responses, [f for fields in route.spread.values() for f in fields]

    def _responses(self, route: Route) -> None:
        route.generator = is_generator(route.endpoint)
        default_class = is_default(route.response_class)
        if self.fastapi >= (0, 134):
            route.json_stream = route.generator and default_class
            chosen = chosen_class(route)
            route.sse_stream = (
                self.fastapi >= (0, 135)
                and route.generator
                and isinstance(chosen, Class)
                and chosen.derives("fastapi.sse.EventSourceResponse")
            )
        model = route.response_model
        item: Value = EMPTY
        if is_default(model):
            model, item = self._from_annotation(route)
            at = self._returns_at(route.endpoint)
            route.response_from = f"return annotation at {place(at)}"
        else:
            at = self._written_at(route, "response_model")
            route.response_from = f"response_model at {place(at)}"
        if model is not None and model is not EMPTY and model is not False and model != "":
            name = f"Response_{route.unique_id}"
            model = self.interp.resolve(model)
            route.response_field = ModelField(name, name, model, None, EMPTY, "serialization", at)
        if item is not EMPTY and item is not None:
            name = f"StreamItem_{route.unique_id}"
            route.item_field = ModelField(name, name, item, None, EMPTY, "serialization", at)
        for code, response in route.responses.items():
            response = held(response)
            if not isinstance(response, dict):
                why, at = reason(response)
                route.note(Problem(f"a response is not known: {why}", at))
                continue
            inner = response.get("model")
            if inner is not None:
                key = status_of(code)
                name = f"Response_{key}_{route.unique_id}"
                where = self._written_at(route, "responses")
                route.response_fields[code] = ModelField(
                    name, name, self.interp.resolve(inner), None, EMPTY, "serialization", where
                )

    def _from_annotation(self, route: Route) -> tuple[Value, Value]:
        """The response model and the stream's item that the return annotation gives."""
        try:
            found = self.interp.returns(route.endpoint)
        except Raised as failed:
            return Unknown(failed.text, failed.at), EMPTY
        if found is EMPTY or found is None:
            return None, EMPTY
        found = self.interp.resolve(found)
        if is_response(found) or (isinstance(found, External) and _response_name(found)):
            return None, EMPTY
        if self.fastapi >= (0, 134) and route.generator:
            item = _item(found)
            if item is not EMPTY:
                wanted = (is_default(route.response_class) or route.sse_stream) and not (
                    isinstance(item, Class) and item.derives("fastapi.sse.ServerSentEvent")
                )
                return None, self.interp.resolve(item) if wanted else EMPTY
        return found, EMPTY

    def _returns_at(self, endpoint: Value) -> Place:
        found = endpoint
        while isinstance(found, (Bound, Partial)):
            found = found.function
        if isinstance(found, Function) and isinstance(found.node, s.Function):
            return Place(found.scope.module.path, found.node.line)
        return place_of(endpoint)

    def _written_at(self, route: Route, keyword: str) -> Place:
        """The line where the endpoint's decorator gives a keyword; the route's own line if it cannot be seen."""
        found = route.endpoint
        if isinstance(found, Function) and isinstance(found.node, s.Function):
            for decorator in found.node.decorators:
                if isinstance(decorator, s.Call):
                    value = s.keyword(decorator, keyword)
                    if value is not None:
                        return Place(found.scope.module.path, value.line)
        return route.at if route.at.path else route.origin


def chosen_class(route: Route) -> Value:
    """The response class that holds for a route."""
    found = route.response_class
    return found.attributes.get("value") if isinstance(found, Instance) and is_default(found) else found


def _response_name(found: External) -> bool:
    return found.name.startswith(("starlette.", "fastapi.")) and found.short.endswith("Response")


def _item(annotation: Value) -> Value:
    """`get_stream_item_type`: what a stream yields; EMPTY if it is none."""
    origin = annotation.origin if isinstance(annotation, Alias) else None
    if isinstance(annotation, Alias) and isinstance(origin, External) and origin.name in _STREAMS:
        return annotation.args[0] if annotation.args else ANY
    if isinstance(annotation, External) and annotation.name in _STREAMS:
        return ANY
    return EMPTY
