"""What FastAPI makes of one parameter of a function: `fastapi.dependencies.utils.analyze_param`, for its versions."""

import sys
from typing import Final, NamedTuple

from byte.extract.contract.fields import ModelField
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Class,
    External,
    Instance,
    LiteralType,
    NamedAlias,
    NewType,
    Parameter,
    Place,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)

ANY: Final = external("typing.Any")
UPLOAD: Final = "starlette.datastructures.UploadFile"
MODELS: Final = ("pydantic.main.BaseModel",)

_SEQUENCES: Final = frozenset(
    """builtins.list builtins.tuple builtins.set builtins.frozenset builtins.range builtins.bytearray
    builtins.memoryview collections.deque collections.abc.Sequence collections.abc.MutableSequence
    collections.UserList typing.NamedTuple""".split()
)
_MAPPINGS: Final = frozenset(
    """builtins.dict collections.abc.Mapping collections.abc.MutableMapping collections.OrderedDict
    collections.defaultdict collections.Counter collections.ChainMap collections.UserDict typing.TypedDict
    types.MappingProxyType""".split()
)
_TEXTS: Final = frozenset(("builtins.str", "builtins.bytes"))
_SPECIAL: Final = (
    "starlette.requests.Request",
    "starlette.websockets.WebSocket",
    "starlette.requests.HTTPConnection",
    "starlette.responses.Response",
    "starlette.background.BackgroundTasks",
    "fastapi.security.oauth2.SecurityScopes",
)
SCOPES: Final = "fastapi.security.oauth2.SecurityScopes"


class Details(NamedTuple):
    """One parameter: something that it depends on, a field, or (with neither) something FastAPI hands over."""

    name: str
    depends: Instance | None
    dependency: Value
    field: ModelField | None
    place: str  # "path", "query", "header", "cookie", "body", or "" for no field
    wants_scopes: bool
    at: Place
    doubt: str = ""  # why it is not known whether it is in the query or in the body


def ancestors(value: Value) -> list[str]:
    """The dotted names of a class and all that it inherits from; none for what is no class."""
    if isinstance(value, Class):
        return [c.name if isinstance(c, External) else c.dotted for c in value.mro]
    if isinstance(value, External):
        return [value.name]
    return []


def _is_any(value: Value, names: frozenset[str]) -> bool:
    return any(name in names for name in ancestors(value))


def is_model(value: Value) -> bool:
    """Whether a type is a Pydantic model."""
    return isinstance(value, Class) and value.derives(*MODELS)


def is_dataclass(value: Value) -> bool:
    """Whether a type is a dataclass, of the standard library or of Pydantic."""
    return isinstance(value, Class) and value.is_dataclass


def is_response(value: Value) -> bool:
    """Whether a type is a response class."""
    return isinstance(value, Class) and value.derives("starlette.responses.Response")


def is_upload(value: Value) -> bool:
    """Whether a type is an uploaded file."""
    return isinstance(value, Class) and value.derives(UPLOAD)


def origin(value: Value) -> Value:
    """`typing.get_origin` of an alias; None for anything else."""
    return value.origin if isinstance(value, Alias) else None


def arguments(value: Value) -> tuple[Value, ...]:
    """`typing.get_args`."""
    if isinstance(value, (Alias, Union)):
        return tuple(value.args)
    return ()


def _one_is_sequence(value: Value) -> bool:
    return not _is_any(value, _TEXTS) and _is_any(value, _SEQUENCES)


def is_sequence(value: Value) -> bool:
    """`field_annotation_is_sequence`."""
    if isinstance(value, Annotated):
        return is_sequence(value.type)
    if isinstance(value, Union):
        return any(is_sequence(arg) for arg in value.args)
    return _one_is_sequence(value) or _one_is_sequence(origin(value))


def _one_is_complex(value: Value) -> bool:
    return (
        is_model(value)
        or _is_any(value, _MAPPINGS)
        or is_upload(value)
        or _one_is_sequence(value)
        or is_dataclass(value)
    )


def is_complex(value: Value) -> bool:
    """`field_annotation_is_complex`: whether a type goes into the body unless something else is said."""
    if isinstance(value, Union):
        return any(is_complex(arg) for arg in value.args)
    if isinstance(value, Annotated):
        return is_complex(value.type)
    if _one_is_complex(value):
        return True
    base = origin(value)
    if base is None:
        return False
    return _one_is_complex(base) or (
        isinstance(base, Class) and base.lookup("__get_pydantic_core_schema__") is not EMPTY
    )


def is_scalar(value: Value) -> bool:
    """`field_annotation_is_scalar`."""
    return value is ... or not is_complex(value)


def is_upload_or_optional(value: Value) -> bool:
    """`is_uploadfile_or_nonable_uploadfile_annotation`."""
    return is_upload(value) or (isinstance(value, Union) and any(is_upload(arg) for arg in value.args))


def is_upload_sequence(value: Value) -> bool:
    """`is_uploadfile_sequence_annotation`."""
    if isinstance(value, Union):
        return any(is_upload_sequence(arg) for arg in value.args)
    return is_sequence(value) and all(is_upload_or_optional(arg) for arg in arguments(value))


def is_union_of_models(value: Value) -> bool:
    """Whether a type is a union of Pydantic models and nothing else."""
    return isinstance(value, Union) and all(is_model(arg) for arg in value.args)


def is_scalar_1(value: Value) -> bool:
    """`is_scalar_field` as FastAPI asked it of a field of Pydantic 1, before version 0.100."""
    while True:
        if isinstance(value, Annotated):
            value = value.type
        elif isinstance(value, NewType):
            value = value.supertype
        elif isinstance(value, TypeVar):
            value = value.bound if value.bound is not EMPTY else ANY
        else:
            break
    if isinstance(value, Union):
        return all(is_scalar_1(arg) for arg in value.args if arg is not None)
    if isinstance(value, Alias):
        return ancestors(value.origin)[:1] in (["builtins.type"], ["re.Pattern"], ["typing.Pattern"], ["re.Match"])
    if isinstance(value, LiteralType):
        return True
    names = ancestors(value)
    plain = (
        "builtins.list",
        "builtins.set",
        "builtins.tuple",
        "builtins.dict",
        "typing.TypedDict",
        "typing.NamedTuple",
    )
    return not (is_model(value) or is_dataclass(value) or any(name in plain for name in names))


def upload_inside_1(value: Value) -> Value:
    """The `type_` of a Pydantic 1 field: what is inside its list or optional."""
    while True:
        if isinstance(value, Annotated):
            value = value.type
        elif isinstance(value, Union):
            rest = [arg for arg in value.args if arg is not None]
            if len(rest) != 1:
                return value
            value = rest[0]
        elif isinstance(value, Alias) and _one_is_sequence(value.origin) and value.args:
            value = value.args[0]
        else:
            return value


def is_foreign(value: Value) -> bool:
    """Whether a type is a class of a library that Byte does not know: it may be a model as well as a scalar."""
    if isinstance(value, Annotated):
        return is_foreign(value.type)
    if isinstance(value, Union):
        return any(is_foreign(arg) for arg in value.args)
    return isinstance(value, External) and value.name.partition(".")[0] not in _KNOWN_LIBRARIES


_KNOWN_LIBRARIES: Final = frozenset(sys.stdlib_module_names) | {
    "builtins", "typing_extensions", "pydantic", "pydantic_core", "pydantic_extra_types", "annotated_types",
    "starlette", "fastapi",
}  # fmt: skip


def is_field_info(value: Value, *kinds: str) -> bool:
    """Whether a value is a Pydantic `FieldInfo`, or one of FastAPI's kinds of it."""
    return (
        isinstance(value, Instance)
        and isinstance(value.cls, Class)
        and value.cls.derives(*(kinds or ("pydantic.fields.FieldInfo",)))
    )


def is_depends(value: Value) -> bool:
    """Whether a value is `Depends(...)` or `Security(...)`."""
    return is_field_info(value, "fastapi.params.Depends")


def is_body(value: Value) -> bool:
    """Whether a marker puts a parameter into the body."""
    return is_field_info(value, "fastapi.params.Body")


def is_form(value: Value) -> bool:
    """Whether a marker puts a parameter into a form (a file is a form, too)."""
    return is_field_info(value, "fastapi.params.Form")


def is_file(value: Value) -> bool:
    """Whether a marker makes a parameter a file."""
    return is_field_info(value, "fastapi.params.File")


def attribute(info: Instance | None, name: str, default: Value = None) -> Value:
    """An attribute of a marker: what was passed, else what its class says."""
    if info is None:
        return default
    found = info.attributes.get(name, EMPTY)
    if found is EMPTY and isinstance(info.cls, Class):
        found = info.cls.lookup(name)
    return default if found is EMPTY else found


def is_undefined(value: Value) -> bool:
    """Whether a default says that there is none."""
    return (
        value is EMPTY
        or value is ...
        or (isinstance(value, External) and value.short in ("PydanticUndefined", "Undefined", "Required"))
    )


def default_of(info: Instance) -> Value:
    """The default that a marker gives, EMPTY if none (a default factory is Unknown to the signature, but a default)."""
    found = attribute(info, "default", EMPTY)
    if is_undefined(found):
        factory = attribute(info, "default_factory")
        return EMPTY if factory is None else Unknown("a default factory makes it", info.at)
    return found


_PLACES: Final = {"Path": "path", "Query": "query", "Header": "header", "Cookie": "cookie"}


def place_of(info: Instance) -> str:
    """Where a marker puts its parameter: "path", "query", "header", "cookie" or "body"."""
    if is_body(info):
        return "body"
    for name, place in _PLACES.items():
        if is_field_info(info, f"fastapi.params.{name}"):
            return place
    given = attribute(info, "in_")
    if isinstance(given, Instance):
        given = given.attributes.get("_value_")
    return given if given in ("path", "query", "header", "cookie") else "query"


class Reader:
    """Analyses parameters for one version of FastAPI."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self.pydantic_2 = interp.target.pydantic >= (2,)

    def made(self, name: str, default: Value, at: Place) -> Instance:
        """A marker that FastAPI adds itself."""
        info = Instance(self.interp.library_class("fastapi.params", name), at)
        if default is not EMPTY:
            info.attributes["default"] = default
        return info

    def analyse(self, param: Parameter, in_path: bool) -> Details:
        """What a parameter is."""
        annotation = param.annotation
        if isinstance(annotation, NamedAlias) and self.fastapi >= (0, 128, 2):
            annotation = self.interp.alias_value(annotation)
        annotation = self.interp.resolve(annotation) if annotation is not EMPTY else EMPTY
        given = ANY if annotation is EMPTY else annotation
        type_ = given
        info: Instance | None = None
        depends: Instance | None = None
        default: Value = EMPTY
        beside = False  # the marker stands in the `Annotated`, the default beside it
        if isinstance(given, Annotated):
            type_ = self.interp.resolve(given.type)
            if self.fastapi >= (0, 95):
                found = self._marker(given.metadata)
                if is_depends(found):
                    depends = found
                elif found is not None:
                    info, default, beside = found, param.default, True
        if is_depends(param.default):
            depends = param.default
        elif is_field_info(param.default):
            info, default, beside = param.default, default_of(param.default), False
            given = type_  # FastAPI forgets what else stands in an `Annotated`
        if depends is not None:
            dependency = attribute(depends, "dependency")
            return Details(param.name, depends, type_ if dependency is None else dependency, None, "", False, param.at)
        if info is None and isinstance(type_, Class) and type_.derives(*_SPECIAL):
            return Details(param.name, None, None, None, "", type_.derives(SCOPES), param.at)
        doubt = ""
        if info is None:
            if not in_path and (isinstance(type_, Unknown) or is_foreign(type_)):
                doubt = f"the type of the parameter {param.name} is not known"
            info, default = self._inferred(param, type_, in_path), param.default
        return self._field(param, given, info, default, beside, in_path)._replace(doubt=doubt)

    def _marker(self, metadata: tuple[Value, ...]) -> Instance | None:
        """FastAPI's marker among the metadata of an `Annotated`; the last one counts."""
        kinds = ("fastapi.params.Param", "fastapi.params.Body", "fastapi.params.Depends")
        found = [m for m in metadata if is_field_info(m, *kinds)]
        return found[-1] if found else None

    def _inferred(self, param: Parameter, type_: Value, in_path: bool) -> Instance:
        default = param.default
        if in_path:
            return self.made("Path", EMPTY, param.at)
        if is_foreign(type_):
            return self.made("Body", default, param.at)
        if self.fastapi >= (0, 100):
            if is_upload_or_optional(type_) or is_upload_sequence(type_):
                return self.made("File", default, param.at)
            return self.made("Query" if is_scalar(type_) else "Body", default, param.at)
        if is_upload(upload_inside_1(type_)):
            return self.made("File", default, param.at)
        return self.made("Query" if is_scalar_1(type_) else "Body", default, param.at)

    def _field(
        self, param: Parameter, given: Value, info: Instance, default: Value, beside: bool, in_path: bool
    ) -> Details:
        place = "path" if in_path and not is_body(info) else place_of(info)
        alias = attribute(info, "alias")
        if not alias and attribute(info, "convert_underscores") is True:
            alias = param.name.replace("_", "-")
        elif not alias:
            alias = param.name
        if place == "path" or is_undefined(default):
            default = EMPTY
            if place != "path" and attribute(info, "default_factory") is not None:
                default = Unknown("a default factory makes it", info.at)
        if not isinstance(alias, str):
            alias = alias.text if isinstance(alias, Unknown) and alias.text else param.name
        if self.fastapi >= (0, 100) and not beside:
            info.attributes["alias"] = alias  # FastAPI notes it in the marker, which another parameter may share
        if self.fastapi >= (0, 124) and self.pydantic_2:
            alias = self._validation_alias(info, alias, place, param.name)
        field = ModelField(param.name, alias, given, info, default, "validation", param.at)
        return Details(param.name, None, None, field, place, False, param.at)

    def _validation_alias(self, info: Instance, alias: str, place: str, name: str) -> str:
        found = attribute(info, "validation_alias")
        if isinstance(found, str) and found:
            return found
        if isinstance(found, Instance) and self.fastapi >= (0, 157):
            choices = found.attributes.get("choices")
            if isinstance(choices, (list, tuple)) and choices and all(isinstance(c, str) for c in choices):
                return str(choices[0])
        return alias
