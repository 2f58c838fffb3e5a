"""Settings classes whose values stand in a file of the repository: `env_file=".env"` that is committed."""

import posixpath
from typing import TYPE_CHECKING, Final

from byte.extract.evaluate.values import (
    EMPTY,
    Annotated,
    Class,
    External,
    Instance,
    LiteralType,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

SETTINGS: Final = (
    "pydantic_settings.main.BaseSettings",
    "pydantic.env_settings.BaseSettings",
    "pydantic.v1.env_settings.BaseSettings",
)
_LARGEST: Final = 100_000
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})


def committed(interp: "Interpreter", cls: Class) -> dict[str, str]:
    """The variables that the settings class reads from files of the repository, by name in small letters."""
    out: dict[str, str] = {}
    named = _option(interp, cls, "env_file")
    for name in named if isinstance(named, (tuple, list)) else (named,):
        if not isinstance(name, str):
            continue
        # Relative to where the application is started, which is the folder that it is imported from.
        path = posixpath.normpath(posixpath.join(interp.source.root, name)).lstrip("/")
        data = interp.source.content(path) if not path.startswith("..") else None
        if data is not None and len(data) <= _LARGEST:
            out.update(_parsed(data.decode("utf-8", "replace")))
    return out


def prefix(interp: "Interpreter", cls: Class) -> str:
    """What the names of the variables begin with, in small letters."""
    found = _option(interp, cls, "env_prefix")
    return found.lower() if isinstance(found, str) else ""


def _option(interp: "Interpreter", cls: Class, name: str) -> Value:
    for ancestor in cls.mro:
        if not isinstance(ancestor, Class):
            continue
        config = ancestor.namespace.get("model_config", EMPTY)
        if isinstance(config, dict) and name in config:
            return config[name]
        if name in ancestor.keywords:
            return ancestor.keywords[name]
        inner = ancestor.namespace.get("Config", EMPTY)
        if isinstance(inner, Class):
            found = inner.lookup(name)
            if found is not EMPTY:
                return found
    return None


def _parsed(text: str) -> dict[str, str]:
    out = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name, value = name.strip(), value.strip()
        if not equals or name.startswith("#") or not name.replace("_", "a").isalnum():
            continue
        if len(value) >= 2 and value[0] in "\"'" and value.find(value[0], 1) > 0:
            value = value[1 : value.find(value[0], 1)]
        else:
            value = value.partition(" #")[0].strip()
        out[name.lower()] = value
    return out


def converted(interp: "Interpreter", type_: Value, text: str) -> Value:
    """The variable's text as a value of this type; EMPTY where it is none that is followed."""
    if isinstance(type_, Annotated):
        return converted(interp, type_.type, text)
    if isinstance(type_, Union):
        for option in type_.args:
            found = converted(interp, option, text) if option is not None else EMPTY
            if found is not EMPTY and not isinstance(found, Unknown):
                return found
        return EMPTY
    if isinstance(type_, LiteralType):
        return text if text in type_.values else EMPTY
    if isinstance(type_, Class) and "members" in type_.attributes:
        members = type_.attributes["members"]
        return next((m for m in members if isinstance(m, Instance) and m.attributes.get("_value_") == text), EMPTY)
    if isinstance(type_, External):
        if type_.name in ("builtins.str", "typing.Any"):
            return text
        if type_.name == "builtins.bool":
            return True if text.lower() in _TRUE else False if text.lower() in _FALSE else EMPTY
        if type_.name == "builtins.int" and text.lstrip("-").isdecimal() and len(text) < 20:
            return int(text)
    return interp.unknown("a setting whose value stands in a file of the repository")
