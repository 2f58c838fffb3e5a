"""Core schemas of the types of Python and of Pydantic itself, by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from byte.extract.contract.pydantic2 import kinds
from byte.extract.contract.pydantic2.hooks import JsonHook, Omit
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Class,
    Instance,
    Raised,
    TypeVar,
    Union,
    Value,
    external,
)

if TYPE_CHECKING:
    from byte.extract.contract.pydantic2.core import Cores

Core = dict[str, Any]
ANY: Final = external("typing.Any")
_CALLABLE: Final = ("collections.abc.Callable", "typing.Callable")


def fixed(json_schema: dict[str, Any]) -> Core:
    """A core schema whose JSON Schema is always this."""
    return {"type": "any", "metadata": {"pydantic_js_functions": [lambda _schema, _handler: dict(json_schema)]}}


_SIMPLE: Final = {
    "builtins.str": "str",
    "builtins.bytes": "bytes",
    "builtins.int": "int",
    "builtins.float": "float",
    "builtins.bool": "bool",
    "builtins.complex": "complex",
    "builtins.object": "any",
    "typing.Any": "any",
    "datetime.date": "date",
    "datetime.datetime": "datetime",
    "datetime.time": "time",
    "datetime.timedelta": "timedelta",
    "decimal.Decimal": "decimal",
    "fractions.Fraction": "fraction",
    "uuid.UUID": "uuid",
    "pydantic_core.Url": "url",
    "pydantic_core.MultiHostUrl": "multi-host-url",
    "types.NoneType": "none",
    "builtins.NoneType": "none",
    "types.EllipsisType": "ellipsis",
    "collections.abc.Callable": "callable",
    "typing.Callable": "callable",
    "builtins.bytearray": "bytes",
}
_IP: Final = {
    "ipaddress.IPv4Address": "ipv4",
    "ipaddress.IPv4Network": "ipv4network",
    "ipaddress.IPv4Interface": "ipv4interface",
    "ipaddress.IPv6Address": "ipv6",
    "ipaddress.IPv6Network": "ipv6network",
    "ipaddress.IPv6Interface": "ipv6interface",
}
_PATHS: Final = frozenset(
    {
        "os.PathLike",
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "pathlib.WindowsPath",
        "pathlib.PurePosixPath",
        "pathlib.PureWindowsPath",
    }
)
_ITEMS: Final = {
    "builtins.list": "list",
    "collections.abc.MutableSequence": "list",
    "collections.abc.Sequence": "list",
    "collections.deque": "list",
    "builtins.set": "set",
    "collections.abc.MutableSet": "set",
    "builtins.frozenset": "frozenset",
    "collections.abc.Set": "frozenset",
    "collections.abc.Iterable": "generator",
    "collections.abc.Iterator": "generator",
    "collections.abc.Generator": "generator",
    "collections.abc.Collection": "list",
}
_MAPPINGS: Final = frozenset(
    {
        "builtins.dict",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.OrderedDict",
        "collections.defaultdict",
    }
)
_UNKNOWN_ITEMS: Final = frozenset({"collections.abc.Collection", "collections.abc.Iterator"})  # Pydantic has no schema


def plain(cores: "Cores", name: str) -> Core | None:
    """The core schema of a bare type."""
    simple = _SIMPLE.get(name)
    if simple is not None:
        return {"type": simple}
    if name in _IP:
        return _ip(name)
    if name in _PATHS:
        return _path(ANY)
    if name in _UNKNOWN_ITEMS:
        return None
    if name in _ITEMS or name in _MAPPINGS or name == "collections.Counter":
        return generic(cores, name, ())
    if name == "builtins.tuple":
        return {"type": "tuple", "items_schema": [{"type": "any"}], "variadic_item_index": 0}
    if name == "builtins.type":
        return {"type": "custom-error", "schema": {"type": "is-instance", "cls": external(name)}}
    if name in ("re.Pattern", "typing.Pattern"):
        return _pattern()
    if name == "zoneinfo.ZoneInfo":
        return _plainly({"type": "string", "format": "zoneinfo"}, {"type": "to-string"})
    if name == "collections.abc.Hashable":
        return {"type": "any"}
    if name == "enum.Enum":
        return {"type": "is-instance", "cls": external(name)}
    if name in ("starlette.datastructures.UploadFile", "fastapi.datastructures.UploadFile"):
        return fixed(upload(cores))
    return None


def upload(cores: "Cores") -> dict[str, Any]:
    """The schema of a file that is sent."""
    if tuple(cores.interp.target.fastapi) >= (0, 129, 1):
        return {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"type": "string", "format": "binary"}


def generic(cores: "Cores", name: str, args: tuple[Value, ...]) -> Core | None:
    """The core schema of `name[args]`."""
    if name in _ITEMS:
        kind = _ITEMS[name]
        if name in _UNKNOWN_ITEMS and not cores.config.get("arbitrary_types_allowed"):
            return None
        schema: Core = {"type": kind, "items_schema": cores.generate(args[0] if args else ANY)}
        if name == "collections.abc.Sequence":
            # the wrapper that Pydantic puts around a sequence decides how constraints are written
            return {"type": "json-or-python", "json_schema": schema, "python_schema": schema}
        if name == "collections.deque" and cores.version < (2, 14):
            return {"type": "lax-or-strict", "lax_schema": {"type": "function-wrap", "schema": schema}}
        return schema
    if name in _MAPPINGS:
        if len(args) > 1:
            keys, values = cores.generate(args[0]), cores.generate(args[1])
        else:
            keys, values = {"type": "any"}, {"type": "any"}
        return {"type": "dict", "keys_schema": keys, "values_schema": values}
    if name == "collections.Counter":
        keys = cores.generate(args[0]) if args else {"type": "any"}
        return {"type": "dict", "keys_schema": keys, "values_schema": {"type": "int"}}
    if name == "builtins.tuple":
        return _tuple(cores, args)
    if name == "builtins.type":
        return _subclass(args)
    if name in _PATHS:
        return _path(args[0] if args else ANY)
    if name in ("re.Pattern", "typing.Pattern"):
        return _pattern()
    if name in _CALLABLE:
        return {"type": "callable"}
    if name in ("typing.Final", "typing.Required", "typing.NotRequired", "typing.ReadOnly", "typing.ClassVar"):
        return cores.generate(args[0] if args else ANY)
    if name == "typing.Unpack" and args:
        return cores.generate(args[0])
    return None


def _tuple(cores: "Cores", args: tuple[Value, ...]) -> Core:
    if not args or (len(args) == 1 and args[0] == ()):
        return {"type": "tuple", "items_schema": []}
    if args[-1] is ... and len(args) == 2:
        return {"type": "tuple", "items_schema": [cores.generate(args[0])], "variadic_item_index": 0}
    return {"type": "tuple", "items_schema": [cores.generate(a) for a in args]}


def _subclass(args: tuple[Value, ...]) -> Core:
    of = args[0] if args else ANY
    bare = kinds.dotted(of) == "typing.Any" or (isinstance(of, TypeVar) and of.bound is EMPTY and not of.constraints)
    if bare:
        return {"type": "custom-error", "schema": {"type": "is-instance", "cls": external("builtins.type")}}
    if isinstance(of, Union):
        return {"type": "union", "choices": [_subclass((a,)) for a in of.args]}
    return {"type": "is-subclass", "cls": of}


def _plainly(json_schema: dict[str, Any], serialization: Core | None = None) -> Core:
    out: Core = {
        "type": "function-plain",
        "metadata": {"pydantic_js_functions": [lambda _schema, _handler: dict(json_schema)]},
    }
    if serialization is not None:
        out["serialization"] = serialization
    return out


def _ip(name: str) -> Core:
    return {
        **_plainly({"type": "string", "format": _IP[name]}),
        "type": "lax-or-strict",
        "lax_schema": {"type": "function-plain"},
    }


def _path(of: Value) -> Core:
    inner = {"type": "bytes" if kinds.dotted(of) == "builtins.bytes" else "str"}

    def path(schema: Core, handler: Any) -> dict[str, Any]:
        return {**handler(schema), "format": "path"}

    return {
        "type": "lax-or-strict",
        "lax_schema": {"type": "function-after", "schema": inner},
        "metadata": {"pydantic_js_functions": [path]},
    }


def _pattern() -> Core:
    return _plainly({"type": "string", "format": "regex"}, {"type": "function-plain", "return_schema": {"type": "str"}})


# --- classes of Pydantic -----------------------------------------------------------------------------


def _updated(schema: Core, **updates: Any) -> Core:
    """A core schema whose JSON Schema has these keys in addition."""

    def update(core: Core, handler: Any) -> dict[str, Any]:
        return {**handler(core), **updates}

    return {**schema, "metadata": {"pydantic_js_functions": [update]}}


def _secret(inner: Core) -> Core:
    def written(_core: Core, handler: Any) -> dict[str, Any]:
        return {**handler(inner), "type": "string", "writeOnly": True, "format": "password"}

    return {
        "type": "lax-or-strict",
        "lax_schema": {"type": "function-after", "schema": dict(inner)},
        "metadata": {"pydantic_js_functions": [written]},
    }


def _url(cls: Class, kind: str) -> Core:
    schema: Core = {"type": kind}
    constraints = cls.lookup("_constraints")
    if isinstance(constraints, Instance):
        longest = constraints.attributes.get("max_length")
        if longest is not None:
            schema["max_length"] = longest
    return {"type": "function-wrap", "schema": schema, "serialization": {"type": "any"}}


def _temporal(kind: str) -> Callable[["Cores", Class, tuple[Value, ...]], Core]:
    def make(_cores: "Cores", _cls: Class, _args: tuple[Value, ...]) -> Core:
        return {"type": kind}

    return make


def _network(name: str) -> Callable[["Cores", Class, tuple[Value, ...]], Core]:
    def make(_cores: "Cores", _cls: Class, _args: tuple[Value, ...]) -> Core:
        return _plainly({"type": "string", "format": name}, {"type": "to-string"})

    return make


def _byte_size(_cores: "Cores", _cls: Class, _args: tuple[Value, ...]) -> Core:
    choices = [
        {"type": "str", "pattern": r"^\s*(\d*\.?\d+)\s*(\w+)?"},
        {"type": "int", "ge": 0},
    ]
    return {
        "type": "function-after",
        "schema": {"type": "union", "choices": choices},
        "serialization": {"type": "function-plain", "return_schema": {"type": "int", "ge": 0}},
    }


def _json_value(cores: "Cores", cls: Class, _args: tuple[Value, ...]) -> Core:
    ref = cores.ref(cls)
    cores.classes[ref] = cls
    return {"type": "any", "ref": ref}


def _secret_of(cores: "Cores", cls: Class, args: tuple[Value, ...]) -> Core:
    inner = args[0] if args else EMPTY
    for base in cls.bases:
        if inner is EMPTY and isinstance(base, Alias) and kinds.dotted(base.origin) == "pydantic.types.Secret":
            inner = base.args[0]
    if inner is EMPTY:
        return {"type": "unknown", "reason": f"{cls.name} is a secret of no type", "at": cls.at}
    schema = cores.generate(inner)

    def written(_core: Core, handler: Any) -> dict[str, Any]:
        out = dict(handler(schema))
        if out.get("type") == "string":
            out["format"] = "password"
            out["writeOnly"] = True
        return out

    wrapped = {"type": "function-after", "schema": schema}
    return {
        "type": "json-or-python",
        "json_schema": wrapped,
        "python_schema": wrapped,
        "metadata": {"pydantic_js_functions": [written]},
    }


_CLASSES: Final[dict[str, Callable[["Cores", Class, tuple[Value, ...]], Core]]] = {
    "pydantic.types.SecretStr": lambda *_: _secret({"type": "str"}),
    "pydantic.types.SecretBytes": lambda *_: _secret({"type": "bytes"}),
    "pydantic.types.Secret": _secret_of,
    "pydantic.types.Json": lambda *_: {"type": "json"},
    "pydantic.types.JsonValue": _json_value,
    "pydantic.types.ImportString": lambda *_: {
        "type": "function-plain",
        "metadata": {"pydantic_js_functions": [lambda _schema, handler: handler({"type": "str"})]},
    },
    "pydantic.types.PaymentCardNumber": lambda *_: {
        "type": "function-after",
        "schema": {"type": "str", "min_length": 12, "max_length": 19},
    },
    "pydantic.types.ByteSize": _byte_size,
    "pydantic.types.PastDate": _temporal("date"),
    "pydantic.types.FutureDate": _temporal("date"),
    "pydantic.types.AwareDatetime": _temporal("datetime"),
    "pydantic.types.NaiveDatetime": _temporal("datetime"),
    "pydantic.types.PastDatetime": _temporal("datetime"),
    "pydantic.types.FutureDatetime": _temporal("datetime"),
    "pydantic.networks._BaseMultiHostUrl": lambda _c, k, _: _url(k, "multi-host-url"),
    "pydantic.networks._BaseUrl": lambda _c, k, _: _url(k, "url"),
    "pydantic.networks.EmailStr": lambda *_: _updated(
        {"type": "function-after", "schema": {"type": "str"}}, type="string", format="email"
    ),
    "pydantic.networks.NameEmail": lambda *_: {
        **_updated({"type": "function-after", "schema": {"type": "str"}}, type="string", format="name-email"),
        "serialization": {"type": "to-string"},
    },
    "pydantic.networks.IPvAnyAddress": _network("ipvanyaddress"),
    "pydantic.networks.IPvAnyInterface": _network("ipvanyinterface"),
    "pydantic.networks.IPvAnyNetwork": _network("ipvanynetwork"),
    "pydantic.color.Color": lambda *_: _plainly({"type": "string", "format": "color"}, {"type": "to-string"}),
}


def of_class(cores: "Cores", cls: Class, args: tuple[Value, ...]) -> Core | None:
    """The core schema of a class that Pydantic or FastAPI brings, or of one derived from it."""
    for above in cls.mro:
        name = kinds.dotted(above)
        if name in _CLASSES:
            return _CLASSES[name](cores, cls, args)
        if name in ("starlette.datastructures.UploadFile", "fastapi.datastructures.UploadFile"):
            return fixed(upload(cores))
    return None


# --- what may stand beside a type --------------------------------------------------------------------

_VALIDATORS: Final = {
    "pydantic.functional_validators.AfterValidator": "after",
    "pydantic.functional_validators.BeforeValidator": "before",
    "pydantic.functional_validators.WrapValidator": "wrap",
    "pydantic.functional_validators.PlainValidator": "plain",
}
_PATH_FORMATS: Final = {"file": "file-path", "dir": "directory-path"}
Inner = Callable[[Value], Core]


def marker(cores: "Cores", item: Value, source: Value, inner: Inner, functions: list[Any]) -> Core | None:
    """The core schema with a marker of Pydantic on it; None if the metadata is not one of them."""
    cls = item.cls if isinstance(item, Instance) else item
    if not isinstance(cls, Class):
        return None
    name = cls.dotted
    if not name.startswith("pydantic.") and not any(
        isinstance(c, Class) and c.dotted.startswith("pydantic.") for c in cls.mro
    ):
        return None
    given = item.attributes if isinstance(item, Instance) else {}
    for above in cls.mro:
        name = kinds.dotted(above)
        if name in _VALIDATORS:
            return _validator(cores, _VALIDATORS[name], given, source, inner)
        if name in _MARKERS:
            return _MARKERS[name](cores, given, source, inner, functions)
        if name in _CLASSES and name.startswith("pydantic.types."):
            return _constraining(name, source, inner)
    return None


def _validator(cores: "Cores", mode: str, given: dict[str, Value], source: Value, inner: Inner) -> Core:
    typed = given.get("json_schema_input_type", EMPTY)
    if mode == "plain":
        return cores.plain_validated(inner, source, typed)
    schema = inner(source)
    out: Core = {"type": f"function-{mode}", "schema": schema}
    if not kinds.unset(typed) and mode != "after":
        out["json_schema_input_schema"] = cores.generate(typed)
    return out


def _constraining(name: str, source: Value, inner: Inner) -> Core:
    """`Annotated[date, PastDate]`, `Annotated[T, Json]` and the like."""
    if name == "pydantic.types.Json":
        return {"type": "json", "schema": inner(source)}
    if name == "pydantic.types.ImportString":
        return {"type": "function-before", "schema": inner(source)}
    return inner(source)


def _serializer(wrap: bool) -> Callable[..., Core]:
    def make(cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]) -> Core:
        schema = dict(inner(source))
        mode = {"mode": "wrap" if wrap else "plain", "when_used": given.get("when_used", "always")}
        returned = given.get("return_type", EMPTY)
        schema["serialization"] = cores._serializer(given.get("func"), {**mode, "return_type": returned})
        schema["serialization"]["info_arg"] = False
        return schema

    return make


def _with_json_schema(
    _cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]
) -> Core:
    written, mode = given.get("json_schema"), given.get("mode")

    def replace(core: Core, handler: Any) -> Any:
        if mode is not None and mode != handler.mode:
            return handler(core)
        if written is None:
            raise Omit
        return dict(written) if isinstance(written, dict) else written

    functions.append(replace)
    return inner(source)


def _skip_json_schema(
    _cores: "Cores", _given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]
) -> Core:
    def omit(_core: Core, _handler: Any) -> Any:
        raise Omit

    schema = inner(source)
    functions.append(omit)
    return schema


def _examples(_cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]) -> Core:
    def add(core: Core, handler: Any) -> Any:
        out = handler(core)
        if given.get("mode") in (None, handler.mode):
            old, new = out.get("examples"), given.get("examples")
            out["examples"] = [*old, *new] if isinstance(old, list) and isinstance(new, list) else new
        return out

    functions.append(add)
    return inner(source)


def _tag(_cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]) -> Core:
    schema = dict(inner(source))
    schema["metadata"] = {**(schema.get("metadata") or {}), "pydantic_internal_union_tag_key": given.get("tag")}
    return schema


def _discriminator(cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]) -> Core:
    found = given.get("discriminator")
    schema = inner(source)
    return cores.discriminated(schema, found) if isinstance(found, str) else cores.tagged(schema, found)


def _updating(functions: list[Any], **updates: Any) -> None:
    def update(core: Core, handler: Any) -> Any:
        out = {**handler(core), **updates}
        out.pop("anyOf", None)
        return out

    functions.append(update)


def _uuid(_cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]) -> Core:
    _updating(functions, type="string", format=f"uuid{given.get('uuid_version')}")
    return inner(source)


def _path_type(_cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]) -> Core:
    kind = given.get("path_type")
    _updating(functions, format=_PATH_FORMATS.get(kind if isinstance(kind, str) else "", "path"), type="string")
    return {"type": "function-after", "schema": inner(source)}


def _encoded(cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]) -> Core:
    encoder = given.get("encoder")
    text: Value = None
    try:
        text = cores.interp.call(cores.interp.getattr(encoder, "get_json_format"), [], {})
    except Raised:
        text = None
    if isinstance(text, str):
        _updating(functions, type="string", format=text)
    return {
        "type": "function-after",
        "schema": inner(source),
        "serialization": {"type": "function-plain", "info_arg": False},
    }


def _get_schema(cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, functions: list[Any]) -> Core:
    core, written = given.get("get_pydantic_core_schema"), given.get("get_pydantic_json_schema")
    schema = inner(source) if core is None else cores.call_core_hook(core, source, inner)
    if written is not None:
        functions.append(JsonHook(cores.interp, written, written))
    return schema


def _instance_of(_cores: "Cores", _given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]) -> Core:
    schema = inner(source)
    if schema["type"] == "unknown":
        return {"type": "is-instance", "cls": source}
    return {"type": "json-or-python", "json_schema": schema, "python_schema": schema}


def _skip_validation(
    _cores: "Cores", _given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]
) -> Core:
    schema = inner(source)
    return {
        "type": "any",
        "metadata": {"pydantic_js_annotation_functions": [lambda _core, handler: handler(schema)]},
        "serialization": {"type": "any"},
    }


def _validate_as(cores: "Cores", given: dict[str, Value], _source: Value, _inner: Inner, _functions: list[Any]) -> Core:
    return {"type": "function-after", "schema": cores.generate(given.get("from_type"))}


def _on_error_omit(
    _cores: "Cores", _given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]
) -> Core:
    return {"type": "default", "schema": inner(source), "on_error": "omit"}


def _as_any(_cores: "Cores", _given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]) -> Core:
    return {**inner(source), "serialization": {"type": "any"}}


def _url_constraints(
    _cores: "Cores", given: dict[str, Value], source: Value, inner: Inner, _functions: list[Any]
) -> Core:
    schema = inner(source)
    longest = given.get("max_length")
    if longest is None:
        return schema
    if schema["type"] == "function-wrap":
        return {**schema, "schema": {**schema["schema"], "max_length": longest}}
    return {**schema, "max_length": longest}


_MARKERS: Final[dict[str, Callable[..., Core]]] = {
    "pydantic.functional_serializers.PlainSerializer": _serializer(False),
    "pydantic.functional_serializers.WrapSerializer": _serializer(True),
    "pydantic.functional_serializers.SerializeAsAny": _as_any,
    "pydantic.functional_validators.InstanceOf": _instance_of,
    "pydantic.functional_validators.SkipValidation": _skip_validation,
    "pydantic.functional_validators.ValidateAs": _validate_as,
    "pydantic.json_schema.WithJsonSchema": _with_json_schema,
    "pydantic.json_schema.SkipJsonSchema": _skip_json_schema,
    "pydantic.json_schema.Examples": _examples,
    "pydantic.types.Tag": _tag,
    "pydantic.types.Discriminator": _discriminator,
    "pydantic.types.UuidVersion": _uuid,
    "pydantic.types.PathType": _path_type,
    "pydantic.types.EncodedBytes": _encoded,
    "pydantic.types.EncodedStr": _encoded,
    "pydantic.types.GetPydanticSchema": _get_schema,
    "pydantic.types.OnErrorOmit": _on_error_omit,
    "pydantic.networks.UrlConstraints": _url_constraints,
}
