from collections.abc import Callable
from typing import TypeVar

RETURN_TYPE = TypeVar("RETURN_TYPE")

DependencyCallable = Callable[..., RETURN_TYPE]
