"""Fields and settings of Pydantic 1's models: `ModelMetaclass`, `ModelField` and `BaseConfig` over evaluated classes."""

import builtins
from typing import Any, Final

from byte.extract.contract.fields import ModelField
from byte.extract.contract.pydantic1 import kinds
from byte.extract.contract.pydantic1.kinds import ANY, INFO, MODEL, OBJECT, ROOT, is_sub, origin, pydantic
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.builtins import type_of
from byte.extract.evaluate.natives.pydantic1 import OPTIONS
from byte.extract.evaluate.typeforms import substitute
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Annotation,
    Class,
    ClassMethod,
    External,
    Function,
    Instance,
    LiteralType,
    NamedAlias,
    Native,
    NewType,
    Place,
    Property,
    Raised,
    StaticMethod,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)

Config = dict[str, Value]

_DEFAULTS: Final[dict[str, Value]] = dict.fromkeys(OPTIONS) | {"allow_mutation": True, "repr": True}
_CONSTRAINTS: Final = (
    "min_length max_length regex gt lt ge le multiple_of allow_inf_nan max_digits decimal_places min_items max_items "
    "unique_items".split()
)
_GENERIC: Final = pydantic("generics.GenericModel")
_DEEPEST: Final = 30
_MOST_PARTS: Final = 5_000
"""Parts of one type that are looked at."""


class Info:
    """A `FieldInfo`: what was passed to `Field(...)`, and the rest in `extra`."""

    __slots__ = ("at", "extra", "options", "source")

    def __init__(self, at: Place, default: Value = EMPTY) -> None:
        self.at = at
        self.options: dict[str, Value] = {"default": default}
        self.extra: dict[Value, Value] = {}
        self.source: Instance | None = None

    def get(self, name: str) -> Value:
        """An option, with Pydantic's default for it."""
        return self.options.get(name, _DEFAULTS.get(name))

    @property
    def default(self) -> Value:
        """The default: EMPTY for none, `...` for required."""
        return self.options.get("default", EMPTY)

    def constrained(self) -> bool:
        """Whether it has constraints for the type."""
        return any(self.get(name) is not None for name in _CONSTRAINTS)

    def copy(self) -> "Info":
        """The same, to be changed."""
        made = Info(self.at)
        made.options = dict(self.options)
        made.extra = dict(self.extra)
        made.source = self.source
        return made

    def update_from_config(self, given: dict[str, Value]) -> None:
        """Take what `Config.fields` says of the field."""
        for name, value in given.items():
            if name not in OPTIONS:
                self.extra.setdefault(name, value)
            elif name != "default" and self.get(name) is (True if name == "allow_mutation" else None):
                self.options[name] = value


def info_of(instance: Instance) -> Info:
    """What a `Field(...)`, `Query(...)`, ... object holds."""
    made = Info(instance.at)
    made.source = instance
    for name in OPTIONS:
        found = instance.attributes.get(name, EMPTY)
        if found is EMPTY and isinstance(instance.cls, Class):
            found = instance.cls.lookup(name)
        if found is not EMPTY:
            made.options[name] = found
    if is_undefined(made.options.get("default", EMPTY)):
        made.options["default"] = EMPTY
    if made.get("alias") is not None and made.get("alias_priority") is None:
        made.options["alias_priority"] = 2
    extra = instance.attributes.get("extra")
    if isinstance(extra, dict):
        made.extra = dict(extra)
    return made


def is_undefined(value: Value) -> bool:
    """Whether a default says that there is none (`...` is said apart)."""
    return value is EMPTY or (isinstance(value, External) and value.short in ("Undefined", "PydanticUndefined"))


def is_info(value: Value) -> bool:
    """Whether a value is a `FieldInfo`."""
    return isinstance(value, Instance) and isinstance(value.cls, Class) and value.cls.derives(*INFO)


class Field:
    """A `ModelField`: a type taken apart into its shape, its inner type and the fields of its arguments."""

    __slots__ = (
        "alias", "at", "conditions", "config", "default", "default_factory", "discriminator_alias", "discriminator_key",
        "has_alias", "info", "key_field", "name", "outer_type", "required", "shape", "sub_fields", "type",
    )  # fmt: skip

    def __init__(
        self,
        models: "Models",
        name: str,
        type_: Value,
        config: Config,
        at: Place,
        info: Info,
        default: Value = None,
        required: bool | None = None,
        alias: str | None = None,
        depth: int = 0,
    ) -> None:
        self.name = name
        self.has_alias = alias is not None
        self.alias = alias if alias is not None else name
        self.type = type_
        self.outer_type = type_
        self.config = config
        self.at = at
        self.info = info
        self.default = default
        self.default_factory = info.get("default_factory")
        self.required = required
        self.shape = "single"
        self.sub_fields: list[Field] | None = None
        self.key_field: Field | None = None
        self.discriminator_key = info.get("discriminator")
        self.discriminator_alias = self.discriminator_key
        self.conditions: tuple[Any, ...] = ()
        self._prepare(models, depth)

    def _prepare(self, models: "Models", depth: int) -> None:
        models.parts = models.parts + 1 if depth else 0
        if models.parts > _MOST_PARTS:
            self.type = self.outer_type = Unknown("a type too large to be written out", self.at)
        self._settle(models)
        self._analyse(models, depth)
        if self.required is None:
            self.required = True

    def _settle(self, models: "Models") -> None:
        if self.default_factory is None and self.type is EMPTY:
            self.type = self.outer_type = (
                type_of(models.interp, self.default)
                if self.default is not None
                else Unknown(f"the type of {self.name} is not written", self.at)
            )

    def _analyse(self, models: "Models", depth: int) -> None:
        """`ModelField._type_analysis`."""
        self.type = models.resolved(self.type)
        if depth > _DEEPEST:
            self.type = Unknown("a type nested too deep", self.at)
        if isinstance(self.type, NamedAlias):
            self.type = models.interp.alias_value(self.type)
            self._analyse(models, depth + 1)
            return
        type_ = self.type
        if is_sub(type_, *pydantic("types.JsonWrapper")):
            self.type = kinds.attribute(type_, "inner_type")
        elif is_sub(type_, *pydantic("types.Json")):
            self.type = ANY
        elif isinstance(type_, TypeVar):
            self.type = _of_variable(type_)
        elif isinstance(type_, NewType):
            while isinstance(self.type, NewType):
                self.type = self.type.supertype
        type_ = self.type = models.resolved(self.type)
        if type_ is ANY or type_ is OBJECT:
            if self.required is None:
                self.required = False
            return
        if isinstance(type_, (LiteralType, Unknown)) or kinds.is_typed_dict(type_):
            return
        if kinds.is_final(type_):
            self.type = type_.args[0] if isinstance(type_, Alias) else ANY
            self._analyse(models, depth + 1)
            return
        if isinstance(type_, Annotated):
            self.type = type_.type
            self._analyse(models, depth + 1)
            return
        name = origin(type_)
        if name in ("typing.Required", "typing.NotRequired", "typing.ReadOnly"):
            self.type = type_.args[0]
            self._analyse(models, depth + 1)
            return
        if isinstance(type_, Union):
            self._union(models, type_, depth)
        elif isinstance(type_, Alias):
            self._parametrised(models, type_, name, depth)
        else:
            self._class(models, type_, depth)

    def _union(self, models: "Models", type_: Union, depth: int) -> None:
        types = []
        for arg in type_.args:
            inner = models.resolved(arg)
            if self.required is None and (kinds.is_none(inner) or inner is ANY or inner is OBJECT):
                self.required = False
            if not kinds.is_none(inner):
                types.append(arg)
        if len(types) == 1:
            self.type = self.outer_type = types[0]
            self._analyse(models, depth + 1)
            return
        self.sub_fields = [self._sub(models, t, f"{self.name}_{i}", depth) for i, t in enumerate(types)]

    def _class(self, models: "Models", type_: Value, depth: int) -> None:
        """A class: one of the constrained collections has an origin all the same."""
        for shape, base in (("list", "List"), ("set", "Set"), ("frozenset", "FrozenSet")):
            if is_sub(type_, *pydantic(f"types.Constrained{base}")):
                inner = kinds.attribute(type_, "item_type")
                self.type = inner.args[0] if isinstance(inner, Alias) and inner.args else inner
                if self.type is None or self.type is EMPTY:
                    self.type = ANY
                self.shape = shape
                self.sub_fields = [self._sub(models, self.type, f"_{self.name}", depth)]
                return
        if isinstance(type_, External) and type_.name in _BARE:
            self._parametrised(models, Alias(type_, _BARE[type_.name], self.at), type_.name, depth)

    def _parametrised(self, models: "Models", type_: Alias, name: str, depth: int) -> None:
        args = type_.args
        if name == "collections.abc.Callable" or name == "builtins.type":
            return
        if name == "builtins.tuple":
            self._tuple(models, args, depth)
            return
        if name in _SEQUENCES:
            self.type = args[0] if args else ANY
            self.shape = _SEQUENCES[name]
            self.sub_fields = [self._sub(models, self.type, f"_{self.name}", depth)]
            return
        if name in _MAPPINGS:
            key = args[0] if args else ANY
            value = external("builtins.int") if name == "collections.Counter" else args[1] if len(args) > 1 else ANY
            self.key_field = self._sub(models, key, f"key_{self.name}", depth)
            self.type = value
            self.shape = "mapping"
            self.sub_fields = [self._sub(models, self.type, f"_{self.name}", depth)]
            return
        if isinstance(type_.origin, Class):
            # A generic class that validates itself, or a model's origin.
            self.shape = "generic"
            self.sub_fields = [self._sub(models, t, f"{self.name}_{i}", depth) for i, t in enumerate(args)]
            self.type = type_.origin
            return
        self.type = Unknown(f"the schema of {name or 'a parametrised type'} is not known", self.at)

    def _tuple(self, models: "Models", args: tuple[Value, ...], depth: int) -> None:
        if not args:
            self.type = ANY
            self.shape = "sequence"
        elif len(args) == 2 and args[1] is ...:
            self.type = args[0]
            self.shape = "sequence"
            self.sub_fields = [self._sub(models, args[0], f"{self.name}_0", depth)]
        elif args == ((),):
            self.type = ANY
            self.shape = "tuple"
            self.sub_fields = []
        else:
            self.shape = "tuple"
            self.sub_fields = [self._sub(models, t, f"{self.name}_{i}", depth) for i, t in enumerate(args)]

    def _sub(self, models: "Models", type_: Value, name: str, depth: int) -> "Field":
        type_ = models.resolved(type_)
        info, _ = models.info(name, type_, None, {}, self.at)
        return Field(models, name, type_, self.config, self.at, info, depth=depth + 1)


def _of_variable(type_: TypeVar) -> Value:
    if type_.bound is not EMPTY and type_.bound is not None:
        return type_.bound
    return Union(type_.constraints) if type_.constraints else ANY


_SEQUENCES: Final = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.frozenset": "frozenset",
    "collections.abc.AsyncIterable": "iterable",
    "collections.abc.Collection": "sequence",
    "collections.abc.Iterable": "iterable",
    "collections.abc.MutableSequence": "sequence",
    "collections.abc.MutableSet": "set",
    "collections.abc.Sequence": "sequence",
    "collections.abc.Set": "set",
    "collections.deque": "deque",
}
_MAPPINGS: Final = frozenset(
    "builtins.dict collections.defaultdict collections.Counter collections.OrderedDict collections.abc.Mapping "
    "collections.abc.MutableMapping".split()
)
# Abstract types without arguments stand for those of anything; `list` and `dict` are classes of their own.
_BARE: Final[dict[str, tuple[Value, ...]]] = {
    "collections.abc.Iterable": (ANY,),
    "collections.abc.Mapping": (ANY, ANY),
    "collections.abc.MutableMapping": (ANY, ANY),
    "collections.abc.Sequence": (ANY,),
    "collections.abc.MutableSequence": (ANY,),
    "collections.deque": (ANY,),
}


class Models:
    """Reads classes as Pydantic 1 does when they are made; each once."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        version = interp.target.pydantic
        self.version: tuple[int, ...] = version if version < (2,) else (1, 10, 26)
        self._configs: dict[int, tuple[Class, Config]] = {}
        self._fields: dict[int, tuple[Class, dict[str, Field]]] = {}
        self._parameters: dict[int, tuple[ModelField, Field]] = {}
        self.parts = 0
        self._narrow: dict[int, Value] = {}

    def resolved(self, type_: Value) -> Value:
        """A type with forward references followed; a parametrised class that is no `GenericModel` is an alias of it."""
        found = self.interp.resolve(type_)
        if isinstance(found, Class) and found.generic is not None and not found.derives(*_GENERIC):
            return Alias(*found.generic, found.at)
        return found

    # --- parameters ----------------------------------------------------------------------------

    def of_parameter(self, field: ModelField) -> Field:
        """The field that FastAPI makes of a parameter, body or response."""
        known = self._parameters.get(id(field))
        if known is None:
            known = self._parameters[id(field)] = (field, self._of_parameter(field))
        return known[1]

    def _of_parameter(self, field: ModelField) -> Field:
        type_ = field.type
        while isinstance(type_, Annotated):
            type_ = type_.type
        info = info_of(field.info) if field.info is not None else Info(field.at)
        required = field.default is EMPTY or field.default is ...
        default = None if required else field.default
        if info.constrained():
            type_ = self.constrained(type_, info)
        return Field(self, field.name, type_, {}, field.at, info, default, required, field.alias)

    def as_parameters(self, cls: Class) -> list[ModelField]:
        """The fields of a model as FastAPI reads a model of parameters."""
        out = []
        for found in self.fields(cls).values():
            default = EMPTY if found.required else found.default
            made = ModelField(
                found.name, found.alias, found.outer_type, found.info.source, default, "validation", found.at
            )
            self._parameters[id(made)] = (made, found)
            out.append(made)
        return out

    # --- settings ------------------------------------------------------------------------------

    def config(self, cls: Class) -> Config:
        """What the `Config` classes of a model and its bases set."""
        known = self._configs.get(id(cls))
        if known is None:
            known = self._configs[id(cls)] = (cls, self._config(cls))
        return known[1]

    def _config(self, cls: Class) -> Config:
        if not kinds.is_model(cls):
            given = cls.lookup("__pydantic_config__")
            return {**cls.attributes.get("pydantic1_config", {}), **self._of_config_class(given)}
        found: Config = {}
        for base in reversed(bases_of(cls)):
            if kinds.is_model(base) and base.dotted not in MODEL:
                found = {**found, **self.config(base)}
        found = {**found, **{k: v for k, v in cls.keywords.items() if k != "metaclass"}}
        own = cls.namespace.get("Config", EMPTY)
        return {**found, **self._of_config_class(own)}

    def _of_config_class(self, config: Value) -> Config:
        if isinstance(config, dict):
            return {k: v for k, v in config.items() if isinstance(k, str)}
        if not isinstance(config, Class):
            return {}
        found: Config = {}
        for ancestor in reversed(config.mro):
            if isinstance(ancestor, Class) and ancestor.dotted not in pydantic("config.BaseConfig"):
                found.update({k: v for k, v in ancestor.namespace.items() if not k.startswith("__")})
        return found

    def _of_field(self, config: Config, name: str) -> dict[str, Value]:
        """`Config.get_field_info`."""
        fields = config.get("fields")
        given = fields.get(name) if isinstance(fields, dict) else None
        info: dict[str, Value] = {}
        if isinstance(given, str):
            info = {"alias": given}
        elif isinstance(given, dict):
            info = dict(given)
        if "alias" in info:
            info.setdefault("alias_priority", 2)
        generator = config.get("alias_generator")
        if isinstance(generator, (StaticMethod, ClassMethod)):
            generator = generator.function
        if generator is not None and not _priority(info.get("alias_priority"), 2):
            alias = self._generated(generator, name)
            if isinstance(alias, str):
                info["alias"] = alias
                info["alias_priority"] = 1
        return info

    def _generated(self, generator: Value, name: str) -> Value:
        """What an alias generator makes of a name; noted where it cannot be known."""
        try:
            found = self.interp.call(generator, [name], {})
        except Raised as failed:
            found = Unknown(failed.text, failed.at)
        if isinstance(found, Instance) and isinstance(found.held, str):
            return found.held
        if not isinstance(found, str):
            self.interp.gap(f"the alias of the field {name} is not known")
        return found

    # --- fields --------------------------------------------------------------------------------

    def fields(self, cls: Class) -> dict[str, Field]:
        """The fields of a model, or of the model that Pydantic makes of a data class, typed dict or named tuple."""
        known = self._fields.get(id(cls))
        if known is None:
            known = self._fields[id(cls)] = (cls, {})
            found = known[1]
            if cls.generic is not None and not cls.derives(*_GENERIC):
                found.update(self.fields(cls.generic[0]))
            elif cls.attributes.get("body"):
                found.update({f.name: self.of_parameter(f) for f in cls.attributes["fields"]})
            elif cls.generic is not None:
                found.update(self._of_parametrised(cls))
            elif kinds.is_model(cls):
                found.update(self._of_model(cls))
            elif kinds.is_dataclass(cls):
                found.update(self._of_dataclass(cls))
            elif kinds.is_typed_dict(cls):
                found.update(self._of_typed_dict(cls))
            else:
                found.update(self._of_named_tuple(cls))
            if "pydantic1_objects" in cls.attributes:
                altered = self._changed(cls, found)
                found.clear()
                found.update(altered)
        return known[1]

    def _changed(self, cls: Class, fields: dict[str, Field]) -> dict[str, Field]:
        """The fields as code has changed them through `__fields__`."""
        objects = cls.attributes["pydantic1_objects"]
        out: dict[str, Field] = {}
        for name, made in objects.items():
            field = made.attributes.get("__byte_field__") if isinstance(made, Instance) else None
            if not isinstance(field, Field):
                continue
            before = made.attributes["__byte_before__"]
            news = {k: made.attributes[k] for k in before if made.attributes.get(k) is not before[k]}
            field = fields.get(name, field)
            out[name] = self._altered(field, news) if news else field
        return out

    def _altered(self, field: Field, news: dict[str, Value]) -> Field:
        required, alias = news.get("required", field.required), news.get("alias", field.alias)
        type_ = news.get("outer_type_", news.get("type_", field.outer_type))
        if "outer_type_" not in news and "type_" in news and field.shape != "single":
            type_ = field.outer_type  # only the inner type is another
        made = Field(
            self,
            field.name,
            type_,
            field.config,
            field.at,
            field.info,
            news.get("default", field.default),
            required if isinstance(required, bool) else None,
            alias if isinstance(alias, str) else field.alias,
        )
        made.has_alias = field.has_alias or "alias" in news
        return made

    def _of_model(self, cls: Class) -> dict[str, Field]:
        config = self.config(cls)
        fields: dict[str, Field] = {}
        for base in reversed(bases_of(cls)):
            if kinds.is_model(base) and base.dotted not in MODEL:
                for name, field in self.fields(base).items():
                    fields[name] = self._inherited(field, config)
        hints = {}
        variables = set()
        for name, annotation in cls.annotations.items():
            type_ = self.annotation(cls, annotation)
            if (
                kinds.is_class_variable(type_)
                or _is_class_variable(annotation)
                or (kinds.is_final(type_) and name in cls.namespace and not is_info(cls.namespace[name]))
            ):
                variables.add(name)
            elif is_field_name(name):
                hints[name] = type_
        for name, type_ in hints.items():
            value = cls.namespace.get(name, EMPTY)
            if _is_relationship(value):
                continue
            if _is_untouched(value) and not _takes_classes(type_):
                continue
            fields[name] = self._infer(cls, name, value, type_, config)
        kept = config.get("keep_untouched")
        for name, value in cls.namespace.items():
            if not is_field_name(name) or name in cls.annotations or name in variables or name in _NOT_FIELDS:
                continue
            if (
                isinstance(value, (Function, Native))
                or _is_untouched(value)
                or _is_private(value)
                or _is_relationship(value)
            ):
                continue
            if isinstance(kept, (tuple, list)) and any(self.interp.isinstance(value, k) for k in kept):
                continue
            field = self._infer(cls, name, value, EMPTY if name not in fields else fields[name].outer_type, config)
            if name in fields:
                field.type = fields[name].type
            fields[name] = field
        return fields

    def annotation(self, cls: Class, annotation: "Annotation | Value") -> Value:
        """The type of an annotation; names handed to `update_forward_refs` count."""
        names = cls.attributes.get("forward_names")
        if names and isinstance(annotation, Annotation):
            missing = {k: v for k, v in names.items() if k not in annotation.scope.names}
            annotation.scope.names.update(missing)
            try:
                return self.interp.annotation(annotation)
            finally:
                for name in missing:
                    del annotation.scope.names[name]
        return self.interp.annotation(annotation)

    def _inherited(self, field: Field, config: Config) -> Field:
        """A field of a base class under the settings of the subclass (`set_config`)."""
        made = Field.__new__(Field)
        for slot in Field.__slots__:
            setattr(made, slot, getattr(field, slot))
        given = self._of_field(config, field.name)
        made.config = config
        made.info = field.info.copy()
        alias = given.get("alias")
        if isinstance(alias, str) and _priority(given.get("alias_priority"), made.info.get("alias_priority") or 0):
            made.info.options["alias"] = alias
            made.info.options["alias_priority"] = given.get("alias_priority")
            made.alias = alias
        return made

    def info(
        self, name: str, annotation: Value, value: Value, given: dict[str, Value], at: Place
    ) -> tuple[Info, Value]:
        """`ModelField._get_field_info`: the field's info and its default."""
        info: Info | None = None
        if isinstance(annotation, Annotated):
            found = [m for m in annotation.metadata if is_info(m)]
            if found:
                info = info_of(found[0])
                info.update_from_config(given)
                if not is_undefined(value) and value is not ...:
                    info.options["default"] = value
        if is_info(value):
            info = info_of(value)
            info.update_from_config(given)
        elif info is None:
            info = Info(at, EMPTY if is_undefined(value) else value)
            for key, item in given.items():
                if key in OPTIONS:
                    info.options[key] = item
                else:
                    info.extra[key] = item
        default = None if info.get("default_factory") is not None else info.default
        return info, default

    def _infer(self, cls: Class, name: str, value: Value, type_: Value, config: Config) -> Field:
        """`ModelField.infer`."""
        line = cls.lines.get(name)
        written = cls.annotations.get(name)
        if isinstance(written, Annotation):
            at = Place(written.scope.module.path, written.line)
        else:
            at = Place(cls.module.path, line) if line else cls.at
        given = self._of_field(config, name)
        info, default = self.info(name, type_, value, given, at)
        return self.made(name, type_, info, default, config, at, settings=is_sub(cls, *kinds.SETTINGS))

    def made(
        self, name: str, type_: Value, info: Info, default: Value, config: Config, at: Place, settings: bool = False
    ) -> Field:
        """A field of a model from its type, info and default."""
        required: bool | None = None
        if default is ...:
            required, default = True, None
        elif default is not EMPTY:
            required = False
        if info.constrained() and type_ is not EMPTY:
            type_ = self.constrained(type_, info)
        alias = info.get("alias")
        if isinstance(alias, Unknown):
            alias = alias.text
        field = Field(
            self,
            name,
            type_,
            config,
            at,
            info,
            default=None if default is EMPTY else default,
            required=required,
            alias=alias if isinstance(alias, str) else None,
        )
        if settings:
            self._environment(field, config)
        return field

    def _environment(self, field: Field, config: Config) -> None:
        """`BaseSettings.Config.prepare_field`: the variables that a setting is read from stand in the schema."""
        given = self._of_field(config, field.name).get("env") or field.info.extra.get("env")
        if given is None:
            prefix = config.get("env_prefix", "")
            names: list[Value] = [f"{prefix}{field.name}"] if isinstance(prefix, str) else [prefix]
        else:
            names = [given] if isinstance(given, str) else self.interp.items(given) or [given]
        if config.get("case_sensitive") is not True:
            names = [n.lower() if isinstance(n, str) else n for n in names]
        field.info.extra["env_names"] = names

    def _of_parametrised(self, cls: Class) -> dict[str, Field]:
        """The fields of a generic model with its variables given."""
        base, args = cls.generic or (cls, ())
        mapping = dict(zip(base.type_params, args, strict=False))
        if not kinds.is_model(base):
            return dict(self.fields(base))
        hints: dict[str, Value] = {}
        for ancestor in reversed(base.mro):
            if isinstance(ancestor, Class) and kinds.is_model(ancestor) and ancestor.generic is None:
                for name, annotation in ancestor.annotations.items():
                    hints[name] = self._in_base(base, ancestor, self.annotation(ancestor, annotation))
        out = {}
        config = self.config(cls)
        for name, field in self.fields(base).items():
            type_ = hints.get(name, field.outer_type)
            info = field.info.copy()
            required = None if info.default is EMPTY else info.default is ...
            if info.get("default_factory") is not None:
                required = False
            made = Field(
                self,
                name,
                substitute(self.interp, type_, mapping),
                config,
                field.at,
                info,
                default=field.default,
                required=required,
                alias=info.get("alias"),
            )
            out[name] = made
        return out

    def _in_base(self, cls: Class, ancestor: Class, type_: Value) -> Value:
        """The type of an inherited annotation in terms of the variables of the class that inherits it."""
        for base in bases_of(cls):
            if isinstance(base, Class) and base.generic is not None and ancestor in base.mro:
                inner, args = base.generic
                mapping: dict[Any, Value] = dict(zip(inner.type_params, args, strict=False))
                return substitute(self.interp, self._in_base(inner, ancestor, type_), mapping)
            if isinstance(base, Class) and base is not ancestor and ancestor in base.mro:
                return self._in_base(base, ancestor, type_)
        return type_

    def _of_dataclass(self, cls: Class) -> dict[str, Field]:
        config = self.config(cls)
        found: dict[str, tuple[Class, Value, Value]] = {}
        for ancestor in reversed(cls.mro):
            if not isinstance(ancestor, Class) or "dataclass" not in ancestor.attributes:
                continue
            for name, annotation in ancestor.annotations.items():
                type_ = self.annotation(ancestor, annotation)
                if kinds.is_class_variable(type_) or _is_class_variable(annotation):
                    continue
                if origin(type_) == "dataclasses.InitVar" or type_ is external("dataclasses.InitVar"):
                    continue
                found[name] = (ancestor, type_, ancestor.namespace.get(name, EMPTY))
        return {name: self._of_data(*parts, name, config) for name, parts in found.items()}

    def _of_data(self, cls: Class, type_: Value, value: Value, name: str, config: Config) -> Field:
        written = cls.annotations.get(name)
        at = Place(cls.module.path, written.line) if isinstance(written, Annotation) else cls.at
        if isinstance(value, Instance) and value.cls is external("dataclasses.Field"):
            options = value.attributes
            metadata = options.get("metadata")
            value = EMPTY if _is_missing(options.get("default")) else options["default"]
            factory = options.get("default_factory")
            if not is_info(value):
                info = Info(at, ... if value is EMPTY and _is_missing(factory) else value)
                if not _is_missing(factory):
                    info.options["default_factory"] = factory
                for key, item in (metadata if isinstance(metadata, dict) else {}).items():
                    if key in OPTIONS:
                        info.options[key] = item
                    else:
                        info.extra[key] = item
                info.update_from_config(self._of_field(config, name))
                default = None if info.get("default_factory") is not None else info.default
                return self.made(name, type_, info, default, config, at)
        given = self._of_field(config, name)
        info, default = self.info(name, type_, ... if value is EMPTY else value, given, at)
        return self.made(name, type_, info, default, config, at)

    def _of_typed_dict(self, cls: Class) -> dict[str, Field]:
        config = self.config(cls)
        out = {}
        for ancestor in reversed(cls.mro):
            if not isinstance(ancestor, Class):
                continue
            total = ancestor.keywords.get("total", True) is not False
            for name, annotation in ancestor.annotations.items():
                type_ = self.annotation(ancestor, annotation)
                inner = origin(type_)
                needed = inner == "typing.Required" or (total and inner != "typing.NotRequired")
                at = Place(ancestor.module.path, annotation.line) if isinstance(annotation, Annotation) else cls.at
                value: Value = ... if needed else None
                info, default = self.info(name, type_, value, self._of_field(config, name), at)
                out[name] = self.made(name, type_, info, default, config, at)
        return out

    def _of_named_tuple(self, cls: Class) -> dict[str, Field]:
        config = self.config(cls)
        out = {}
        for ancestor in reversed(cls.mro):
            if not isinstance(ancestor, Class):
                continue
            for name, annotation in ancestor.annotations.items():
                type_ = self.annotation(ancestor, annotation)
                at = Place(ancestor.module.path, annotation.line) if isinstance(annotation, Annotation) else cls.at
                out[name] = self.made(name, type_, Info(at, ...), ..., config, at)
        return out

    # --- constraints ---------------------------------------------------------------------------

    def constrained(self, type_: Value, info: Info, depth: int = 0) -> Value:
        """`get_annotation_from_field_info`: the type with the constraints of its field."""
        if not depth:
            self._narrow = {}
        known = self._narrow.get(id(type_), EMPTY)
        if known is EMPTY:
            known = self._narrow[id(type_)] = self._constrained(self.resolved(type_), info, depth)
        return known

    def _constrained(self, type_: Value, info: Info, depth: int) -> Value:
        if depth > _DEEPEST or isinstance(type_, (LiteralType, Unknown)):
            return type_
        if is_sub(type_, *_COLLECTIONS):
            return type_
        if isinstance(type_, Annotated):
            return self.constrained(type_.type, info, depth + 1)
        if isinstance(type_, Union):
            return Union(tuple(None if a is None else self.constrained(a, info, depth + 1) for a in type_.args))
        if isinstance(type_, Alias):
            return self._constrained_alias(type_, info, depth)
        return self._constrained_class(type_, info)

    def _constrained_alias(self, type_: Alias, info: Info, depth: int) -> Value:
        name = origin(type_)
        args = type_.args
        least, most, unique = info.get("min_items"), info.get("max_items"), info.get("unique_items")
        if name == "builtins.list" and args and not (least is None and most is None and unique is None):
            inner = Alias(type_.origin, (self.constrained(args[0], info, depth + 1),), type_.at)
            return self._made("ConstrainedList", item_type=inner, min_items=least, max_items=most, unique_items=unique)
        for kind, base in (("builtins.set", "ConstrainedSet"), ("builtins.frozenset", "ConstrainedFrozenSet")):
            if name == kind and args and not (least is None and most is None):
                if base == "ConstrainedFrozenSet" and self.version < (1, 9):
                    break
                inner = Alias(type_.origin, (self.constrained(args[0], info, depth + 1),), type_.at)
                return self._made(base, item_type=inner, min_items=least, max_items=most)
        if name in _LISTS:
            return Alias(
                type_.origin, tuple(a if a is ... else self.constrained(a, info, depth + 1) for a in args), type_.at
            )
        if name == "builtins.dict" and len(args) == 2:
            return Alias(type_.origin, (args[0], self.constrained(args[1], info, depth + 1)), type_.at)
        return type_

    def _constrained_class(self, type_: Value, info: Info) -> Value:
        if is_sub(type_, *pydantic("types.SecretStr"), *pydantic("types.SecretBytes")):
            return self._narrowed(type_, info, ("max_length", "min_length"), "")
        if is_sub(type_, "builtins.str") and not is_sub(
            type_, *pydantic("networks.EmailStr"), *pydantic("networks.AnyUrl"), "enum.Enum"
        ):
            if self.version < (1, 10) and is_sub(type_, *pydantic("types.ConstrainedStr")):
                return type_
            strict = is_sub(type_, *pydantic("types.StrictStr"))
            return self._narrowed(
                type_, info, ("max_length", "min_length", "regex"), "" if strict else "ConstrainedStr"
            )
        if is_sub(type_, "builtins.bytes"):
            strict = is_sub(type_, *pydantic("types.StrictBytes"))
            return self._narrowed(type_, info, ("max_length", "min_length"), "" if strict else "ConstrainedBytes")
        if is_sub(type_, *kinds.NUMBERS) and not is_sub(type_, *_NUMERIC, "builtins.bool", "enum.Enum"):
            for kind, base in (
                ("builtins.int", "ConstrainedInt"),
                ("builtins.float", "ConstrainedFloat"),
                ("decimal.Decimal", "ConstrainedDecimal"),
            ):
                if is_sub(type_, kind):
                    names: tuple[str, ...] = ("gt", "lt", "ge", "le", "multiple_of")
                    if kind == "decimal.Decimal":
                        names += ("max_digits", "decimal_places")
                    return self._narrowed(type_, info, names, base)
        return type_

    def _narrowed(self, type_: Value, info: Info, names: tuple[str, ...], base: str) -> Value:
        given = {name: info.get(name) for name in names if info.get(name) is not None}
        if not given:
            return type_
        if base:
            return self._made(base, **given)
        made = Class(type_.name, type_.module, [type_], type_.at)
        made.mro = [made, *type_.mro]
        made.namespace = dict(given)
        return made

    def _made(self, base: str, /, **namespace: Value) -> Value:
        """A subclass of one of Pydantic's constrained types."""
        types = "pydantic.v1.types" if self.interp.target.pydantic >= (2,) else "pydantic.types"
        parent = self.interp.library_class(types, base)
        if not isinstance(parent, Class):
            return Unknown(f"{base} is not modelled", self.interp.at)
        made = Class(f"{base}Value", parent.module, [parent], parent.at)
        made.mro = [made, *parent.mro]
        made.namespace = dict(namespace)
        return made


_COLLECTIONS: Final = (
    *pydantic("types.ConstrainedList"),
    *pydantic("types.ConstrainedSet"),
    *pydantic("types.ConstrainedFrozenSet"),
)
_NUMERIC: Final = (
    *pydantic("types.ConstrainedInt"),
    *pydantic("types.ConstrainedFloat"),
    *pydantic("types.ConstrainedDecimal"),
    *_COLLECTIONS,
)
_LISTS: Final = frozenset(
    "builtins.tuple builtins.list builtins.set builtins.frozenset collections.abc.Sequence collections.deque".split()
)
_NOT_FIELDS: Final = frozenset({"Config"})


def bases_of(cls: Class) -> list[Value]:
    """The bases of a class, `Generic[...]` and the like as their origins."""
    return [b.origin if isinstance(b, Alias) else b for b in cls.bases]


def is_field_name(name: str) -> bool:
    """Whether a name of a class body may be a field."""
    return not name.startswith("_") or name == ROOT


def _is_class_variable(annotation: "Annotation | Value") -> bool:
    return isinstance(annotation, Alias) and origin(annotation) == "typing.ClassVar"


def _is_untouched(value: Value) -> bool:
    if isinstance(value, External) and value.name.startswith("builtins."):
        return isinstance(getattr(builtins, value.short, None), type)
    return isinstance(value, (Property, Class, ClassMethod, StaticMethod))


def _is_private(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.cls, Class) and value.cls.name == "ModelPrivateAttr"


def _is_relationship(value: Value) -> bool:
    """SQLModel keeps relations out of the fields."""
    return isinstance(value, Instance) and isinstance(value.cls, Class) and value.cls.name == "RelationshipInfo"


def _takes_classes(type_: Value) -> bool:
    options = type_.args if isinstance(type_, Union) else (type_,)
    return any(origin(o) == "builtins.type" or is_sub(o, *pydantic("types.PyObject")) for o in options)


def _is_missing(value: Value) -> bool:
    return value is None or value is EMPTY or (isinstance(value, External) and value.short == "MISSING")


def _priority(given: Value, least: Value) -> bool:
    return (given if isinstance(given, int) else 0) >= (least if isinstance(least, int) else 0)
