"""Requests in one line, for people: what base answers and the revision refuses."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from byte.compare.document import Node, Side
from byte.compare.protocol.view import Operation, Parameter

_SAMPLES: Final[Mapping[str, Any]] = {
    "integer": 1,
    "number": 1,
    "boolean": True,
    "string": "a",
    "array": "a",
    "object": "{}",
    "null": "null",
}
_DEPTH: Final = 8
_LENGTH: Final = 60
_MOST: Final = 40
"""Required parameters of one request that are shown."""


class Repeated(msgspec.Struct, frozen=True):
    """The values of a parameter that is written once for each of them."""

    values: tuple[Any, ...]


def asked(
    operation: Operation, also: Sequence[tuple[Parameter, Any]] = (), without: Parameter | None = None, note: str = ""
) -> str:
    """`GET /orders?page=1 (without header X-Tenant)`: a request with every required query parameter.

    `also` are parameters with the values to send, `without` is one to leave out, `note` is said in brackets.
    """
    required = operation.asked_for
    values = {
        p.name: sample(operation.side, p.schema) for p in required[:_MOST] if without is None or p.key != without.key
    }
    notes = [note] if note else []
    if len(required) > _MOST:
        notes.append(f"with {len(required) - _MOST} more required parameters")
    for parameter, value in also:
        if parameter.place == "query":
            values[parameter.name] = value
        elif parameter.place != "path":
            notes.append(f"with {parameter.place} {parameter.name}: {shown(value)}")
    if without is not None and without.place != "query":
        notes.append(f"without {without.place} {without.name}")
    query = "&".join(
        f"{quote(name)}={quote(shown(one), safe=',/:')}"
        for name, value in values.items()
        for one in (value.values if isinstance(value, Repeated) else (value,))
    )
    line = f"{operation.method} {operation.path}" + (f"?{query}" if query else "")
    return f"{line} ({', '.join(notes)})" if notes else line


def sample(side: Side, schema: Node | None) -> Any:
    """A value that a simple schema accepts, as far as type, const, enum and bounds go; "a" where nothing is said."""
    for _ in range(_DEPTH):
        if schema is None:
            break
        schema = side.resolved(schema)
        value = schema.value
        if not isinstance(value, dict):
            break
        if "const" in value:
            return value["const"]
        if isinstance(value.get("enum"), list) and value["enum"]:
            return next((v for v in value["enum"] if v is not None), None)
        kind = _kind(value)
        if kind == "string":
            return _text(value)
        if kind in ("integer", "number"):
            return _number(value)
        if kind == "array":
            schema = schema.get("items")
            continue
        if kind:
            return _SAMPLES.get(kind, "a")
        schema = _member(schema)
    return "a"


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return next((k for k in kinds if isinstance(k, str) and k != "null"), "")


def _member(schema: Node) -> Node | None:
    for key in ("allOf", "anyOf", "oneOf"):
        members = schema.get(key)
        for member in members.elements() if members is not None else ():
            if not (isinstance(member.value, dict) and member.value.get("type") == "null"):
                return member
    return None


_FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "a@example.org",
    "time": "12:00:00Z",
    "uri": "https://example.org",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}


def _text(schema: Mapping[str, Any]) -> str:
    known = _FORMATS.get(str(schema.get("format")))
    least = schema.get("minLength")
    return known or "a" * max(1, min(least, _LENGTH) if isinstance(least, int) else 1)


def _number(schema: Mapping[str, Any]) -> Any:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, (int, float)) and least > 1:
        return least
    return most if isinstance(most, (int, float)) and most < 1 else 1


def shown(value: Any) -> str:
    """A value as it is written in a request; cut where it is long."""
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return shown if len(shown) <= _LENGTH else f"{shown[:_LENGTH]}..."
