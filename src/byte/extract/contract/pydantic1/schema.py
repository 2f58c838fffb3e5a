"""JSON Schema as Pydantic 1 writes it (`pydantic.schema`), for fields, models and enumerations."""

import datetime
import decimal
import pathlib
import re
import uuid
from collections.abc import Iterator
from typing import Any, Final

from byte.extract.contract import plain as texts
from byte.extract.contract.fields import Schema
from byte.extract.contract.pydantic1 import kinds
from byte.extract.contract.pydantic1.kinds import ANY, NUMBERS, OBJECT, ROOT, STANDARD, is_sub
from byte.extract.contract.pydantic1.models import Field, Models
from byte.extract.evaluate.values import (
    EMPTY,
    Annotated,
    Class,
    External,
    Instance,
    LiteralType,
    Raised,
    StaticMethod,
    TypeVar,
    Union,
    Unknown,
    Value,
)

REFERENCE: Final = "#/components/schemas/"
_TEXT: Final = (("max_length", "maxLength"), ("min_length", "minLength"), ("regex", "pattern"))
_NUMERIC: Final = (
    ("gt", "exclusiveMinimum"),
    ("lt", "exclusiveMaximum"),
    ("ge", "minimum"),
    ("le", "maximum"),
    ("multiple_of", "multipleOf"),
)
_DEEPEST: Final = 40


class Skipped(Exception):  # noqa: N818 - as Pydantic: a field that has no schema
    """A field of a type for which JSON Schema has no equivalent: it is left out."""


class Writer:
    """Writes schemas with the names that `names` gives models and enumerations."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.interp = models.interp
        self.names: dict[int, str] = {}
        self.prefix = REFERENCE
        self._depth = 0

    # --- the models behind fields --------------------------------------------------------------

    def collect(self, field: Field, known: dict[int, Class]) -> None:
        """Add the models and enumerations that a field refers to (`get_flat_models_from_field`)."""
        waiting = [field]
        while waiting:
            found = waiting.pop()
            type_ = found.type
            is_model, has_model = kinds.is_model(type_), kinds.has_model(type_)
            if found.sub_fields and not is_model and not has_model:
                waiting += reversed(found.sub_fields)
            elif is_model or has_model:
                if id(type_) not in known:
                    known[id(type_)] = type_
                    type_.attributes.setdefault("pydantic1_config", found.config if has_model else {})
                    waiting += reversed(self.models.fields(type_).values())
            elif kinds.is_enum(type_):
                known.setdefault(id(type_), type_)

    def reference(self, cls: Class, overrides: bool = False) -> Schema:
        """A reference to a component."""
        found = {"$ref": self.prefix + self.names.get(id(cls), normalised(kinds.name_of(cls)))}
        return {"allOf": [found]} if overrides else found

    # --- fields --------------------------------------------------------------------------------

    def field(self, field: Field) -> Schema:
        """`field_schema`."""
        out, overrides = self._of_info(field)
        checks = self._validations(field)
        if checks:
            out.update(checks)
            overrides = True
        found = self._of_type(field, overrides)
        if "$ref" in found:
            return found
        out.update(found)
        return out

    def _of_info(self, field: Field, overrides: bool = False) -> tuple[Schema, bool]:
        """`get_field_info_schema`."""
        out: Schema = {}
        title, description = field.info.get("title"), field.info.get("description")
        if title or not kinds.is_enum(field.type):
            out["title"] = self.json(title) if title else field.alias.title().replace("_", " ")
        overrides = overrides or bool(title)
        if description:
            out["description"] = self.json(description)
            overrides = True
        const = field.info.get("const") and self.models.version < (1, 10)
        if not field.required and not const and field.default is not None and not kinds.is_callable(field.outer_type):
            out["default"] = self.default(field.default)
            overrides = True
        return out, overrides

    def _validations(self, field: Field) -> Schema:
        """`get_field_schema_validations`."""
        out: Schema = {}
        info, type_ = field.info, field.type
        extra = {texts.key(k): self.json(v) for k, v in info.extra.items()}
        if kinds.is_enum(type_):
            return extra
        if is_sub(type_, "builtins.str", "builtins.bytes"):
            self._options(field, _TEXT, out)
        if is_sub(type_, *NUMBERS) and not is_sub(type_, "builtins.bool"):
            self._options(field, _NUMERIC, out)
        if info.get("const"):
            out["const"] = self.json(field.default)
        out.update(extra)
        self._modify(field.outer_type, field, out)
        return out

    def _options(self, field: Field, names: tuple[tuple[str, str], ...], out: Schema) -> None:
        for name, keyword in names:
            value = field.info.get(name)
            if value is not None:
                out[keyword] = self.json(value)

    def _modify(self, type_: Value, field: Field | None, out: Schema) -> None:
        """Call `__modify_schema__` of a type, if it has one."""
        if not isinstance(type_, Class) or kinds.attribute(type_, "__modify_schema__") is EMPTY:
            return
        method = self.interp.getattr(type_, "__modify_schema__")
        try:
            names = [p.name for p in self.interp.signature(method)]
            given = {"field": self._handed(field)} if "field" in names or "kwargs" in names else {}
            result = self.interp.call(method, [out], given)
        except Raised as failed:
            result = Unknown(failed.text, failed.at)
        if isinstance(result, Unknown):
            out.update(self.unknown(result))
        for key in list(out):
            out[key] = self.json(out[key])

    def _handed(self, field: Field | None) -> Value:
        if field is None:
            return None
        made = Instance(External("pydantic.fields.ModelField"), field.at)
        made.attributes.update(
            name=field.name,
            alias=field.alias,
            type_=field.type,
            outer_type_=field.outer_type,
            required=field.required,
            default=field.default,
            field_info=field.info.source,
        )
        return made

    # --- types ---------------------------------------------------------------------------------

    def _of_type(self, field: Field, overrides: bool = False) -> Schema:
        """`field_type_schema`."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return self.unknown(Unknown("a type nested too deep", field.at))
            out = self._shaped(field, overrides)
        finally:
            self._depth -= 1
        if field.type is not field.outer_type:
            self._modify(field.type if field.shape == "generic" else field.outer_type, field, out)
        return out

    def _shaped(self, field: Field, overrides: bool) -> Schema:
        if field.shape in ("list", "set", "frozenset", "sequence", "iterable", "deque"):
            out: Schema = {"type": "array", "items": self._single(field, False)}
            if field.shape in ("set", "frozenset"):
                out["uniqueItems"] = True
            return out
        if field.shape == "mapping":
            return self._mapping(field)
        if field.shape == "tuple" or (field.shape == "generic" and not kinds.is_model(field.type)):
            parts = [self._of_type(sub) for sub in field.sub_fields or ()]
            if field.shape == "generic":
                return {"allOf": [parts[0] if len(parts) == 1 else {"type": "array", "items": parts}]}
            if self.models.version < (1, 9):
                return {"type": "array", "items": parts[0] if len(parts) == 1 else parts}
            out = {"type": "array", "minItems": len(parts), "maxItems": len(parts)}
            if parts:
                out["items"] = parts
            return out
        return self._single(field, overrides)

    def _mapping(self, field: Field) -> Schema:
        out: Schema = {"type": "object"}
        key = field.key_field
        regex = kinds.attribute(key.type, "regex") if key is not None else EMPTY
        if isinstance(regex, Instance):
            regex = regex.attributes.get("pattern")
        items = self._single(field, False)
        named = isinstance(regex, str) and bool(regex)
        if named:
            out["patternProperties"] = {regex: items}
        if items and (not named or self.models.version >= (1, 10, 3)):
            out["additionalProperties"] = items
        return out

    def _single(self, field: Field, overrides: bool) -> Schema:
        """`field_singleton_schema`."""
        type_ = field.type
        if field.sub_fields and (field.info.get("const") or not kinds.is_model(type_)):
            return self._of_subs(field, overrides)
        if isinstance(type_, Unknown):
            return self.unknown(type_)
        if type_ is ANY or type_ is OBJECT or isinstance(type_, TypeVar) or kinds.origin(type_) == "builtins.type":
            return {}
        if kinds.is_none(type_):
            return {"type": "null"}
        if kinds.is_callable(type_):
            raise Skipped
        out: Schema = {}
        if field.info.get("const"):
            out["const"] = self.json(field.default)
        if isinstance(type_, LiteralType):
            found = self._literal(field, type_, out)
            if found is not None:
                return found
        elif kinds.is_enum(type_):
            out, overrides = self._of_info(field, overrides)
            out.update(self.reference(type_, overrides))
        elif kinds.is_named_tuple(type_):
            items = [self.field(f) for f in self.models.fields(type_).values()]
            out.update({"type": "array", "items": items})
            if self.models.version >= (1, 9):
                out.update({"minItems": len(items), "maxItems": len(items)})
        elif not kinds.has_model(type_):
            self.standard(type_, out)
            self._modify(type_, field, out)
        if out:
            return out
        if kinds.is_model(type_) or kinds.has_model(type_):
            return self.reference(type_, overrides)
        if isinstance(type_, Class) and not kinds.is_foreign(type_):
            return self.unknown(Unknown(f"Pydantic has no schema for {type_.name}", type_.at))
        name = type_.name if isinstance(type_, (External, Class)) else type(type_).__name__
        return self.unknown(Unknown(f"the schema of {name} is not known", field.at))

    def standard(self, type_: Value, out: Schema) -> None:
        """`add_field_type_to_schema`, and the one type of FastAPI that has a schema of its own."""
        if is_sub(type_, "fastapi.datastructures.UploadFile", "starlette.datastructures.UploadFile"):
            out.update({"type": "string", "format": "binary"})
            return
        for name, found in STANDARD:
            if is_sub(type_, name):
                out.update({k: dict(v) if isinstance(v, dict) else v for k, v in found.items()})
                return

    def _literal(self, field: Field, type_: LiteralType, out: Schema) -> Schema | None:
        values: list[Value] = []
        for value in type_.values:
            member = isinstance(value, Instance) and "_value_" in value.attributes
            values.append(value.attributes["_value_"] if member and self.models.version >= (1, 10) else value)
        by_kind: dict[Any, list[Value]] = {}
        for value in values:
            by_kind.setdefault(value.cls if isinstance(value, Instance) else type(value), []).append(value)
        if len(by_kind) > 1:
            parts = tuple(LiteralType(tuple(v)) for v in by_kind.values())
            made = Field(
                self.models, field.name, Union(parts), field.config, field.at, field.info, field.default, field.required,
                field.alias,
            )  # fmt: skip
            return self.field(made)
        out["enum"] = [self.json(v) for v in values]
        first = values[0] if values else None
        if isinstance(first, Instance):
            self.standard(first.cls, out)
        else:
            for kind, name in _CONSTANTS:
                if isinstance(first, kind):
                    out.update({"type": name} if name else {})
                    break
        return None

    def _of_subs(self, field: Field, overrides: bool) -> Schema:
        """`field_singleton_sub_fields_schema`."""
        subs = field.sub_fields or []
        if len(subs) == 1:
            return self._of_type(subs[0], overrides)
        out: Schema = {}
        discriminated = isinstance(field.discriminator_key, str)
        if discriminated:
            mapping, alias = self._discriminator(field)
            out["discriminator"] = {"propertyName": alias, "mapping": mapping}
        parts = []
        for sub in subs:
            part = self._of_type(sub, overrides)
            if overrides and "allOf" in part:
                part = part["allOf"][0]
            if set(part) in ({"discriminator", "oneOf"}, {"discriminator", "anyOf"}):
                del part["discriminator"]
            parts.append(part)
        out["oneOf" if discriminated and self.models.version >= (1, 10) else "anyOf"] = parts
        return out

    def _discriminator(self, field: Field) -> tuple[dict[str, Any], str]:
        """The models of a tagged union by their tags, and the name of the tag."""
        key = str(field.discriminator_key)
        mapping: dict[str, Any] = {}
        aliases = []
        for sub in field.sub_fields or ():
            type_ = self.models.resolved(sub.type)
            for alias, value in self._tags(type_, key, 0):
                aliases.append(alias)
                tag = str(self.json(value))
                if isinstance(type_, Union):
                    mapping[tag] = {
                        self.names.get(id(m), kinds.name_of(m)): self.reference(m) for m in self._members(type_, 0)
                    }
                else:
                    mapping[tag] = self.reference(type_)["$ref"] if isinstance(type_, Class) else None
        return mapping, aliases[0] if aliases else key

    def _tags(self, type_: Value, key: str, depth: int) -> Iterator[tuple[str, Value]]:
        type_ = self.models.resolved(type_)
        if depth > 10:
            return
        if isinstance(type_, Annotated):
            yield from self._tags(type_.type, key, depth + 1)
        elif isinstance(type_, Union):
            for arg in type_.args:
                yield from self._tags(arg, key, depth + 1)
        elif isinstance(type_, Class):
            fields = self.models.fields(type_)
            if ROOT in fields:
                yield from self._tags(fields[ROOT].type, key, depth + 1)
            elif key in fields and isinstance(fields[key].type, LiteralType):
                for value in fields[key].type.values:
                    yield fields[key].alias, value

    def _members(self, type_: Value, depth: int) -> Iterator[Class]:
        type_ = self.models.resolved(type_)
        if isinstance(type_, Annotated) and depth < 10:
            yield from self._members(type_.type, depth + 1)
        elif isinstance(type_, Union) and depth < 10:
            for arg in type_.args:
                yield from self._members(arg, depth + 1)
        elif isinstance(type_, Class):
            yield type_

    # --- components ----------------------------------------------------------------------------

    def component(self, cls: Class) -> Schema:
        """The schema of a model or enumeration (`model_process_schema`)."""
        if kinds.is_enum(cls):
            return self._enum(cls)
        config = self.models.config(cls)
        title = config.get("title")
        name = self.json(title) if title else kinds.name_of(cls)
        out: Schema = {"title": name}
        description = self._description(cls)
        if description:
            out["description"] = description.split("\f")[0]
        out.update(self._properties(cls, config, name))
        if cls.unknown_bases:
            out["x-unknown"] = self.unknown(cls.unknown_bases[0])["x-unknown"]
        self._extra(cls, config, out)
        return out

    def _description(self, cls: Class) -> str | None:
        if kinds.is_model(cls):
            found = self.interp.docstring(cls)
            return found if isinstance(found, str) else None
        if kinds.is_dataclass(cls) and "__pydantic_config__" not in cls.namespace:
            return None
        own = cls.namespace.get("__doc__")
        return self.interp.docstring(cls) if isinstance(own, str) else None

    def _properties(self, cls: Class, config: dict[str, Value], name: Any) -> Schema:
        """`model_type_schema`."""
        properties: Schema = {}
        required = []
        for field in self.models.fields(cls).values():
            try:
                found = self.field(field)
            except Skipped:
                continue
            found["x-origin"] = texts.place(field.at)
            properties[field.alias] = found
            if field.required:
                required.append(field.alias)
        if ROOT in properties:
            out: Schema = properties[ROOT]
            out["title"] = name
        else:
            out = {"type": "object", "properties": properties}
            if required:
                out["required"] = required
        extra = config.get("extra")
        if isinstance(extra, Instance):
            extra = extra.attributes.get("_value_")
        if extra == "forbid" or (extra is None and is_sub(cls, *kinds.SETTINGS)):
            out["additionalProperties"] = False
        return out

    def _extra(self, cls: Class, config: dict[str, Value], out: Schema) -> None:
        """What `Config.schema_extra` adds, or does."""
        extra = config.get("schema_extra")
        if extra is None:
            return
        if isinstance(extra, dict):
            out.update({texts.key(k): self.json(v) for k, v in extra.items()})
            return
        if isinstance(extra, StaticMethod):
            extra = extra.function
        elif hasattr(extra, "function"):  # a class method: its first argument is the settings class
            extra = self.interp.getattr(self._config_class(cls), "schema_extra")
        try:
            count = len(self.interp.signature(extra))
            result = self.interp.call(extra, [out] if count == 1 else [out, cls], {})
        except Raised as failed:
            result = Unknown(failed.text, failed.at)
        if isinstance(result, Unknown) or isinstance(extra, Unknown):
            out.update(self.unknown(result if isinstance(result, Unknown) else extra))
        for key in list(out):
            out[key] = self.json(out[key])

    def _config_class(self, cls: Class) -> Value:
        for ancestor in cls.mro:
            found = ancestor.namespace.get("Config") if isinstance(ancestor, Class) else None
            if isinstance(found, Class) and found.lookup("schema_extra") is not EMPTY:
                return found
        return cls

    def _enum(self, cls: Class) -> Schema:
        """`enum_process_schema`."""
        doc = cls.namespace.get("__doc__")
        text = self.interp.docstring(cls) if isinstance(doc, str) else None
        out: Schema = {"title": cls.name, "description": text or "An enumeration."}
        members = cls.attributes.get("members", [])
        out["enum"] = [self.json(m.attributes["_value_"]) for m in members]
        self.standard(cls, out)
        self._modify(cls, None, out)
        return out

    # --- values --------------------------------------------------------------------------------

    def unknown(self, value: Value) -> Schema:
        """The mark of what is not known."""
        found: Schema = texts.unknown(value)
        return found

    def json(self, value: Value) -> Any:
        """A value of the evaluation as JSON."""
        if isinstance(value, Instance) and isinstance(value.held, (decimal.Decimal, datetime.timedelta)):
            return self._default_object(value, 0)
        if texts.is_large(value):
            return self.unknown(Unknown("a value too large to be written out", self.interp.at))
        return texts.plain(self.interp, value)

    def default(self, value: Value, depth: int = 0) -> Any:
        """`encode_default`."""
        if depth > _DEEPEST or (not depth and texts.is_large(value)):
            return self.json(value)
        if isinstance(value, Instance):
            return self._default_object(value, depth)
        if isinstance(value, dict):
            return {texts.key(k): self.default(v, depth + 1) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.default(v, depth + 1) for v in value]
        if isinstance(value, (set, frozenset)):
            return sorted((self.default(v, depth + 1) for v in value), key=repr)
        return self.json(value)

    def _default_object(self, value: Instance, depth: int) -> Any:
        if "_value_" in value.attributes:
            return self.json(value.attributes["_value_"])
        cls = value.cls
        if isinstance(cls, Class) and (kinds.is_model(cls) or kinds.is_dataclass(cls)):
            names = list(self.models.fields(cls)) if kinds.is_model(cls) else list(value.attributes)
            return {n: self.default(value.attributes[n], depth + 1) for n in names if n in value.attributes}
        held = value.held
        if isinstance(held, datetime.timedelta):
            return held.total_seconds()
        if isinstance(held, decimal.Decimal):
            return int(held) if held == held.to_integral_value() and held.as_tuple().exponent >= 0 else float(held)  # type: ignore[operator]
        if isinstance(held, (datetime.date, datetime.time)):
            return held.isoformat()
        if isinstance(held, (uuid.UUID, pathlib.PurePath)):
            return str(held)
        if isinstance(cls, External) and cls.name == "re.Pattern":
            return self.json(value.attributes.get("pattern"))
        return self.json(value)


_CONSTANTS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (float, "number"),
    (bytes, "string"),
)


def as_kept(schema: Any, named_types: bool) -> Any:
    """A schema as FastAPI's own model of a document keeps it.

    `items` may be a schema or several there, and Pydantic 1 tries the first: a list of objects with two keys each
    makes a dict, of the first keys to the second ones. `named_types`: whether that model knows the names of types.
    """
    if isinstance(schema, list):
        return [as_kept(v, named_types) for v in schema]
    if not isinstance(schema, dict):
        return schema
    out = {k: v if k in _VALUES else as_kept(v, named_types) for k, v in schema.items()}
    items = out.get("items")
    if isinstance(items, list) and items and all(isinstance(i, dict) and len(i) == 2 for i in items):
        merged = dict(tuple(i) for i in items)
        texts_only = all(k in ("title", "type", "format", "description") for k in merged)
        if texts_only and not (named_types and "type" in merged):
            out["items"] = merged
    return out


_VALUES: Final = frozenset({"default", "example", "examples", "enum", "const"})


def normalised(name: str) -> str:
    """A name as it may stand in a reference (`normalize_name`)."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", name)


def long_name(cls: Class) -> str:
    """The name of a model whose short name another one has, too."""
    module = cls.namespace.get("__module__", cls.module.name)
    qualified = kinds.name_of(cls) if cls.generic is not None else cls.qualname
    return f"{module}__{qualified}".replace(".", "__")


def component_names(found: list[Class]) -> dict[int, str]:
    """`get_model_name_map`: the short name of each that has it alone, long names for the others."""
    by_name: dict[str, list[Class]] = {}
    for cls in found:
        by_name.setdefault(normalised(kinds.name_of(cls)), []).append(cls)
    return {
        id(cls): name if len(classes) == 1 else long_name(cls) for name, classes in by_name.items() for cls in classes
    }
