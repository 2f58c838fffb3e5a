"""Security schemes as components: what `jsonable_encoder(scheme.model, by_alias=True, exclude_none=True)` gives."""

from typing import Any, Final

from byte.extract.contract.plain import not_known, place, plain
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import EMPTY, Class, Instance, Unknown, Value

_MODELS: Final[dict[str, tuple[str, ...]]] = {
    "APIKey": ("type", "description", "in", "name"),
    "HTTPBase": ("type", "description", "scheme"),
    "HTTPBearer": ("type", "description", "scheme", "bearerFormat"),
    "OAuth2": ("type", "description", "flows"),
    "OpenIdConnect": ("type", "description", "openIdConnectUrl"),
    "SecurityBase": ("type", "description"),
}
_TYPES: Final = {"APIKey": "apiKey", "HTTPBase": "http", "OAuth2": "oauth2", "OpenIdConnect": "openIdConnect"}
_FLOWS: Final = {
    "implicit": ("authorizationUrl",),
    "password": ("tokenUrl",),
    "clientCredentials": ("tokenUrl",),
    "authorizationCode": ("authorizationUrl", "tokenUrl"),
}


def name(interp: Interpreter, scheme: Instance) -> str:
    """The name of a scheme among the components."""
    found = interp.getattr_or(scheme, "scheme_name", None)
    if isinstance(found, str):
        return found
    return scheme.cls.name if isinstance(scheme.cls, Class) else scheme.cls.short


def component(interp: Interpreter, scheme: Instance) -> dict[str, Any]:
    """The security scheme object of the document."""
    model = interp.getattr_or(scheme, "model", EMPTY)
    out: dict[str, Any]
    if isinstance(model, dict):
        out = plain(interp, model)
    elif isinstance(model, Instance) and isinstance(model.cls, Class):
        out = _of_model(interp, model)
    else:
        reason = model.reason if isinstance(model, Unknown) else "the scheme's model is not evaluated"
        at = model.at if isinstance(model, Unknown) else scheme.at
        return not_known(reason, at)
    if scheme.at.path:
        out["x-origin"] = place(scheme.at)
    return out


def _of_model(interp: Interpreter, model: Instance) -> dict[str, Any]:
    cls = model.cls
    assert isinstance(cls, Class)
    names = [c.name for c in cls.mro if isinstance(c, Class) and c.module.name == "fastapi.openapi.models"]
    kind = next((n for n in names if n in _MODELS), "SecurityBase")
    type_ = next((_TYPES[n] for n in names if n in _TYPES), None)
    out: dict[str, Any] = {}
    for key in _MODELS[kind]:
        value: Value
        if key == "type":
            value = _attribute(model, "type", _attribute(model, "type_", None))
            value = type_ if value is None or (isinstance(value, Instance) and type_ is not None) else value
        elif key == "flows":
            out["flows"] = _flows(interp, _attribute(model, "flows", None))
            continue
        else:
            value = _attribute(model, key, None)
            if value is None and key == "in":
                value = _attribute(model, "in_", None)
        if value is not None:
            out[key] = plain(interp, value)
    for key, value in model.attributes.items():
        if key not in out and key not in ("type_", "in_") and value is not None:
            out[key] = plain(interp, value)
    return out


def _attribute(model: Instance, key: str, default: Value) -> Value:
    found = model.attributes.get(key, EMPTY)
    if found is EMPTY and isinstance(model.cls, Class):
        found = model.cls.lookup(key)
    return default if found is EMPTY else found


def _items(value: Value) -> dict[str, Value]:
    if isinstance(value, Instance):
        return dict(value.attributes)
    return dict(value) if isinstance(value, dict) else {}


def _flows(interp: Interpreter, flows: Value) -> dict[str, Any]:
    if isinstance(flows, Unknown):
        return not_known(flows.reason, flows.at)
    given = _items(flows)
    out: dict[str, Any] = {}
    for kind, required in _FLOWS.items():
        flow = given.pop(kind, None)
        if flow is None:
            continue
        inner = _items(flow)
        made: dict[str, Any] = {}
        if inner.get("refreshUrl") is not None:
            made["refreshUrl"] = plain(interp, inner["refreshUrl"])
        made["scopes"] = plain(interp, inner.get("scopes") or {})
        for key in required:
            if inner.get(key) is not None:
                made[key] = plain(interp, inner[key])
        for key, value in inner.items():
            if key not in made and value is not None and key != "scopes":
                made[key] = plain(interp, value)
        out[kind] = made
    for key, value in given.items():
        if value is not None:
            out[key] = plain(interp, value)
    return out
