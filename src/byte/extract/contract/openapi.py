"""The OpenAPI document of an evaluated application: `app.openapi()` without running it."""

from typing import Any, Final, NamedTuple

from byte.extract.contract import security
from byte.extract.contract.dependant import Problem, label
from byte.extract.contract.fields import ModelField, Schema, Schemas
from byte.extract.contract.operations import Analyst
from byte.extract.contract.parameters import attribute
from byte.extract.contract.plain import place, plain
from byte.extract.contract.responses import Responses, deep_update
from byte.extract.contract.routes import Route, read
from byte.extract.contract.shape import Shaper
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.fastapi import held, is_default, text
from byte.extract.evaluate.values import (
    EMPTY,
    Class,
    Condition,
    Function,
    Instance,
    Raised,
    Unknown,
    Value,
)

METHODS_WITH_BODY: Final = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"))


class Written(NamedTuple):
    """A document, and for each operation (by method and path) how its parts were found."""

    document: Schema
    derivations: dict[tuple[str, str], list[str]]


def write(interp: Interpreter, app: Instance, schemas: Schemas) -> Written:
    """The document with its derivations; a function that the project puts in the place of `openapi` is followed."""
    writer = Writer(interp, schemas)
    custom = _custom(app)
    if custom is not None:
        found = _followed(interp, app, custom, writer)
        if found is not None:
            return Written(found, writer.derivations)
        at = custom.at if isinstance(custom, Function) else app.at
        interp.gap("the project's own openapi() could not be followed: the document is FastAPI's", at)
        writer.derivations.clear()
    return Written(writer.shaper.document(writer.written(_settings(interp, app))), writer.derivations)


def _custom(app: Instance) -> Value:
    own = app.attributes.get("openapi", EMPTY)
    if own is EMPTY and isinstance(app.cls, Class):
        own = app.cls.lookup("openapi")
        if isinstance(own, Function) and own.scope.module.stub:
            own = EMPTY
    return None if own is EMPTY else own


def _followed(interp: Interpreter, app: Instance, custom: Value, writer: "Writer") -> Schema | None:
    """The document that the project's own `openapi` makes of FastAPI's; None if that is not known."""
    natives = interp.natives
    interp.natives = {**natives, "byte_fastapi.get_openapi": writer.get_openapi}
    before = app.attributes.get("openapi_schema")
    app.attributes["openapi_schema"] = None
    try:
        given = [] if "openapi" in app.attributes else [app]
        found = interp.call(custom, given, {})
    except Raised:
        return None
    finally:
        interp.natives = natives
        app.attributes["openapi_schema"] = before
    if isinstance(found, dict) and isinstance(found.get("paths"), dict):
        made: Schema = plain(interp, found, 1)  # of Byte's own making: no bound on its size
        return made
    return None


def _settings(interp: Interpreter, app: Instance) -> dict[str, Value]:
    def own(name: str, default: Value = None) -> Value:
        return interp.getattr_or(app, name, default)

    if "routes" in app.attributes and "router" not in app.attributes:
        return {"title": "FastAPI", "version": "0.1.0", "routes": app.attributes["routes"]}
    router = own("router")
    webhooks = own("webhooks")
    return {
        "title": own("title", "FastAPI"),
        "version": own("version", "0.1.0"),
        "openapi_version": own("openapi_version"),
        "summary": own("summary"),
        "description": own("description"),
        "terms_of_service": own("terms_of_service"),
        "contact": own("contact"),
        "license_info": own("license_info"),
        "routes": interp.getattr_or(router, "routes", []),
        "webhooks": interp.getattr_or(webhooks, "routes", []) if isinstance(webhooks, Instance) else [],
        "tags": own("openapi_tags"),
        "servers": own("servers"),
        "separate_input_output_schemas": own("separate_input_output_schemas", True),
        "external_docs": own("openapi_external_docs"),
    }


class Writer:
    """Writes one document."""

    def __init__(self, interp: Interpreter, schemas: Schemas) -> None:
        self.interp = interp
        self.schemas = schemas
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self.pydantic_2 = interp.target.pydantic >= (2,)
        self.shaper = Shaper(self.fastapi, interp.target.pydantic)
        self.derivations: dict[tuple[str, str], list[str]] = {}
        self._separate = schemas.separate
        self._used = False
        self._begin(schemas)

    def _begin(self, schemas: Schemas) -> None:
        """A document with no routes: its names of components depend on its own routes alone."""
        self.schemas = schemas
        self.analyst = Analyst(self.interp, schemas)
        self.responses = Responses(self.interp, schemas)
        self._components: dict[str, Schema] = {}

    def get_openapi(self, interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """FastAPI's `get_openapi`, called by the project."""
        return self.shaper.document(self.written(kwargs))

    def written(self, settings: dict[str, Value]) -> Schema:
        """The document of these settings, as `get_openapi` makes it."""
        interp = self.interp
        if self._used:
            self._begin(self.schemas.fresh())
            self.schemas.separate = self._separate
        self._used = True
        if settings.get("separate_input_output_schemas") is False:
            self.schemas.separate = False
        routes = list(read(interp, settings.get("routes")))
        webhooks = list(read(interp, settings.get("webhooks"))) if self.fastapi >= (0, 99) else []
        self._announce(routes, webhooks)
        out: Schema = {
            "openapi": plain(
                interp, settings.get("openapi_version") or ("3.1.0" if self.fastapi >= (0, 99) else "3.0.2")
            ),
            "info": self._info(settings),
        }
        if _given(settings.get("servers")):
            out["servers"] = plain(interp, settings["servers"])
        definitions = dict(self._components)
        schemes: Schema = {}
        paths = self._paths(routes, schemes, definitions)
        hooks = self._paths(webhooks, schemes, definitions, "webhook ")
        components: Schema = {}
        if schemes:
            components["securitySchemes"] = schemes
        if definitions:
            components["schemas"] = {name: definitions[name] for name in sorted(definitions)}
        if components:
            out["components"] = components
        out["paths"] = paths
        if hooks:
            out["webhooks"] = hooks
        if _given(settings.get("tags")):
            out["tags"] = plain(interp, settings["tags"])
        if _given(settings.get("external_docs")):
            out["externalDocs"] = plain(interp, settings["external_docs"])
        return out

    def _info(self, settings: dict[str, Value]) -> Schema:
        out: Schema = {"title": text(settings.get("title")), "version": text(settings.get("version"))}
        names = (
            ("summary", "summary"),
            ("description", "description"),
            ("terms_of_service", "termsOfService"),
            ("contact", "contact"),
            ("license_info", "license"),
        )
        for name, key in names:
            if name == "summary" and self.fastapi < (0, 99):
                continue
            value = settings.get(name)
            if _given(value):
                out[key] = text(value) if isinstance(value, Unknown) else plain(self.interp, value)
        return out

    # --- the two passes ------------------------------------------------------------------------

    def _announce(self, routes: list[Route], webhooks: list[Route]) -> None:
        for field in self._collected([*routes, *webhooks]):
            self.schemas.add(field)
        self._components = self.schemas.build()
        for name in self.analyst.bodies.forms:
            if name in self._components:
                self.analyst.bodies.form_component(name, self._components[name])

    def _collected(self, routes: list[Route]) -> list[ModelField]:
        bodies: list[ModelField] = []
        responses: list[ModelField] = []
        params: list[ModelField] = []
        callbacks: list[ModelField] = []
        for route in routes:
            if route.include is False or route.include is None:
                continue
            self.analyst.analyse(route)
            body, response, param = self.analyst.fields(route)
            bodies += body
            responses += response
            params += param
            if route.callbacks:
                inner = [r for found in route.callbacks for r in read(self.interp, [found])]
                callbacks += self._collected(inner)
                route.callbacks = inner
        return [*callbacks, *bodies, *responses, *params]

    def _paths(
        self, routes: list[Route], schemes: Schema, definitions: dict[str, Schema], prefix: str = ""
    ) -> dict[str, Schema]:
        paths: dict[str, Schema] = {}
        for route in routes:
            item = self._path(route, schemes, definitions, prefix)
            if not item:
                continue
            known = paths.setdefault(route.path_format, {})
            for method, operation in item.items():
                if method in known and "x-conditional" in operation and "x-conditional" not in known[method]:
                    continue  # what surely exists stands for what may replace it
                known[method] = operation
        return paths

    def _path(self, route: Route, schemes: Schema, definitions: dict[str, Schema], prefix: str = "") -> Schema:
        out: Schema = {}
        if route.dependant is None:
            return out
        for method in route.methods:
            operation = self._operation(route, method, schemes, definitions)
            out[method.lower()] = operation
            self.derivations[(prefix + method.upper(), route.path_format)] = self._derived(route)
        return out

    # --- one operation -------------------------------------------------------------------------

    def _operation(self, route: Route, method: str, schemes: Schema, definitions: dict[str, Schema]) -> Schema:
        interp = self.interp
        operation: Schema = {}
        if route.tags:
            operation["tags"] = list(route.tags)
        operation["summary"] = (
            plain(interp, route.summary) if _given(route.summary) else route.name.replace("_", " ").title()
        )
        if route.description:
            operation["description"] = route.description
        operation["operationId"] = text(route.operation_id) if _given(route.operation_id) else route.unique_id
        deprecated = interp.truth(route.deprecated) if route.deprecated is not None else False
        if deprecated:
            operation["deprecated"] = True
        self._security(route, operation, schemes)
        parameters = self._parameters(route)
        if parameters:
            operation["parameters"] = parameters
        if method in METHODS_WITH_BODY and route.body is not None:
            operation["requestBody"] = self._request_body(route.body)
        if route.callbacks:
            operation["callbacks"] = {
                inner.name: {text(inner.path): self._path(inner, {}, {}, "callback ")}
                for inner in route.callbacks
                if isinstance(inner, Route)
            }
        operation["responses"] = self.responses.write(route)
        if (any(route.spread.values()) or route.body is not None) and not any(
            status in operation["responses"] for status in ("422", "4XX", "default")
        ):
            operation["responses"]["422"] = self.responses.refused(definitions)
        extra = held(route.openapi_extra)
        if isinstance(extra, dict):
            deep_update(operation, plain(interp, extra), self.fastapi)
        elif isinstance(extra, Unknown):
            route.note(Problem(f"openapi_extra is not known: {extra.reason}", extra.at))
        self._marks(route, operation)
        return operation

    def _marks(self, route: Route, operation: Schema) -> None:
        at = route.origin if route.origin.path else route.at
        if at.path:
            operation["x-origin"] = place(at)
        conditions = list(route.conditions)
        if isinstance(route.include, Unknown):
            conditions.append(Condition(route.include.at, f"include_in_schema: {route.include.reason}"))
        if conditions:
            operation["x-conditional"] = [{"at": place(c.at), "condition": c.text} for c in dict.fromkeys(conditions)]
        if route.problems:
            marks = [{"reason": p.reason, "at": place(p.at if p.at.path else route.at)} for p in route.problems]
            operation["x-unknown"] = [*operation.get("x-unknown", []), *marks]

    def _security(self, route: Route, operation: Schema, schemes: Schema) -> None:
        assert route.flat is not None
        merged: dict[str, list[Any]] = {}
        required: list[Schema] = []
        for scheme, scopes in route.flat.security:
            name = security.name(self.interp, scheme)
            schemes[name] = security.component(self.interp, scheme)
            plain_scopes = plain(self.interp, list(scopes))
            if self.fastapi >= (0, 123, 7):
                own = merged.setdefault(name, [])
                own += [x for x in plain_scopes if x not in own]
            else:
                required.append({name: plain_scopes})
        required += [{name: scopes} for name, scopes in merged.items()]
        if required:
            operation["security"] = required

    # --- parameters ----------------------------------------------------------------------------

    def _parameters(self, route: Route) -> list[Schema]:
        assert route.flat is not None
        found: list[Schema] = []
        for place_name in ("path", "query", "header", "cookie"):
            parents: list[ModelField] = getattr(route.flat, place_name)
            if self.fastapi >= (0, 159):
                for parent in parents:
                    if attribute(parent.info, "include_in_schema", True) is False:
                        continue
                    fields = self.analyst.dependants.spread([parent])
                    optional = fields != [parent] and parent.default is not EMPTY
                    for field in fields:
                        found += self._parameter(route, field, place_name, parent, optional)
                continue
            for field in route.spread[place_name]:
                parent = field if any(field is p for p in parents) else parents[0]
                found += self._parameter(route, field, place_name, parent, False)
        every = {(p["in"], p["name"]): p for p in found}
        if self.fastapi >= (0, 80):
            every.update({(p["in"], p["name"]): p for p in found if p.get("required")})
        return list(every.values())

    def _parameter(
        self, route: Route, field: ModelField, where: str, parent: ModelField, optional: bool
    ) -> list[Schema]:
        info = field.info
        if attribute(info, "include_in_schema", True) is False:
            return []
        name = field.alias
        if where == "header" and name == field.name and parent is not field and self.fastapi >= (0, 115, 12):
            convert = attribute(info, "convert_underscores", attribute(parent.info, "convert_underscores", True))
            if convert is not False:
                name = field.name.replace("_", "-")
        elif where == "header" and name == field.name and attribute(info, "convert_underscores") is True:
            name = field.name.replace("_", "-")
        out: Schema = {
            "name": name,
            "in": where,
            "required": field.default is EMPTY and not optional,
            "schema": self.schemas.schema(field),
        }
        description = attribute(info, "description")
        if _given(description):
            out["description"] = plain(self.interp, description)
        self._example(out, info)
        deprecated = attribute(info, "deprecated")
        if _given(deprecated):
            out["deprecated"] = True if self.fastapi >= (0, 104) else plain(self.interp, deprecated)
        if field.at.path:
            out["x-origin"] = place(field.at)
        return [out]

    def _example(self, out: Schema, info: Instance | None) -> None:
        examples = attribute(info, "openapi_examples")
        example = attribute(info, "example", EMPTY)
        if _given(examples):
            out["examples"] = plain(self.interp, examples)
        elif example is not EMPTY:
            out["example"] = plain(self.interp, example)

    def _request_body(self, field: ModelField) -> Schema:
        out: Schema = {}
        if field.default is EMPTY:
            out["required"] = True
        content: Schema = {"schema": self.schemas.schema(field)}
        self._example(content, field.info)
        media = text(attribute(field.info, "media_type", "application/json"))
        out["content"] = {media: content}
        return out

    # --- derivations ---------------------------------------------------------------------------

    def _derived(self, route: Route) -> list[str]:
        """How the parts of an operation were found, a line each."""
        assert route.flat is not None
        out = [f"endpoint: {label(route.endpoint)} at {place(route.origin)}"]
        for step in reversed(route.chain):
            out.append(f"included with the prefix {step.prefix!r} at {place(step.at)}")
        own = text(route.path)
        for step in reversed(route.chain):
            own = own.removeprefix(step.prefix)
        out.append(f"path: {route.path_format} (its own part {own!r})")
        for condition in route.conditions:
            out.append(f"only if {condition.text} at {place(condition.at)}")
        for name in ("path", "query", "header", "cookie"):
            for field in getattr(route.flat, name):
                chain = route.flat.chains.get(id(field), ())
                through = "".join(f" through {step}" for step in chain)
                out.append(f"{name} parameter {field.alias}: {place(field.at)}{through}")
        if route.body is not None:
            fields = (
                getattr(route.body.type, "attributes", {}).get("fields") if isinstance(route.body.type, Class) else None
            )
            for field in fields or [route.body]:
                out.append(f"body {field.name}: {place(field.at)}")
        for scheme, _ in route.flat.security:
            out.append(f"security {security.name(self.interp, scheme)}: {place(scheme.at)}")
        if route.response_field is not None:
            out.append(f"response: {route.response_from}")
        for problem in route.problems:
            out.append(f"not known: {problem.reason} at {place(problem.at)}")
        return out


def _given(value: Value) -> bool:
    """Whether FastAPI would take a value as given (it asks for its truth)."""
    value = held(value)
    if isinstance(value, (str, int, float, list, dict, tuple, set)) or value is None:
        return bool(value)
    return value is not EMPTY and not is_default(value)
