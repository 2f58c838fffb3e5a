"""What code of a project reads of its models while it runs: `__fields__`, `schema()`, `field_schema(...)`."""

from typing import Any, Final

from byte.extract.contract.pydantic1.models import Field, Info, Models
from byte.extract.contract.pydantic1.schema import Skipped, Writer, component_names
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import EMPTY, Class, External, Instance, Unknown, Value

_SHAPES: Final = {
    "single": 1, "list": 2, "set": 3, "mapping": 4, "tuple": 5, "sequence": 7, "frozenset": 8, "iterable": 9,
    "generic": 10, "deque": 11,
}  # fmt: skip
_READ_BACK: Final = ("alias", "required", "default", "type_", "outer_type_", "field_info")


def model_fields(interp: Interpreter, cls: Class) -> dict[str, Value]:
    """`Model.__fields__`: an object a field; what code changes of it counts when the schema is written."""
    known = cls.attributes.get("pydantic1_objects")
    if isinstance(known, dict):
        return known
    out: dict[str, Value] = {name: _object(interp, field) for name, field in Models(interp).fields(cls).items()}
    cls.attributes["pydantic1_objects"] = out
    return out


def _object(interp: Interpreter, field: Field) -> Instance:
    made = Instance(_kind(interp, "ModelField"), field.at)
    made.attributes.update(
        name=field.name,
        alias=field.alias,
        has_alias=field.has_alias,
        required=field.required,
        default=field.default,
        default_factory=field.default_factory,
        type_=field.type,
        outer_type_=field.outer_type,
        annotation=field.outer_type,
        field_info=field.info.source or _info(interp, field.info),
        allow_none=field.required is False,
        shape=_SHAPES[field.shape],
        class_validators={},
        validators=[],
    )
    made.attributes["sub_fields"] = [_object(interp, sub) for sub in field.sub_fields] if field.sub_fields else None
    made.attributes["key_field"] = _object(interp, field.key_field) if field.key_field is not None else None
    made.attributes["__byte_field__"] = field
    made.attributes["__byte_before__"] = {name: made.attributes[name] for name in _READ_BACK}
    return made


def _info(interp: Interpreter, info: Info) -> Instance:
    made = Instance(_kind(interp, "FieldInfo"), info.at)
    made.attributes.update({k: v for k, v in info.options.items() if v is not EMPTY})
    made.attributes["extra"] = dict(info.extra)
    return made


def _kind(interp: Interpreter, name: str) -> Class | External:
    prefix = "pydantic.v1" if interp.target.pydantic >= (2,) else "pydantic"
    return interp.library_class(f"{prefix}.fields", name)


def field_schema(interp: Interpreter, value: Value, prefix: str) -> Value:
    """`pydantic.schema.field_schema(field)`, its first result."""
    field = value.attributes.get("__byte_field__") if isinstance(value, Instance) else None
    if not isinstance(field, Field):
        return Unknown("the schema of a field that is not known", interp.at)
    writer = Writer(Models(interp))
    writer.prefix = prefix
    try:
        return writer.field(field)
    except Skipped:
        return {}


def model_schema(interp: Interpreter, cls: Value, prefix: str = "#/definitions/") -> Value:
    """`Model.schema()`."""
    if not isinstance(cls, Class):
        return Unknown("the schema of a model that is not known", interp.at)
    writer = Writer(Models(interp))
    writer.prefix = prefix
    known: dict[int, Class] = {id(cls): cls}
    for field in writer.models.fields(cls).values():
        writer.collect(field, known)
    writer.names = component_names(list(known.values()))
    out = _bare(writer.component(cls))
    inner = {writer.names[id(c)]: _bare(writer.component(c)) for c in known.values() if c is not cls}
    if inner:
        out["definitions"] = inner
    return out


def _bare(schema: Any) -> Any:
    """The schema without the marks of where it comes from."""
    if isinstance(schema, dict):
        return {k: _bare(v) for k, v in schema.items() if k != "x-origin"}
    return [_bare(v) for v in schema] if isinstance(schema, list) else schema
