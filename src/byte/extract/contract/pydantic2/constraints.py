"""Constraints applied to a core schema, as Pydantic applies what it knows of `Annotated` metadata."""

from typing import Any, Final

from byte.extract.evaluate.values import Value

Core = dict[str, Any]

_LENGTH: Final = frozenset({"min_length", "max_length"})
_INEQUALITY: Final = frozenset({"le", "ge", "lt", "gt"})
_NUMERIC: Final = _INEQUALITY | {"multiple_of"}
_STRING: Final = frozenset(
    {"strip_whitespace", "to_lower", "to_upper", "pattern", "coerce_numbers_to_str", "ascii_only"}
)
_STRICT: Final = frozenset({"strict"})
_SEQUENCE: Final = _LENGTH | _STRICT | {"fail_fast"}
_ALLOWED: Final[dict[str, frozenset[str]]] = {
    "str": _LENGTH | _STRICT | _STRING,
    "bytes": _LENGTH | _STRICT,
    "list": _SEQUENCE,
    "deque": _SEQUENCE,
    "tuple": _SEQUENCE,
    "set": _SEQUENCE,
    "frozenset": _SEQUENCE,
    "dict": _SEQUENCE,
    "ordered-dict": _SEQUENCE,
    "counter": _SEQUENCE,
    "generator": _LENGTH,
    "float": _NUMERIC | _STRICT | {"allow_inf_nan"},
    "int": _NUMERIC | _STRICT,
    "date": _INEQUALITY | _STRICT,
    "time": _INEQUALITY | _STRICT,
    "datetime": _INEQUALITY | _STRICT,
    "timedelta": _NUMERIC | _STRICT,
    "typed-dict": _STRICT,
    "model": _STRICT,
    "union": frozenset({"union_mode"}),
    "url": _STRICT | {"max_length"},
    "multi-host-url": _STRICT | {"max_length"},
    "bool": _STRICT,
    "uuid": _STRICT,
    "lax-or-strict": _STRICT,
    "enum": _STRICT,
    "decimal": _NUMERIC | _STRICT | {"max_digits", "decimal_places", "allow_inf_nan"},
    "complex": _STRICT,
    "fraction": _NUMERIC | _STRICT,
}
FUNCTIONS: Final = frozenset({"function-before", "function-after", "function-wrap"})


def apply(schema: Core, values: dict[str, Value]) -> Core:
    """The schema with constraints on it."""
    schema = dict(schema)
    kind = schema["type"]
    steps: list[Core] = []
    for name, value in values.items():
        if value is None:
            continue
        if kind in FUNCTIONS and name == "strict":
            schema["schema"] = apply(schema["schema"], values)
            return schema
        if name in _ALLOWED.get(kind, frozenset()):
            schema["mode" if name == "union_mode" else name] = value
        elif kind == "unknown":
            continue
        elif name in _STRING:
            steps.append({"type": "function-wrap", "schema": {"type": "str", name: value}})
        elif name in _NUMERIC or name in _LENGTH or name in ("max_digits", "decimal_places"):
            metadata: dict[str, Any] = {"pydantic_js_updates": {_written(name, schema): value}}
            schema = {"type": "function-after", "schema": schema, "metadata": metadata}
            kind = "function-after"
    if steps:
        return {"type": "chain", "steps": [schema, *steps]}
    return schema


def _written(name: str, schema: Core) -> str:
    """The key of JSON Schema that shows a constraint which a validator enforces."""
    if name not in _LENGTH:
        return name
    inner = schema
    while inner["type"] in FUNCTIONS:
        inner = inner["schema"]
    listed = inner["type"] == "list" or (inner["type"] == "json-or-python" and inner["json_schema"]["type"] == "list")
    end = "Items" if listed else "Length"
    return ("min" if name == "min_length" else "max") + end
