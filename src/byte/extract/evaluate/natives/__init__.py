"""What Byte knows of functions that are not followed as source: by dotted name, what a call of each gives.

Every module here holds a table by area. A function takes the interpreter and the arguments, and gives a value; it is
bounded in time and size, never reads the machine, and gives `Unknown` where the running application would decide.
"""

from byte.extract.evaluate.natives import (
    builtins,
    fastapi,
    files,
    functions,
    introspection,
    pydantic1,
    pydantic2,
    system,
)
from byte.extract.evaluate.natives.base import NativeFunction
from byte.extract.evaluate.natives.methods import METHODS, binary, call_method, get_attribute
from byte.extract.evaluate.values import Value

NATIVES: dict[str, NativeFunction] = {
    **builtins.NATIVES,
    **functions.NATIVES,
    **introspection.NATIVES,
    **system.NATIVES,
    **files.NATIVES,
    **fastapi.NATIVES,
    **pydantic1.NATIVES,
    **pydantic2.NATIVES,
}
CONSTANTS: dict[str, Value] = {**introspection.CONSTANTS, **system.CONSTANTS}

__all__ = ["CONSTANTS", "METHODS", "NATIVES", "binary", "call_method", "get_attribute"]
