"""The routes of an evaluated application, in the order and with the settings that FastAPI gives them."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from byte.extract.contract.dependant import Dependant, Flat, Problem, place_of
from byte.extract.contract.fields import ModelField
from byte.extract.contract.plain import plain, reason
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.fastapi import (
    MOST_ROUTES,
    Include,
    both,
    either,
    first_given,
    held,
    joined_path,
    listed,
    mapped,
    merged,
    path_format,
    text,
    unique_id,
)
from byte.extract.evaluate.values import (
    Bound,
    Class,
    Condition,
    External,
    Function,
    Instance,
    Partial,
    Place,
    Unknown,
    Value,
)

_PARTIAL: Final = "Create a new function with partial application of the given arguments\nand keywords."


@dataclass(slots=True, kw_only=True, eq=False)
class Route:
    """One route as it ends up in the application: what its decorator said, with what all routers add.

    The first part is what the route was made with; the second what `operations.Analyst` finds.
    """

    at: Place
    origin: Place
    path: Value
    path_format: str
    endpoint: Value
    name: str
    unique_id: str
    operation_id: Value
    summary: Value
    description: Any
    response_description: Value
    responses: dict[Value, Value]
    deprecated: Value
    include: Value
    response_class: Value
    response_model: Value
    status_code: Value
    dependencies: list[Value]
    callbacks: list[Value]
    openapi_extra: Value
    conditions: tuple[Condition, ...]
    chain: tuple[Include, ...]
    methods: list[str] = field(default_factory=list)
    tags: list[Any] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    dependant: Dependant | None = None
    flat: Flat | None = None
    spread: dict[str, list[ModelField]] = field(default_factory=dict)
    body: ModelField | None = None
    response_field: ModelField | None = None
    response_fields: dict[Value, ModelField] = field(default_factory=dict)
    response_from: str = ""
    item_field: ModelField | None = None
    generator: bool = False
    json_stream: bool = False
    sse_stream: bool = False

    def note(self, problem: Problem) -> None:
        """Note something that cannot be known, once."""
        if problem not in self.problems:
            self.problems.append(problem)


def read(interp: Interpreter, routes: Value) -> Iterator[Route]:
    """The operations of a list of routes; what is no operation is passed over, what is not known is noted."""
    found = list(islice(_read(interp, routes), MOST_ROUTES + 1))
    if len(found) > MOST_ROUTES:
        interp.gap(f"more than {MOST_ROUTES} routes: the rest is not read")
    yield from found[:MOST_ROUTES]


def _read(interp: Interpreter, routes: Value) -> Iterator[Route]:
    for found in listed(routes):
        if isinstance(found, Instance) and isinstance(found.cls, Class):
            if "original_router" in found.attributes and "_context" in found.attributes:
                yield from _included(interp, found, None, (), 0, (), [20 * MOST_ROUTES])
            elif "path_format" in found.attributes:
                yield _route(interp, found)
        elif isinstance(found, Unknown):
            interp.gap(f"a route that is not known: {found.reason}", found.at)


def _included(
    interp: Interpreter,
    include: Instance,
    outer: dict[str, Value] | None,
    conditions: tuple[Condition, ...],
    depth: int,
    chain: tuple[Include, ...],
    left: list[int],
) -> Iterator[Route]:
    """The routes of a router that is read now (from version 0.137 on)."""
    own = include.attributes["_context"]
    context = own if outer is None else _combined(outer, own)
    conditions = merged(conditions, include.conditions)
    chain = (Include(text(own["prefix"]), include.at), *chain)
    router = include.attributes["original_router"]
    left[0] -= 1
    if depth > 50 or left[0] < 0:
        interp.gap("routers that include each other, or more of them than are followed", include.at)
        return
    for found in listed(router.attributes.get("routes")):
        if isinstance(found, Unknown):
            interp.gap(f"a route that is not known: {found.reason}", found.at)
        if not isinstance(found, Instance):
            continue
        if "original_router" in found.attributes and "_context" in found.attributes:
            yield from _included(interp, found, context, conditions, depth + 1, chain, left)
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
    interp: Interpreter,
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


def _route(interp: Interpreter, instance: Instance) -> Route:
    known = instance.attributes
    shown = known["path_format"]
    route = Route(
        at=known.get("_made", instance.at),
        origin=place_of(known["endpoint"]),
        path=known["path"],
        path_format=shown if isinstance(shown, str) else path_format(text(shown)),
        endpoint=known["endpoint"],
        name=text(known.get("name")),
        unique_id=text(known.get("unique_id")),
        operation_id=known.get("operation_id"),
        summary=known.get("summary"),
        description=_description(interp, known.get("description"), known["endpoint"]),
        response_description=known.get("response_description", "Successful Response"),
        responses=known["responses"] if isinstance(known.get("responses"), dict) else {},
        deprecated=known.get("deprecated"),
        include=known.get("include_in_schema", True),
        response_class=known.get("response_class"),
        response_model=known.get("response_model"),
        status_code=known.get("status_code"),
        dependencies=listed(known.get("dependencies")),
        callbacks=listed(known.get("callbacks")),
        openapi_extra=known.get("openapi_extra"),
        conditions=instance.conditions,
        chain=known.get("_chain", ()),
    )
    route.tags = _tags(interp, route, known.get("tags"))
    if isinstance(route.path, Unknown):
        route.note(Problem(f"the path is not known: {route.path.reason}", route.path.at))
    methods = known.get("_methods")
    given = known.get("methods")
    if isinstance(given, (set, frozenset)) and isinstance(methods, list) and set(methods) != given:
        methods = sorted(text(m) for m in given)
    if isinstance(methods, list):
        route.methods = methods
    else:
        interp.gap(f"the methods of {route.path_format} are not known: {reason(methods)[0]}", route.at)
    return route


def _tags(interp: Interpreter, route: Route, tags: Value) -> list[Any]:
    out = []
    for tag in listed(tags):
        if isinstance(tag, (Unknown, External)) and getattr(tag, "text", None) is None:
            why, at = reason(tag)
            route.note(Problem(f"a tag is not known: {why}", at))
        else:
            out.append(plain(interp, tag))
    return out


def _description(interp: Interpreter, given: Value, endpoint: Value) -> Any:
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
