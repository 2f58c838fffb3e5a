"""What a model declares: its configuration, its fields with those of its bases, its validators and serializers."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from byte.extract.contract.fields import ModelField
from byte.extract.contract.pydantic2 import kinds
from byte.extract.contract.pydantic2.info import Info, from_annotation, from_assigned, inspect
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    Annotation,
    Class,
    ClassMethod,
    External,
    Function,
    Instance,
    Partial,
    Place,
    Property,
    Raised,
    StaticMethod,
    TypeVar,
    Unknown,
    Value,
    external,
)
from byte.model import syntax as s

MARK: Final = "__pydantic__"
CONFIG_KEYS: Final = frozenset(
    "title str_to_lower str_to_upper str_strip_whitespace str_min_length str_max_length extra frozen populate_by_name "
    "use_enum_values validate_assignment arbitrary_types_allowed from_attributes loc_by_alias alias_generator "
    "model_title_generator field_title_generator ignored_types allow_inf_nan json_schema_extra strict "
    "revalidate_instances ser_json_timedelta ser_json_temporal val_temporal_unit ser_json_bytes val_json_bytes "
    "ser_json_inf_nan validate_default validate_return protected_namespaces hide_input_in_errors json_encoders "
    "defer_build schema_generator plugin_settings json_schema_serialization_defaults_required "
    "json_schema_mode_override coerce_numbers_to_str regex_engine validation_error_cause use_attribute_docstrings "
    "cache_strings validate_by_alias validate_by_name serialize_by_alias url_preserve_empty_path "
    "polymorphic_serialization".split()
)


class Marked:
    """A validator, serializer or computed field of a class: what its decorator was given, and the function."""

    __slots__ = ("at", "function", "given", "kind", "name")

    def __init__(self, kind: str, name: str, function: Value, given: dict[str, Value], at: Place) -> None:
        self.kind = kind
        self.name = name
        self.function = function
        self.given = given
        self.at = at

    def names(self, field: str) -> bool:
        """Whether it is for this field."""
        fields = self.given.get("fields")
        return isinstance(fields, (list, tuple)) and (field in fields or "*" in fields)


def underlying(value: Value) -> Value:
    """The function inside a class method, static method or property."""
    while True:
        if isinstance(value, (ClassMethod, StaticMethod)):
            value = value.function
        elif isinstance(value, Property):
            value = value.getter
        else:
            return value


def mark_of(value: Value) -> dict[str, Value] | None:
    """What a decorator of Pydantic left on a function."""
    for one in (value, underlying(value)):
        attributes = getattr(one, "attributes", None)
        if isinstance(one, (Function, Partial, Property)) and isinstance(attributes, dict):
            found = attributes.get(MARK)
            if isinstance(found, dict):
                return found
    return None


class Models:
    """Reads classes, each once."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self._configs: dict[int, dict[str, Value]] = {}
        self._fields: dict[int, dict[str, Info]] = {}
        self._marks: dict[int, list[Marked]] = {}
        self._hints: dict[int, dict[str, Value]] = {}
        self._kept: list[Class] = []  # so that no identity is used twice

    # --- configuration ---------------------------------------------------------------------------

    def config(self, cls: Class) -> dict[str, Value]:
        """`model_config` with that of the bases."""
        known = self._configs.get(id(cls))
        if known is not None:
            return known
        self._kept.append(cls)
        out = self._configs[id(cls)] = {}
        for base in self.bases(cls):
            if kinds.is_model(base):
                out.update(self.config(base))
            else:
                found = base.lookup("model_config")
                if isinstance(found, dict):
                    out.update(_named(found))
        out.update(self.own_config(cls))
        out.update({name: value for name, value in cls.keywords.items() if name in CONFIG_KEYS})
        return out

    def own_config(self, cls: Class) -> dict[str, Value]:
        """What the body of the class says of its configuration."""
        found = cls.namespace.get("model_config", EMPTY)
        if isinstance(found, dict):
            return _named(found)
        if isinstance(found, Unknown):
            self.interp.gap(f"the configuration of {cls.name} is not known: {found.reason}", found.at)
        config = cls.namespace.get("Config")
        out: dict[str, Value] = {}
        if isinstance(config, Class):
            for base in reversed(config.mro):
                if isinstance(base, Class):
                    out.update({k: v for k, v in base.namespace.items() if not k.startswith("__")})
        return out

    def dataclass_config(self, cls: Class) -> dict[str, Value] | None:
        """The configuration of a dataclass or `TypedDict`; None if it has none of its own."""
        for base in cls.mro:
            if not isinstance(base, Class):
                continue
            given = base.attributes.get("pydantic_dataclass")
            if isinstance(given, dict):
                found = given.get("config")
                own = base.namespace.get("__pydantic_config__")
                merged = _named(own) if isinstance(own, dict) else {}
                if isinstance(found, dict):
                    merged.update(_named(found))
                elif isinstance(found, Class):
                    merged.update({k: v for k, v in found.namespace.items() if not k.startswith("__")})
                return merged
            found = base.namespace.get("__pydantic_config__", EMPTY)
            if isinstance(found, dict):
                return _named(found)
        return None

    @staticmethod
    def bases(cls: Class) -> list[Class]:
        """The bases that were evaluated; those of a parametrised model are its origin."""
        if cls.generic is not None:
            return [cls.generic[0]]
        return [b for b in cls.bases if isinstance(b, Class)]

    # --- hooks -----------------------------------------------------------------------------------

    def marks(self, cls: Class) -> list[Marked]:
        """Everything that decorators of Pydantic marked in the class and its bases; a later name replaces a former."""
        known = self._marks.get(id(cls))
        if known is not None:
            return known
        self._kept.append(cls)
        found: dict[tuple[str, str], Marked] = {}
        for base in reversed(cls.mro):
            if not isinstance(base, Class):
                continue
            for name, value in base.namespace.items():
                given = mark_of(value)
                if given is None:
                    continue
                kind = given["kind"]
                current = cls.lookup(name)
                function = underlying(value if current is EMPTY else current)
                own = underlying(value)
                if mark_of(function) is None and kind == "computed_field":
                    function = own
                path = base.module.path
                line = own.at.line if isinstance(own, Function) else base.lines.get(name, base.at.line)
                found[kind, name] = Marked(kind, name, function, given, Place(path, line))
        out = self._marks[id(cls)] = list(found.values())
        return out

    def marked(self, cls: Class, kind: str) -> list[Marked]:
        """Those of one kind."""
        return [m for m in self.marks(cls) if m.kind == kind]

    # --- fields ----------------------------------------------------------------------------------

    def hints(self, cls: Class) -> dict[str, Value]:
        """The evaluated annotations of the class itself."""
        known = self._hints.get(id(cls))
        if known is None:
            self._kept.append(cls)
            try:
                known = self.interp.hints(cls)
            except Raised as raised:
                known = {
                    name: Unknown(f"the annotations of {cls.name} cannot be evaluated: {raised.text}", cls.at)
                    for name in cls.annotations
                }
            self._hints[id(cls)] = known
        return known

    def place(self, cls: Class, name: str) -> Place:
        """The line where a class declares a name."""
        found = cls.annotations.get(name)
        if isinstance(found, Annotation):
            return Place(found.scope.module.path, found.line)
        if name in cls.lines and cls.module.path:
            return Place(cls.module.path, cls.lines[name])
        for field in cls.attributes.get("fields", ()):  # those of a body that FastAPI makes of parameters
            if isinstance(field, ModelField) and name in (field.name, field.alias):
                return field.at
        value = cls.namespace.get(name)
        if isinstance(value, Instance) and kinds.is_field_info(value) and value.at.path:
            return Place(value.at.path, value.at.line)
        return cls.at

    def fields(self, cls: Class) -> dict[str, Info]:
        """The fields of a model, as `model_fields`."""
        known = self._fields.get(id(cls))
        if known is not None:
            return known
        self._kept.append(cls)
        out = self._fields[id(cls)] = {}
        if cls.generic is not None:
            out.update(self._parametrised(cls))
            return out
        inherited: dict[str, Info] = {}
        for base in reversed(self.bases(cls)):
            if kinds.is_model(base):
                inherited.update(self.fields(base))
        own = self.hints(cls)
        everything: dict[str, tuple[Class, Value]] = {}
        for above in reversed(cls.mro):
            if isinstance(above, Class) and above.generic is None:
                for name, hint in self.hints(above).items():
                    everything[name] = (above, hint)
        config = self.config(cls)
        for name, (above, hint) in everything.items():
            if name == "model_config" or name.startswith("_"):
                continue
            info = self._field(cls, name, above, hint, own, inherited)
            if info is not None:
                out[name] = info
                self.apply_config(config, name, info)
                # What a parent says was taken over with its field, if the parent's configuration has it.
                said = above is cls and config.get("use_attribute_docstrings") is True
                if said and info.get("description") is None:
                    text = attribute_doc(above, name)
                    if text is not None:
                        info.given["description"] = text
        return out

    def _field(
        self, cls: Class, name: str, above: Class, hint: Value, own: dict[str, Value], inherited: dict[str, Info]
    ) -> Info | None:
        if "class_var" in inspect(self.interp, hint).qualifiers:
            return None
        assigned = self._assigned(cls, name)
        at = self.place(above, name)
        if assigned is EMPTY:
            if name in own or name not in inherited:
                return from_annotation(self.interp, hint, at)
            return inherited[name].copy()
        if name not in own and name in inherited and assigned is self._assigned(above, name):
            return inherited[name].copy()
        info = from_assigned(self.interp, hint, assigned, at)
        return None if "final" in info.qualifiers and not info.required else info

    def _assigned(self, cls: Class, name: str) -> Value:
        """The value of a name in a class, passing over the fields of models above, which leave none."""
        for above in cls.mro:
            if not isinstance(above, Class) or name not in above.namespace:
                continue
            if above is not cls and kinds.is_model(above) and name in self.fields(above):
                continue
            if above.dotted == kinds.BASE_MODEL:
                return EMPTY
            return above.namespace[name]
        return EMPTY

    def _parametrised(self, cls: Class) -> dict[str, Info]:
        origin, by = kinds.typevars_of(cls)
        out: dict[str, Info] = {}
        config = self.config(cls)
        for name, info in self.fields(origin).items():
            out[name] = self.substituted(info, by)
            self.apply_config(config, name, out[name])
        return out

    def substituted(self, info: Info, by: dict[TypeVar, Value]) -> Info:
        """The field with type variables replaced; what the argument carries beside its type joins the metadata."""
        copy = info.copy()
        replaced = kinds.substitute(self.interp, info.type, by)
        if replaced is info.type:
            return copy
        found = inspect(self.interp, replaced)
        if not found.metadata:
            copy.type = found.type
            return copy
        extra = from_annotation(self.interp, replaced, info.at)
        copy.type = extra.type
        copy.metadata = [*extra.metadata, *copy.metadata]
        copy.given = {**extra.given, **copy.given}
        return copy

    def apply_config(self, config: dict[str, Value], name: str, info: Info) -> None:
        """Titles and aliases that the configuration generates."""
        titles = info.get("field_title_generator") or config.get("field_title_generator")
        if titles is not None and info.get("title") is None:
            made = self.safely(titles, [name, info.source])
            if isinstance(made, str):
                info.given["title"] = made
        generator = config.get("alias_generator")
        if generator is None:
            # an alias without a priority of its own keeps what was given
            return
        for key, value in generated_aliases(self, generator, name, info.given).items():
            info.given[key] = value

    def safely(self, function: Value, args: list[Value]) -> Value:
        """What a function of the project gives, or something unknown."""
        try:
            return self.interp.call(function, args, {})
        except Raised as raised:
            return Unknown(f"calling it raises {raised.text}", raised.at)

    # --- dataclasses, TypedDict, NamedTuple ------------------------------------------------------

    def dataclass_fields(self, cls: Class, config: dict[str, Value]) -> dict[str, Info]:
        """The fields of a dataclass."""
        out: dict[str, Info] = {}
        for above in reversed(cls.mro):
            if not isinstance(above, Class) or not kinds.own_dataclass(above):
                continue
            for name, hint in self.hints(above).items():
                found = inspect(self.interp, hint)
                if "class_var" in found.qualifiers or kinds.dotted(found.type) == "dataclasses.KW_ONLY":
                    continue
                assigned = self._dataclass_value(cls, name)
                at = self.place(above, name)
                if assigned is EMPTY:
                    info = from_annotation(self.interp, hint, at)
                else:
                    info = from_assigned(self.interp, hint, assigned, at)
                if info.get("init") is False and info.required:
                    continue
                out[name] = info
                self.apply_config(config, name, info)
        return out

    @staticmethod
    def _dataclass_value(cls: Class, name: str) -> Value:
        for above in cls.mro:
            if not isinstance(above, Class):
                continue
            for holder in ("dataclass_fields", "__dataclass_fields__"):
                fields = above.attributes.get(holder) or above.namespace.get(holder)
                if isinstance(fields, dict) and isinstance(fields.get(name), Instance):
                    return fields[name]
            if name in above.namespace:
                return above.namespace[name]
            if name in above.annotations:
                return EMPTY
        return EMPTY

    def typed_dict_fields(self, cls: Class, config: dict[str, Value]) -> Iterator[tuple[str, Info, bool]]:
        """The fields of a `TypedDict`, each with whether it is required."""
        found: dict[str, tuple[Info, bool]] = {}
        for above in reversed(cls.mro):
            if not isinstance(above, Class):
                continue
            total = above.keywords.get("total", True) is not False
            for name, hint in self.hints(above).items():
                info = from_annotation(self.interp, hint, self.place(above, name))
                required = "required" in info.qualifiers or (total and "not_required" not in info.qualifiers)
                found[name] = (info, required)
                self.apply_config(config, name, info)
        for name, (info, required) in found.items():
            yield name, info, required

    def named_tuple_fields(self, cls: Class) -> Iterator[tuple[str, Info]]:
        """The fields of a `NamedTuple`."""
        seen: dict[str, Info] = {}
        for above in reversed(cls.mro):
            if not isinstance(above, Class):
                continue
            for name, hint in self.hints(above).items():
                at = self.place(above, name)
                default = above.namespace.get(name, EMPTY)
                if default is EMPTY:
                    seen[name] = from_annotation(self.interp, hint, at)
                else:
                    seen[name] = from_assigned(self.interp, hint, default, at)
        if not seen:
            names = cls.lookup("_fields")
            if isinstance(names, (list, tuple)):
                seen = {n: Info(external("typing.Any"), [], {}, cls.at) for n in names if isinstance(n, str)}
        yield from seen.items()


def attribute_doc(cls: Class, name: str) -> str | None:
    """The string that stands below an annotated name."""
    body = cls.node.body if cls.node is not None else ()
    for statement, following in pairwise(body):
        if not isinstance(statement, s.Assign) or not isinstance(following, s.Expression):
            continue
        if statement.annotation is not None and s.dotted(statement.targets[0]) == name:
            text = s.string(following.value)
            return kinds.clean(text) if text is not None else None
    return None


def generated_aliases(models: Models, generator: Value, name: str, given: dict[str, Value]) -> dict[str, Value]:
    """What an alias generator changes in the aliases of a field."""
    alias, validation, serialization = (given.get(k) for k in ("alias", "validation_alias", "serialization_alias"))
    set_ = alias is not None or validation is not None or serialization is not None
    priority = given.get("alias_priority")
    if priority is None and set_:
        priority = 2
    if priority is not None and priority > 1 and not (alias is None or validation is None or serialization is None):
        return {}
    made: Value = None
    made_validation: Value = None
    made_serialization: Value = None
    if kinds.made_by(generator, "pydantic.aliases.AliasGenerator"):
        parts = [generator.attributes.get(k) for k in ("alias", "validation_alias", "serialization_alias")]
        made, made_validation, made_serialization = (
            None if p is None or kinds.unset(p) else models.safely(p, [name]) for p in parts
        )
    else:
        made = models.safely(generator, [name])
    for one in (made, made_validation, made_serialization):
        if isinstance(one, Unknown):
            models.interp.gap(f"the alias of the field {name} is not known: {one.reason}", one.at)
    out: dict[str, Value] = {}
    if priority is None or priority <= 1:
        return {
            "alias_priority": 1,
            "serialization_alias": made if made_serialization is None else made_serialization,
            "validation_alias": made if made_validation is None else made_validation,
            "alias": made,
        }
    if alias is None:
        out["alias"] = made
    if serialization is None:
        out["serialization_alias"] = made if made_serialization is None else made_serialization
    if validation is None:
        out["validation_alias"] = made if made_validation is None else made_validation
    return out


def _named(found: dict[Value, Value]) -> dict[str, Value]:
    return {k: v for k, v in found.items() if isinstance(k, str)}


def external_base(cls: Class) -> External | None:
    """The first base that is known by name only, `object` and the typing helpers aside."""
    for base in cls.mro:
        if isinstance(base, External) and base.name not in ("builtins.object", "typing.Generic", "typing.Protocol"):
            return base
    return None
