"""Swagger 2.0 as OpenAPI 3.0: each object is converted in place when it is come to.

Where a converted part stood in the text is kept per file, so that lines still point into the original.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from byte.extract.documents.references import written
from byte.model.contract import Document, escaped

VERSION: Final = "3.0.3"

_SECTIONS: Final[Mapping[str, str]] = {
    "definitions": "schemas",
    "parameters": "parameters",
    "responses": "responses",
    "securityDefinitions": "securitySchemes",
}
_SCHEMA: Final = (
    *("type", "format", "items", "default", "enum", "multipleOf", "pattern", "uniqueItems", "x-nullable"),
    *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "maxItems", "minItems"),
)
_STYLES: Final[Mapping[str, tuple[str, bool]]] = {
    "csv": ("form", False),
    "ssv": ("spaceDelimited", False),
    "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
_FLOWS: Final[Mapping[str, str]] = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}
_JSON: Final = "application/json"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_BODIES: Final = ("body", "formData")

Follow = Callable[[Any], dict[str, Any] | None]
"""What an object stands for: itself, or what its reference names; None for a broken one and for what is no object."""


class Converter:
    """Converts the objects of one document and of those that it refers to."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._consumes: list[str] = []
        self._produces: list[str] = []
        self._bodies: dict[str, Any] = {}
        self._shared: dict[int, str] = {}
        self._convert: Mapping[str, Callable[[dict[str, Any], str, dict[str, str]], None]] = {
            "document": self._whole,
            "path": self._path,
            "schema": self._schema,
            "parameter": self._parameter,
            "header": self._parameter,
            "response": self._response,
            "scheme": self._scheme,
        }

    def convert(self, kind: str, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        """Converts one object; `moved` receives the pointers of what stands elsewhere in its text."""
        if kind in self._convert and "$ref" not in node:
            self._convert[kind](node, pointer, moved)

    def finish(self) -> None:
        """Takes out what has gone elsewhere."""
        for name in ("host", "basePath", "schemes", "parameters"):
            self._document.pop(name, None)

    def pointer(self, pointer: str) -> str:
        """Where something stands now that stood at a pointer of the document."""
        parts = pointer.split("/", 3)
        if len(parts) < 3 or parts[1] not in _SECTIONS or (parts[1] == "parameters" and parts[2] in self._bodies):
            return pointer
        return "/".join(["", "components", _SECTIONS[parts[1]], *parts[2:]])

    # --- the document --------------------------------------------------------------------------

    def _whole(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        node["openapi"] = VERSION
        del node["swagger"]
        self._consumes, self._produces = _types(node.pop("consumes", None)), _types(node.pop("produces", None))
        servers = _servers(node)
        if servers:
            node["servers"] = servers
            moved["/servers"] = "/host" if "host" in node else "/basePath" if "basePath" in node else "/schemes"
        parameters = node.get("parameters")
        if isinstance(parameters, dict):
            kept = {k: p for k, p in parameters.items() if isinstance(p, dict) and p.get("in") in _BODIES}
            node["parameters"] = {k: p for k, p in parameters.items() if k not in kept}
            self._bodies = {escaped(name): held for name, held in kept.items()}
        components = node["components"] = {}
        for old, new in _SECTIONS.items():
            moved[f"/components/{new}"] = f"/{old}"
            if old in node:
                components[new] = node.pop(old)
        if self._bodies:
            node["parameters"] = kept

    def _scheme(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        if node.get("type") == "basic":
            node["type"], node["scheme"] = "http", "basic"
        elif node.get("type") == "oauth2" and "flows" not in node:
            flow: dict[str, Any] = {name: node.pop(name) for name in ("authorizationUrl", "tokenUrl") if name in node}
            flow["scopes"] = node.pop("scopes", {})
            name = node.pop("flow", None)
            node["flows"] = {_FLOWS.get(name, name) if isinstance(name, str) else "unknown": flow}

    # --- schemas -------------------------------------------------------------------------------

    def _schema(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        if isinstance(node.get("x-nullable"), bool):
            node.setdefault("nullable", node["x-nullable"])
        if isinstance(node.get("discriminator"), str):
            node["discriminator"] = {"propertyName": node["discriminator"]}
            moved[f"{pointer}/discriminator/propertyName"] = f"{written(moved, pointer)}/discriminator"
        if node.get("type") == "file":
            node["type"], node["format"] = "string", "binary"

    def _parameter(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        """A parameter that is no body, or a header."""
        if "schema" in node or "content" in node or node.get("in") in _BODIES:
            return
        style = _style(node)
        node["schema"] = _taken(node)
        moved[f"{pointer}/schema"] = written(moved, pointer)
        if style is not None:
            if node.get("in") == "query" or style[0] != "form":
                node["style"] = style[0]
            node["explode"] = style[1]

    # --- operations ----------------------------------------------------------------------------

    def _path(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        """Bodies that a path item declares belong to its operations."""
        parameters = node.get("parameters")
        if not isinstance(parameters, list):
            return
        for index, held in enumerate(parameters):
            self._shared[id(held)] = f"{pointer}/parameters/{index}"

    def operation(self, item: dict[str, Any], method: str, pointer: str, moved: dict[str, str], follow: Follow) -> None:
        """Converts an operation of a path item at a pointer."""
        node = item[method]
        consumes, produces = _types(node.pop("consumes", None)), _types(node.pop("produces", None))
        at = f"{pointer}/{method}"
        bodies = self._own_bodies(node, at, moved, follow)
        named = {_name(body) for body, _ in bodies}
        whole = any(body.get("in") == "body" for body, _ in bodies)
        for held in shared if isinstance(shared := item.get("parameters"), list) else ():
            found = follow(held)
            if found is None or found.get("in") not in _BODIES or whole or _name(found) in named:
                continue
            # A form of its own takes the place of a whole body that is shared, and adds to a form.
            if found["in"] == "formData" or not named:
                bodies.append((found, self._shared.get(id(held), "")))
        if bodies and "requestBody" not in node:
            node["requestBody"] = self._body(bodies, consumes or self._consumes, f"{at}/requestBody", moved)
        responses = node.get("responses")
        for status, held in responses.items() if isinstance(responses, dict) else ():
            if not isinstance(held, dict):
                continue
            if "$ref" not in held:
                self._content(held, produces or self._produces, f"{at}/responses/{escaped(status)}", moved)
            elif produces and produces != self._produces:
                found = follow(held)
                if found is not None:
                    responses[status] = own = _own_response(found)
                    self._content(own, produces, f"{at}/responses/{escaped(status)}", {})

    def without_bodies(self, item: dict[str, Any], pointer: str, moved: dict[str, str], follow: Follow) -> None:
        """Takes the bodies from the parameters of a path item, when its operations have theirs."""
        self._own_bodies(item, pointer, moved, follow)

    def _own_bodies(
        self, node: dict[str, Any], at: str, moved: dict[str, str], follow: Follow
    ) -> list[tuple[dict[str, Any], str]]:
        """Takes the parameters that are a body, or part of a form, out of a list of parameters."""
        parameters = node.get("parameters")
        if not isinstance(parameters, list):
            return []
        bodies: list[tuple[dict[str, Any], str]] = []
        others: list[Any] = []
        for index, held in enumerate(parameters):
            found = follow(held)
            if found is not None and found.get("in") in _BODIES:
                bodies.append((found, f"{at}/parameters/{index}"))
                continue
            if len(others) != index:
                moved[f"{at}/parameters/{len(others)}"] = f"{at}/parameters/{index}"
            others.append(held)
        node["parameters"] = others
        return bodies

    def _body(
        self, bodies: list[tuple[dict[str, Any], str]], consumes: list[str], at: str, moved: dict[str, str]
    ) -> dict[str, Any]:
        whole = [(body, place) for body, place in bodies if body.get("in") == "body"]
        if whole:
            body, place = whole[0]
            moved[at] = place
            out: dict[str, Any] = {key: body[key] for key in ("description", "required") if key in body}
            out["content"] = {name: {"schema": body.get("schema", {})} for name in consumes or [_JSON]}
            for name in out["content"]:
                moved[f"{at}/content/{escaped(name)}"] = place
            return out
        return self._form(bodies, consumes, at, moved)

    def _form(
        self, fields: list[tuple[dict[str, Any], str]], consumes: list[str], at: str, moved: dict[str, str]
    ) -> dict[str, Any]:
        files = any(field.get("type") == "file" for field, _ in fields)
        types = [name for name in consumes if name.partition(";")[0].strip().lower() in _FORMS] or [_FORMS[files]]
        properties: dict[str, Any] = {}
        encoding: dict[str, Any] = {}
        moved[at] = fields[0][1]
        for field, place in fields:
            name = _name(field)
            style = _style(field)
            held = dict(field)
            properties[name] = _taken(held)
            if "description" in field:
                properties[name]["description"] = field["description"]
            if style is not None:
                encoding[name] = {"style": style[0], "explode": style[1]}
            for media in types:
                inner = f"{at}/content/{escaped(media)}"
                moved[f"{inner}/schema/properties/{escaped(name)}"] = place
        required = [_name(field) for field, _ in fields if field.get("required") is True]
        schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
        media_type = {"schema": schema, **({"encoding": encoding} if encoding else {})}
        return {"required": bool(required), "content": dict.fromkeys(types, media_type)}

    def _response(self, node: dict[str, Any], pointer: str, moved: dict[str, str]) -> None:
        self._content(node, self._produces, pointer, moved)

    def _content(self, node: dict[str, Any], produces: list[str], pointer: str, moved: dict[str, str]) -> None:
        """The schema of a response by its media types."""
        examples = node.pop("examples", None)
        if "schema" not in node:
            return
        schema = node.pop("schema")
        is_file = isinstance(schema, dict) and schema.get("type") == "file"
        node["content"] = {}
        for name in produces or ["application/octet-stream" if is_file else _JSON]:
            media = node["content"][name] = {"schema": schema}
            if isinstance(examples, dict) and name in examples:
                media["example"] = examples[name]
            moved[f"{pointer}/content/{escaped(name)}"] = written(moved, pointer)


def _own_response(node: dict[str, Any]) -> dict[str, Any]:
    """A copy of a response as it was before it was converted."""
    own = dict(node)
    content = own.pop("content", None)
    for media in content.values() if isinstance(content, dict) else ():
        if isinstance(media, dict) and "schema" in media:
            own["schema"] = media["schema"]
    return own


def _name(parameter: dict[str, Any]) -> str:
    return str(parameter.get("name", ""))


def _types(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _taken(parameter: dict[str, Any]) -> dict[str, Any]:
    """Takes the schema out of the fields of a parameter."""
    return {key: parameter.pop(key) for key in _SCHEMA if key in parameter}


def _style(parameter: dict[str, Any]) -> tuple[str, bool] | None:
    """How the values of a list are written, None for what is no list."""
    written = parameter.pop("collectionFormat", "csv")
    if parameter.get("type") != "array" or not isinstance(written, str):
        return None
    return _STYLES.get(written, (written, False))


def _servers(node: dict[str, Any]) -> list[dict[str, str]]:
    host, base, schemes = node.get("host"), node.get("basePath"), _types(node.get("schemes"))
    path = base if isinstance(base, str) else ""
    if not isinstance(host, str) or not host:
        return [{"url": path}] if path else []
    return [{"url": f"{scheme}://{host}{path}".rstrip("/")} for scheme in schemes or ["https"]]
