"""The order of keys and the types of values that FastAPI's own models of OpenAPI give a document on its way out."""

from typing import Any, Final

from byte.extract.contract.fields import Schema

# Each model: its keys in order with the model of the value. "[X]" is a list of X, "{X}" a dict of X, "" stays as it is,
# "float" becomes one, "url" gets the slash that Pydantic 2 gives it.
_MODELS: Final[dict[str, str]] = {
    "OpenAPI": "openapi info:Info jsonSchemaDialect servers:[Server] paths:{PathItem} webhooks:{PathItem} "
    "components:Components security tags:[Tag] externalDocs:ExternalDocumentation",
    "Info": "title summary description termsOfService contact:Contact license:License version",
    "Contact": "name url:url email",
    "License": "name identifier url:url",
    "Server": "url description variables:{ServerVariable}",
    "ServerVariable": "enum default description",
    "Tag": "name description externalDocs:ExternalDocumentation",
    "ExternalDocumentation": "description url:url",
    "PathItem": "$ref summary description get:Operation put:Operation post:Operation delete:Operation "
    "options:Operation head:Operation patch:Operation trace:Operation servers:[Server] parameters:[Parameter]",
    "Operation": "tags summary description externalDocs:ExternalDocumentation operationId parameters:[Parameter] "
    "requestBody:RequestBody responses:{Response} callbacks:{Callback} deprecated security servers:[Server]",
    "Parameter": "description required deprecated style explode allowReserved schema:Schema example examples:{Example} "
    "content:{MediaType} name in",
    "Header": "description required deprecated style explode allowReserved schema:Schema example examples:{Example} "
    "content:{MediaType}",
    "RequestBody": "description content:{MediaType} required",
    "Response": "description headers:{Header} content:{MediaType} links:{Link}",
    "MediaType": "schema:Schema example examples:{Example} encoding:{Encoding}",
    "Encoding": "contentType headers:{Header} style explode allowReserved",
    "Example": "summary description value externalValue",
    "Link": "operationRef operationId parameters requestBody description server:Server",
    "Components": "schemas:{Schema} responses:{Response} parameters:{Parameter} examples:{Example} "
    "requestBodies:{RequestBody} headers:{Header} securitySchemes links:{Link} callbacks pathItems:{PathItem}",
}
_SCHEMA_3_1: Final = (
    "$schema $vocabulary $id $anchor $dynamicAnchor $ref $dynamicRef $defs:{Schema} $comment allOf:[Schema] "
    "anyOf:[Schema] oneOf:[Schema] not:Schema if:Schema then:Schema else:Schema dependentSchemas:{Schema} "
    "prefixItems:[Schema] items:Schema contains:Schema properties:{Schema} patternProperties:{Schema} "
    "additionalProperties:Schema propertyNames:Schema unevaluatedItems:Schema unevaluatedProperties:Schema type enum "
    "const multipleOf:float maximum:float exclusiveMaximum:float minimum:float exclusiveMinimum:float maxLength "
    "minLength pattern maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required "
    "dependentRequired format contentEncoding contentMediaType contentSchema:Schema title description default "
    "deprecated readOnly writeOnly examples discriminator xml externalDocs:ExternalDocumentation example"
)
_SCHEMA_3_0: Final = (
    "$ref title multipleOf:float maximum:float exclusiveMaximum:float minimum:float exclusiveMinimum:float maxLength "
    "minLength pattern maxItems minItems uniqueItems maxProperties minProperties required enum type allOf:[Schema] "
    "oneOf:[Schema] anyOf:[Schema] not:Schema items:Schema properties:{Schema} additionalProperties:Schema "
    "description format default nullable discriminator readOnly writeOnly xml externalDocs:ExternalDocumentation "
    "example deprecated"
)


def _parsed(text: str) -> dict[str, str]:
    return {key: kind for key, _, kind in (part.partition(":") for part in text.split())}


_ORDERS: Final = {name: _parsed(text) for name, text in _MODELS.items()}
_SCHEMAS: Final = {True: _parsed(_SCHEMA_3_1), False: _parsed(_SCHEMA_3_0)}


class Shaper:
    """Puts documents into the order of `app.openapi()` for one pair of versions."""

    def __init__(self, fastapi: tuple[int, ...], pydantic: tuple[int, ...]) -> None:
        self.pydantic_2 = pydantic >= (2,)
        self.orders = {**_ORDERS, "Schema": _SCHEMAS[fastapi >= (0, 99)]}
        if self.pydantic_2:
            self.orders["Operation"] = {**self.orders["Operation"], "responses": "{Response?}"}
        self.orders["OpenAPI"] = {**self.orders["OpenAPI"], "paths": "{PathItem?}"}

    def document(self, document: Schema) -> Schema:
        """The whole document, without the entries that are null."""
        shaped: Schema = self._shape(_without_null(document), "OpenAPI")
        return shaped

    def _shape(self, value: Any, kind: str) -> Any:
        if not kind:
            return value
        if kind == "float":
            return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if kind == "url":
            return self._url(value)
        if kind[0] == "[":
            return [self._shape(v, kind[1:-1]) for v in value] if isinstance(value, list) else value
        if kind[0] == "{":
            inner = kind[1:-1]
            return {k: self._shape(v, inner) for k, v in value.items()} if isinstance(value, dict) else value
        if kind[-1] == "?":
            exact = _exact(value, kind[:-1]) if self.pydantic_2 else _examples_fit(value)
            return self._shape(value, kind[:-1]) if exact else value
        if not isinstance(value, dict):
            return [self._shape(v, kind) for v in value] if isinstance(value, list) else value
        if kind == "Callback":
            return {k: self._shape(v, "PathItem") for k, v in value.items()}
        order = self.orders[kind]
        out = {key: self._shape(value[key], inner) for key, inner in order.items() if key in value}
        return out | {key: inner for key, inner in value.items() if key not in order}

    def _url(self, value: Any) -> Any:
        if self.pydantic_2 and isinstance(value, str) and "://" in value:
            rest = value.partition("://")[2]
            if rest and not any(mark in rest for mark in "/?#"):
                return value + "/"
        return value


def _exact(value: Any, kind: str) -> bool:
    """Whether Pydantic 2 takes a value for the model rather than for "anything": nothing in it needs converting.

    That leaves every path as it is whose operations have parameters, because "in" is an enum to the model.
    """
    if not isinstance(value, dict):
        return False
    if kind == "Response":
        return isinstance(value.get("description"), str)
    if kind == "PathItem":
        return not value.get("parameters") and all(
            _exact(v, "Operation") for k, v in value.items() if k in _ORDERS["PathItem"] and isinstance(v, dict)
        )
    if value.get("parameters") or "externalDocs" in value:
        return False
    callbacks = value.get("callbacks") or {}
    return not _has_address(value.get("requestBody")) and all(
        _exact(item, "PathItem") for found in callbacks.values() for item in found.values()
    )


def _examples_fit(value: Any) -> bool:
    """Whether the examples of bodies and parameters are what Pydantic 1 takes for such (not lists of values)."""
    if isinstance(value, list):
        return all(_examples_fit(v) for v in value)
    if not isinstance(value, dict):
        return True
    if isinstance(value.get("examples"), list) and ("schema" in value or "content" in value):
        return False
    return all(_examples_fit(v) for v in value.values())


def _has_address(body: Any) -> bool:
    content = body.get("content") if isinstance(body, dict) else None
    media = content.values() if isinstance(content, dict) else ()
    return any(
        "externalValue" in example
        for found in media
        for example in (found.get("examples") or {}).values()
        if isinstance(example, dict)
    )


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_null(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_null(v) for v in value]
    return value
