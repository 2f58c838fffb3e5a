"""JSON Schema of core schemas: Pydantic's `GenerateJsonSchema`, as FastAPI uses it."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from byte.extract.contract.plain import not_known
from byte.extract.contract.pydantic2 import kinds
from byte.extract.contract.pydantic2.constraints import FUNCTIONS, Core
from byte.extract.contract.pydantic2.core import Cores
from byte.extract.contract.pydantic2.discriminators import key_text
from byte.extract.contract.pydantic2.encode import Encoder, NotJson
from byte.extract.contract.pydantic2.hooks import JsonHook, Omit
from byte.extract.contract.pydantic2.naming import PREFIX, Names, hashable
from byte.extract.evaluate.values import (
    EMPTY,
    Class,
    ClassMethod,
    Condition,
    Instance,
    Native,
    Place,
    Raised,
    StaticMethod,
    Unknown,
    Value,
)

Json = dict[str, Any]
_NUMERIC: Final = {
    "multiple_of": "multipleOf",
    "le": "maximum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "gt": "exclusiveMinimum",
}
_STRING: Final = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_ARRAY: Final = {"min_length": "minItems", "max_length": "maxItems"}
_OBJECT: Final = {"min_length": "minProperties", "max_length": "maxProperties"}
_FIELDS: Final = frozenset({"typed-dict-field", "dataclass-field", "model-field", "computed-field"})


class Invalid(Exception):  # noqa: N818 - as in Pydantic, where the document could not be made
    """Pydantic has no JSON Schema for this."""


class JsonHandler:
    """What a `__get_pydantic_json_schema__` is given to go on with."""

    __slots__ = ("follow", "mode", "writer")

    def __init__(self, writer: "Writer", follow: Callable[[Core], Json]) -> None:
        self.writer = writer
        self.follow = follow
        self.mode = writer.mode

    def __call__(self, core: Core) -> Json:
        return self.follow(core)

    def native(self) -> Native:
        """The handler for code of the project."""

        def call(_: Any, args: list[Value], __: dict[str, Value]) -> Value:
            return self.follow(self.writer.cores.plain(args[0], "what a JSON Schema handler is given"))

        def resolve(_: Any, args: list[Value], __: dict[str, Value]) -> Value:
            found = self.writer.resolved(args[0]) if isinstance(args[0], dict) else None
            return args[0] if found is None else found

        out = Native("handler", call)
        out.attributes.update(mode=self.mode, resolve_ref_schema=Native("resolve_ref_schema", resolve))
        return out


class Writer:
    """Writes JSON Schemas; components are collected in `definitions` under unique names."""

    def __init__(self, cores: Cores, encoder: Encoder, plain: bool = False) -> None:
        self.plain = plain  # as Pydantic by itself, without what FastAPI does differently
        self.cores = cores
        self.interp = cores.interp
        self.encoder = encoder
        self.version = cores.version
        self.fastapi: tuple[int, ...] = tuple(cores.interp.target.fastapi)
        self.names = Names()
        self.definitions: dict[str, Json] = {}
        self.origins: dict[str, tuple[Place, dict[str, Place]]] = {}
        self.conditions: dict[str, tuple[Condition, ...]] = {}
        self._unique: dict[tuple[str, str], str] = {}
        self._running: set[str] = set()
        self._mode = "validation"
        self._choices = 0  # unions that are being written
        self._configs: list[dict[str, Value]] = [{}]
        self._properties: list[dict[str, Place]] = [{}]
        self._methods: dict[str, Callable[[Core], Json]] = {
            name[6:].replace("_", "-"): getattr(self, name) for name in dir(self) if name.startswith("write_")
        }

    # --- context ---------------------------------------------------------------------------------

    @property
    def config(self) -> dict[str, Value]:
        """The configuration of the class that is being written."""
        return self._configs[-1]

    @property
    def mode(self) -> str:
        """Whether input or output is being described."""
        override = self.config.get("json_schema_mode_override")
        return override if override in ("validation", "serialization") else self._mode

    @contextmanager
    def within(self, config: dict[str, Value] | None) -> Iterator[None]:
        """Writes with a configuration."""
        self._configs.append(self.config if config is None else config)
        try:
            yield
        finally:
            self._configs.pop()

    # --- entry -----------------------------------------------------------------------------------

    def write(self, core: Core, mode: str) -> Json:
        """The JSON Schema of a field; what Pydantic would refuse is marked."""
        self._mode = mode
        try:
            return self.inner(core)
        except Omit:
            return {}
        except Invalid as why:
            return self.marked(f"Pydantic has no JSON Schema for it: {why}", self.cores.at)

    @staticmethod
    def marked(reason: str, at: Place) -> Json:
        """The schema of what is not known."""
        return not_known(reason, at)

    # --- references ------------------------------------------------------------------------------

    def unique(self, ref: str) -> str:
        """The unique name of a reference in the current mode."""
        key = (ref, self.mode)
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = self.names.unique(ref, self.mode)
        return found

    def resolved(self, schema: Json) -> Json | None:
        """The schema that a reference leads to; None where it is not written yet."""
        while "$ref" in schema:
            ref = schema["$ref"]
            if not isinstance(ref, str) or not ref.startswith(PREFIX):
                return None
            found = self.definitions.get(ref[len(PREFIX) :])
            if found is None:
                return None
            schema = found
        return schema

    # --- the walk --------------------------------------------------------------------------------

    def inner(self, core: Core) -> Json:
        """The JSON Schema of a core schema; a reference if it has a name."""
        ref = core.get("ref")
        if not isinstance(ref, str) or core["type"] in _FIELDS:
            return self._composed(core)
        name = self.unique(ref)
        if name in self.definitions or name in self._running:
            return {"$ref": PREFIX + name}
        self._running.add(name)
        self._properties.append({})
        try:
            schema = self._composed(core)
        finally:
            self._running.discard(name)
            properties = self._properties.pop()
        if schema.get("$ref") != PREFIX + name:
            self.definitions[name] = schema
            self.origins[name] = (self._place(ref), properties)
            of = self.cores.classes.get(ref)
            if isinstance(of, Class) and of.conditions:
                self.conditions[name] = of.conditions
        return {"$ref": PREFIX + name}

    def _place(self, ref: str) -> Place:
        of = self.cores.classes.get(ref)
        if isinstance(of, Class) and of.generic is not None:
            return of.generic[0].at
        return of.at if of is not None else self.cores.at

    def _composed(self, core: Core) -> Json:
        """The JSON Schema with everything that the metadata of the core schema adds."""
        current: Callable[[Core], Json] = self._basic
        metadata = core.get("metadata")
        if not metadata:
            return self._all_of(current(core))
        current = self._with_updates(current, metadata)
        for function in metadata.get("pydantic_js_functions", ()):
            current = self._with_function(current, function, resolve=True)
        for function in metadata.get("pydantic_js_annotation_functions", ()):
            current = self._with_function(current, function, resolve=False)
        schema = current(core)
        if "unknown" in metadata:
            reason, at = metadata["unknown"]
            schema = {**schema, **self.marked(reason, at)}
        return self._all_of(schema)

    def _with_updates(self, current: Callable[[Core], Json], metadata: dict[str, Any]) -> Callable[[Core], Json]:
        updates = metadata.get("pydantic_js_updates")
        extra = metadata.get("pydantic_js_extra")
        if not updates and not extra:
            return current

        def write(core: Core) -> Json:
            schema = current(core)
            if updates:
                schema = {**schema, **self.encoder.loosely(updates, self.config)}
            if isinstance(extra, dict):
                schema.update(self.encoder.loosely(extra, self.config))
            elif extra is not None:
                schema = self._called(extra, schema, None)
            return schema

        return write

    def _with_function(self, current: Callable[[Core], Json], function: Any, resolve: bool) -> Callable[[Core], Json]:
        def write(core: Core) -> Json:
            handler = JsonHandler(self, current)
            if isinstance(function, JsonHook) or not callable(function):
                schema = self._hook(function, core, handler)
            else:
                schema = function(core, handler)
            if not resolve or "$ref" not in schema:
                return schema
            target = self.resolved(schema)
            if target is None or len(schema) == 1:
                return schema
            target.update({k: v for k, v in schema.items() if k != "$ref"})
            return target

        return write

    def _hook(self, hook: Any, core: Core, handler: JsonHandler) -> Json:
        function = hook.function if isinstance(hook, JsonHook) else hook
        try:
            schema = self.interp.call(function, [core, handler.native()], {})
        except Raised as raised:
            if kinds.dotted(getattr(raised.value, "cls", raised.value)) == "pydantic_core.PydanticOmit":
                raise Omit from None
            return self.marked(f"__get_pydantic_json_schema__ raises {raised.text}", raised.at)
        if isinstance(schema, dict):
            found: Json = self.encoder.loosely(schema, self.config)
            return found
        if isinstance(schema, Unknown):
            return self.marked(schema.reason, schema.at)
        return self.marked("__get_pydantic_json_schema__ gives nothing that is known", self.cores.at)

    def _called(self, function: Value, schema: Json, cls: Class | None) -> Json:
        """A `json_schema_extra` that is a function: it changes the schema that it is given."""
        if isinstance(function, (StaticMethod, ClassMethod)):
            function = function.function
        args: list[Value] = [schema]
        if cls is not None:
            try:
                if len(self.interp.signature(function)) > 1:
                    args.append(cls)
            except Raised:
                pass
        try:
            self.interp.call(function, args, {})
        except Raised as raised:
            schema.update(self.marked(f"json_schema_extra raises {raised.text}", raised.at))
            return schema
        found: Json = self.encoder.loosely(schema, self.config)
        return found

    def _all_of(self, schema: Json) -> Json:
        """Before Pydantic 2.9 a reference with other keys beside it stands in `allOf`."""
        if self.version < (2, 9) and "$ref" in schema and len(schema) > 1:
            rest = {k: v for k, v in schema.items() if k != "$ref"}
            return {"allOf": [{"$ref": schema["$ref"]}], **rest}
        return schema

    def _basic(self, core: Core) -> Json:
        if self.mode == "serialization" and "serialization" in core and core["type"] not in _FIELDS:
            found = self._serialized(core["serialization"])
            if found is not None:
                when = core["serialization"].get("when_used")
                if when in ("unless-none", "json-unless-none") and self._nullable(core):
                    found = self._any_of([{"type": "null"}, found])
                return found
        method = self._methods.get(core["type"])
        if method is None:
            return self.marked(f"the core schema {core['type']} is not known", self.cores.at)
        return method(core)

    def _nullable(self, core: Core) -> bool:
        kind = core["type"]
        if self.version < (2, 14):
            return bool(kind == "nullable")
        if kind == "default" or kind in FUNCTIONS:
            return self._nullable(core["schema"])
        if kind == "json-or-python":
            return self._nullable(core["json_schema"])
        if kind == "lax-or-strict":
            return self._nullable(core["lax_schema"])
        return bool(kind == "nullable")

    def _serialized(self, core: Core) -> Json | None:
        kind = core["type"]
        if kind in ("function-plain", "function-wrap"):
            returned = core.get("return_schema")
            return None if returned is None else self.inner(returned)
        if kind in ("format", "to-string"):
            return self.write_str({"type": "str"})
        if kind == "model":
            return self.inner(core["schema"])
        return None

    # --- plain types -----------------------------------------------------------------------------

    def write_unknown(self, core: Core) -> Json:
        """What cannot be known."""
        return self.marked(core["reason"], core["at"])

    def write_any(self, _core: Core) -> Json:
        """Any value."""
        return {}

    def write_missing_sentinel(self, core: Core) -> Json:
        """`MISSING` alone."""
        if core.get("schema") is None:
            raise Omit
        return self.inner(core["schema"])

    def write_none(self, _core: Core) -> Json:
        """None."""
        return {"type": "null"}

    def write_bool(self, _core: Core) -> Json:
        """A boolean."""
        return {"type": "boolean"}

    def write_int(self, core: Core) -> Json:
        """An integer."""
        return self._constrained({"type": "integer"}, core, _NUMERIC)

    def write_float(self, core: Core) -> Json:
        """A number."""
        return self._constrained({"type": "number"}, core, _NUMERIC)

    def write_complex(self, _core: Core) -> Json:
        """A complex number."""
        return {"type": "string"}

    def write_decimal(self, core: Core) -> Json:
        """A decimal: a number or its text when read, a text when written."""
        text: Json = {"type": "string"}
        if (2, 12) <= self.version < (2, 14):
            text["pattern"] = decimal_pattern(core.get("max_digits"), core.get("decimal_places"))
        if self.mode != "validation":
            return text
        number = self._constrained({"type": "number"}, core, _NUMERIC)
        for key in _NUMERIC.values():
            if isinstance(number.get(key), (int, str)) and not isinstance(number[key], bool):
                number[key] = float(number[key])
        return {"anyOf": [number, text]}

    def write_fraction(self, core: Core) -> Json:
        """A fraction."""
        text: Json = {"type": "string", "format": "fraction"}
        if self.mode != "validation":
            return text
        return {"anyOf": [self._constrained({"type": "number"}, core, _NUMERIC), text]}

    def write_str(self, core: Core) -> Json:
        """A string."""
        schema = self._constrained({"type": "string"}, core, _STRING)
        if self.version >= (2, 14):
            shortest, longest = self.config.get("str_min_length"), self.config.get("str_max_length")
            if "minLength" not in schema and isinstance(shortest, int) and shortest:
                schema["minLength"] = shortest
            if "maxLength" not in schema and isinstance(longest, int):
                schema["maxLength"] = longest
        return schema

    def write_bytes(self, core: Core) -> Json:
        """Bytes, as FastAPI writes them."""
        if self.fastapi >= (0, 129, 1) and not self.plain:
            schema: Json = {"type": "string", "contentMediaType": "application/octet-stream"}
            mode = self.config.get("ser_json_bytes" if self.mode == "serialization" else "val_json_bytes")
            if mode == "base64":
                schema["contentEncoding"] = "base64"
        else:
            base64 = self.config.get("ser_json_bytes") == "base64"
            schema = {"type": "string", "format": "base64url" if base64 else "binary"}
        return self._constrained(schema, core, {k: v for k, v in _STRING.items() if k != "pattern"})

    def write_date(self, _core: Core) -> Json:
        """A date."""
        return self._temporal("date", self.config.get("ser_json_temporal"))

    def write_time(self, _core: Core) -> Json:
        """A time of day."""
        return self._temporal("time", self.config.get("ser_json_temporal"))

    def write_datetime(self, _core: Core) -> Json:
        """A point in time."""
        return self._temporal("date-time", self.config.get("ser_json_temporal"))

    def write_timedelta(self, _core: Core) -> Json:
        """A time span."""
        if self.version < (2, 14):
            if self.config.get("ser_json_timedelta") == "float":
                return {"type": "number"}
            return {"type": "string", "format": "duration"}
        if "ser_json_temporal" in self.config:
            return self._temporal("duration", self.config["ser_json_temporal"])
        float_ = self.config.get("ser_json_timedelta") == "float"
        return self._temporal("duration", "seconds" if float_ else "iso8601")

    def _temporal(self, name: str, form: Value) -> Json:
        if self.version >= (2, 14) and self.mode == "serialization" and form in ("seconds", "milliseconds"):
            return {"type": "number"}
        return {"type": "string", "format": name}

    def write_uuid(self, _core: Core) -> Json:
        """A UUID."""
        return {"type": "string", "format": "uuid"}

    def write_url(self, core: Core) -> Json:
        """A URL."""
        return self._constrained({"type": "string", "format": "uri", "minLength": 1}, core, _STRING)

    def write_multi_host_url(self, core: Core) -> Json:
        """A URL of several hosts."""
        return self._constrained({"type": "string", "format": "multi-host-uri", "minLength": 1}, core, _STRING)

    def write_literal(self, core: Core) -> Json:
        """Constants."""
        expected = [self.encoder.loosely(v, {}) for v in core["expected"]]
        types = {type(v) for v in expected}
        name = _type_name(types)
        if len(expected) != 1:
            return {"enum": expected} if name is None else {"enum": expected, "type": name}
        out: Json = {"const": expected[0]}
        if self.version < (2, 7):
            return out
        if self.version < (2, 10):
            out = {"enum": expected, **out}
        if name is not None:
            out["type"] = name
        elif types == {type(None)}:
            out["type"] = "null"
        return out

    def write_enum(self, core: Core) -> Json:
        """The members of an enumeration."""
        cls: Class = core["cls"]
        values = [m.attributes.get("_value_") if isinstance(m, Instance) else m for m in core["members"]]
        expected = [self.encoder.loosely(v, {}) for v in values]
        out: Json = {}
        single = len(expected) == 1 and self.version < (2, 10)
        if not (single and self.version < (2, 7)):
            out["enum"] = expected
        if single:
            out["const"] = expected[0]
        name = _type_name({type(v) for v in expected})
        if name is not None and not (single and self.version < (2, 7)):
            out["type"] = name
        out["title"] = cls.name
        doc = kinds.own_doc(cls)
        if doc and doc != "An enumeration.":
            out["description"] = doc
        return out

    def write_is_instance(self, core: Core) -> Json:
        """An object of a class that Pydantic does not know."""
        cls = core.get("cls")
        if core.get("enum") and isinstance(cls, Class):
            return {"enum": [], "title": cls.name}
        raise Invalid(f"an object of {kinds.display(cls)}")

    def write_is_subclass(self, _core: Core) -> Json:
        """A class."""
        return {}

    def write_callable(self, _core: Core) -> Json:
        """A function."""
        raise Invalid("a function")

    def write_ellipsis(self, _core: Core) -> Json:
        """`...`."""
        raise Invalid("an ellipsis")

    # --- containers ------------------------------------------------------------------------------

    def _items(self, core: Core) -> Json:
        items = core.get("items_schema")
        return {} if items is None else self.inner(items)

    def write_list(self, core: Core) -> Json:
        """A list."""
        return self._constrained({"type": "array", "items": self._items(core)}, core, _ARRAY)

    write_generator = write_list
    write_deque = write_list

    def write_set(self, core: Core) -> Json:
        """A set."""
        schema = {"type": "array", "uniqueItems": True, "items": self._items(core)}
        return self._constrained(schema, core, _ARRAY)

    write_frozenset = write_set

    def write_tuple(self, core: Core) -> Json:
        """A tuple."""
        schema: Json = {"type": "array"}
        items = core["items_schema"]
        variadic = core.get("variadic_item_index")
        if variadic is not None:
            if variadic > 0:
                schema["minItems"] = variadic
                schema["prefixItems"] = [self.inner(i) for i in items[:variadic]]
            schema["items"] = self.inner(items[variadic]) if variadic + 1 == len(items) else True
        else:
            prefix = [self.inner(i) for i in items]
            if prefix:
                schema["prefixItems"] = prefix
            schema["minItems"] = schema["maxItems"] = len(prefix)
        return self._constrained(schema, core, _ARRAY)

    def write_dict(self, core: Core) -> Json:
        """A mapping."""
        schema: Json = {"type": "object"}
        keys = dict(self.inner(core["keys_schema"])) if core.get("keys_schema") else {}
        pattern = None
        if "$ref" not in keys:
            pattern = keys.pop("pattern", None)
            keys.pop("title", None)
        values = dict(self.inner(core["values_schema"])) if core.get("values_schema") else {}
        values.pop("title", None)
        if values or pattern is not None:
            if pattern is None:
                schema["additionalProperties"] = values
            else:
                schema["patternProperties"] = {pattern: values}
        elif self.version >= (2, 11):
            schema["additionalProperties"] = True
        if self.version >= (2, 10) and ((keys.get("type") == "string" and len(keys) > 1) or "$ref" in keys):
            keys.pop("type", None)
            schema["propertyNames"] = keys
        return self._constrained(schema, core, _OBJECT)

    write_frozendict = write_dict
    write_ordered_dict = write_dict
    write_counter = write_dict

    # --- wrappers --------------------------------------------------------------------------------

    def write_function_after(self, core: Core) -> Json:
        """A validator after a type."""
        return self.inner(core["schema"])

    def write_function_before(self, core: Core) -> Json:
        """A validator before or around a type."""
        given = core.get("json_schema_input_schema")
        if self.mode == "validation" and given is not None:
            return self.inner(given)
        return self.inner(core["schema"])

    write_function_wrap = write_function_before

    def write_function_plain(self, core: Core) -> Json:
        """A validator in place of a type."""
        given = core.get("json_schema_input_schema")
        if self.mode == "validation" and given is not None:
            return self.inner(given)
        raise Invalid("a validator without a type")

    def write_chain(self, core: Core) -> Json:
        """Steps one after the other."""
        return self.inner(core["steps"][0 if self.mode == "validation" else -1])

    def write_lax_or_strict(self, core: Core) -> Json:
        """A type with a strict form."""
        return self.inner(
            core["strict_schema"] if core.get("strict") and "strict_schema" in core else core["lax_schema"]
        )

    def write_json_or_python(self, core: Core) -> Json:
        """A type that is read differently from JSON."""
        return self.inner(core["json_schema"])

    def write_custom_error(self, core: Core) -> Json:
        """A type with an error of its own."""
        return self.inner(core["schema"])

    def write_json(self, core: Core) -> Json:
        """A text that holds JSON."""
        content = self.inner(core.get("schema") or {"type": "any"})
        if self.mode == "validation":
            return {"type": "string", "contentMediaType": "application/json", "contentSchema": content}
        return content

    def write_definitions(self, core: Core) -> Json:
        """A schema with definitions of its own."""
        for one in core.get("definitions") or []:
            self.inner(one)
        return self.inner(core["schema"])

    def write_definition_ref(self, core: Core) -> Json:
        """A reference."""
        ref = core["schema_ref"]
        name = self.unique(ref)
        if name not in self.definitions and name not in self._running:
            target = self.cores.definitions.get(ref)
            if target is None:
                return self.marked("a reference leads nowhere", self.cores.at)
            return self.inner(target)
        return {"$ref": PREFIX + name}

    def write_nullable(self, core: Core) -> Json:
        """A type or None."""
        inner = self.inner(core["schema"])
        return inner if inner == {"type": "null"} else self._any_of([inner, {"type": "null"}])

    def write_union(self, core: Core) -> Json:
        """One of several types."""
        written = []
        for choice in core["choices"]:
            found = self._choice(choice[0] if isinstance(choice, tuple) else choice)
            if found is not None:
                written.append(found)
        return written[0] if len(written) == 1 else self._any_of(written)

    def _choice(self, core: Core) -> Json | None:
        """One choice of a union, which is left out where Pydantic has no JSON Schema for something in it."""
        self._choices += 1
        try:
            return self.inner(core)
        except (Omit, Invalid):
            return None
        finally:
            self._choices -= 1

    @staticmethod
    def _any_of(schemas: list[Json]) -> Json:
        members: list[Json] = []
        for schema in schemas:
            members += schema["anyOf"] if len(schema) == 1 and "anyOf" in schema else [schema]
        members = _distinct(members)
        return members[0] if len(members) == 1 else {"anyOf": members}

    def write_tagged_union(self, core: Core) -> Json:
        """One of several types, told apart by a tag."""
        written: dict[str, Json] = {}
        for tag, choice in core["choices"].items():
            found = self._choice(choice)
            if found is not None:
                written[key_text(tag, self.version < (2, 14))] = dict(found)
        choices = _distinct(written.values())
        schema: Json = {"oneOf": choices}
        name = self._property(core["discriminator"], choices)
        if name is not None:
            mapping = {k: v.get("$ref", v) for k, v in written.items()}
            schema["discriminator"] = {"propertyName": name, "mapping": mapping}
        return schema

    def _property(self, discriminator: Any, choices: list[Json]) -> str | None:
        if isinstance(discriminator, str):
            return discriminator
        if not isinstance(discriminator, list):
            return None
        if len(discriminator) == 1 and isinstance(discriminator[0], str):
            return discriminator[0]
        for path in discriminator:
            if not isinstance(path, list):
                break
            if len(path) != 1 or not isinstance(path[0], str):
                continue
            if all(path[0] in ((self.resolved(c) or {}).get("properties") or {}) for c in choices):
                return str(path[0])
        return None

    def write_default(self, core: Core) -> Json:
        """A type with a default."""
        schema = self.inner(core["schema"])
        if "default" not in core:
            return schema
        default = core["default"]
        if kinds.unset(default):
            return schema
        if self.mode == "serialization" and self.version >= (2, 7):
            own = self._default_serializer(core["schema"])
            if own is not None and not (
                default is None and own.get("when_used") in ("unless-none", "json-unless-none")
            ):
                try:
                    default = self.interp.call(own["function"], [default], {})
                except Raised:
                    return schema
        try:
            encoded = self.encoder.encode(default, self._default_config())
        except NotJson as why:
            if why.at is None:
                return schema
            return self._all_of({**schema, **self.marked(f"the default is not known: {why.reason}", why.at)})
        schema = dict(schema)
        schema["default"] = encoded
        return self._all_of(schema)

    def _default_config(self) -> dict[str, Value]:
        if self.version < (2, 14) or self.mode == "serialization":
            return self.config
        return {k: v for k, v in self.config.items() if k not in ("ser_json_temporal", "ser_json_timedelta")}

    def _default_serializer(self, core: Core) -> Core | None:
        own = core.get("serialization")
        if own and own["type"] == "function-plain" and not own.get("info_arg") and own.get("function") is not None:
            found: Core = own
            return found
        if core["type"] in FUNCTIONS and self.version >= (2, 12):
            return self._default_serializer(core["schema"])
        return None

    # --- objects ---------------------------------------------------------------------------------

    def write_model_field(self, core: Core) -> Json:
        """A field."""
        return self.inner(core["schema"])

    write_dataclass_field = write_model_field
    write_typed_dict_field = write_model_field

    def write_computed_field(self, core: Core) -> Json:
        """A computed field."""
        return self.inner(core["return_schema"])

    def write_model(self, core: Core) -> Json:
        """A model."""
        cls: Class = core["cls"]
        config = self.cores.models.config(cls)
        with self.within(config):
            schema = self.inner(core["schema"])
        if core.get("root_model"):
            schema = dict(schema)
        return self._class_keys(schema, cls, config)

    def write_dataclass(self, core: Core) -> Json:
        """A dataclass."""
        cls: Class = core["cls"]
        config = core.get("class_config")
        with self.within(config):
            schema = dict(self.inner(core["schema"]))
        keys = config or {}
        if "extra" not in keys and core.get("extra") is not None and self.version >= (2, 14):
            keys = {**keys, "extra": core["extra"]}
        return self._class_keys(schema, cls, keys)

    def write_typed_dict(self, core: Core) -> Json:
        """A `TypedDict`."""
        config = core.get("class_config")
        fields = [(n, self._required(f), f) for n, f in core["fields"].items() if self._present(f)]
        with self.within(config):
            schema = self._object([*fields, *self._computed(core)])
        behavior = core.get("extra_behavior")
        extras = core.get("extras_schema")
        if behavior == "forbid":
            schema["additionalProperties"] = False
        elif behavior == "allow":
            known = extras is not None and extras["type"] != "any"
            schema["additionalProperties"] = self.inner(extras) if known and extras is not None else True
        cls = core.get("cls")
        return self._class_keys(schema, cls, config or {}) if isinstance(cls, Class) else schema

    def write_named_tuple(self, core: Core) -> Json:
        """A `NamedTuple`."""
        prefix: list[Json] = []
        least = 0
        for field in core["fields"]:
            schema = dict(self.inner(field["schema"]))
            if "title" not in schema and self._titled(field["schema"]):
                schema["title"] = self._title(field["name"])
            prefix.append(schema)
            least += field["schema"]["type"] != "default"
        out: Json = {"type": "array"}
        if prefix or self.version < (2, 9):
            out["prefixItems"] = prefix
        if least:
            out["minItems"] = least
        out["maxItems"] = len(prefix)
        return out

    def write_model_fields(self, core: Core) -> Json:
        """The fields of a model."""
        fields = [(n, self._required(f), f) for n, f in core["fields"].items() if self._present(f)]
        schema = self._object([*fields, *self._computed(core)])
        extras = core.get("extras_schema")
        if extras is not None:
            schema["additionalProperties"] = self.inner(extras)
        return schema

    def write_dataclass_args(self, core: Core) -> Json:
        """The fields of a dataclass."""
        fields = [(f["name"], self._required(f), f) for f in core["fields"] if self._present(f)]
        return self._object([*fields, *self._computed(core)])

    def _computed(self, core: Core) -> list[tuple[str, bool, Core]]:
        if self.mode != "serialization":
            return []
        always = self.version < (2, 14)
        return [
            (f["property_name"], always or f.get("serialization_exclude_if") is None, f)
            for f in core.get("computed_fields") or []
        ]

    def _present(self, field: Core) -> bool:
        return not (self.mode == "serialization" and field.get("serialization_exclude"))

    def _required(self, field: Core) -> bool:
        if field["type"] == "typed-dict-field":
            required = bool(field.get("required", True))
        else:
            required = field["schema"]["type"] != "default"
        if self.mode != "serialization":
            return required
        conditional = field.get("serialization_exclude_if") is not None and self.version >= (2, 13)
        if self.config.get("json_schema_serialization_defaults_required") is True:
            return not conditional
        return required and not conditional

    def _object(self, fields: Iterable[tuple[str, bool, Core]]) -> Json:
        properties: Json = {}
        required: list[str] = []
        places = self._properties[-1]
        for name, needed, field in fields:
            name = self._alias(field, name)
            at = field.get("at")
            try:
                schema = dict(self.inner(field))
            except Omit:
                continue
            except Invalid as why:
                if self._choices:
                    raise
                schema = self.marked(f"Pydantic has no JSON Schema for it: {why}", at or self.cores.at)
            if "title" not in schema and self._titled(field):
                schema["title"] = self._title(name)
            properties[name] = self._without_repetition(schema)
            if isinstance(at, Place):
                places[name] = at
            if needed:
                required.append(name)
        out: Json = {"type": "object", "properties": properties}
        if required:
            out["required"] = required
        return out

    def _alias(self, field: Core, name: str) -> str:
        if field["type"] == "computed-field":
            alias = field.get("alias", name)
        elif self.mode == "validation":
            by_alias = self.version < (2, 14) or self.config.get("validate_by_alias") is not False
            alias = field.get("validation_alias", name) if by_alias else name
        else:
            alias = field.get("serialization_alias", name)
        if isinstance(alias, str):
            return alias
        if isinstance(alias, list):
            for path in alias:
                if isinstance(path, list) and len(path) == 1 and isinstance(path[0], str):
                    return path[0]
        return name

    def _title(self, name: str) -> str:
        title = name.title().replace("_", " ")
        return title.strip() if self.version >= (2, 10) else title

    def _titled(self, core: Core) -> bool:
        """Whether a field of this type gets a title from its name."""
        kind = core["type"]
        if kind == "computed-field":
            return self._titled(core["return_schema"])
        if kind in _FIELDS:
            return self._titled(core["schema"])
        if core.get("ref") or kind == "definition-ref" or kind == "unknown":
            return False
        if kind in ("default", "nullable", "definitions") or kind in FUNCTIONS:
            return self._titled(core["schema"])
        return True

    def _without_repetition(self, schema: Json) -> Json:
        """The schema without keys that say the same as what it refers to."""
        if "$ref" not in schema or len(schema) == 1:
            return schema
        target = self.definitions.get(schema["$ref"][len(PREFIX) :])
        if target is None:
            return schema
        return {k: v for k, v in schema.items() if k == "$ref" or k not in target or target[k] != v}

    def _class_keys(self, schema: Json, cls: Class, config: dict[str, Value]) -> Json:
        if isinstance(config.get("title"), str):
            schema.setdefault("title", config["title"])
        elif config.get("model_title_generator") is not None:
            made = self.cores.models.safely(config["model_title_generator"], [cls])
            schema.setdefault("title", made if isinstance(made, str) else self._named(cls))
        schema.setdefault("title", self._named(cls))
        doc = kinds.own_doc(cls)
        if doc and (self.version >= (2, 13) or not kinds.is_dataclass(cls) or kinds.is_pydantic_dataclass(cls)):
            schema.setdefault("description", doc)
        if "additionalProperties" not in schema and config.get("extra") in ("allow", "forbid"):
            schema["additionalProperties"] = config["extra"] == "allow"
        extra = config.get("json_schema_extra")
        if kinds.is_root_model(cls):
            root = self.cores.models.fields(cls).get("root")
            extra = (root.get("json_schema_extra") if root is not None else None) or extra
        if isinstance(extra, dict):
            schema.update(self.encoder.loosely(extra, {}))
        elif isinstance(extra, Unknown):
            schema.update(self.marked(f"json_schema_extra is not known: {extra.reason}", extra.at))
        elif extra is not None:
            schema = self._called(extra, schema, cls)
        if cls.lookup("__deprecated__") is not EMPTY:
            schema["deprecated"] = True
        return schema

    def _named(self, cls: Class) -> str:
        """The name of a class; a parametrised model may name itself."""
        if cls.generic is not None:
            origin, args = cls.generic
            own = origin.lookup("model_parametrized_name")
            if isinstance(own, ClassMethod) and not getattr(own.function, "module", origin.module).stub:
                made = self.cores.models.safely(self.interp.getattr(origin, "model_parametrized_name"), [args])
                if isinstance(made, str):
                    return made
            return f"{origin.name}[{', '.join(map(kinds.display, args))}]"
        return cls.name

    def _constrained(self, schema: Json, core: Core, mapping: dict[str, str]) -> Json:
        for key, written in mapping.items():
            value = core.get(key)
            if value is None:
                continue
            if key == "pattern":
                schema[written] = self._pattern(value)
                continue
            try:
                found = self.encoder.encode(value, {})
            except NotJson as why:
                if why.at is not None:
                    schema.update(self.marked(f"{key} is not known: {why.reason}", why.at))
                continue
            if found is not None:
                schema[written] = found
        return schema

    def _pattern(self, value: Value) -> Any:
        if isinstance(value, re.Pattern):
            return value.pattern
        if isinstance(value, Instance):
            held = value.held
            if isinstance(held, re.Pattern):
                return held.pattern
            found = value.attributes.get("pattern")
            if isinstance(found, str):
                return found
        return self.encoder.loosely(value, {})


def _type_name(types: set[type]) -> str | None:
    names = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array"}
    return names.get(next(iter(types))) if len(types) == 1 else None


def _distinct(schemas: Iterable[Json]) -> list[Json]:
    return list({hashable(s): s for s in schemas}.values())


def decimal_pattern(digits: Any, places: Any) -> str:
    """The pattern of a decimal's text in Pydantic 2.12 and 2.13."""
    out = r"^(?!^[-+.]*$)[+-]?0*"
    if isinstance(digits, int) and isinstance(places, int):
        whole = max(0, digits - places)
        return out + rf"(?:\d{{0,{whole}}}|(?=[\d.]{{1,{digits + 1}}}0*$)\d{{0,{whole}}}\.\d{{0,{places}}}0*$)"
    if isinstance(digits, int):
        return out + rf"(?:\d{{0,{digits}}}|(?=[\d.]{{1,{digits + 1}}}0*$)\d*\.\d*0*$)"
    if isinstance(places, int):
        return out + rf"\d*\.?\d{{0,{places}}}0*$"
    return out + r"\d*\.?\d*$"
