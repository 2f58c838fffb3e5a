"""Values of the evaluation as JSON: what `jsonable_encoder` would make of them."""

from collections.abc import Iterable
from typing import Any, Final

from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import EMPTY, NOWHERE, Class, External, Instance, Place, Unknown, Value


def place(at: Place) -> str:
    """A place as text."""
    return f"{at.path}:{at.line}" if at.path else ""


def reason(value: Value) -> tuple[str, Place]:
    """Why a value cannot be known, and where that began."""
    if isinstance(value, Unknown):
        return value.reason, value.at
    if isinstance(value, External):
        return f"the value of {value.name} is not known", NOWHERE
    return "it is an object that is not evaluated", value.at if isinstance(value, Instance) else NOWHERE


def not_known(why: str, at: Place) -> dict[str, Any]:
    """The mark of something that cannot be known, with why and where that begins."""
    return {"x-unknown": {"reason": why, "at": place(at)}}


def unknown(value: Value) -> dict[str, Any]:
    """The mark of a value that cannot be known."""
    return not_known(*reason(value))


MOST_VALUES: Final = 20_000
"""Parts of a value that are written out."""


def is_large(value: Value) -> bool:
    """Whether a value has more parts than are written out; one that is met again counts again."""
    waiting, count = [value], 0
    while waiting:
        found = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            return True
        if isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, (list, tuple)):
            waiting += found
        elif isinstance(found, Instance) and found.held is EMPTY and "_value_" not in found.attributes:
            waiting += found.attributes.values()
    return False


def plain(interp: Interpreter, value: Value, depth: int = 0) -> Any:
    """The value as JSON; what is not known is marked in its place."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if depth > 60 or (not depth and is_large(value)):
        return unknown(Unknown("a value too large to be written out", interp.at))
    if isinstance(value, dict):
        return {key(k): plain(interp, v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(interp, v, depth + 1) for v in value]
    if isinstance(value, (set, frozenset)):
        return _sorted(plain(interp, v, depth + 1) for v in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Instance):
        return _of_instance(interp, value, depth)
    if isinstance(value, Unknown) and value.text is not None:
        return value.text
    return unknown(value)


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=repr)


def _of_instance(interp: Interpreter, value: Instance, depth: int) -> Any:
    if "_value_" in value.attributes:
        return plain(interp, value.attributes["_value_"], depth + 1)
    if value.held is not EMPTY:
        held = value.held
        if held is None or isinstance(held, (str, bool, int, float, dict, list, tuple, set, frozenset, bytes)):
            return plain(interp, held, depth + 1)
        return held.isoformat() if hasattr(held, "isoformat") else str(held)
    if isinstance(value.cls, Class) and (value.cls.derives("pydantic.main.BaseModel") or value.cls.is_dataclass):
        return {k: plain(interp, v, depth + 1) for k, v in value.attributes.items() if not k.startswith("_")}
    return unknown(value)


def key(value: Value) -> str:
    """A key of a JSON object."""
    if isinstance(value, str):
        return value
    if isinstance(value, Instance):
        inner = value.attributes.get("_value_", value.held)
        return str(inner) if inner is not EMPTY else "{?}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value) if isinstance(value, (int, float)) else "{?}"


_DEEPEST: Final = 150
"""Levels of a document."""


def finished(value: Any, depth: int = 0) -> Any:
    """A document as JSON has it: what a project handed in and is no JSON is marked."""
    if isinstance(value, dict) and depth < _DEEPEST:
        return {
            str(key): finished(item, depth + 1)
            for key, item in value.items()
            if not (key == "x-origin" and item == "")  # what a library declares has no place in the project
        }
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [finished(item, depth + 1) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value)  # as JSON readers take it
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Unknown):
        return {"x-unknown": {"reason": value.reason, "at": place(value.at) or "in a library"}}
    return {"x-unknown": {"reason": "a value that is not followed", "at": "in a library"}}
