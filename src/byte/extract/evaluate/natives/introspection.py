"""inspect and typing: signatures that code can read, change and set, and types as values."""

from typing import Any, Final

from byte.extract.evaluate.equality import held_by
from byte.extract.evaluate.natives.base import (
    Interp,
    argument,
    constant,
    guarded_table,
    known,
    listed,
    make,
    unknown,
)
from byte.extract.evaluate.natives.builtins import names_of
from byte.extract.evaluate.values import (
    EMPTY,
    NOWHERE,
    Alias,
    Annotated,
    Bound,
    Class,
    ClassMethod,
    External,
    Forward,
    Function,
    Instance,
    LiteralType,
    Module,
    Native,
    NewType,
    Parameter,
    Partial,
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

NO_VALUE: Final = external("inspect.Parameter.empty")
KINDS: Final = ("positional", "normal", "args", "keyword", "kwargs")
_KIND_NAMES: Final = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
_VAR_POSITIONAL: Final = 2
_KEYWORD_ONLY: Final = 3
_VAR_KEYWORD: Final = 4

# A kind is its number, which is what sorting by kind asks for.
CONSTANTS: Final[dict[str, Value]] = {
    **{f"inspect.Parameter.{name}": i for i, name in enumerate(_KIND_NAMES)},
    **{f"inspect._ParameterKind.{name}": i for i, name in enumerate(_KIND_NAMES)},
    "inspect._empty": NO_VALUE,
    "inspect.Signature.empty": NO_VALUE,
}


# --- signatures --------------------------------------------------------------------------------


def to_parameter(interp: Interp, parameter: Parameter) -> Instance:
    """A parameter as an `inspect.Parameter`."""
    kind = KINDS.index(parameter.kind)
    return new_parameter(interp, parameter.name, kind, parameter.default, parameter.annotation, parameter.at)


def new_parameter(
    interp: Interp, name: str, kind: Value, default: Value, annotation: Value, at: Place = NOWHERE
) -> Instance:
    """An `inspect.Parameter`."""
    found = make(
        interp,
        "inspect.Parameter",
        name=name,
        kind=kind,
        default=NO_VALUE if default is EMPTY else default,
        annotation=NO_VALUE if annotation is EMPTY else annotation,
        empty=NO_VALUE,
        **{kind_name: i for i, kind_name in enumerate(_KIND_NAMES)},
    )
    if at is not NOWHERE:
        found.at = at
    found.attributes["replace"] = Native("replace", lambda i, a, k: _replace_parameter(i, found, k))
    return found


def _replace_parameter(interp: Interp, old: Instance, kwargs: dict[str, Value]) -> Instance:
    values = {**{k: old.attributes[k] for k in ("name", "kind", "default", "annotation")}, **kwargs}
    return new_parameter(interp, values["name"], values["kind"], values["default"], values["annotation"], old.at)


def new_signature(interp: Interp, parameters: list[Value], returns: Value) -> Instance:
    """An `inspect.Signature` of these parameters."""
    by_name = {}
    for parameter in parameters:
        if isinstance(parameter, Instance) and "name" in parameter.attributes:
            by_name[parameter.attributes["name"]] = parameter
    found = make(
        interp,
        "inspect.Signature",
        parameters=by_name,
        return_annotation=NO_VALUE if returns is EMPTY else returns,
        empty=NO_VALUE,
    )
    found.attributes["replace"] = Native("replace", lambda i, a, k: _replace_signature(i, found, k))
    found.attributes["bind"] = Native("bind", lambda i, a, k: _bind(i, found, a, k))
    found.attributes["bind_partial"] = found.attributes["bind"]
    return found


def _replace_signature(interp: Interp, old: Instance, kwargs: dict[str, Value]) -> Value:
    parameters = kwargs.get("parameters", old.attributes["parameters"])
    if isinstance(parameters, dict):
        parameters = list(parameters.values())
    found = interp.items(parameters) if not isinstance(parameters, Unknown) else None
    if found is None:
        return unknown(interp, "the parameters of a changed signature are not known")
    return new_signature(interp, found, kwargs.get("return_annotation", old.attributes["return_annotation"]))


def _bind(interp: Interp, signature: Instance, args: list[Value], kwargs: dict[str, Value]) -> Value:
    values: dict[str, Value] = {}
    left = list(args)
    rest = dict(kwargs)
    for name, parameter in signature.attributes["parameters"].items():
        kind = parameter.attributes["kind"]
        if kind == _VAR_POSITIONAL:
            values[name] = tuple(left)
            left = []
        elif kind == _VAR_KEYWORD:
            values[name] = rest
            rest = {}
        elif left and kind != _KEYWORD_ONLY:
            values[name] = left.pop(0)
        elif name in rest:
            values[name] = rest.pop(name)
    found = make(interp, "inspect.BoundArguments", arguments=values, signature=signature)
    found.attributes["apply_defaults"] = Native("apply_defaults", lambda i, a, k: _apply_defaults(found))
    found.attributes["args"] = tuple(args)
    found.attributes["kwargs"] = kwargs
    return found


def _apply_defaults(bound: Instance) -> None:
    arguments = bound.attributes["arguments"]
    for name, parameter in bound.attributes["signature"].attributes["parameters"].items():
        if name not in arguments and parameter.attributes["default"] is not NO_VALUE:
            arguments[name] = parameter.attributes["default"]


def _signature(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    target = argument(args, kwargs, 0, "obj")
    if not (isinstance(target, External) and target.name.startswith("builtins.object.")):
        known(interp, target)
    parameters = [to_parameter(interp, p) for p in interp.signature(target)]
    return new_signature(interp, list(parameters), interp.returns(target))


def _from_callable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _signature(interp, args, kwargs)


def _new_signature(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    parameters = argument(args, kwargs, 0, "parameters", None)
    return new_signature(
        interp, listed(interp, parameters) if parameters is not None else [], kwargs.get("return_annotation", EMPTY)
    )


def _new_parameter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name, kind = argument(args, kwargs, 0, "name"), argument(args, kwargs, 1, "kind")
    return new_parameter(interp, name, kind, kwargs.get("default", EMPTY), kwargs.get("annotation", EMPTY))


def _full_arg_spec(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    parameters = interp.signature(known(interp, args[0]))
    plain_ones = [p for p in parameters if p.kind in ("positional", "normal")]
    defaults = tuple(p.default for p in plain_ones if p.default is not EMPTY)
    keyword = [p for p in parameters if p.kind == "keyword"]
    return make(
        interp,
        "inspect.FullArgSpec",
        args=[p.name for p in plain_ones],
        varargs=next((p.name for p in parameters if p.kind == "args"), None),
        varkw=next((p.name for p in parameters if p.kind == "kwargs"), None),
        defaults=defaults or None,
        kwonlyargs=[p.name for p in keyword],
        kwonlydefaults={p.name: p.default for p in keyword if p.default is not EMPTY} or None,
        annotations={p.name: p.annotation for p in parameters if p.annotation is not EMPTY},
    )


# --- what an object is -------------------------------------------------------------------------


def _function_of(value: Value) -> Value:
    while isinstance(value, (Bound, Partial)):
        value = value.function
    return value


def _isclass(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = args[0]
    if isinstance(value, Unknown):
        return value
    if isinstance(value, External):
        named = value.name.startswith(
            ("builtins.", "collections.", "datetime.", "uuid.", "decimal.", "enum.", "pathlib.")
        )
        return True if named else unknown(interp, f"whether {value.name} is a class is not known")
    return isinstance(value, Class)


def _isfunction(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else isinstance(args[0], Function)


def _ismethod(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else isinstance(args[0], Bound)


def _isroutine(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else isinstance(args[0], (Function, Bound, Native))


def _ismodule(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else isinstance(args[0], Module)


def _iscoroutinefunction(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = _function_of(args[0])
    if isinstance(value, Function):
        return value.is_async and not _generates(value)
    return value if isinstance(value, Unknown) else False


def _generates(value: Value) -> bool:
    return isinstance(value, Function) and bool(getattr(value.node, "is_generator", False))


def _isgeneratorfunction(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = _function_of(args[0])
    if isinstance(value, Unknown):
        return value
    return _generates(value) and not value.is_async and "__contextmanager__" not in value.attributes


def _isasyncgenfunction(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = _function_of(args[0])
    if isinstance(value, Unknown):
        return value
    return _generates(value) and value.is_async and "__contextmanager__" not in value.attributes


def _false(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else False


def is_abstract(cls: Class) -> bool:
    """Whether a class has an abstract method that nothing overrides."""
    names = {name for c in cls.mro if isinstance(c, Class) for name in c.namespace}
    for name in names:
        found = cls.lookup(name)
        while isinstance(found, (StaticMethod, ClassMethod)):
            found = found.function
        attributes = found.getter if isinstance(found, Property) else found
        if isinstance(attributes, Function) and attributes.attributes.get("__isabstractmethod__"):
            return True
        if isinstance(found, Property) and found.attributes.get("__isabstractmethod__"):
            return True
    return False


def _isabstract(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = args[0]
    if isinstance(value, Unknown):
        return value
    return isinstance(value, Class) and value.derives("abc.ABC") and is_abstract(value)


def _getmembers(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    target = known(interp, args[0])
    predicate = argument(args, kwargs, 1, "predicate", None)
    names = names_of(target)
    if names is None:
        return unknown(interp, "the members of an object are not known")
    out: list[tuple[str, Value]] = []
    for name in names:
        try:
            value = interp.getattr(target, name)
        except Raised:
            continue
        if predicate is None or interp.truth(interp.call(predicate, [value], {})):
            out.append((name, value))
    return out


def module_of(value: Value) -> Module | None:
    """The module that defines a class or function."""
    value = _function_of(value)
    if isinstance(value, Module):
        return value
    return value.module if isinstance(value, (Class, Function)) else None


def _getmodule(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return module_of(args[0])


def _getdoc(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return interp.docstring(known(interp, args[0]))


def _cleandoc(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    lines = constant(interp, args[0]).expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    lines = [lines[0].lstrip(), *(line[margin:] for line in lines[1:])]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def _unwrap(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = args[0]
    for _ in range(100):
        inner = getattr(value, "attributes", {}).get("__wrapped__", EMPTY)
        if inner is EMPTY:
            return value
        value = inner
    return value


def _getmro(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0])
    return tuple(value.mro) if isinstance(value, Class) else unknown(interp, "the bases of a class are not known")


def _getfile(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = module_of(args[0])
    return found.path if found is not None and found.path else unknown(interp, "the file of an object is not known")


def _frame(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "the frames of the running application are not known")


# --- typing ------------------------------------------------------------------------------------


def _get_type_hints(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    target = known(interp, args[0])
    extras = interp.truth(kwargs.get("include_extras", False)) is True
    found: dict[str, Value] = {}
    if isinstance(target, Class):
        for cls in reversed(target.mro):
            if isinstance(cls, Class):
                found.update(interp.hints(cls))
    elif isinstance(target, (Function, Bound, Partial)):
        for parameter in _own_parameters(interp, target):
            if parameter.annotation is not EMPTY:
                found[parameter.name] = parameter.annotation
        returns = interp.returns(target)
        if returns is not EMPTY:
            found["return"] = returns
    elif isinstance(target, Instance) and isinstance(target.cls, Class):
        return _get_type_hints(interp, [target.cls], kwargs)
    elif isinstance(target, Module):
        return unknown(interp, "the annotations of a module are not known")
    return {name: value if extras else without_extras(interp.resolve(value)) for name, value in found.items()}


def _own_parameters(interp: Interp, target: Value) -> list[Parameter]:
    """The parameters with the first of a bound method, as annotations know no binding."""
    return interp.signature(target.function if isinstance(target, Bound) else target)


def without_extras(value: Value) -> Value:
    """A type without its `Annotated` metadata, `Required` and `NotRequired`."""
    if isinstance(value, Annotated):
        return without_extras(value.type)
    if isinstance(value, Alias):
        if value.origin in (external("typing.Required"), external("typing.NotRequired")):
            return without_extras(value.args[0])
        return Alias(value.origin, tuple(without_extras(a) for a in value.args), value.at, value.written)
    if isinstance(value, Union):
        return Union(tuple(without_extras(a) for a in value.args))
    return value


def get_origin(value: Value) -> Value:
    """`typing.get_origin(value)`."""
    match value:
        case Alias():
            return value.origin
        case Union():
            return external("typing.Union")
        case Annotated():
            return external("typing.Annotated")
        case LiteralType():
            return external("typing.Literal")
    return None


def get_args(value: Value) -> tuple[Value, ...]:
    """`typing.get_args(value)`."""
    match value:
        case Alias():
            return value.args
        case Union():
            return tuple(external("builtins.NoneType") if a is None else a for a in value.args)
        case Annotated():
            return (value.type, *value.metadata)
        case LiteralType():
            return value.values
    return ()


def _get_origin(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else get_origin(args[0])


def _get_args(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0] if isinstance(args[0], Unknown) else get_args(args[0])


def _cast(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return argument(args, kwargs, 1, "val")


def _typevar(kind: str) -> Any:
    def make_variable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        name = constant(interp, argument(args, kwargs, 0, "name"))
        bound = kwargs.get("bound", EMPTY)
        return TypeVar(
            name,
            EMPTY if bound is None else _type_argument(interp, bound),
            tuple(_type_argument(interp, a) for a in args[1:]),
            _type_argument(interp, kwargs.get("default", EMPTY)),
            kind,
        )

    return make_variable


def _type_argument(interp: Interp, value: Value) -> Value:
    """A type given to a call: a string is a forward reference."""
    if isinstance(value, str):
        module = getattr(interp, "module", None)
        if isinstance(module, Module):
            return Forward(value, module.scope, interp.at)
    return value


def _new_type(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return NewType(
        constant(interp, argument(args, kwargs, 0, "name")), _type_argument(interp, argument(args, kwargs, 1, "tp"))
    )


def _named_tuple(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    fields = argument(args, kwargs, 1, "fields", None)
    annotations: dict[str, Value] = {k: v for k, v in kwargs.items() if k not in ("typename", "fields")}
    for item in listed(interp, fields) if fields is not None else []:
        name, type_ = listed(interp, item)
        annotations[constant(interp, name)] = _type_argument(interp, type_)
    return interp.new_class(
        constant(interp, argument(args, kwargs, 0, "typename")),
        [external("typing.NamedTuple")],
        {"__annotations__": annotations},
        {},
    )


def _typed_dict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    fields = held_by(known(interp, argument(args, kwargs, 1, "fields", {})))
    annotations = {constant(interp, k): _type_argument(interp, v) for k, v in fields.items()}
    keywords = {k: v for k, v in kwargs.items() if k in ("total", "closed", "extra_items")}
    return interp.new_class(
        constant(interp, argument(args, kwargs, 0, "typename")),
        [external("typing.TypedDict")],
        {"__annotations__": annotations},
        keywords,
    )


def _forward_ref(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _type_argument(interp, constant(interp, args[0]))


def _is_typeddict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return isinstance(args[0], Class) and args[0].derives("typing.TypedDict")


def _assert_never(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    raise interp.exception("AssertionError", "Expected code to be unreachable")


NATIVES = guarded_table(
    {
        "asyncio.iscoroutinefunction": _iscoroutinefunction,
        "inspect.Parameter": _new_parameter,
        "inspect.Signature": _new_signature,
        "inspect.Signature.from_callable": _from_callable,
        "inspect.cleandoc": _cleandoc,
        "inspect.currentframe": _frame,
        "inspect.getdoc": _getdoc,
        "inspect.getfile": _getfile,
        "inspect.getfullargspec": _full_arg_spec,
        "inspect.getmembers": _getmembers,
        "inspect.getmodule": _getmodule,
        "inspect.getmro": _getmro,
        "inspect.getsourcefile": _getfile,
        "inspect.isabstract": _isabstract,
        "inspect.isasyncgenfunction": _isasyncgenfunction,
        "inspect.isawaitable": _false,
        "inspect.isbuiltin": _false,
        "inspect.isclass": _isclass,
        "inspect.iscoroutine": _false,
        "inspect.iscoroutinefunction": _iscoroutinefunction,
        "inspect.isfunction": _isfunction,
        "inspect.isgeneratorfunction": _isgeneratorfunction,
        "inspect.ismethod": _ismethod,
        "inspect.ismodule": _ismodule,
        "inspect.isroutine": _isroutine,
        "inspect.signature": _signature,
        "inspect.stack": _frame,
        "inspect.unwrap": _unwrap,
        "typing.ForwardRef": _forward_ref,
        "typing.NamedTuple": _named_tuple,
        "typing.NewType": _new_type,
        "typing.ParamSpec": _typevar("ParamSpec"),
        "typing.TypeVar": _typevar("TypeVar"),
        "typing.TypeVarTuple": _typevar("TypeVarTuple"),
        "typing.TypedDict": _typed_dict,
        "typing.assert_never": _assert_never,
        "typing.cast": _cast,
        "typing.get_args": _get_args,
        "typing.get_origin": _get_origin,
        "typing.get_type_hints": _get_type_hints,
        "typing.is_typeddict": _is_typeddict,
    }
)
