"""What the FastAPI stubs leave to Byte: parameter markers, routes, and routers that include routers.

The stubs hold the classes that projects subclass; what is done for each route is here, because it is done thousands
of times. Names are `byte_fastapi.*`: the stubs import `byte_fastapi` as if it were a library.
"""

import re
from typing import Final, NamedTuple

from byte.extract.evaluate.natives.base import Interp, NativeFunction
from byte.extract.evaluate.values import (
    EMPTY,
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

LAZY: Final = (0, 137)
"""The version from which a router is read when the document is made, not when it is included."""

_PARAMETER: Final = re.compile("{([a-zA-Z_][a-zA-Z0-9_]*)(:[a-zA-Z_][a-zA-Z0-9_]*)?}")


class Include(NamedTuple):
    """One `include_router` that a route came through: the prefixes that it put before the path, and where it is."""

    prefix: str
    at: Place


def is_default(value: Value) -> bool:
    """Whether a value is FastAPI's placeholder for "not given"."""
    return isinstance(value, Instance) and isinstance(value.cls, Class) and value.cls.name == "DefaultPlaceholder"


def first_given(*values: Value) -> Value:
    """The first value that is no placeholder, or the first (`fastapi.utils.get_value_or_default`)."""
    for value in values:
        if value is not None and not is_default(value):
            return value
    return next((value for value in values if value is not None), None)


def held(value: Value) -> Value:
    """The plain value that an object (an enum member of `str` or `int`, say) also is."""
    if isinstance(value, Instance):
        if value.held is not EMPTY:
            return value.held
        if "_value_" in value.attributes and isinstance(value.cls, Class) and value.cls.derives(*_PLAIN_ENUMS):
            return value.attributes["_value_"]
    return value


_PLAIN_ENUMS: Final = ("builtins.str", "builtins.int", "enum.StrEnum", "enum.IntEnum", "http.HTTPStatus")


def settled(interp: Interp, value: Value) -> Value:
    """A plain value, where a name of a library is as unknown as anything else."""
    value = held(value)
    if isinstance(value, External) and not value.name.startswith("http.HTTPStatus."):
        return Unknown(f"the value of {value.name} is not known", interp.at)
    return value


def text(value: Value) -> str:
    """A path as text, with `{?}` for what is not known of it."""
    value = held(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown):
        return value.text if value.text is not None else "{?}"
    return "" if value is None else "{?}"


def joined_path(before: Value, after: Value) -> Value:
    """Two parts of a path put together; Unknown with what is known where one is not."""
    before, after = held(before), held(after)
    if isinstance(before, str) and isinstance(after, str):
        return before + after
    missing = before if isinstance(before, Unknown) else after
    known = text(before) + text(after)
    return Unknown(missing.reason, missing.at, text=known) if isinstance(missing, Unknown) else known


def path_format(path: str) -> str:
    """The path without the converters of its parameters."""
    return _PARAMETER.sub(r"{\1}", path) if ":" in path else path


def listed(value: Value) -> list[Value]:
    """The items of a list that may be missing; one that is not known is one unknown item."""
    value = held(value)
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return [value] if isinstance(value, (Unknown, External)) else []


def mapped(*values: Value) -> dict[Value, Value]:
    """Several dicts laid over each other; those that are not known stay as an entry."""
    out: dict[Value, Value] = {}
    for value in values:
        value = held(value)
        if isinstance(value, dict):
            out.update(value)
        elif isinstance(value, (Unknown, External)):
            out["{?}"] = value
    return out


def either(one: Value, other: Value) -> Value:
    """`one or other` of flags that may be placeholders or unknown."""
    if one is None or one is False:
        return other
    return one


def both(*values: Value) -> Value:
    """`a and b and ...` of flags that may be unknown."""
    unknown: Value = True
    for value in values:
        if value is False or value is None:
            return False
        if isinstance(value, Unknown):
            unknown = value
    return unknown


def endpoint_name(interp: Interp, endpoint: Value) -> Value:
    """The name that FastAPI gives a route after its endpoint."""
    if isinstance(endpoint, (Function, Class)):
        return endpoint.name
    if isinstance(endpoint, Bound):
        return endpoint_name(interp, endpoint.function)
    if isinstance(endpoint, Partial):
        found = endpoint.attributes.get("__name__")
        return found if isinstance(found, str) else "partial"
    if isinstance(endpoint, Instance):
        found = endpoint.attributes.get("__name__", EMPTY)
        if isinstance(found, str):
            return found
        return endpoint.cls.name if isinstance(endpoint.cls, Class) else endpoint.cls.short
    if isinstance(endpoint, External):
        return endpoint.short
    return interp.getattr_or(endpoint, "__name__", Unknown("the endpoint is not known", interp.at))


def default_unique_id(interp: Interp, name: Value, path: str, methods: list[str]) -> str:
    """`fastapi.utils.generate_unique_id`."""
    pattern = r"\W" if interp.target.fastapi >= (0, 89) else "[^0-9a-zA-Z_]"
    return f"{re.sub(pattern, '_', f'{text(name)}{path}')}_{methods[0].lower() if methods else 'get'}"


def store(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`store(object, attributes)`: sets many attributes at once."""
    instance, options = args
    instance.attributes.update(options)
    return None


def param(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`param(marker, args, options)`: the attributes of a `Query`, `Body`, ... as FastAPI sets them."""
    instance, positional, options = args
    attributes = instance.attributes
    given = {k: v for k, v in options.items() if not is_default(v)}
    if positional:
        given["default"] = positional[0]
    alias = given.get("alias")
    if interp.target.pydantic >= (2,):
        pattern = either(given.get("pattern"), given.pop("regex", None))
        if pattern is not None:
            given["pattern"] = pattern
        if isinstance(alias, str) and interp.target.fastapi >= (0, 124):
            if given.get("serialization_alias") is None:
                given["serialization_alias"] = alias
            if given.get("validation_alias") is None:
                given["validation_alias"] = alias
        extra = {k: v for k, v in given.items() if k not in _NAMED}
        for name in extra:
            if name not in _ATTRIBUTES:
                del given[name]
        if extra and given.get("json_schema_extra") is None:
            given["json_schema_extra"] = extra
        if interp.target.fastapi < (0, 100) and "examples" in given:
            given["openapi_examples"] = given.pop("examples")
    else:
        recent = interp.target.fastapi >= (0, 100)
        regex = either(given.pop("pattern", None), given.get("regex")) if recent else given.get("regex")
        if regex is not None:
            given["regex"] = regex
        known = _KNOWN if recent else _KNOWN - _LATER
        extra = {k: v for k, v in given.items() if k not in known}
        for name in extra:
            del given[name]
        more = given.pop("json_schema_extra", None)
        if isinstance(more, dict):
            extra = {**extra, **more}
        if interp.target.fastapi < (0, 99):
            if "examples" in given:
                given["openapi_examples"] = given.pop("examples")
        elif given.get("examples") is not None:
            extra["examples"] = given["examples"]
        if extra:
            given["extra"] = extra
    attributes.update(given)
    return None


_PLAIN: Final = (
    "methods", "status_code", "summary", "description", "response_description", "deprecated", "operation_id",
    "include_in_schema", "name", "openapi_extra", "tags", "dependencies", "responses",
)  # fmt: skip

_NAMED: Final = frozenset(
    """default default_factory annotation alias alias_priority validation_alias serialization_alias title description
    gt ge lt le min_length max_length pattern regex discriminator strict multiple_of allow_inf_nan max_digits
    decimal_places examples example openapi_examples deprecated include_in_schema json_schema_extra
    convert_underscores embed media_type validate_default union_mode fail_fast""".split()
)
"""What FastAPI's markers take by name; anything else goes into the schema as it is."""

_ATTRIBUTES: Final = frozenset("exclude frozen repr init init_var kw_only exclude_if field_title_generator".split())
"""Of what goes into the schema, what Pydantic 2 also takes for itself."""

_KNOWN: Final = _NAMED | frozenset(
    ("min_items", "max_items", "unique_items", "const", "allow_mutation", "exclude", "include", "repr")
)
"""What a field of Pydantic 1 takes by name."""

_LATER: Final = frozenset(
    ("validation_alias", "serialization_alias", "alias_priority", "strict", "json_schema_extra", "pattern",
     "openapi_examples")
)  # fmt: skip
"""Arguments that older versions took for entries of the schema."""


def route(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`route(self, path, endpoint, options)`: what `APIRoute.__init__` keeps of its arguments."""
    instance, path, endpoint, options = args
    known = instance.attributes
    known.update(options)
    for name in _PLAIN:
        if name in known:
            known[name] = settled(interp, known[name])
    path = known["path"] = settled(interp, path)
    known["endpoint"] = endpoint
    known["path_format"] = path_format(text(path))
    if known.get("name") is None:
        known["name"] = endpoint_name(interp, endpoint)
    given = known.get("methods")
    if isinstance(given, Unknown):
        methods: list[str] = []
        known["_methods"] = given
    else:
        methods = [m.upper() for m in map(text, listed(given if given is not None else ["GET"]))]
        known["_methods"] = methods = list(dict.fromkeys(methods))
        known["methods"] = set(methods)
    known["tags"] = [settled(interp, tag) for tag in listed(known.get("tags"))]
    known["dependencies"] = [settled(interp, one) for one in listed(known.get("dependencies"))]
    known["responses"] = {code: settled(interp, one) for code, one in mapped(known.get("responses")).items()}
    known.setdefault("_chain", ())
    known["unique_id"] = unique_id(interp, instance)
    return None


def unique_id(interp: Interp, instance: Instance) -> Value:
    """The id of an operation: what the project gave, or what its or FastAPI's function makes."""
    known = instance.attributes
    if known.get("operation_id"):
        return known["operation_id"]
    function = known.get("generate_unique_id_function")
    if isinstance(function, Instance) and is_default(function):
        function = function.attributes.get("value")
    if function is None or (isinstance(function, Function) and function.scope.module.name == "fastapi.utils"):
        methods = known["_methods"]
        return default_unique_id(
            interp, known["name"], known["path_format"], methods if isinstance(methods, list) else []
        )
    return interp.call(function, [instance], {})


def add_api_route(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`add_api_route(router, path, endpoint, options)`: makes the route and appends it."""
    router, path, endpoint, options = args
    path = settled(interp, path)
    own = router.attributes
    own["prefix"] = settled(interp, own.get("prefix", ""))
    given = {k: settled(interp, v) if k in _PLAIN else v for k, v in options.items()}
    kind = given.pop("route_class_override", None)
    if kind is None:
        kind = interp.getattr(router, "route_class")
    given["responses"] = mapped(own.get("responses"), given.get("responses"))
    given["response_class"] = first_given(given.get("response_class"), own.get("default_response_class"))
    given["tags"] = [*listed(own.get("tags")), *listed(given.get("tags"))]
    given["dependencies"] = [*listed(own.get("dependencies")), *listed(given.get("dependencies"))]
    given["callbacks"] = [*listed(own.get("callbacks")), *listed(given.get("callbacks"))]
    given["deprecated"] = either(given.get("deprecated"), own.get("deprecated"))
    given["include_in_schema"] = both(given.get("include_in_schema", True), own.get("include_in_schema", True))
    given["generate_unique_id_function"] = first_given(
        given.get("generate_unique_id_function"), own.get("generate_unique_id_function")
    )
    given["dependency_overrides_provider"] = own.get("dependency_overrides_provider")
    made = interp.call(kind, [joined_path(own.get("prefix", ""), path)], {"endpoint": endpoint, **given})
    if not _is_route(made):
        interp.gap("a route class that is not followed")
        plain = _stub(interp, "APIRoute")
        made = interp.call(plain, [joined_path(own.get("prefix", ""), path)], {"endpoint": endpoint, **given})
    routes = own.get("routes")
    if isinstance(routes, list):
        routes.append(made)
    return None


def _is_route(value: Value) -> bool:
    return isinstance(value, Instance) and "path_format" in value.attributes


def _stub(interp: Interp, name: str) -> Value:
    return interp.library_class("fastapi.routing", name)


def include_router(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`include_router(router, included, options)`."""
    router, included, options = args
    options = {k: settled(interp, v) if k in _PLAIN else v for k, v in options.items()}
    options["prefix"] = settled(interp, options.get("prefix", ""))
    included = settled(interp, included)
    if isinstance(included, Unknown):
        known = [a for a in included.alternatives if isinstance(a, Instance) and "routes" in a.attributes]
        if not known:
            interp.gap(f"a router that is included is not known: {included.reason}")
            return None
        for one in known:
            before = interp.conditions
            interp.conditions = (*before, Condition(included.at, included.reason))
            try:
                include_router(interp, [router, one, options], {})
            finally:
                interp.conditions = before
        return None
    if not isinstance(included, Instance) or not isinstance(included.attributes.get("routes"), list):
        interp.gap("what is included is no router that can be followed")
        return None
    for name in ("on_startup", "on_shutdown"):
        mine, theirs = router.attributes.get(name), included.attributes.get(name)
        if isinstance(mine, list) and isinstance(theirs, list):
            mine += theirs
    if interp.target.fastapi >= LAZY:
        _include_later(interp, router, included, options)
    else:
        _include_now(interp, router, included, options)
    return None


def _include_later(interp: Interp, router: Instance, included: Instance, options: dict[str, Value]) -> None:
    own = router.attributes
    made = Instance(_stub(interp, "_IncludedRouter"), interp.at, interp.conditions)
    made.attributes["original_router"] = included
    made.attributes["_context"] = {
        "included_router": included,
        "prefix": joined_path(own.get("prefix", ""), options.get("prefix", "")),
        "tags": [*listed(own.get("tags")), *listed(options.get("tags"))],
        "dependencies": [*listed(own.get("dependencies")), *listed(options.get("dependencies"))],
        "default_response_class": first_given(options.get("default_response_class"), own.get("default_response_class")),
        "responses": mapped(own.get("responses"), options.get("responses")),
        "callbacks": [*listed(own.get("callbacks")), *listed(options.get("callbacks"))],
        "deprecated": either(options.get("deprecated"), own.get("deprecated")),
        "include_in_schema": both(own.get("include_in_schema", True), options.get("include_in_schema", True)),
        "generate_unique_id_function": first_given(
            options.get("generate_unique_id_function"), own.get("generate_unique_id_function")
        ),
    }
    if isinstance(own.get("routes"), list):
        own["routes"].append(made)


MOST_ROUTES: Final = 6_000
"""Routes of one router that are followed."""


def _include_now(interp: Interp, router: Instance, included: Instance, options: dict[str, Value]) -> None:
    own, theirs = router.attributes, included.attributes
    routes = own.get("routes")
    add = interp.getattr(router, "add_api_route")
    place = interp.at
    step = Include(text(own.get("prefix", "")) + text(options.get("prefix", "")), place)
    for found in list(theirs["routes"]):
        if isinstance(routes, list) and len(routes) > MOST_ROUTES:
            interp.gap(f"a router with more than {MOST_ROUTES} routes: the rest is not followed")
            return
        if isinstance(found, Unknown):
            if isinstance(routes, list):
                routes.append(found)
            continue
        if not _is_route(found):
            continue
        known = found.attributes
        given = {name: known[name] for name in _PASSED_ON if name in known}
        given["methods"] = known["_methods"]
        given["tags"] = [*listed(options.get("tags")), *listed(known.get("tags"))]
        given["dependencies"] = [*listed(options.get("dependencies")), *listed(known.get("dependencies"))]
        given["responses"] = mapped(options.get("responses"), known.get("responses"))
        given["callbacks"] = [*listed(options.get("callbacks")), *listed(known.get("callbacks"))]
        given["deprecated"] = either(either(known.get("deprecated"), options.get("deprecated")), own.get("deprecated"))
        given["include_in_schema"] = both(
            known.get("include_in_schema", True),
            own.get("include_in_schema", True),
            options.get("include_in_schema", True),
        )
        given["response_class"] = first_given(
            known.get("response_class"),
            theirs.get("default_response_class"),
            options.get("default_response_class"),
            own.get("default_response_class"),
        )
        given["generate_unique_id_function"] = first_given(
            known.get("generate_unique_id_function"),
            theirs.get("generate_unique_id_function"),
            options.get("generate_unique_id_function"),
            own.get("generate_unique_id_function"),
        )
        given["route_class_override"] = found.cls
        count = len(routes) if isinstance(routes, list) else 0
        before = interp.conditions
        interp.conditions = merged(before, found.conditions)
        try:
            interp.call(add, [joined_path(options.get("prefix", ""), known["path"]), known["endpoint"]], given)
        finally:
            interp.conditions = before
        if isinstance(routes, list):
            for made in routes[count:]:
                if _is_route(made):
                    made.attributes["_chain"] = (*known.get("_chain", ()), step)
                    made.attributes["_made"] = known.get("_made", found.at)


_PASSED_ON: Final = (
    "response_model", "status_code", "summary", "description", "response_description", "operation_id",
    "response_model_include", "response_model_exclude", "response_model_by_alias", "response_model_exclude_unset",
    "response_model_exclude_defaults", "response_model_exclude_none", "name", "openapi_extra",
)  # fmt: skip


def merged(one: tuple[Condition, ...], other: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Conditions of both, each once."""
    if not other:
        return one
    return tuple(dict.fromkeys((*one, *other)))


def get_openapi(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`get_openapi(...)` while the project is evaluated: the document does not exist yet."""
    return Unknown("the document is made after the project is read", interp.at)


def setting(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`setting(key, cast, default)`: what `starlette.config.Config` gives where the environment says nothing."""
    key, cast, default = args
    if isinstance(default, Class) and default.name == "undefined":
        return Unknown(f"the setting {text(key)} of the environment", interp.at)
    if cast is None or default is None or isinstance(default, Unknown):
        return default
    if isinstance(cast, External) and cast.name == "builtins.bool" and isinstance(default, str):
        return default.lower() in ("true", "1")
    return interp.call(cast, [default], {})


def openapi_version(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The version of OpenAPI that this version of FastAPI writes."""
    return "3.1.0" if interp.target.fastapi >= (0, 99) else "3.0.2"


NATIVES: Final[dict[str, NativeFunction]] = {
    "byte_fastapi.store": store,
    "byte_fastapi.param": param,
    "byte_fastapi.route": route,
    "byte_fastapi.add_api_route": add_api_route,
    "byte_fastapi.include_router": include_router,
    "byte_fastapi.get_openapi": get_openapi,
    "byte_fastapi.openapi_version": openapi_version,
    "byte_fastapi.setting": setting,
}
