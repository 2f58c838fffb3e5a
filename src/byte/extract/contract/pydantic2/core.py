"""Core schemas of types: what Pydantic's `GenerateSchema` makes of a type before any JSON Schema is written.

A core schema is a dict with a `type`, as in Pydantic, so that a project's own `__get_pydantic_core_schema__` can give
and take them. One type is added: `unknown`, for what cannot be known.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from byte.extract.contract.pydantic2 import kinds, known
from byte.extract.contract.pydantic2.collect import Marked, Models, external_base
from byte.extract.contract.pydantic2.constraints import FUNCTIONS, Core, apply
from byte.extract.contract.pydantic2.discriminators import Discriminating, Impossible, Undefined
from byte.extract.contract.pydantic2.hooks import JsonHook
from byte.extract.contract.pydantic2.info import UNDEFINED, Extra, Info, Known, expand, merge
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    NOWHERE,
    Alias,
    Annotated,
    Class,
    External,
    Forward,
    Function,
    Instance,
    LiteralType,
    NamedAlias,
    Native,
    NewType,
    Partial,
    Place,
    Raised,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)

ANY: Final = external("typing.Any")
_CORE_HOOK: Final = "__get_pydantic_core_schema__"
_JSON_HOOK: Final = "__get_pydantic_json_schema__"
_HOOKLESS: Final = ("builtins.", "abc.", "collections.", "typing.", "sqlalchemy.")  # nothing there speaks Pydantic
_CALLED_TYPES: Final = frozenset(
    f"builtins.{n}" for n in "str int float bool list set dict tuple frozenset bytes".split()
)
Handler = Callable[[Value], Core]


_DEEPEST: Final = 80
"""Levels of a type that are read; what has a name begins anew where it is referred to."""


def unknown(reason: str, at: Place) -> Core:
    """The core schema of what cannot be known."""
    return {"type": "unknown", "reason": reason, "at": at}


class Cores:
    """Makes core schemas; what has a name is made once and kept in `definitions`."""

    def __init__(self, interp: Interpreter, models: Models) -> None:
        self.interp = interp
        self.models = models
        self.version: tuple[int, ...] = tuple(interp.target.pydantic)
        self.definitions: dict[str, Core] = {}
        self.classes: dict[str, Class | NamedAlias] = {}  # what each reference stands for
        self.deferred: list[tuple[Core, str]] = []
        self._running: set[str] = set()
        self._serials: dict[Any, int] = {}
        self._kept: list[Value] = []
        self._configs: list[dict[str, Value]] = [{}]
        self._selves: list[Value] = []
        self._places: list[Place] = [NOWHERE]
        self._depth = 0

    # --- context ---------------------------------------------------------------------------------

    @property
    def config(self) -> dict[str, Value]:
        """The configuration of the class whose fields are being read."""
        return self._configs[-1]

    @property
    def at(self) -> Place:
        """Where the type that is being read is written."""
        return self._places[-1]

    @contextmanager
    def within(self, config: dict[str, Value] | None, owner: Value = None) -> Iterator[None]:
        """Reads with a configuration, for a class that `Self` stands for."""
        self._configs.append(self.config if config is None else config)
        if owner is not None:
            self._selves.append(owner)
        try:
            yield
        finally:
            self._configs.pop()
            if owner is not None:
                self._selves.pop()

    @contextmanager
    def placed(self, at: Place) -> Iterator[None]:
        """Reads what stands at a place."""
        self._places.append(at if at.path else self.at)
        try:
            yield
        finally:
            self._places.pop()

    # --- references ------------------------------------------------------------------------------

    def serial(self, key: Any) -> int:
        """A number for a value: the same one for the same value."""
        return self._serials.setdefault(key, len(self._serials) + 1)

    def key(self, value: Value) -> Any:
        """What makes a type the same type."""
        if isinstance(value, Class):
            if value.generic is not None:
                return ("model", self.key(value.generic[0]), *(self.key(a) for a in value.generic[1]))
            self._kept.append(value)
            return ("class", id(value))
        if isinstance(value, External):
            return ("external", value.name)
        if isinstance(value, Alias):
            return ("alias", self.key(value.origin), *(self.key(a) for a in value.args))
        if isinstance(value, Union):
            return ("union", *(self.key(a) for a in value.args))
        if isinstance(value, LiteralType):
            return ("literal", *(self.key(v) for v in value.values))
        if isinstance(value, Annotated):
            return ("annotated", self.key(value.type), *(self.key(m) for m in value.metadata))
        if isinstance(value, list):
            return ("list", *(self.key(v) for v in value))
        if value is None or isinstance(value, (str, int, float, bool, bytes)):
            return (type(value).__name__, value)
        self._kept.append(value)
        return ("object", id(value))

    def ref(self, value: Class | NamedAlias, args: tuple[Value, ...] = ()) -> str:
        """The reference of a class or type alias, with arguments."""
        if isinstance(value, Class) and value.generic is not None:
            value, args = value.generic
        name = value.qualname if isinstance(value, Class) else value.name
        out = f"{value.module.name}.{name}:{self.serial(self.key(value))}"
        if args:
            out += "[" + ",".join(f"{kinds.display(a)}:{self.serial(self.key(a))}" for a in args) + "]"
        return out

    def _refer(self, ref: str, of: Class | NamedAlias, make: Callable[[], Core]) -> Core:
        """A reference to a definition that is made if it is not yet."""
        if ref not in self.definitions and ref not in self._running:
            self._running.add(ref)
            self.classes[ref] = of
            try:
                schema = make()
                schema["ref"] = ref
                self.definitions[ref] = schema
            finally:
                self._running.discard(ref)
        return {"type": "definition-ref", "schema_ref": ref}

    def _define(self, schema: Core) -> Core:
        """A reference to a schema that carries its own name."""
        ref = schema["ref"]
        self.definitions[ref] = schema
        return {"type": "definition-ref", "schema_ref": ref}

    def _resolved(self, schema: Core) -> Core | None:
        if schema["type"] == "definition-ref":
            return self.definitions.get(schema["schema_ref"])
        return schema

    # --- entry -----------------------------------------------------------------------------------

    def adapter(self, info: Info, config: dict[str, Value] | None = None) -> Core:
        """The core schema of a type adapter: of a parameter, a body or a response of FastAPI."""
        with self.within(config), self.placed(info.at):
            own = Info(EMPTY, [], info.given, info.at)
            schema = self.annotated(info.type, [*info.metadata, Extra(own)])
            return with_default(own, schema)

    def finish(self) -> None:
        """Applies the discriminators that had to wait for their choices."""
        waiting, self.deferred = self.deferred, []
        for schema, field in waiting:
            done = self._discriminate(dict(schema), field)
            if done is not schema:
                schema.clear()
                schema.update(done)
        self.deferred = []

    # --- types -----------------------------------------------------------------------------------

    def generate(self, value: Value) -> Core:
        """The core schema of a type."""
        if self._depth >= _DEEPEST:
            return unknown("the type is nested too deep, or is made of itself", self.at)
        self._depth += 1
        try:
            schema = self._hooked(value, value)
            if schema is None:
                schema = self.inner(value)
        finally:
            self._depth -= 1
        self._add_json_hook(value, schema)
        return schema

    def _add_json_hook(self, value: Value, schema: Core) -> None:
        origin = value.origin if isinstance(value, Alias) else value
        if not isinstance(origin, Class):
            return
        hook = origin.lookup(_JSON_HOOK)
        if hook is EMPTY:
            return
        target = self._resolved(schema)
        if target is None:
            return
        functions = target.setdefault("metadata", {}).setdefault("pydantic_js_functions", [])
        if not any(isinstance(f, JsonHook) and f.owner is origin for f in functions):
            functions.append(JsonHook(self.interp, origin, self.interp.getattr(origin, _JSON_HOOK)))

    def _hooked(self, value: Value, source: Value) -> Core | None:
        """What the class's own method says, if it has one."""
        if not isinstance(value, Class):
            return None
        hook = value.lookup(_CORE_HOOK)
        if hook is EMPTY:
            if value.lookup("__get_validators__") is not EMPTY and not kinds.is_model(value):
                return unknown(f"{value.name} validates by __get_validators__, which names no schema", value.at)
            return None
        ref = self.ref(value)
        if ref in self.definitions or ref in self._running:
            return {"type": "definition-ref", "schema_ref": ref}
        return self.call_core_hook(self.interp.getattr(value, _CORE_HOOK), source, self.inner)

    def call_core_hook(self, hook: Value, source: Value, inner: Handler) -> Core:
        """Calls a `__get_pydantic_core_schema__` of the project."""
        try:
            schema = self.interp.call(hook, [source, self.handler(inner)], {})
        except Raised as raised:
            return unknown(f"__get_pydantic_core_schema__ raises {raised.text}", raised.at)
        return self.checked(schema, "what __get_pydantic_core_schema__ gives")

    def plain(self, schema: Value, what: str) -> Core:
        """A core schema that code of the project gave, as it is."""
        if isinstance(schema, Unknown):
            return unknown(schema.reason, schema.at)
        if not isinstance(schema, dict) or not isinstance(schema.get("type"), str):
            return unknown(f"{what} is no core schema that is known", self.at)
        return schema

    def checked(self, schema: Value, what: str) -> Core:
        """A core schema that code of the project gave; what has a name becomes a definition."""
        schema = self.plain(schema, what)
        if schema["type"] == "definitions":
            for one in schema.get("definitions") or []:
                if isinstance(one, dict) and isinstance(one.get("ref"), str):
                    self.definitions[one["ref"]] = one
            schema = schema["schema"]
        return self._define(schema) if isinstance(schema.get("ref"), str) else schema

    def handler(self, inner: Handler) -> Native:
        """The `handler` that a `__get_pydantic_core_schema__` is given."""

        def call(_: Any, args: list[Value], __: dict[str, Value]) -> Value:
            schema = inner(args[0])
            ref = schema.get("ref")
            if isinstance(ref, str):
                return self._define(schema)
            return schema

        def generate(_: Any, args: list[Value], __: dict[str, Value]) -> Value:
            return self.generate(args[0])

        def resolve(_: Any, args: list[Value], __: dict[str, Value]) -> Value:
            return self._resolved(args[0]) or args[0]

        out = Native("handler", call)
        out.attributes.update(
            generate_schema=Native("generate_schema", generate),
            resolve_ref_schema=Native("resolve_ref_schema", resolve),
            field_name=None,
        )
        return out

    def inner(self, value: Value) -> Core:
        """The core schema of a type, its own method left aside."""
        if value is None:
            return {"type": "none"}
        if isinstance(value, External):
            return self._external(value)
        if isinstance(value, Class):
            before, self._depth = self._depth, 0
            try:
                return self._class(value)
            finally:
                self._depth = before
        if isinstance(value, Union):
            return self._union(list(value.args))
        if isinstance(value, Annotated):
            return self._annotated(value)
        if isinstance(value, Alias):
            return self._alias(value)
        if isinstance(value, LiteralType):
            return {"type": "literal", "expected": list(value.values)}
        if isinstance(value, Forward):
            resolved = self.interp.resolve(value)
            if resolved is value or isinstance(resolved, Forward):
                return unknown(f"the name {value.text} is not found", value.at)
            return self.generate(resolved)
        if isinstance(value, TypeVar):
            return self._typevar(value)
        if isinstance(value, NewType):
            return self.generate(value.supertype)
        if isinstance(value, NamedAlias):
            return self._type_alias(value, ())
        if isinstance(value, Unknown):
            return unknown(value.reason, value.at if value.at.path else self.at)
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            return value
        if isinstance(value, (Function, Partial)):
            return unknown("a function is used as a type", self.at)
        if isinstance(value, Instance):
            if self.config.get("arbitrary_types_allowed") is True:
                return {"type": "any"}
            return unknown(f"an object of {kinds.display(value.cls)} is used as a type", self.at)
        return unknown(f"{type(value).__name__} is no type", self.at)

    def _external(self, value: External) -> Core:
        found = known.plain(self, value.name)
        if found is not None:
            return found
        if value.name == "typing.Self":
            return self.inner(self._selves[-1]) if self._selves else unknown("Self has no class here", self.at)
        return unknown(f"{value.name} is a type of a library that is not known", self.at)

    def _class(self, cls: Class) -> Core:
        if kinds.is_model(cls):
            return self._model(cls)
        found = known.of_class(self, cls, ())
        if found is not None:
            return found
        if kinds.is_typed_dict(cls):
            return self._typed_dict(cls, ())
        if kinds.is_enum(cls):
            return self._enum(cls)
        if kinds.is_named_tuple(cls):
            return self._named_tuple(cls, ())
        if kinds.is_dataclass(cls):
            return self._dataclass(cls, ())
        if cls.unknown_bases:
            first = cls.unknown_bases[0]
            return unknown(f"a base of {cls.name} is not known: {first.reason}", cls.at)
        base = external_base(cls)
        if base is not None and not base.name.startswith(_HOOKLESS):
            return unknown(f"{cls.name} derives from {base.name}, which is not known", cls.at)
        if self.config.get("arbitrary_types_allowed") is True:
            return {"type": "is-instance", "cls": cls}
        return unknown(f"Pydantic has no schema for the class {cls.name}", cls.at)

    def _union(self, args: list[Value]) -> Core:
        choices: list[Any] = []
        nullable = False
        for arg in args:
            if isinstance(arg, Forward):
                arg = self.interp.resolve(arg)
                if isinstance(arg, Union):
                    nullable = nullable or any(a is None for a in arg.args)
                    choices += [self.generate(a) for a in arg.args if a is not None]
                    continue
            if arg is None:
                nullable = True
            elif kinds.dotted(arg) == "pydantic_core.MISSING":
                continue
            else:
                choices.append(self.generate(arg))
        if not choices:
            return {"type": "none"}
        if len(choices) == 1:
            schema: Core = choices[0]
        else:
            tagged: list[Any] = []
            for choice in choices:
                tag = choice.get("metadata", {}).get("pydantic_internal_union_tag_key")
                tagged.append(choice if tag is None else (choice, tag))
            schema = {"type": "union", "choices": tagged}
        return {"type": "nullable", "schema": schema} if nullable else schema

    def _alias(self, value: Alias) -> Core:
        origin = value.origin
        args = tuple(self.interp.resolve(a) if isinstance(a, Forward) else a for a in value.args)
        if isinstance(origin, NamedAlias):
            return self._type_alias(origin, args)
        if isinstance(origin, Class):
            hook = origin.lookup(_CORE_HOOK)
            if kinds.is_dataclass(origin):
                return self._dataclass(origin, args)
            if kinds.is_named_tuple(origin):
                return self._named_tuple(origin, args)
            if hook is not EMPTY:
                return self.call_core_hook(self.interp.getattr(origin, _CORE_HOOK), value, self.inner)
            found = known.of_class(self, origin, args)
            if found is not None:
                return found
            if kinds.is_typed_dict(origin):
                return self._typed_dict(origin, args)
            if self.config.get("arbitrary_types_allowed") is True:
                return {"type": "is-instance", "cls": origin}
            return unknown(f"Pydantic has no schema for the class {origin.name}", origin.at)
        if isinstance(origin, External):
            found = known.generic(self, origin.name, args)
            if found is not None:
                return found
            return unknown(f"{origin.name} is a type of a library that is not known", self.at)
        if isinstance(origin, Unknown):
            return unknown(origin.reason, origin.at)
        return unknown("a subscripted value is no type", self.at)

    def _typevar(self, value: TypeVar) -> Core:
        if value.default is not EMPTY:
            return self.generate(value.default)
        if value.constraints:
            return self._union(list(value.constraints))
        if value.bound is not EMPTY and value.bound is not None:
            return {**self.generate(value.bound), "serialization": {"type": "any"}}
        return {"type": "any"}

    def _type_alias(self, value: NamedAlias, args: tuple[Value, ...]) -> Core:
        def make() -> Core:
            target = self.interp.alias_value(value)
            with self.placed(value.at):
                by = dict(zip(value.params, args, strict=False))
                schema = self.generate(kinds.substitute(self.interp, target, by))
            if schema["type"] == "definition-ref":
                # a copy, since the reference itself may be shared
                return dict(schema)
            return dict(schema)

        return self._refer(self.ref(value, args), value, make)

    # --- classes ---------------------------------------------------------------------------------

    def _enum(self, cls: Class) -> Core:
        members = [
            v for v in cls.namespace.values() if isinstance(v, Instance) and v.cls is cls and "_value_" in v.attributes
        ]
        if not members:
            if cls.unknown_bases or "members" not in cls.attributes:
                return unknown(f"the members of {cls.name} are not known", cls.at)
            return {"type": "is-instance", "cls": cls, "enum": True}
        ref = self.ref(cls)
        self.classes[ref] = cls
        return {"type": "enum", "cls": cls, "members": members, "ref": ref}

    def _model(self, cls: Class) -> Core:
        if cls.generic is not None and self._own_parameters(cls):
            cls = cls.generic[0]
        return self._refer(self.ref(cls), cls, lambda: self._make_model(cls))

    def _own_parameters(self, cls: Class) -> bool:
        """Whether a model is parametrised by exactly its own variables, which is the model itself."""
        if cls.generic is None:
            return False
        origin, args = cls.generic
        own = kinds.parameters(origin)
        return len(own) == len(args) and all(a is b for a, b in zip(args, own, strict=True))

    def _make_model(self, cls: Class) -> Core:
        if cls.unknown_bases:
            first = cls.unknown_bases[0]
            return unknown(f"a base of {cls.name} is not known: {first.reason}", cls.at)
        config = self.models.config(cls)
        fields = self.models.fields(cls)
        _, by = kinds.typevars_of(cls)
        with self.within(config, cls):
            if kinds.is_root_model(cls):
                if "root" not in fields:
                    return {"type": "model", "cls": cls, "schema": {"type": "any"}, "root_model": True}
                inner, metadata = self._common("root", fields["root"], cls)
                doc = kinds.own_doc(cls)
                if doc and metadata.get("pydantic_js_updates", {}).get("description"):
                    metadata["pydantic_js_updates"]["description"] = doc
                schema: Core = {"type": "model", "cls": cls, "schema": inner, "root_model": True, "metadata": metadata}
            else:
                inner = {
                    "type": "model-fields",
                    "fields": {k: self._field("model-field", k, v, cls) for k, v in fields.items()},
                    "computed_fields": self._computed(cls, config, by),
                }
                extras = self._extras(cls, config, by)
                if extras is not None:
                    inner["extras_schema"] = extras
                schema = {"type": "model", "cls": cls, "schema": self._before(inner, cls)}
            return self._after(self._serialized(schema, cls), cls)

    def _extras(self, cls: Class, config: dict[str, Value], by: dict[TypeVar, Value]) -> Core | None:
        if config.get("extra") != "allow":
            return None
        for above in cls.mro:
            if isinstance(above, Class) and "__pydantic_extra__" in above.annotations:
                hint = self.models.hints(above).get("__pydantic_extra__")
                if isinstance(hint, Alias) and len(hint.args) > 1 and kinds.dotted(hint.args[1]) != "typing.Any":
                    return self.generate(kinds.substitute(self.interp, hint.args[1], by))
                return None
        return None

    def _before(self, schema: Core, cls: Class) -> Core:
        for mark in self.models.marked(cls, "model_validator"):
            if mark.given.get("mode") == "before":
                schema = {"type": "function-before", "schema": schema}
        return schema

    def _after(self, schema: Core, cls: Class) -> Core:
        for mark in self.models.marked(cls, "model_validator"):
            mode = mark.given.get("mode")
            if mode != "before":
                schema = {"type": "function-wrap" if mode == "wrap" else "function-after", "schema": schema}
        return schema

    def _field(self, kind: str, name: str, info: Info, cls: Class) -> Core:
        with self.placed(info.at):
            schema, metadata = self._common(name, info, cls)
        out: Core = {"type": kind, "schema": schema, "metadata": metadata, "at": info.at}
        alias = converted(info.get("validation_alias"))
        if alias is not None:
            out["validation_alias"] = alias
        if isinstance(info.get("serialization_alias"), str):
            out["serialization_alias"] = info.get("serialization_alias")
        if info.get("exclude"):
            out["serialization_exclude"] = True
        if info.get("exclude_if") is not None:
            out["serialization_exclude_if"] = info.get("exclude_if")
        return out

    def _common(self, name: str, info: Info, cls: Class) -> tuple[Core, dict[str, Any]]:
        marks = self.models.marks(cls)
        metadata = list(info.metadata)
        for mark in marks:
            if mark.kind == "field_validator" and mark.names(name):
                metadata.append(mark)
        discriminator = info.get("discriminator")
        schema = self.annotated(info.type, metadata, discriminator)
        for mark in marks:
            if mark.kind == "validator" and mark.names(name):
                before = mark.given.get("pre") is True
                schema = {"type": "function-before" if before else "function-after", "schema": schema}
        schema = with_default(info, schema)
        serializers = [m for m in marks if m.kind == "field_serializer" and m.names(name)]
        schema = self._serialize_field(schema, serializers)
        return schema, described(info)

    def _serialize_field(self, schema: Core, serializers: list[Marked]) -> Core:
        if not serializers:
            return schema
        schema = dict(schema)
        if "ref" in schema:
            schema = self._define(schema)
        last = serializers[-1]
        schema["serialization"] = self._serializer(last.function, last.given)
        return schema

    def _serializer(self, function: Value, given: dict[str, Value]) -> Core:
        returned = given.get("return_type", EMPTY)
        if kinds.unset(returned):
            returned = self._returned(function)
        out: Core = {
            "type": "function-wrap" if given.get("mode") == "wrap" else "function-plain",
            "function": function,
            "info_arg": True,
            "when_used": given.get("when_used", "always"),
        }
        if returned is not EMPTY:
            out["return_schema"] = self.generate(returned)
        return out

    def _returned(self, function: Value) -> Value:
        """The annotated return type of a function, or EMPTY."""
        if isinstance(function, Class):
            return function if self.version >= (2, 11) else EMPTY
        if isinstance(function, External) and function.name in _CALLED_TYPES:
            return function
        if isinstance(function, (External, Native)):
            return EMPTY
        try:
            found = self.interp.returns(function)
        except Raised:
            return EMPTY
        return found

    def _serialized(self, schema: Core, cls: Class) -> Core:
        marks = self.models.marked(cls, "model_serializer")
        if marks:
            schema["serialization"] = self._serializer(marks[-1].function, marks[-1].given)
        return schema

    def _computed(self, cls: Class, config: dict[str, Value], by: dict[TypeVar, Value]) -> list[Core]:
        out = []
        for mark in self.models.marked(cls, "computed_field"):
            given = dict(mark.given)
            returned = given.get("return_type", EMPTY)
            if kinds.unset(returned):
                returned = self._returned(mark.function)
            with self.placed(mark.at):
                if returned is EMPTY:
                    schema = unknown(f"the computed field {mark.name} has no return type", mark.at)
                else:
                    schema = self.generate(kinds.substitute(self.interp, returned, by))
            serializers = [m for m in self.models.marked(cls, "field_serializer") if m.names(mark.name)]
            schema = self._serialize_field(schema, serializers)
            info = Info(returned, [], {k: v for k, v in given.items() if v is not None}, mark.at)
            if info.get("alias") is not None:
                info.given.update(validation_alias=info.get("alias"), serialization_alias=info.get("alias"))
            self.models.apply_config(config, mark.name, info)
            metadata = described(info)
            metadata["pydantic_js_updates"] = {"readOnly": True, **metadata.get("pydantic_js_updates", {})}
            field: Core = {
                "type": "computed-field",
                "property_name": mark.name,
                "return_schema": schema,
                "metadata": metadata,
                "at": mark.at,
            }
            alias = info.get("serialization_alias") or info.get("alias")
            if alias is not None:
                field["alias"] = alias
            if info.get("exclude_if") is not None:
                field["serialization_exclude_if"] = info.get("exclude_if")
            out.append(field)
        return out

    def _dataclass(self, cls: Class, args: tuple[Value, ...]) -> Core:
        return self._refer(self.ref(cls, args), cls, lambda: self._make_dataclass(cls, args))

    def _make_dataclass(self, cls: Class, args: tuple[Value, ...]) -> Core:
        by = dict(zip(kinds.parameters(cls), args, strict=False))
        config = self.models.dataclass_config(cls)
        with self.within(config, cls):
            fields = self.models.dataclass_fields(cls, self.config)
            arguments = []
            for name, info in fields.items():
                if info.get("init_var") and kinds.is_field_info(cls.lookup(name)):
                    continue
                field = self._field("dataclass-field", name, self.models.substituted(info, by) if by else info, cls)
                field["name"] = name
                arguments.append(field)
            inner: Core = {
                "type": "dataclass-args",
                "fields": arguments,
                "computed_fields": self._computed(cls, self.config, by),
            }
            schema: Core = {"type": "dataclass", "cls": cls, "schema": self._before(inner, cls), "class_config": config}
            if self.config.get("extra") is not None:
                schema["extra"] = self.config.get("extra")
            return self._after(self._serialized(schema, cls), cls)

    def _typed_dict(self, cls: Class, args: tuple[Value, ...]) -> Core:
        return self._refer(self.ref(cls, args), cls, lambda: self._make_typed_dict(cls, args))

    def _make_typed_dict(self, cls: Class, args: tuple[Value, ...]) -> Core:
        by = dict(zip(kinds.parameters(cls), args, strict=False))
        config = self.models.dataclass_config(cls)
        with self.within(config, cls):
            fields: dict[str, Core] = {}
            for name, info, required in self.models.typed_dict_fields(cls, self.config):
                field = self._field("typed-dict-field", name, self.models.substituted(info, by) if by else info, cls)
                field["required"] = required if info.required else False
                fields[name] = field
            schema: Core = {
                "type": "typed-dict",
                "cls": cls,
                "fields": fields,
                "computed_fields": self._computed(cls, self.config, by),
                "class_config": config,
            }
            if cls.keywords.get("closed") is True:
                schema["extra_behavior"] = "forbid"
            elif "extra_items" in cls.keywords:
                schema["extra_behavior"] = "allow"
                schema["extras_schema"] = self.generate(cls.keywords["extra_items"])
            extra = self.config.get("extra")
            if extra in ("allow", "forbid") and "extra_behavior" not in schema:
                schema["extra_behavior"] = extra
            schema = self._serialized(schema, cls)
            return self._after(self._before(schema, cls), cls)

    def _named_tuple(self, cls: Class, args: tuple[Value, ...]) -> Core:
        return self._refer(self.ref(cls, args), cls, lambda: self._make_named_tuple(cls, args))

    def _make_named_tuple(self, cls: Class, args: tuple[Value, ...]) -> Core:
        by = dict(zip(kinds.parameters(cls), args, strict=False))
        fields = []
        with self.within(None, cls):
            for name, found in self.models.named_tuple_fields(cls):
                info = self.models.substituted(found, by) if by else found
                with self.placed(info.at):
                    own = Info(EMPTY, [], info.given, info.at)
                    schema = self.annotated(info.type, [*info.metadata, Extra(own)])
                    schema = with_default(info, schema)
                fields.append({"type": "named-tuple-field", "name": name, "schema": schema})
        return {"type": "named-tuple", "cls": cls, "fields": fields}

    # --- annotated types -------------------------------------------------------------------------

    def _annotated(self, value: Annotated) -> Core:
        schema = self.annotated(value.type, list(value.metadata))
        for item in value.metadata:
            if kinds.is_field_info(item):
                schema = with_default(merge([item], {}, EMPTY), schema)
        return schema

    def annotated(self, source: Value, metadata: list[Value], discriminator: Value = None) -> Core:
        """The core schema of a type with metadata beside it."""
        functions: list[Any] = []

        def innermost(value: Value) -> Core:
            schema = self._hooked(value, source)
            if schema is None:
                schema = self.inner(value)
            self._add_json_hook(value, schema)
            if discriminator is not None:
                schema = self.discriminated(schema, discriminator)
            # What is said beside a type that has a name does not belong to the type.
            return self._define(schema) if isinstance(schema.get("ref"), str) else schema

        current: Handler = innermost
        for item in expand(metadata):
            if item is not None:
                current = self._wrapped(current, item, functions)
        schema = current(source)
        if functions:
            schema = dict(schema)
            own = dict(schema.get("metadata") or {})
            own["pydantic_js_annotation_functions"] = [
                *own.get("pydantic_js_annotation_functions", ()),
                *functions,
            ]
            schema["metadata"] = own
        return schema

    def _wrapped(self, inner: Handler, item: Value, functions: list[Any]) -> Handler:
        def outer(source: Value) -> Core:
            if isinstance(item, Known):
                return self._constrained(inner(source), item.values)
            if isinstance(item, Extra):
                return self._with_extra(inner(source), item.info)
            if isinstance(item, Marked):
                return self._validated(inner, source, item.function, item.given)
            hooked = known.marker(self, item, source, inner, functions)
            if hooked is not None:
                return hooked
            if isinstance(item, (Instance, Class)):
                cls = item.cls if isinstance(item, Instance) else item
                own = cls.lookup(_CORE_HOOK) if isinstance(cls, Class) else EMPTY
                if own is not EMPTY:
                    schema = self.call_core_hook(self.interp.getattr(item, _CORE_HOOK), source, inner)
                else:
                    schema = inner(source)
                if isinstance(cls, Class) and cls.lookup(_JSON_HOOK) is not EMPTY:
                    functions.append(JsonHook(self.interp, item, self.interp.getattr(item, _JSON_HOOK)))
                return schema
            return inner(source)

        return outer

    def _constrained(self, schema: Core, values: dict[str, Value]) -> Core:
        if schema["type"] == "nullable":
            return {**schema, "schema": self._constrained(schema["schema"], values)}
        unclear = next((v for v in values.values() if isinstance(v, (Unknown, External))), None)
        if unclear is not None and schema["type"] != "definition-ref":
            values = {k: v for k, v in values.items() if not isinstance(v, (Unknown, External))}
            reason = unclear.reason if isinstance(unclear, Unknown) else f"the value of {unclear.name} is not known"
            at = unclear.at if isinstance(unclear, Unknown) and unclear.at.path else self.at
            schema = dict(schema)
            schema["metadata"] = {**(schema.get("metadata") or {}), "unknown": (reason, at)}
        if not values:
            return schema
        if schema["type"] == "definition-ref":
            target = self.definitions.get(schema["schema_ref"])
            return schema if target is None else self._constrained_copy(target, schema, values)
        if schema.get("ref") is not None:
            return self._constrained_copy(schema, schema, values)
        return apply(schema, values)

    def _constrained_copy(self, target: Core, original: Core, values: dict[str, Value]) -> Core:
        """A named schema with constraints, under a name of its own; `strict` alone changes nothing that is written."""
        if set(values) <= {"strict"}:
            return original
        ref = target["ref"]
        told = "_".join(f"{name}={self.serial(self.key(value))}" for name, value in values.items())
        copy = {**target, "ref": f"{ref}_{told}"}
        if ref in self.classes:
            self.classes[copy["ref"]] = self.classes[ref]
        return apply(copy, values)

    def _with_extra(self, schema: Core, info: Info) -> Core:
        if info.get("discriminator") is not None:
            schema = self.discriminated(schema, info.get("discriminator"))
        metadata = described(info)
        if not metadata:
            return schema
        schema = dict(schema)
        own = dict(schema.get("metadata") or {})
        if "pydantic_js_updates" in metadata:
            own["pydantic_js_updates"] = {**own.get("pydantic_js_updates", {}), **metadata["pydantic_js_updates"]}
        if "pydantic_js_extra" in metadata:
            old, new = own.get("pydantic_js_extra"), metadata["pydantic_js_extra"]
            own["pydantic_js_extra"] = {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new
        schema["metadata"] = own
        return schema

    def _validated(self, inner: Handler, source: Value, function: Value, given: dict[str, Value]) -> Core:
        """A validator on a type."""
        mode = given.get("mode", "after")
        typed = given.get("json_schema_input_type", EMPTY)
        if mode == "plain":
            return self.plain_validated(inner, source, typed)
        schema = inner(source)
        out: Core = {"type": f"function-{mode}", "schema": schema}
        if not kinds.unset(typed) and mode != "after":
            out["json_schema_input_schema"] = self.generate(typed)
        return out

    def plain_validated(self, inner: Handler, source: Value, typed: Value) -> Core:
        """A validator in place of a type."""
        schema = inner(source)
        out: Core = {"type": "function-plain"}
        if schema["type"] != "unknown":
            out["serialization"] = schema.get("serialization") or {
                "type": "function-wrap",
                "schema": schema,
                "return_schema": self.generate(source),
            }
        if self.version >= (2, 9) or not kinds.unset(typed):
            out["json_schema_input_schema"] = self.generate(ANY if kinds.unset(typed) else typed)
        return out

    # --- discriminators --------------------------------------------------------------------------

    def discriminated(self, schema: Core, discriminator: Value) -> Core:
        """A union told apart by a field or by a function."""
        if kinds.made_by(discriminator, "pydantic.types.Discriminator"):
            found = discriminator.attributes.get("discriminator")
            if not isinstance(found, str):
                return self.tagged(schema, found)
            discriminator = found
        if not isinstance(discriminator, str):
            return schema
        return self._discriminate(schema, discriminator)

    def _discriminate(self, schema: Core, field: str) -> Core:
        try:
            return Discriminating(field, self.definitions).apply(schema)
        except Undefined:
            self.deferred.append((schema, field))
            return schema
        except Impossible as why:
            return unknown(f"the discriminator does not fit: {why}", self.at)

    def tagged(self, schema: Core, function: Value) -> Core:
        """A union whose choices carry tags."""
        if schema["type"] == "definition-ref":
            target = self.definitions.get(schema["schema_ref"])
            if target is not None and target["type"] == "union":
                schema = {k: v for k, v in target.items() if k != "ref"}
        if schema["type"] == "nullable":
            return {**schema, "schema": self.tagged(schema["schema"], function)}
        if schema["type"] != "union":
            schema = {"type": "union", "choices": [schema]}
        choices: dict[Value, Core] = {}
        for choice in schema["choices"]:
            tag = None
            if isinstance(choice, tuple):
                choice, tag = choice
            tag = (choice.get("metadata") or {}).get("pydantic_internal_union_tag_key") or tag
            if tag is None:
                target = self._resolved(choice)
                tag = ((target or {}).get("metadata") or {}).get("pydantic_internal_union_tag_key")
            if tag is None:
                return unknown("a choice of a union with a discriminating function has no tag", self.at)
            choices[tag] = choice
        out: Core = {"type": "tagged-union", "choices": choices, "discriminator": function}
        for key in ("ref", "metadata", "serialization"):
            if schema.get(key) is not None:
                out[key] = schema[key]
        return out


def with_default(info: Info, schema: Core) -> Core:
    """The schema with the default of a field."""
    factory = info.get("default_factory")
    if factory is not None:
        return {"type": "default", "schema": schema, "default_factory": factory}
    default = info.default
    if default is EMPTY or default is UNDEFINED:
        return schema
    return {"type": "default", "schema": schema, "default": default}


def described(info: Info) -> dict[str, Any]:
    """What `Field(...)` says for the JSON Schema alone, as metadata of a core schema."""
    updates: dict[str, Any] = {}
    for name in ("title", "description"):
        if info.get(name) is not None:
            updates[name] = info.get(name)
    deprecated = info.get("deprecated")
    if deprecated is not None and deprecated is not False:
        updates["deprecated"] = True
    if info.get("examples") is not None:
        updates["examples"] = info.get("examples")
    out: dict[str, Any] = {}
    if updates:
        out["pydantic_js_updates"] = updates
    if info.get("json_schema_extra") is not None:
        out["pydantic_js_extra"] = info.get("json_schema_extra")
    return out


def converted(alias: Value) -> Any:
    """An alias as a core schema has it: a name, or paths."""
    if kinds.made_by(alias, "pydantic.aliases.AliasPath"):
        return alias.attributes.get("path")
    if kinds.made_by(alias, "pydantic.aliases.AliasChoices"):
        choices = alias.attributes.get("choices")
        if not isinstance(choices, list):
            return None
        return [c.attributes.get("path") if kinds.made_by(c, "pydantic.aliases.AliasPath") else [c] for c in choices]
    return alias if isinstance(alias, str) else None


__all__ = ["ANY", "FUNCTIONS", "Core", "Cores", "Handler", "JsonHook", "described", "unknown", "with_default"]
