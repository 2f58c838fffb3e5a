"""The fields that a model of the project has in JSON, as paths."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal

from byte.extract.clients.frames import Source
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.fields import ALL

Way = Literal["read", "write", "names"]
"""By the aliases that are read, by those that are written, or by the fields' own names."""

_DEEPEST: Final = 4
_FIELDS_MOST: Final = 200
_WORD: Final = re.compile(r"_+([a-z0-9])")
_MAPS: Final = frozenset({"builtins.dict", "typing.Mapping", "typing.Dict"})


def fields(source: Source, kind: f.Type | None, way: Way) -> tuple[str, ...] | None:
    """The paths of all fields of the models that a type names, None where it names none, or other things beside them."""
    if any(
        part.name == "typing.Union" and not all(is_model(source, one) for one in part.args) for part in _parts(kind, 0)
    ):
        return None
    found = tuple(dict.fromkeys(islice(_below(source, kind, way, 0, ()), _FIELDS_MOST + 1)))
    return (*found[:_FIELDS_MOST], ALL) if len(found) > _FIELDS_MOST else found or None


def is_model(source: Source, kind: f.Type | None) -> bool:
    """Whether a type is, or holds, a model of the project."""
    return any(source.model(part.name) is not None for part in _parts(kind, 0))


def _parts(kind: f.Type | None, depth: int) -> Iterator[f.Type]:
    if kind is not None and depth < _DEEPEST:
        yield kind
        for part in kind.args:
            yield from _parts(part, depth + 1)


def _below(source: Source, kind: f.Type | None, way: Way, depth: int, seen: tuple[str, ...]) -> Iterator[str]:
    if kind is None or depth > _DEEPEST:
        return
    model = source.model(kind.name)
    if model is None:
        inner = "*/" if kind.name in _MAPS else ""
        parts = kind.args[1:] if inner else kind.args
        for part in parts:
            yield from (f"{inner}{path}" for path in _below(source, part, way, depth + 1, seen))
        return
    if model.key in seen:
        return
    for field in model.fields:
        name = _wire(source, model, field, way)
        if name is None or name == ALL:
            yield from () if name is None else (ALL,)
            continue
        deeper = list(_below(source, field.type, way, depth + 1, (*seen, model.key)))
        yield from (f"{name}/{path}" for path in deeper)
        if not deeper:
            yield name


def _wire(source: Source, model: f.Model, field: f.Field, way: Way) -> str | None:
    """The name that travels, `*` where it does not show; None for a field that does not travel."""
    excluded = field.constraints.get("exclude")
    if way != "read" and isinstance(excluded, s.Constant) and excluded.value is True:
        return None
    if way == "names" or model.kind == "dataclass":
        return field.name
    own = field.constraints.get("validation_alias" if way == "read" else "serialization_alias")
    if own is not None:
        return s.string(own) or ALL
    if "alias" in field.constraints:
        return s.string(field.constraints["alias"]) or ALL
    generator = _generator(source, model)
    if generator is None:
        return field.name
    if generator.endswith(("to_camel", "camelize")):
        return _WORD.sub(lambda match: match[1].upper(), field.name)
    return ALL


def _generator(source: Source, model: f.Model) -> str | None:
    """What makes the aliases of a model, "?" where that does not show."""
    for base in source.linker.mro(model.key):
        cls = source.linker.cls(base)
        for stmt in cls.node.body if cls is not None else ():
            given = _configured(stmt)
            if given is not None:
                return s.dotted(given) or "?"
    return None


def _configured(stmt: s.Stmt) -> s.Expr | None:
    if isinstance(stmt, s.Assign) and any(s.dotted(t) == "model_config" for t in stmt.targets):
        if isinstance(stmt.value, s.Call):
            return s.keyword(stmt.value, "alias_generator")
        if isinstance(stmt.value, s.Mapping):
            named = zip(stmt.value.keys, stmt.value.values, strict=True)
            return next((value for k, value in named if s.string(k) == "alias_generator"), None)
    if isinstance(stmt, s.Class) and stmt.name == "Config":
        inner = (one for one in stmt.body if isinstance(one, s.Assign))
        return next((one.value for one in inner if any(s.dotted(t) == "alias_generator" for t in one.targets)), None)
    return None
