"""A field as Pydantic describes it: its type, the constraints and hooks beside the type, and what `Field(...)` said."""

from typing import Final

from byte.extract.contract.pydantic2.kinds import dotted, is_field_info, made_by, unset
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    NOWHERE,
    Alias,
    Annotated,
    Class,
    External,
    Forward,
    Instance,
    Place,
    Unknown,
    Value,
    external,
)

UNDEFINED: Final = external("pydantic_core.PydanticUndefined")

# arguments of `Field` that constrain the type, in the order in which they apply
CONSTRAINTS: Final = (
    "strict",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "min_length",
    "max_length",
    "allow_inf_nan",
    "fail_fast",
    "pattern",
    "max_digits",
    "decimal_places",
    "union_mode",
    "coerce_numbers_to_str",
)
# the rest of what `Field` takes
ATTRIBUTES: Final = (
    "default",
    "default_factory",
    "alias",
    "alias_priority",
    "validation_alias",
    "serialization_alias",
    "title",
    "field_title_generator",
    "description",
    "examples",
    "exclude",
    "exclude_if",
    "discriminator",
    "deprecated",
    "json_schema_extra",
    "frozen",
    "validate_default",
    "repr",
    "init",
    "init_var",
    "kw_only",
)
_QUALIFIERS: Final = {
    "typing.ClassVar": "class_var",
    "typing.Final": "final",
    "typing.Required": "required",
    "typing.NotRequired": "not_required",
    "typing.ReadOnly": "read_only",
    "dataclasses.InitVar": "init_var",
}
_SINGLE: Final = {
    "annotated_types.Gt": ("gt",),
    "annotated_types.Ge": ("ge",),
    "annotated_types.Lt": ("lt",),
    "annotated_types.Le": ("le",),
    "annotated_types.MultipleOf": ("multiple_of",),
    "annotated_types.MinLen": ("min_length",),
    "annotated_types.MaxLen": ("max_length",),
    "annotated_types.Interval": ("gt", "ge", "lt", "le"),
    "annotated_types.Len": ("min_length", "max_length"),
    "pydantic.types.Strict": ("strict",),
    "pydantic.types.AllowInfNan": ("allow_inf_nan",),
    "pydantic.types.FailFast": ("fail_fast",),
    "pydantic.types.StringConstraints": (
        "min_length",
        "max_length",
        "strict",
        "strip_whitespace",
        "to_upper",
        "to_lower",
        "pattern",
        "ascii_only",
    ),
}
_TOGETHER: Final = frozenset(
    {
        "pattern",
        "max_digits",
        "decimal_places",
        "union_mode",
        "coerce_numbers_to_str",
        "strip_whitespace",
        "to_upper",
        "to_lower",
        "ascii_only",
    }
)


class Known:
    """Constraints that Pydantic knows, by name."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values


class Extra:
    """What a `Field(...)` inside `Annotated` says beside its constraints."""

    __slots__ = ("info",)

    def __init__(self, info: "Info") -> None:
        self.info = info


class Info:
    """One field. `given` holds what was passed explicitly, by argument name."""

    __slots__ = ("at", "given", "metadata", "qualifiers", "source", "type")

    def __init__(
        self,
        type_: Value,
        metadata: list[Value],
        given: dict[str, Value],
        at: Place = NOWHERE,
        qualifiers: frozenset[str] = frozenset(),
        source: Instance | None = None,
    ) -> None:
        self.type = type_
        self.metadata = metadata
        self.given = given
        self.at = at
        self.qualifiers = qualifiers
        self.source = source

    def get(self, name: str) -> Value:
        """What was given, or None."""
        found = self.given.get(name)
        return None if unset(found) else found

    @property
    def default(self) -> Value:
        """The default, or EMPTY."""
        found = self.given.get("default", EMPTY)
        return EMPTY if unset(found) or found is ... else found

    @property
    def required(self) -> bool:
        """Whether there is no default of any kind."""
        return self.default is EMPTY and self.get("default_factory") is None

    def copy(self) -> "Info":
        """The same field, to be changed."""
        return Info(self.type, list(self.metadata), dict(self.given), self.at, self.qualifiers, self.source)


def read(instance: Instance) -> Info:
    """What a `FieldInfo` object holds."""
    values = instance.attributes
    given: dict[str, Value] = {}
    for name in ATTRIBUTES:
        found = values.get(name, EMPTY)
        if unset(found) or (name == "default" and found is ...):
            continue
        given[name] = found
    extra = values.get("extra")
    if isinstance(extra, dict) and extra and "json_schema_extra" not in given:
        given["json_schema_extra"] = extra
    annotation = values.get("annotation", EMPTY)
    return Info(annotation, constraints(values), given, instance.at, source=instance)


def constraints(values: dict[str, Value]) -> list[Value]:
    """The constraints among arguments, as metadata; those of a finished field come first."""
    out: list[Value] = list(values["metadata"]) if isinstance(values.get("metadata"), list) else []
    together: dict[str, Value] = {}
    for name in CONSTRAINTS:
        found = values.get(name)
        if found is None or unset(found):
            continue
        if name in _TOGETHER:
            together[name] = found
        else:
            out.append(Known({name: found}))
    if together:
        out.append(Known(together))
    return out


def expand(metadata: list[Value]) -> list[Value]:
    """The metadata with constraints as `Known`, and `Field(...)` as its constraints followed by an `Extra`."""
    out: list[Value] = []
    for item in metadata:
        if isinstance(item, (Known, Extra)):
            out.append(item)
        elif is_field_info(item):
            info = read(item)
            out += expand(info.metadata)
            info.metadata = []
            out.append(Extra(info))
        else:
            known = known_constraints(item)
            if known is None:
                out.append(item)
            else:
                out += known
    return out


def known_constraints(item: Value) -> list[Value] | None:
    """The constraints that a metadata object stands for, or None if it is something else."""
    if isinstance(item, Class) and item.dotted == "pydantic.types.Strict":
        return [Known({"strict": True})]
    if not isinstance(item, Instance):
        return None
    if made_by(item, "pydantic.types._Known"):
        given = item.attributes.get("kwargs")
        return constraints(given) if isinstance(given, dict) else []
    cls = item.cls
    names = next(
        (_SINGLE[dotted(c)] for c in (cls.mro if isinstance(cls, Class) else [cls]) if dotted(c) in _SINGLE), None
    )
    if names is None:
        return None
    values = {n: item.attributes.get(n) for n in names}
    if "min_length" in values and dotted(cls) == "annotated_types.Len" and values["min_length"] == 0:
        # `Len(0, ...)` gives `MinLen(0)` only from annotated-types 0.6 on when it is positive
        values.pop("min_length")
    return [Known({n: v}) for n, v in values.items() if v is not None]


class Inspected:
    """An annotation taken apart: the type, the metadata around it, its qualifiers."""

    __slots__ = ("metadata", "qualifiers", "type")

    def __init__(self, type_: Value, metadata: list[Value], qualifiers: frozenset[str]) -> None:
        self.type = type_
        self.metadata = metadata
        self.qualifiers = qualifiers


def inspect(interp: Interpreter, annotation: Value) -> Inspected:
    """Takes an annotation apart."""
    metadata: list[Value] = []
    qualifiers: set[str] = set()
    value = annotation
    for _ in range(20):
        if isinstance(value, Forward):
            resolved = interp.resolve(value)
            if resolved is value:
                break
            value = resolved
        elif isinstance(value, Annotated):
            metadata[:0] = value.metadata
            value = value.type
        elif isinstance(value, Alias) and dotted(value.origin) in _QUALIFIERS:
            qualifiers.add(_QUALIFIERS[dotted(value.origin)])
            value = value.args[0] if value.args else external("typing.Any")
        elif isinstance(value, External) and value.name in _QUALIFIERS:
            qualifiers.add(_QUALIFIERS[value.name])
            value = external("typing.Any")
        else:
            break
    return Inspected(value, metadata, frozenset(qualifiers))


def merge(metadata: list[Value], overrides: dict[str, Value], type_: Value) -> Info:
    """One field of all the metadata beside a type, as `FieldInfo._construct` does."""
    merged: list[Value] = []
    given: dict[str, Value] = {}
    source: Instance | None = None
    for item in metadata:
        if is_field_info(item) or isinstance(item, Extra):
            info = item.info if isinstance(item, Extra) else read(item)
            source = info.source or source
            merged += info.metadata
            extra, old = info.given.get("json_schema_extra"), given.get("json_schema_extra")
            given.update(info.given)
            if isinstance(old, dict) and extra is not None:
                given["json_schema_extra"] = {**old, **extra} if isinstance(extra, dict) else old
        elif _deprecates(item):
            given["deprecated"] = True
        else:
            merged.append(item)
    given.update(overrides)
    return Info(type_, merged, given, source=source)


def _deprecates(item: Value) -> bool:
    """Whether metadata is `deprecated(...)`, which is known as an object or as a call without a model."""
    if isinstance(item, Unknown):
        return "deprecated" in item.reason
    return made_by(item, "warnings.deprecated", "typing_extensions.deprecated", "typing.deprecated")


def from_annotation(interp: Interpreter, annotation: Value, at: Place) -> Info:
    """The field that an annotation alone declares."""
    found = inspect(interp, annotation)
    info = merge(found.metadata, {}, found.type)
    info.qualifiers, info.at = found.qualifiers, at
    return info


def from_assigned(interp: Interpreter, annotation: Value, assigned: Value, at: Place) -> Info:
    """The field that an annotation with a value declares."""
    found = inspect(interp, annotation)
    metadata = found.metadata
    overrides: dict[str, Value] = {}
    before: list[Value] = []
    if is_field_info(assigned):
        own = read(assigned)
        before, own.metadata = own.metadata, []
        metadata = [*metadata, Extra(own)]
        if "init_var" in found.qualifiers:
            overrides["init_var"] = True
    elif made_by(assigned, "dataclasses.Field"):
        values = assigned.attributes
        given: dict[str, Value] = {}
        extra = values.get("metadata")
        if isinstance(extra, dict):
            given.update({k: v for k, v in extra.items() if k in ATTRIBUTES or k in CONSTRAINTS})
        for name in ("default", "default_factory"):
            if not unset(values.get(name, EMPTY)):
                given[name] = values[name]
        before = constraints(given)
        metadata = [*metadata, Extra(Info(EMPTY, [], {k: v for k, v in given.items() if k in ATTRIBUTES}))]
        for name in ("init", "kw_only"):
            if values.get(name) is not None and not unset(values[name]):
                overrides[name] = values[name]
    else:
        overrides["default"] = assigned
    info = merge([*before, *metadata], overrides, found.type)
    info.qualifiers, info.at = found.qualifiers, at
    return info
