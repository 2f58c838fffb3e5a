"""Hooks of a project into the writing of schemas."""

from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import Value


class Omit(Exception):  # noqa: N818 - leaves out what asked for it
    """A JSON Schema is to be left out."""


class JsonHook:
    """A `__get_pydantic_json_schema__` of the project."""

    __slots__ = ("function", "interp", "owner")

    def __init__(self, interp: Interpreter, owner: Value, function: Value) -> None:
        self.interp = interp
        self.owner = owner
        self.function = function
