"""What the stubs of Pydantic 2 leave to Byte: decorators that mark functions, `Field`, `create_model`, core schemas.

The stubs import `byte_pydantic`, a module without source, so that its names arrive here; `pydantic_core.core_schema`
has no stub at all.
"""

import re
from typing import Any, Final

from byte.extract.evaluate.natives.base import Interp, NativeFunction, argument, guarded_table, unknown
from byte.extract.evaluate.values import (
    EMPTY,
    Annotated,
    Class,
    ClassMethod,
    Function,
    Instance,
    Module,
    Native,
    Partial,
    Property,
    StaticMethod,
    Unknown,
    Value,
    external,
)

MARK: Final = "__pydantic__"
UNDEFINED: Final = external("pydantic_core.PydanticUndefined")


# --- functions of a class that Pydantic is told about ------------------------------------------------


def _marked(value: Value, mark: dict[str, Value]) -> Value:
    """A copy of the function that carries the mark, inside the same wrapper."""
    if isinstance(value, Function):
        copy = Function(value.node, value.scope, value.qualname, value.defaults)
        copy.owner, copy.conditions = value.owner, value.conditions
        copy.wrappers = list(value.wrappers)
        copy.attributes = {**value.attributes, MARK: mark}
        return copy
    if isinstance(value, ClassMethod):
        return ClassMethod(_marked(value.function, mark))
    if isinstance(value, StaticMethod):
        return StaticMethod(_marked(value.function, mark))
    if isinstance(value, Property):
        out = Property(_marked(value.getter, mark), value.cached)
        out.attributes = {**value.attributes, MARK: mark}
        return out
    if isinstance(value, Partial):
        made = Partial(value.function, value.args, value.keywords)
        made.attributes = {**value.attributes, MARK: mark}
        return made
    return value


def _decorator(kind: str, **fixed: Value) -> NativeFunction:
    """`@field_validator("a", ...)` and the like: names of fields, then keywords."""

    def decorate(_: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        mark = {"kind": kind, **fixed, "fields": tuple(args), **kwargs}

        def apply(_: Interp, inner: list[Value], __: dict[str, Value]) -> Value:
            return _marked(inner[0], mark)

        return Native(kind, apply)

    return decorate


def _plain_decorator(kind: str, **fixed: Value) -> NativeFunction:
    """`@model_validator(...)` and the like, which may stand without arguments."""

    def decorate(_: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        mark = {"kind": kind, **fixed, **kwargs}
        if args:
            return _marked(args[0], mark)

        def apply(_: Interp, inner: list[Value], __: dict[str, Value]) -> Value:
            return _marked(inner[0], mark)

        return Native(kind, apply)

    return decorate


def _computed_field(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    def apply(i: Interp, inner: list[Value], _: dict[str, Value]) -> Value:
        value = inner[0]
        mark = {"kind": "computed_field", **kwargs}
        getter = value.getter if isinstance(value, Property) else value
        if mark.get("description") is None and isinstance(getter, Function):
            text = i.docstring(getter)
            if text:
                mark["description"] = text
        return _marked(value if isinstance(value, Property) else Property(value), mark)

    return apply(interp, args, {}) if args else Native("computed_field", apply)


# --- fields and types -------------------------------------------------------------------------------

_REMOVED: Final = ("const", "unique_items", "allow_mutation", "regex", "include")
_FIELD: Final = frozenset(
    "default default_factory alias alias_priority validation_alias serialization_alias title field_title_generator "
    "description examples exclude exclude_if discriminator deprecated json_schema_extra frozen validate_default repr "
    "init init_var kw_only pattern strict coerce_numbers_to_str gt ge lt le multiple_of allow_inf_nan max_digits "
    "decimal_places min_length max_length union_mode fail_fast".split()
)


def _field(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`Field(...)`."""
    given = dict(kwargs)
    if args:
        given["default"] = args[0]
    for old, new in (("min_items", "min_length"), ("max_items", "max_length")):
        found = given.pop(old, None)
        if found is not None and given.get(new) is None:
            given[new] = found
    for name in _REMOVED:
        given.pop(name, None)
    known = _FIELD if interp.target.pydantic >= (2, 7) else _FIELD - {"deprecated"}
    extra = {k: given.pop(k) for k in list(given) if k not in known}
    if extra and not given.get("json_schema_extra"):
        given["json_schema_extra"] = extra
    alias = given.get("alias")
    if isinstance(alias, str):
        if given.get("serialization_alias") is None:
            given["serialization_alias"] = alias
        if given.get("validation_alias") is None:
            given["validation_alias"] = alias
    if any(given.get(n) is not None for n in ("alias", "validation_alias", "serialization_alias")):
        given["alias_priority"] = given.get("alias_priority") or 2
    if given.get("default", UNDEFINED) in (..., UNDEFINED):
        given.pop("default", None)
    cls = interp.library_class("pydantic.fields", "FieldInfo")
    if not isinstance(cls, Class):
        return unknown(interp, "Pydantic is not modelled")
    made = Instance(cls, interp.at, interp.conditions)
    made.attributes.update(given)
    return made


def _annotated(_: Interp, args: list[Value], __: dict[str, Value]) -> Value:
    """`Annotated[args[0], *args[1:]]`."""
    inner, metadata = args[0], tuple(args[1:])
    if isinstance(inner, Annotated):
        return Annotated(inner.type, (*inner.metadata, *metadata))
    return Annotated(inner, metadata)


def _to_pascal(text: str) -> str:
    return re.sub("([0-9A-Za-z])_(?=[0-9A-Z])", lambda m: m.group(1), text.title())


def _to_camel(text: str) -> str:
    if re.match("^[a-z]+[A-Za-z0-9]*$", text) and not re.search(r"\d[a-z]", text):
        return text
    return re.sub("(^_*[A-Z])", lambda m: m.group(1).lower(), _to_pascal(text))


def _to_snake(text: str) -> str:
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", lambda m: f"{m.group(1)}_{m.group(2)}", text)
    for left, right in (("[a-z]", "[A-Z]"), ("[0-9]", "[A-Z]"), ("[a-z]", "[0-9]")):
        text = re.sub(f"({left})({right})", lambda m: f"{m.group(1)}_{m.group(2)}", text)
    return text.replace("-", "_").lower()


def _humps(text: str, pascal: bool) -> str:
    """`humps.camelize` and `humps.pascalize`."""
    if text.isupper() or text.isnumeric():
        return text
    if text and not (text[0].isupper() if pascal else text[:2].isupper()):
        text = (text[0].upper() if pascal else text[0].lower()) + text[1:]
    return re.sub(
        r"(?<=[^\-_\s])[\-_\s]+[^\-_\s]", lambda m: m.group(0).replace("_", "").replace("-", "").upper(), text
    )


def _humps_snake(text: str) -> str:
    """`humps.decamelize`."""
    if text.isupper() or text.isnumeric():
        return text
    parts = re.split(r"([\-_]*(?<=[^0-9])(?=[A-Z])[^A-Z]*[\-_]*)", re.sub(r"[\-\s]", "_", text))
    return "_".join(p for p in parts if p).lower().replace("__", "_")


def _inflected(text: str, upper: bool) -> str:
    """`inflection.camelize`."""
    pascal = re.sub(r"(?:^|_)(.)", lambda m: m.group(1).upper(), text)
    return pascal if upper else pascal[:1].lower() + pascal[1:]


def _inflection(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    text = argument(args, kwargs, 0, "string")
    upper = argument(args, kwargs, 1, "uppercase_first_letter", True)
    return _inflected(text, upper is not False) if isinstance(text, str) else unknown(interp, "a name is not known")


def _underscored(text: str) -> str:
    """`inflection.underscore`."""
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", text).replace("-", "_").lower()


def _string_case(text: str) -> str:
    """`stringcase.camelcase`."""
    text = re.sub(r"\w[\s\W]+\w", "", text)
    return text[:1].lower() + re.sub(r"[\-_\.\s]([a-z])", lambda m: m.group(1).upper(), text[1:]) if text else text


def _on_text(change: Any) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        text = args[0] if args else next(iter(kwargs.values()), EMPTY)
        if isinstance(text, str):
            return change(text)
        return text if isinstance(text, Unknown) else unknown(interp, "the name to be changed is not known")

    return call


# --- models made by a call --------------------------------------------------------------------------


def _create_model(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`create_model(name, __base__=..., **fields)`."""
    given = dict(kwargs)
    name = args[0] if args else given.pop("model_name", given.pop("__model_name", EMPTY))
    base = given.pop("__base__", None)
    config = given.pop("__config__", None)
    doc = given.pop("__doc__", None)
    validators = given.pop("__validators__", None)
    keywords = given.pop("__cls_kwargs__", None)
    module_name = given.pop("__module__", None)
    if not isinstance(name, str):
        return unknown(interp, "the name of a model that is made is not known")
    root = interp.library_class("pydantic.main", "BaseModel")
    bases = list(base) if isinstance(base, tuple) else [root if base is None else base]
    namespace: dict[str, Value] = {}
    annotations: dict[str, Value] = {}
    if isinstance(doc, str):
        namespace["__doc__"] = doc
    if isinstance(config, dict):
        namespace["model_config"] = config
    elif isinstance(config, Class):
        namespace["Config"] = config
    if isinstance(validators, dict):
        namespace.update({k: v for k, v in validators.items() if isinstance(k, str)})
    for key, value in given.items():
        if isinstance(value, tuple) and len(value) == 2:
            annotations[key] = value[0]
            if value[1] is not ... and value[1] is not UNDEFINED:
                namespace[key] = value[1]
        elif isinstance(value, tuple):
            annotations[key] = unknown(interp, f"the field {key} of {name} is not known")
        else:
            annotations[key] = value
    namespace["__annotations__"] = annotations
    made = interp.new_class(name, bases, namespace, keywords if isinstance(keywords, dict) else {})
    if isinstance(made, Class):
        for key in annotations:
            made.lines[key] = interp.at.line
        if isinstance(module_name, str):
            found = interp.modules.get(module_name)
            if isinstance(found, Module):
                made.module = found
    return made


def _dataclass(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`pydantic.dataclasses.dataclass`."""

    def apply(i: Interp, inner: list[Value], _: dict[str, Value]) -> Value:
        cls = inner[0]
        if isinstance(cls, Class):
            config = kwargs.get("config")
            i.call(external("dataclasses.dataclass"), [cls], {k: v for k, v in kwargs.items() if k != "config"})
            cls.attributes.setdefault("dataclass", dict(kwargs))
            cls.attributes["pydantic_dataclass"] = {"config": config}
        return cls

    return apply(interp, args, {}) if args and isinstance(args[0], Class) else Native("dataclass", apply)


def _with_config(_: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`with_config(ConfigDict(...))` on a dataclass or `TypedDict`."""
    config = args[0] if args else kwargs.get("config", kwargs)

    def apply(_: Interp, inner: list[Value], __: dict[str, Value]) -> Value:
        if isinstance(inner[0], Class):
            inner[0].namespace["__pydantic_config__"] = config
        return inner[0]

    return Native("with_config", apply)


def _model_fields(interp: Interp, args: list[Value], __: dict[str, Value]) -> Value:
    return interp.getattr(args[0], "model_fields")


def _to_jsonable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return argument(args, kwargs, 0, "value", None)


def _is_pydantic_dataclass(_: Interp, args: list[Value], __: dict[str, Value]) -> Value:
    cls = args[0] if args else None
    return isinstance(cls, Class) and "pydantic_dataclass" in cls.attributes


# --- core schemas -----------------------------------------------------------------------------------

# name: type, the parameters that may be given by position
_CORE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "simple_ser_schema": ("", ("type",)),
    "plain_serializer_function_ser_schema": ("function-plain", ("function",)),
    "wrap_serializer_function_ser_schema": ("function-wrap", ("function",)),
    "format_ser_schema": ("format", ("formatting_string",)),
    "to_string_ser_schema": ("to-string", ()),
    "model_ser_schema": ("model", ("cls", "schema")),
    "computed_field": ("computed-field", ("property_name", "return_schema")),
    "any_schema": ("any", ()),
    "none_schema": ("none", ()),
    "bool_schema": ("bool", ("strict", "ref", "metadata", "serialization")),
    "int_schema": ("int", ()),
    "float_schema": ("float", ()),
    "decimal_schema": ("decimal", ()),
    "fraction_schema": ("fraction", ()),
    "complex_schema": ("complex", ()),
    "str_schema": ("str", ()),
    "bytes_schema": ("bytes", ()),
    "date_schema": ("date", ()),
    "time_schema": ("time", ()),
    "datetime_schema": ("datetime", ()),
    "timedelta_schema": ("timedelta", ()),
    "literal_schema": ("literal", ("expected",)),
    "enum_schema": ("enum", ("cls", "members")),
    "is_instance_schema": ("is-instance", ("cls",)),
    "is_subclass_schema": ("is-subclass", ("cls",)),
    "callable_schema": ("callable", ()),
    "uuid_schema": ("uuid", ()),
    "list_schema": ("list", ("items_schema",)),
    "deque_schema": ("deque", ("items_schema",)),
    "tuple_schema": ("tuple", ("items_schema",)),
    "tuple_positional_schema": ("tuple", ("items_schema",)),
    "set_schema": ("set", ("items_schema",)),
    "frozenset_schema": ("frozenset", ("items_schema",)),
    "generator_schema": ("generator", ("items_schema",)),
    "dict_schema": ("dict", ("keys_schema", "values_schema")),
    "no_info_before_validator_function": ("function-before", ("function", "schema")),
    "with_info_before_validator_function": ("function-before", ("function", "schema")),
    "no_info_after_validator_function": ("function-after", ("function", "schema")),
    "with_info_after_validator_function": ("function-after", ("function", "schema")),
    "no_info_wrap_validator_function": ("function-wrap", ("function", "schema")),
    "with_info_wrap_validator_function": ("function-wrap", ("function", "schema")),
    "no_info_plain_validator_function": ("function-plain", ("function",)),
    "with_info_plain_validator_function": ("function-plain", ("function",)),
    "general_before_validator_function": ("function-before", ("function", "schema")),
    "general_after_validator_function": ("function-after", ("function", "schema")),
    "general_wrap_validator_function": ("function-wrap", ("function", "schema")),
    "general_plain_validator_function": ("function-plain", ("function",)),
    "field_before_validator_function": ("function-before", ("function", "field_name", "schema")),
    "field_after_validator_function": ("function-after", ("function", "field_name", "schema")),
    "field_wrap_validator_function": ("function-wrap", ("function", "field_name", "schema")),
    "field_plain_validator_function": ("function-plain", ("function", "field_name")),
    "with_default_schema": ("default", ("schema",)),
    "nullable_schema": ("nullable", ("schema",)),
    "union_schema": ("union", ("choices",)),
    "tagged_union_schema": ("tagged-union", ("choices", "discriminator")),
    "chain_schema": ("chain", ("steps",)),
    "lax_or_strict_schema": ("lax-or-strict", ("lax_schema", "strict_schema")),
    "json_or_python_schema": ("json-or-python", ("json_schema", "python_schema")),
    "typed_dict_field": ("typed-dict-field", ("schema",)),
    "typed_dict_schema": ("typed-dict", ("fields",)),
    "model_field": ("model-field", ("schema",)),
    "model_fields_schema": ("model-fields", ("fields",)),
    "model_schema": ("model", ("cls", "schema")),
    "dataclass_field": ("dataclass-field", ("name", "schema")),
    "dataclass_args_schema": ("dataclass-args", ("dataclass_name", "fields")),
    "dataclass_schema": ("dataclass", ("cls", "schema", "fields")),
    "custom_error_schema": ("custom-error", ("schema", "custom_error_type")),
    "json_schema": ("json", ("schema",)),
    "url_schema": ("url", ()),
    "multi_host_url_schema": ("multi-host-url", ()),
    "definitions_schema": ("definitions", ("schema", "definitions")),
    "definition_reference_schema": ("definition-ref", ("schema_ref", "ref", "metadata", "serialization")),
}


def _core(kind: str, names: tuple[str, ...]) -> NativeFunction:
    def make(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if any(isinstance(a, Unknown) for a in args):
            return next(a for a in args if isinstance(a, Unknown))
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        out = {"type": kind} if kind else {}
        out.update({k: v for k, v in given.items() if v is not None})
        return out

    return make


def _tuple_variable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = argument(args, kwargs, 0, "items_schema", None) or {"type": "any"}
    rest = {k: v for k, v in kwargs.items() if k != "items_schema" and v is not None}
    return {"type": "tuple", "items_schema": [items], "variadic_item_index": 0, **rest}


_BYTE: Final[dict[str, NativeFunction]] = {
    "Field": _field,
    "computed_field": _computed_field,
    "field_validator": _decorator("field_validator", mode="after"),
    "validator": _decorator("validator"),
    "field_serializer": _decorator("field_serializer", mode="plain", when_used="always"),
    "model_validator": _plain_decorator("model_validator"),
    "model_serializer": _plain_decorator("model_serializer", mode="plain", when_used="always"),
    "root_validator": _plain_decorator("root_validator"),
    "Annotated_item": _annotated,
    "create_model": _create_model,
    "dataclass": _dataclass,
    "with_config": _with_config,
    "model_fields": _model_fields,
    "to_jsonable_python": _to_jsonable,
    "is_pydantic_dataclass": _is_pydantic_dataclass,
    "rebuild_dataclass": lambda _i, _a, _k: True,
    "to_camel": _on_text(_to_camel),
    "to_pascal": _on_text(_to_pascal),
    "to_snake": _on_text(_to_snake),
}

NATIVES: Final[dict[str, NativeFunction]] = guarded_table(
    {
        **{f"byte_pydantic.{name}": function for name, function in _BYTE.items()},
        **{f"pydantic_core.core_schema.{name}": _core(kind, names) for name, (kind, names) in _CORE.items()},
        "pydantic_core.core_schema.tuple_variable_schema": _tuple_variable,
        **{
            f"{module}.{name}": _on_text(change)
            for module in ("humps", "humps.main")
            for name, change in (
                ("camelize", lambda text: _humps(text, False)),
                ("pascalize", lambda text: _humps(text, True)),
                ("decamelize", _humps_snake),
            )
        },
        "inflection.camelize": _inflection,
        "inflection.underscore": _on_text(_underscored),
        "stringcase.camelcase": _on_text(_string_case),
    }
)
