"""What the stubs of Pydantic 1 leave to Byte: `Field(...)`, copies and dictionaries of models (names `byte_pydantic1.*`)."""

from typing import Any, Final

from byte.extract.evaluate.natives.base import Interp, argument, guarded_table, unknown
from byte.extract.evaluate.values import MODELS, Class, Instance, Unknown, Value

OPTIONS: Final = frozenset(
    """default default_factory alias alias_priority title description exclude include const gt ge lt le multiple_of
    allow_inf_nan max_digits decimal_places min_items max_items unique_items min_length max_length allow_mutation regex
    discriminator repr""".split()
)
"""The arguments of `Field` that are its own; any other stands in the schema as it is."""


_SINCE: Final = {
    "allow_inf_nan": (1, 10),
    "discriminator": (1, 9),
    "exclude": (1, 9),
    "include": (1, 9),
    "repr": (1, 9),
    "unique_items": (1, 9),
}
"""From which version on an argument is `Field`'s own."""


def _fill(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    instance, positional, options = args
    _set(interp, instance, positional, options)
    return None


def _set(interp: Interp, instance: Instance, positional: Any, options: dict[str, Value]) -> None:
    extra: dict[str, Value] = {}
    version = interp.target.pydantic
    if positional:
        instance.attributes["default"] = positional[0]
    for name, value in options.items():
        if name in OPTIONS and version >= _SINCE.get(name, (1,)):
            instance.attributes[name] = value
        else:
            extra[name] = value
    instance.attributes["extra"] = extra


def _field(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    cls, positional, options = args
    made = Instance(cls, interp.at, interp.conditions)
    _set(interp, made, positional, options)
    return made


def _to_dict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    instance = args[0]
    if not isinstance(instance, Instance):
        return unknown(interp, "the items of an object are not known")
    include, exclude = argument(args, kwargs, 1, "include", None), argument(args, kwargs, 2, "exclude", None)
    if isinstance(include, Unknown) or isinstance(exclude, Unknown):
        return unknown(interp, "the items of an object are not known")
    return {
        name: _dumped(value, 0)
        for name, value in instance.attributes.items()
        if not name.startswith("_") and (not include or name in include) and (not exclude or name not in exclude)
    }


def _dumped(value: Value, depth: int) -> Value:
    if depth > 20:
        return value
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        if value.cls.derives(*MODELS):
            return {n: _dumped(v, depth + 1) for n, v in value.attributes.items() if not n.startswith("_")}
        return value
    if isinstance(value, list):
        return [_dumped(v, depth + 1) for v in value]
    if isinstance(value, dict):
        return {k: _dumped(v, depth + 1) for k, v in value.items()}
    return value


def _copied(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    instance, update = args
    if not isinstance(instance, Instance):
        return instance
    made = Instance(instance.cls, instance.at, instance.conditions)
    made.attributes = dict(instance.attributes)
    if isinstance(update, dict):
        made.attributes.update(update)
    return made


def _update_forward_refs(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Names given here are looked for when an annotation of the class is resolved."""
    cls, names = args
    if isinstance(cls, Class) and names:
        cls.attributes.setdefault("forward_names", {}).update(names)
    return None


NATIVES = guarded_table(
    {
        "byte_pydantic1.copied": _copied,
        "byte_pydantic1.field": _field,
        "byte_pydantic1.fill": _fill,
        "byte_pydantic1.to_dict": _to_dict,
        "byte_pydantic1.update_forward_refs": _update_forward_refs,
    }
)
