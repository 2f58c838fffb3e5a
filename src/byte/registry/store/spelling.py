"""Statements as a driver takes them: compiled once, past SQLAlchemy's own way to run them, which costs more than a look-up.

For short reads, which run thousands of times a second: `registry.store.lines` and `registry.store.files`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Executable
from sqlalchemy.engine import Dialect

AMONG: Final = re.compile(r"IN \(__\[POSTCOMPILE_(\w+)\]\)")
"""Where a compiled statement has an `IN` whose values are not known yet: the parameter's name."""


class Value(msgspec.Struct, frozen=True):
    """A parameter: where its value comes from, and how that is made one of the database's."""

    name: str
    default: Any
    required: bool
    process: Callable[[Any], Any] | None
    many: bool
    """Whether it is the values of an `IN`: a sequence, each as it is."""

    def of(self, given: Mapping[str, Any]) -> Any:
        """The value for what is given."""
        value = given[self.name] if self.required else given.get(self.name, self.default)
        return value if self.process is None else self.process(value)


class Spelled(msgspec.Struct, frozen=True, eq=False):
    """The text of a statement, and its parameters in the order of the text. Each is itself alone, so that it can be a key."""

    text: str
    values: tuple[Value, ...]
    kinds: Mapping[str, str]
    """The database's words for the types of the values of each `IN`."""


def spelled(statement: Executable, dialect: Dialect) -> Spelled:
    """How a statement is written for a database."""
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    binds = [compiled.binds[name] for name in compiled.positiontup or ()]
    values = tuple(
        Value(
            bind.key,
            bind.value,
            bind.required,
            None if bind.expanding else bind.type.bind_processor(dialect),
            bind.expanding,
        )
        for bind in binds
    )
    kinds = {bind.key: bind.type.compile(dialect=dialect) for bind in binds if bind.expanding}
    return Spelled(str(compiled), values, kinds)


def loads(statement: Any, dialect: Dialect, kinds: tuple[type[Any], ...]) -> Sequence[tuple[int, Callable[[Any], Any]]]:
    """The columns of some kinds that a statement yields, and what makes each the value that is meant."""
    columns = getattr(statement, "selected_columns", ())
    found = (
        (at, column.type.result_processor(dialect, None))
        for at, column in enumerate(columns)
        if isinstance(column.type, kinds)
    )
    return tuple((at, load) for at, load in found if load is not None)
