"""The routes of an evaluated application, in the order and with the settings that FastAPI gives them."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

from byte.extract.contract.dependant import Dependant, Dependants, Flat, Problem, is_generator, place_of
from byte.extract.contract.fields import ModelField
from byte.extract.contract.parameters import (
    ANY,
    attribute,
    is_field_info,
    is_file,
    is_form,
    is_model,
    is_response,
    is_union_of_models,
)
from byte.extract.contract.dependant import stripped
from byte.extract.contract.plain import place, plain
from byte.extract.evaluate.natives.fastapi import (
    Include,
    both,
    either,
    first_given,
    held,
    is_default,
    joined_path,
    listed,
    mapped,
    merged,
    path_format,
    text,
    unique_id,
)
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Bound,
    Class,
    Condition,
    External,
    Function,
    Instance,
    Module,
    Partial,
    Place,
    Raised,
    Unknown,
    Value,
    external,
)
from byte.model import syntax as s

_STREAMS: Final = frozenset(
    f"collections.abc.{name}"
    for name in ("AsyncIterable", "AsyncIterator", "AsyncGenerator", "Iterable", "Iterator", "Generator")
)
_NO_BODY: Final = frozenset(("default", "1XX", "2XX", "3XX", "4XX", "5XX"))


class Route:
    """One route as it ends up in the application: what its decorator said, with what all routers add."""

    __slots__ = (
        "at", "body", "callbacks", "chain", "conditions", "dependant", "dependencies", "deprecated", "description",
        "endpoint", "flat", "generator", "include", "instance", "item_field", "json_stream", "methods", "name",
        "openapi_extra", "operation_id", "origin", "path", "path_format", "problems", "response_class",
        "response_description", "response_field", "response_fields", "response_from", "response_model", "responses",
        "spread", "sse_stream", "status_code", "summary", "tags", "unique_id",
    )  # fmt: skip

    path: Value
    endpoint: Value
    include: Value
    response_class: Value
    response_model: Value
    status_code: Value

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.problems: list[Problem] = []
        self.chain: tuple[Include, ...] = ()
        self.conditions: tuple[Condition, ...] = ()
        self.body: ModelField | None = None
        self.response_field: ModelField | None = None
        self.item_field: ModelField | None = None
        self.response_fields: dict[Any, ModelField] = {}
        self.response_from = ""
        self.spread: dict[str, list[ModelField]] = {}
        self.json_stream = self.sse_stream = self.generator = False
        self.dependant: Dependant | None = None
        self.flat: Flat | None = None


def read(interp: Any, routes: Value) -> Iterator[Route]:
    """The operations of a list of routes; what is no operation is passed over, what is not known is noted."""
    for found in listed(routes):
        if isinstance(found, Instance) and isinstance(found.cls, Class):
            if "original_router" in found.attributes and "_context" in found.attributes:
                yield from _included(interp, found, None, (), 0)
            elif "path_format" in found.attributes:
                yield _route(interp, found)
        elif isinstance(found, Unknown):
            interp.gap(f"a route that is not known: {found.reason}", found.at)


def _included(
    interp: Any,
    include: Instance,
    outer: dict[str, Value] | None,
    conditions: tuple[Condition, ...],
    depth: int,
    chain: tuple[Include, ...] = (),
) -> Iterator[Route]:
    """The routes of a router that is read now (from version 0.137 on)."""
    own = include.attributes["_context"]
    context = own if outer is None else _combined(outer, own)
    conditions = merged(conditions, include.conditions)
    chain = (Include(text(own["prefix"]), include.at), *chain)
    router = include.attributes["original_router"]
    if depth > 50:
        interp.gap("routers that include each other", include.at)
        return
    for found in listed(router.attributes.get("routes")):
        if isinstance(found, Unknown):
            interp.gap(f"a route that is not known: {found.reason}", found.at)
        if not isinstance(found, Instance):
            continue
        if "original_router" in found.attributes and "_context" in found.attributes:
            yield from _included(interp, found, context, conditions, depth + 1, chain)
        elif "path_format" in found.attributes:
            yield _effective(interp, found, context, merged(conditions, found.conditions), chain)


def _combined(outer: dict[str, Value], inner: dict[str, Value]) -> dict[str, Value]:
    return {
        "included_router": inner["included_router"],
        "prefix": joined_path(outer["prefix"], inner["prefix"]),
        "tags": [*outer["tags"], *inner["tags"]],
        "dependencies": [*outer["dependencies"], *inner["dependencies"]],
        "default_response_class": first_given(inner["default_response_class"], outer["default_response_class"]),
        "responses": mapped(outer["responses"], inner["responses"]),
        "callbacks": [*outer["callbacks"], *inner["callbacks"]],
        "deprecated": either(outer["deprecated"], inner["deprecated"]),
        "include_in_schema": both(outer["include_in_schema"], inner["include_in_schema"]),
        "generate_unique_id_function": first_given(
            inner["generate_unique_id_function"], outer["generate_unique_id_function"]
        ),
    }


def _effective(
    interp: Any,
    found: Instance,
    context: dict[str, Value],
    conditions: tuple[Condition, ...],
    chain: tuple[Include, ...],
) -> Route:
    known = found.attributes
    router = context["included_router"].attributes
    made = Instance(found.cls, found.at, conditions)
    made.attributes.update(known)
    path = joined_path(context["prefix"], known["path"])
    made.attributes.update(
        path=path,
        path_format=path_format(text(path)),
        tags=[*listed(context["tags"]), *listed(known.get("tags"))],
        dependencies=[*listed(context["dependencies"]), *listed(known.get("dependencies"))],
        responses=mapped(context["responses"], known.get("responses")),
        callbacks=[*listed(context["callbacks"]), *listed(known.get("callbacks"))],
        deprecated=either(known.get("deprecated"), context["deprecated"]),
        include_in_schema=both(known.get("include_in_schema", True), context["include_in_schema"]),
        response_class=first_given(
            known.get("response_class"), router.get("default_response_class"), context["default_response_class"]
        ),
        generate_unique_id_function=first_given(
            known.get("generate_unique_id_function"),
            router.get("generate_unique_id_function"),
            context["generate_unique_id_function"],
        ),
        _chain=chain,
    )
    made.attributes["unique_id"] = unique_id(interp, made)
    return _route(interp, made)


def _route(interp: Any, instance: Instance) -> Route:
    known = instance.attributes
    route = Route(instance)
    route.conditions = instance.conditions
    route.chain = known.get("_chain", ())
    route.at = known.get("_made", instance.at)
    route.path = known["path"]
    route.path_format = known["path_format"]
    if not isinstance(route.path_format, str):
        route.path_format = path_format(text(route.path_format))
    route.endpoint = known["endpoint"]
    route.origin = place_of(route.endpoint)
    if isinstance(route.path, Unknown):
        route.problems.append(Problem(f"the path is not known: {route.path.reason}", route.path.at))
    elif "{?}" in route.path_format:
        route.problems.append(Problem("the path is not known", route.at))
    if isinstance(route.endpoint, Unknown):
        route.problems.append(Problem(f"the endpoint is not known: {route.endpoint.reason}", route.endpoint.at))
    methods = known.get("_methods")
    given = known.get("methods")
    if isinstance(given, (set, frozenset)) and isinstance(methods, list) and set(methods) != given:
        methods = sorted(text(m) for m in given)
    if isinstance(methods, list):
        route.methods = methods
    else:
        route.methods = []
        reason = methods.reason if isinstance(methods, Unknown) else "they are not evaluated"
        interp.gap(f"the methods of {route.path_format} are not known: {reason}", route.at)
    route.name = text(known.get("name"))
    route.unique_id = text(known.get("unique_id"))
    route.operation_id = known.get("operation_id")
    route.tags = _tags(interp, route, known.get("tags"))
    route.summary = known.get("summary")
    route.description = _description(interp, known.get("description"), route.endpoint)
    route.response_description = known.get("response_description", "Successful Response")
    route.responses = known.get("responses") if isinstance(known.get("responses"), dict) else {}
    route.deprecated = known.get("deprecated")
    route.include = known.get("include_in_schema", True)
    route.response_class = known.get("response_class")
    route.response_model = known.get("response_model")
    route.status_code = known.get("status_code")
    route.dependencies = listed(known.get("dependencies"))
    route.callbacks = listed(known.get("callbacks"))
    route.openapi_extra = known.get("openapi_extra")
    return route


def _tags(interp: Any, route: Route, tags: Value) -> list[Any]:
    out = []
    for tag in listed(tags):
        if isinstance(tag, Unknown) and tag.text is None:
            route.problems.append(Problem(f"a tag is not known: {tag.reason}", tag.at))
        else:
            out.append(plain(interp, tag))
    return out


def _description(interp: Any, given: Value, endpoint: Value) -> Any:
    if isinstance(given, Unknown):
        return given.text or "{?}"
    found = held(given)
    if not found:
        if isinstance(endpoint, Partial):
            return _PARTIAL
        found = interp.docstring(endpoint) if isinstance(endpoint, (Function, Bound, Class, Instance)) else ""
        if isinstance(endpoint, Instance) and not found:
            found = interp.docstring(endpoint.cls)
        found = inspect.cleandoc(found or "")
    return found.split("\f")[0].strip() if isinstance(found, str) else plain(interp, found)


_PARTIAL: Final = "Create a new function with partial application of the given arguments\nand keywords."


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
        return _BY_NAME.get(value.short, value)
    return value


def _by_name() -> dict[str, int]:
    from http import HTTPStatus

    return {status.name: int(status) for status in HTTPStatus}


_BY_NAME: Final = _by_name()


class Analyst:
    """Works out the parameters, bodies and responses of routes."""

    def __init__(self, interp: Any, schemas: Any) -> None:
        self.interp = interp
        self.schemas = schemas
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self.pydantic_2 = interp.target.pydantic >= (2,)
        self.dependants = Dependants(interp, schemas)

    def analyse(self, route: Route) -> None:
        """Fill in what follows from the endpoint's signature and the route's settings."""
        dependants = self.dependants
        route.dependant = dependants.of_route(route.path_format, route.endpoint, route.dependencies)
        route.flat = dependants.flat(route.dependant)
        for problem in route.flat.problems:
            if problem not in route.problems:
                route.problems.append(problem)
        for name in ("path", "query", "header", "cookie"):
            route.spread[name] = dependants.spread(getattr(route.flat, name))
        self._body(route, dependants.bodies(route.dependant))
        self._responses(route)

    def fields(self, route: Route) -> tuple[list[ModelField], list[ModelField], list[ModelField]]:
        """The fields of a route as FastAPI collects them: bodies, responses, parameters."""
        bodies = [route.body] if route.body is not None else []
        responses = [route.response_field] if route.response_field is not None else []
        responses += route.response_fields.values()
        if route.item_field is not None:
            responses.append(route.item_field)
        return bodies, responses, [f for fields in route.spread.values() for f in fields]

    # --- bodies --------------------------------------------------------------------------------

    def _body(self, route: Route, fields: list[ModelField]) -> None:
        if not fields:
            return
        if not self._embeds(fields):
            route.body = fields[0]
            return
        unique = {f.name: f for f in fields}
        at = route.origin
        required = any(f.default is EMPTY for f in fields)
        cls = self._body_model(f"Body_{route.unique_id}", list(unique.values()), at)
        kind = (
            "File"
            if any(is_file(f.info) for f in fields)
            else "Form"
            if any(is_form(f.info) for f in fields)
            else "Body"
        )
        info = self.dependants.reader.made(kind, EMPTY if required else None, at)
        info.attributes.update(annotation=cls, alias="body")
        types = [attribute(f.info, "media_type") for f in fields]
        if kind == "Body" and len(set(map(str, types))) == 1:
            info.attributes["media_type"] = types[0]
        elif kind == "Form" and self.fastapi >= (0, 157):
            if "multipart/form-data" in types:
                info.attributes["media_type"] = "multipart/form-data"
            elif len(set(map(str, types))) == 1:
                info.attributes["media_type"] = types[0]
        route.body = ModelField("body", "body", cls, info, EMPTY if required else None, "validation", at)

    def _embeds(self, fields: list[ModelField]) -> bool:
        first = fields[0]
        if len({f.name for f in fields}) > 1 or attribute(first.info, "embed") is True:
            return True
        if not is_form(first.info):
            return False
        type_ = stripped(first.type)
        if self.fastapi >= (0, 113) and is_model(type_):
            return False
        return not (self.fastapi >= (0, 115, 14) and is_union_of_models(type_))

    def _body_model(self, name: str, fields: list[ModelField], at: Place) -> Class:
        """The model that FastAPI makes of several body parameters (`create_body_model`)."""
        base = self._stub("pydantic.main", "BaseModel")
        module = Module("fastapi._compat.v2", "", False, True)
        cls = Class(name, module, [base] if base is not None else [], at)
        cls.mro = [cls, *(base.mro if isinstance(base, Class) else [])]
        for field in fields:
            cls.annotations[field.name] = self._beside(field)
            if field.info is not None:
                cls.namespace[field.name] = self._as_field(field)
            cls.lines[field.name] = field.at.line
        cls.attributes["body"] = True
        cls.attributes["fields"] = fields
        return cls

    def _beside(self, field: ModelField) -> Value:
        """The type of a body parameter without its marker, which is the model's field; only constraints stay."""
        metadata = getattr(field.type, "metadata", ())
        if not self.pydantic_2 or not any(m is field.info for m in metadata):
            return field.type
        kept: list[Value] = []
        for one in metadata:
            limits = self.dependants.limits(one) if is_field_info(one) and one is not field.info else one
            if limits is not None and limits is not field.info:
                kept.append(limits)
        type_ = stripped(field.type)
        return Annotated(type_, tuple(kept)) if kept else type_

    def _as_field(self, field: ModelField) -> Instance:
        """The marker of a body parameter as the field of a model: with its default and its alias."""
        assert field.info is not None
        out = Instance(field.info.cls, field.at)
        out.attributes.update(field.info.attributes)
        out.attributes.pop("default", None)
        if field.default is not EMPTY and out.attributes.get("default_factory") is None:
            out.attributes["default"] = field.default
        if self.pydantic_2 and self.fastapi < (0, 124):
            out.attributes.pop("alias", None)  # without a `validation_alias`, the model went by the name
        else:
            out.attributes["alias"] = field.alias
        return out

    def _stub(self, module: str, name: str) -> Value:
        found = self.interp.import_module(module)
        return found.scope.names.get(name) if isinstance(found, Module) else None

    # --- responses -----------------------------------------------------------------------------

    def _responses(self, route: Route) -> None:
        route.generator = is_generator(route.endpoint)
        default_class = is_default(route.response_class)
        if self.fastapi >= (0, 134):
            route.json_stream = route.generator and default_class
            chosen = self.response_class(route)
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
            if code == "{?}" or isinstance(response, (Unknown, External)):
                reason = response.reason if isinstance(response, Unknown) else "it is not evaluated"
                route.problems.append(
                    Problem(
                        f"responses are not known: {reason}", response.at if isinstance(response, Unknown) else route.at
                    )
                )
                continue
            inner = response.get("model") if isinstance(response, dict) else None
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

    def response_class(self, route: Route) -> Value:
        """The response class that holds for a route."""
        found = route.response_class
        return found.attributes.get("value") if is_default(found) and isinstance(found, Instance) else found


def _response_name(found: External) -> bool:
    return found.name.startswith(("starlette.", "fastapi.")) and found.short.endswith("Response")


def _item(annotation: Value) -> Value:
    """`get_stream_item_type`: what a stream yields; EMPTY if it is none."""
    if isinstance(annotation, Alias) and isinstance(annotation.origin, External):
        if annotation.origin.name in _STREAMS:
            return annotation.args[0] if annotation.args else ANY
    if isinstance(annotation, External) and annotation.name in _STREAMS:
        return ANY
    return EMPTY
