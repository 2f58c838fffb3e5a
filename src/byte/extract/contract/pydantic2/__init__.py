"""Pydantic 2: the schemas of an application's parameters, bodies and responses, and its components."""

from collections.abc import Iterator
from typing import Any, Final

from byte.extract.contract import plain as texts
from byte.extract.contract.fields import Mode, ModelField, Schema
from byte.extract.contract.pydantic2 import kinds
from byte.extract.contract.pydantic2.collect import Models
from byte.extract.contract.pydantic2.constraints import Core
from byte.extract.contract.pydantic2.core import Cores
from byte.extract.contract.pydantic2.encode import Encoder
from byte.extract.contract.pydantic2.info import Info, expand, inspect, merge, read
from byte.extract.contract.pydantic2.naming import PREFIX, copied, rename
from byte.extract.contract.pydantic2.writer import Writer
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Class,
    Forward,
    Instance,
    Union,
    Value,
)

_UNSORTED: Final = ("properties", "default")
_DEEPEST: Final = 40  # levels of arguments of a type that are looked into


class Pydantic2Schemas:
    """Implements `byte.extract.contract.fields.Schemas` for Pydantic 2."""

    def __init__(self, interp: Interpreter, separate_input_output: bool = True) -> None:
        self.interp = interp
        self.separate = separate_input_output
        self.models = Models(interp)
        self.cores = Cores(interp, self.models)
        self.writer = Writer(self.cores, Encoder(self.models))
        self._fields: list[ModelField] = []
        self._known: dict[int, tuple[Info, dict[str, Value], ModelField]] = {}
        self._infos: dict[int, Info] = {}
        self._built: dict[int, Core] = {}
        self._written: dict[int, Schema] = {}
        self._refs: dict[str, str] = {}

    # --- the protocol ----------------------------------------------------------------------------

    def add(self, field: ModelField) -> None:
        """Announce a field."""
        if id(field) not in self._built:
            self._fields.append(field)
            info = self._infos[id(field)] = self._info(field)
            self._built[id(field)] = self.cores.adapter(info, self._config(field))

    def build(self) -> dict[str, Schema]:
        """The components by name, sorted; every one and every property has `x-origin`."""
        self.cores.finish()
        inputs = [(self._built[id(f)], self._mode(f)) for f in self._fields]
        inputs += self._flat()
        self.cores.finish()
        for core, mode in inputs:
            self.writer.write(core, mode)
        for field in self._fields:
            core = self._built[id(field)]
            self._written[id(field)] = self.writer.write(core, self._mode(field))
        definitions = self.writer.definitions
        names, self._refs = self.writer.names.remapping(definitions, self.cores.version >= (2, 13))
        for schema in self._written.values():
            rename(schema, self._refs)
        out: dict[str, Schema] = {}
        for unique, schema in definitions.items():
            name = names[unique]
            if name not in out:
                out[name] = self._finished(unique, schema)
        return {name: out[name] for name in sorted(out)}

    def schema(self, field: ModelField) -> Schema:
        """The schema of one field, as FastAPI's `get_schema_from_model_field` gives it; after `build`."""
        found = self._written.get(id(field))
        if found is None:
            raise KeyError(field.name)
        out = dict(found)
        if "$ref" not in out:
            title = self._infos[id(field)].get("title")
            out["title"] = title or field.alias.title().replace("_", " ")
        return out

    # --- what FastAPI's reader asks --------------------------------------------------------------

    def model_fields(self, cls: Class) -> list[ModelField]:
        """The fields of a model, in order, as FastAPI makes parameters of them."""
        out = []
        config = self.models.config(cls)
        for name, info in self.models.fields(cls).items():
            alias = info.get("validation_alias")
            if not isinstance(alias, str):
                alias = info.get("alias")
            type_ = Annotated(info.type, tuple(info.metadata)) if info.metadata else info.type
            field = ModelField(
                name, alias if isinstance(alias, str) else name, type_, None, info.default, "validation", info.at
            )
            field.info = self.instance(info)
            self._known[id(field)] = (info, config, field)
            out.append(field)
        return out

    def fresh(self) -> "Pydantic2Schemas":
        """One that knows no field yet."""
        return Pydantic2Schemas(self.interp, self.separate)

    def instance(self, info: Info) -> Instance:
        """The field as a `FieldInfo` object, for code that reads `model_fields`."""
        cls = info.source.cls if info.source is not None else self.interp.library_class("pydantic.fields", "FieldInfo")
        out = Instance(cls, info.at)
        out.attributes.update({"annotation": info.type, **info.given, "metadata": list(info.metadata)})
        return out

    # --- fields ----------------------------------------------------------------------------------

    def _config(self, field: ModelField) -> dict[str, Value] | None:
        """The configuration of the model that a parameter was a field of, as newer versions of FastAPI keep it."""
        found = self._known.get(id(field))
        if found is None or tuple(self.interp.target.fastapi) < (0, 119):
            return None
        info, config, _ = found
        own = kinds.is_model(info.type) or kinds.is_dataclass(info.type)
        return None if own else config

    def _info(self, field: ModelField) -> Info:
        """The field as Pydantic would see it: constraints of the type and of the marker, each once."""
        if id(field) in self._known:
            info = self._known[id(field)][0].copy()
            info.at = field.at
            return info
        found = inspect(self.interp, field.type)
        own = read(field.info) if field.info is not None else Info(EMPTY, [], {}, field.at)
        metadata = list(found.metadata)
        if any(item is field.info for item in metadata):
            # FastAPI keeps the constraints of what stands beside its own marker, not the rest
            metadata = [m for item in metadata for m in (read(item).metadata if kinds.is_field_info(item) else [item])]
        else:
            metadata = _once(metadata, own.metadata)
        given = dict(own.given)
        if tuple(self.interp.target.fastapi) >= (0, 165):
            given = {**merge([m for m in found.metadata if kinds.is_field_info(m)], {}, EMPTY).given, **given}
        given.pop("default", None)
        if given.get("default_factory") is None and field.default is not EMPTY:
            given["default"] = field.default
        return Info(found.type, metadata, given, field.at)

    def _mode(self, field: ModelField) -> Mode:
        if self.separate:
            return field.mode
        if tuple(self.interp.target.fastapi) >= (0, 123) and self._computes(field.type, self._built[id(field)]):
            return field.mode
        return "validation"

    def _computes(self, type_: Value, core: Core) -> bool:
        """Whether FastAPI finds the computed fields of a model: not beneath shared definitions, where it does not look."""
        found = inspect(self.interp, type_).type
        if isinstance(found, Class) and (kinds.is_model(found) or kinds.is_dataclass(found)):
            return bool(self.models.marked(found, "computed_field")) and not self._shares(core)
        return False

    def _shares(self, core: Core) -> bool:
        """Whether Pydantic keeps definitions apart: of a type that is met twice, or beside which something is said."""
        seen: set[str] = set()
        rest: list[Any] = [core]
        while rest:
            node = rest.pop()
            if isinstance(node, (list, tuple)):
                rest += node
            if not isinstance(node, dict):
                continue
            ref = node.get("schema_ref") if node.get("type") == "definition-ref" else node.get("ref")
            if isinstance(ref, str):
                if ref in seen or (node.get("metadata") and "schema_ref" in node):
                    return True
                seen.add(ref)
                node = self.cores.definitions.get(ref, {}) if "schema_ref" in node else node
            rest += [value for key, value in node.items() if key not in ("metadata", "cls", "members")]
        return False

    # --- models that FastAPI adds by itself ------------------------------------------------------

    def _flat(self) -> list[tuple[Core, Mode]]:
        """The models behind all fields, which newer versions of FastAPI describe even where nothing refers to them."""
        version = tuple(self.interp.target.fastapi)
        if version < (0, 119):
            return []
        inputs = {self.cores.key(self._infos[id(f)].type) for f in self._fields}
        out: list[tuple[Core, Mode]] = []
        modes: tuple[Mode, ...] = ("validation", "serialization")
        for mode in modes:
            found: dict[Any, Class] = {}
            for field in self._fields:
                if field.mode == mode or version < (0, 120, 2):
                    self._models_in(self._infos[id(field)].type, found, top=True)
            if version < (0, 120, 2) and mode == "serialization":
                break
            for key, cls in found.items():
                if key not in inputs:
                    core = self.cores.generate(cls)
                    used: Mode = mode if self.separate or self._computes(cls, core) else "validation"
                    out.append((core, used))
        return out

    def _models_in(self, type_: Value, found: dict[Any, Class], top: bool, depth: int = 0) -> None:
        if depth > _DEEPEST:
            return
        if isinstance(type_, Forward):
            type_ = self.interp.resolve(type_)
        if isinstance(type_, Class):
            if kinds.is_model(type_) or kinds.is_enum(type_):
                key = self.cores.key(type_)
                if key in found:
                    return
                found[key] = type_
                if kinds.is_model(type_):
                    for info in self.models.fields(type_).values():
                        self._models_in(info.type, found, top=True)
            return
        for arg in _arguments(type_):
            self._models_in(arg, found, top=False, depth=depth + 1)

    # --- output ----------------------------------------------------------------------------------

    def _finished(self, unique: str, schema: Schema) -> Schema:
        """A component with its keys in order and with origins."""
        place, properties = self.writer.origins.get(unique, (self.cores.at, {}))
        text = schema.get("description")
        if isinstance(text, str):
            schema["description"] = text.split("\f")[0]
        out = _sorted(schema)
        assert isinstance(out, dict)
        inner = out.get("properties")
        if isinstance(inner, dict):
            for name, property_ in inner.items():
                if isinstance(property_, dict):
                    at = properties.get(name, place)
                    property_["x-origin"] = texts.place(at if at.path else place)
        out["x-origin"] = texts.place(place)
        conditions = self.writer.conditions.get(unique)
        if conditions:
            out["x-conditional"] = [{"at": texts.place(c.at), "condition": c.text} for c in conditions]
        return out


def model_json_schema(
    interp: Interpreter, type_: Value, mode: Mode, template: str, config: dict[str, Value] | None
) -> Schema:
    """What `Model.model_json_schema()` or `TypeAdapter(type).json_schema()` gives."""
    models = Models(interp)
    cores = Cores(interp, models)
    writer = Writer(cores, Encoder(models), plain=True)
    core = cores.adapter(Info(type_, [], {}, interp.at), config)
    cores.finish()
    schema = dict(writer.write(core, mode))
    definitions = writer.definitions
    first = schema.get("$ref")
    if first is not None and len(schema) == 1:
        name = first[len(PREFIX) :]
        inside = references(definitions[name], definitions)
        if name not in inside:
            schema = dict(definitions[name])
    used = references(schema, definitions)
    definitions = {k: v for k, v in definitions.items() if k in used}
    names, refs = writer.names.remapping(definitions, cores.version >= (2, 13))
    schema = copied(schema)
    rename(schema, refs)
    if definitions:
        schema["$defs"] = {names[k]: v for k, v in definitions.items()}
    for_template = {PREFIX + n: template.replace("{model}", n) for n in names.values()}
    out: Schema = _sorted(schema)
    rename(out, for_template)
    return out


def references(schema: Any, definitions: dict[str, Schema]) -> set[str]:
    """The names of the definitions that a schema leads to."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            ref = value.get("$ref")
            if isinstance(ref, str) and ref.startswith(PREFIX):
                name = ref[len(PREFIX) :]
                if name not in found and name in definitions:
                    found.add(name)
                    waiting.append(definitions[name])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _arguments(type_: Value) -> Iterator[Value]:
    if isinstance(type_, (Alias, Union)):
        yield from type_.args
    elif isinstance(type_, Annotated):
        yield type_.type


def _once(left: list[Value], right: list[Value]) -> list[Value]:
    """Constraints of the type, then those of the marker that are not already there."""
    seen = {name for item in expand(left) for name in getattr(item, "values", ())}
    return [*left, *(i for i in right if not (set(getattr(i, "values", ())) & seen))]


def _sorted(value: Any, parent: str | None = None) -> Any:
    if isinstance(value, dict):
        keys = value if parent in _UNSORTED else sorted(value)
        return {k: _sorted(value[k], k) for k in keys}
    if isinstance(value, list):
        return [_sorted(v, parent) for v in value]
    return value


__all__ = ["Pydantic2Schemas", "model_json_schema"]
