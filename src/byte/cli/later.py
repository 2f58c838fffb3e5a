"""Modules that are loaded when they are first used: what a run does not need shall not cost it anything."""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module until a name of it is asked for. Whoever uses one imports the module for the type checker."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)
