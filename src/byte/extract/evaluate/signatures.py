"""How a callable is called: its parameters as `inspect.signature` tells them, and the binding of arguments."""

from typing import TYPE_CHECKING, Any, Final

from byte.extract.evaluate import classes
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotation,
    Bound,
    Class,
    ClassMethod,
    External,
    Function,
    Instance,
    Native,
    Parameter,
    Partial,
    Place,
    StaticMethod,
    Unknown,
    Value,
)
from byte.model import syntax as s

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

_KINDS: Final = ("positional", "normal", "args", "keyword", "kwargs")


_OF_OBJECT: Final = (("self", "positional"), ("args", "args"), ("kwargs", "kwargs"))


def bind(
    interp: "Interpreter", function: Function, args: list[Value], kwargs: dict[str, Value], names: dict[str, Value]
) -> None:
    """Bind arguments to the parameters of a function; one that is missing is Unknown."""
    position = 0
    rest = dict(kwargs) if kwargs else {}
    for param in function.node.params:
        name, kind = param.name, param.kind
        if kind == "normal" or kind == "positional":
            if position < len(args):
                names[name] = args[position]
                position += 1
                continue
        elif kind == "args":
            names[name] = tuple(args[position:])
            position = len(args)
            continue
        elif kind == "kwargs":
            names[name] = rest
            return
        if name in rest and kind != "positional":
            names[name] = rest.pop(name)
        elif name in function.defaults:
            names[name] = function.defaults[name]
        else:
            names[name] = Unknown(f"{function.qualname}() is called without {name}", interp.at)


def of(interp: "Interpreter", value: Value) -> list[Parameter]:
    """The parameters of a callable; none where they cannot be known."""
    for _ in range(50):
        given = _attributes(value).get("__signature__", EMPTY)
        if given is not EMPTY:
            return _given(interp, given)
        inner = _attributes(value).get("__wrapped__", EMPTY)
        if inner is EMPTY:
            break
        value = inner
    if isinstance(value, Function):
        return _parameters(interp, value)
    if isinstance(value, Bound):
        return of(interp, value.function)[1:]
    if isinstance(value, Partial):
        return _partial(interp, value)
    if isinstance(value, (StaticMethod, ClassMethod)):
        return of(interp, value.function)
    if isinstance(value, Class):
        given = value.lookup("__signature__")
        return _given(interp, given) if given is not EMPTY else _of_class(interp, value)
    if isinstance(value, Alias):
        return of(interp, value.origin)
    if isinstance(value, External) and value.name in ("builtins.object.__init__", "builtins.object.__new__"):
        return [Parameter(name, kind, EMPTY, EMPTY, interp.at) for name, kind in _OF_OBJECT]
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        method = value.cls.lookup("__call__")
        if isinstance(method, StaticMethod):
            return of(interp, method.function)
        return of(interp, method)[1:] if method is not EMPTY else []
    return []


def _attributes(value: Value) -> dict[str, Value]:
    if isinstance(value, (Function, Partial, Native, Instance)):
        return value.attributes
    return {}


def _parameters(interp: "Interpreter", function: Function) -> list[Parameter]:
    node = function.node
    path = function.scope.module.path
    replaced = function.attributes.get("__annotations__")
    out = []
    for param in node.params:
        annotation: Value = EMPTY
        if isinstance(replaced, dict):
            annotation = replaced.get(param.name, EMPTY)
        elif param.annotation is not None:
            annotation = interp.annotation(Annotation(param.annotation, function.scope, param.line))
        default = function.defaults.get(param.name, EMPTY)
        out.append(Parameter(param.name, param.kind, annotation, default, Place(path, param.line)))
    return out


def _of_class(interp: "Interpreter", cls: Class) -> list[Parameter]:
    made = classes.constructor(cls)
    if isinstance(made, Function):
        return of(interp, made)[1:]
    if isinstance(made, Native):
        return classes.parameters(interp, cls)
    new = cls.lookup("__new__")
    if isinstance(new, (Function, StaticMethod)):
        return of(interp, new.function if isinstance(new, StaticMethod) else new)[1:]
    return []


def _partial(interp: "Interpreter", value: Partial) -> list[Parameter]:
    out: list[Parameter] = []
    keyword_only = False
    for param in of(interp, value.function)[len(value.args) :]:
        if param.name in value.keywords:
            keyword_only = True
            param = param._replace(default=value.keywords[param.name], kind="keyword")
        elif keyword_only and param.kind == "normal":
            param = param._replace(kind="keyword")
        out.append(param)
    return out


def _given(interp: "Interpreter", signature: Value) -> list[Parameter]:
    """The parameters of an `inspect.Signature` that code has made."""
    if not isinstance(signature, Instance):
        return []
    found: Any = signature.attributes.get("parameters")
    params = list(found.values()) if isinstance(found, dict) else interp.items(found) or []
    out = []
    for param in params:
        if isinstance(param, Instance):
            kind = param.attributes.get("kind")
            named = _KINDS[kind] if isinstance(kind, int) and 0 <= kind < len(_KINDS) else "normal"
            annotation = param.attributes.get("annotation", EMPTY)
            default = param.attributes.get("default", EMPTY)
            place = param.attributes.get("__byte_at__", param.at)
            out.append(
                Parameter(
                    str(param.attributes.get("name")),
                    named,
                    EMPTY if _is_empty(annotation) else interp.resolve(annotation),
                    EMPTY if _is_empty(default) else default,
                    place if isinstance(place, Place) else param.at,
                )
            )
    return out


def _is_empty(value: Value) -> bool:
    return value is EMPTY or (isinstance(value, External) and value.short in ("empty", "_empty"))


def returns(interp: "Interpreter", value: Value) -> Value:
    """The return annotation of a callable, evaluated."""
    for _ in range(50):
        given = _attributes(value).get("__signature__", EMPTY)
        if isinstance(given, Instance):
            found = given.attributes.get("return_annotation", EMPTY)
            return EMPTY if _is_empty(found) else interp.resolve(found)
        inner = _attributes(value).get("__wrapped__", EMPTY)
        if inner is EMPTY:
            break
        value = inner
    if isinstance(value, Function):
        replaced = value.attributes.get("__annotations__")
        if isinstance(replaced, dict):
            return replaced.get("return", EMPTY)
        node = value.node
        if isinstance(node, s.Function) and node.returns is not None:
            return interp.annotation(Annotation(node.returns, value.scope, node.line))
        return EMPTY
    if isinstance(value, (Bound, Partial, StaticMethod, ClassMethod)):
        return returns(interp, value.function)
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        method = value.cls.lookup("__call__")
        return returns(interp, method) if method is not EMPTY else EMPTY
    return EMPTY
