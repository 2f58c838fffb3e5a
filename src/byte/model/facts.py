"""Facts: what the source says, and where. No opinion, no severity, no prose.

A *key* names a definition of the project: `path::Qual.name` (`app/items.py::ItemService.list`). A *target* is what
a name stands for: a key, or the dotted name of something outside the project (`sqlalchemy.orm.Session`).
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

import msgspec

from byte.model import syntax
from byte.model.change import Snapshot
from byte.model.contract import Contract
from byte.model.difference import Comparison
from byte.model.review import Location, Step


class Effect(StrEnum):
    """What a call does to the world besides computing."""

    QUERY = "query"
    """A round trip to a database (reads, writes and commits)."""
    WRITE = "write"
    """Changes a database, session adds and commits included."""
    COMMIT = "commit"
    HTTP = "http"
    """A request to another service."""
    BLOCKING = "blocking"
    """Holds the thread: sync HTTP, sync database, sleep, subprocess. Not local file access."""
    FILE_READ = "file_read"
    FILE_WRITE = "file_write"
    ENVIRONMENT = "environment"
    """Reads an environment variable."""


class Type(msgspec.Struct, frozen=True):
    """What is known of a value's type: a target and its type arguments. `optional` if it may be None.

    `factory` marks the class itself (calling it makes a value) instead of an instance of it.
    """

    name: str
    args: "tuple[Type, ...]" = ()
    optional: bool = False
    factory: bool = False


class Function(msgspec.Struct, frozen=True):
    """A function or method. `cls` is the key of the class it stands in."""

    key: str
    path: str
    qualname: str
    node: syntax.Function
    cls: str | None = None

    @property
    def at(self) -> Location:
        """The `def` line."""
        return Location(self.path, self.node.line, self.node.line)


class Class(msgspec.Struct, frozen=True):
    """A class; `bases` are targets, in order, as far as they are known (None where not)."""

    key: str
    path: str
    qualname: str
    node: syntax.Class
    bases: tuple[str | None, ...] = ()

    @property
    def at(self) -> Location:
        return Location(self.path, self.node.line, self.node.line)


class Loop(msgspec.Struct, frozen=True):
    """A loop around something: `iter` and `target` are absent for `while`."""

    kind: Literal["for", "while", "comprehension"]
    line: int
    end: int
    iter: syntax.Expr | None = None
    target: syntax.Expr | None = None
    node: syntax.Node | None = None


class Call(msgspec.Struct, frozen=True):
    """One call in a function's own body (nested functions have their own), in the file `path`.

    `target` is what is called, None if unknown. `callee` is the key of the project's function that runs (for a
    class: its `__init__`). `receiver` is the type of the object before the dot. `loops` are those around it,
    outermost first. `guarded` if it stands in a `try` body that has handlers. `effects` are its own, not those of
    what it calls: ask `Facts.reach` for these.
    """

    path: str
    node: syntax.Call
    target: str | None
    callee: str | None
    receiver: Type | None
    awaited: bool
    loops: tuple[Loop, ...]
    guarded: bool
    effects: frozenset[Effect]

    @property
    def line(self) -> int:
        return self.node.line


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """An argument of an endpoint by FastAPI's rules. `constraints` are those of Query/Path/Field and Annotated."""

    name: str
    place: Literal["path", "query", "header", "cookie", "body", "form", "file", "dependency", "context"]
    line: int
    type: Type | None
    annotation: syntax.Expr | None
    default: syntax.Expr | None
    required: bool
    constraints: Mapping[str, syntax.Expr]
    dependency: str | None = None
    path: str = ""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An operation handler. `path` is the full path template where the router chain is known.

    `routes` are (methods, path) for every mount; `at` is the first decorator line or the registering call;
    `order` counts registration inside `app`, the application, or the topmost router where none is known to include it;
    `response_model` is the declared model or else the return annotation; `declared` says whether any response
    model, return annotation or response class is declared; `dependencies` are keys of dependency functions,
    router-level ones included; `because` is the chain of include_router calls.
    """

    function: Function
    methods: tuple[str, ...]
    path: str
    local_path: str
    at: Location
    decorator: syntax.Call
    router: str
    app: str | None
    order: int
    is_async: bool
    websocket: bool
    response_model: Type | None
    response_expr: syntax.Expr | None
    declared: bool
    status_code: int | None
    in_schema: bool
    parameters: tuple[Parameter, ...]
    dependencies: tuple[str, ...]
    security: bool
    because: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """`GET /items/{id}`, as people write an operation."""
        return f"{'|'.join(self.methods)} {self.path}"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a model, as the class body declares it. `constraints` are Field/Annotated keyword arguments."""

    name: str
    at: Location
    annotation: syntax.Expr | None
    type: Type | None
    default: syntax.Expr | None
    default_factory: syntax.Expr | None
    required: bool
    constraints: Mapping[str, syntax.Expr]
    alias: str | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A Pydantic model (`kind` tells settings and SQLModel classes apart). `fields` are its own, then inherited."""

    key: str
    name: str
    at: Location
    kind: Literal["pydantic", "settings", "sqlmodel", "dataclass"]
    fields: tuple[Field, ...]
    bases: tuple[str, ...]
    node: syntax.Class


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A mapped column. `type` is the SQLAlchemy or Python type name; `foreign_key` is `table.column`."""

    name: str
    at: Location
    type: str | None
    primary_key: bool
    nullable: bool | None
    index: bool
    unique: bool
    foreign_key: str | None
    ondelete: str | None
    default: syntax.Expr | None
    server_default: bool
    expr: syntax.Expr | None
    annotation: syntax.Expr | None


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """`target` is the class name as written; `options` the keyword arguments."""

    name: str
    at: Location
    target: str | None
    back_populates: str | None
    options: Mapping[str, syntax.Expr]
    many: bool | None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A SQLAlchemy or SQLModel table class, or a `Table(...)`; mixin and base columns are included.

    `indexes` are the leading columns of composite or named indexes, unique constraints and keys.
    """

    key: str
    name: str
    cls: str
    at: Location
    columns: tuple[Column, ...]
    relationships: tuple[Relationship, ...]
    indexes: tuple[tuple[str, ...], ...]
    abstract: bool
    sqlmodel: bool


class MigrationOp(msgspec.Struct, frozen=True, kw_only=True):
    """One `op.*` call of `upgrade` (or `downgrade`)."""

    kind: str
    table: str | None
    columns: tuple[str, ...]
    at: Location
    call: syntax.Call
    direction: Literal["upgrade", "downgrade"]


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """An Alembic revision file. `raw` if it executes SQL text or code that cannot be read as operations."""

    path: str
    at: Location
    revision: str
    down: tuple[str, ...]
    ops: tuple[MigrationOp, ...]
    raw: bool


class Module(msgspec.Struct, frozen=True):
    """One Python file."""

    path: str
    node: syntax.Module


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """A declared dependency. `group` is None for the main ones, else the extra or group that holds it.

    `extras` are those it asks for; `explained` if a comment beside or above the entry gives a reason for it.
    """

    name: str
    constraint: str
    at: Location
    group: str | None = None
    marker: str | None = None
    extras: tuple[str, ...] = ()
    explained: bool = False


class Undeclared(msgspec.Struct, frozen=True, kw_only=True):
    """A library that code imports and that no manifest around the code declares.

    `distributions` are those that have the import, the usual one first; `manifests` those that should declare it.
    """

    name: str
    distributions: tuple[str, ...]
    at: tuple[Location, ...]
    manifests: tuple[str, ...]


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """The project as a whole: what it declares, and what it imports (top-level name -> first places).

    `unused` are main requirements that nothing imports, tests included; they are looked for only where the change
    touches a manifest, or in an audit.
    """

    requirements: tuple[Requirement, ...]
    manifests: tuple[str, ...]
    imports: Mapping[str, tuple[Location, ...]]
    undeclared: tuple[Undeclared, ...] = ()
    unused: tuple[Requirement, ...] = ()


class ChangeFacts(msgspec.Struct, frozen=True):
    """Both sides of a change, for rules about the change itself.

    `comparisons` are those of the applications whose contract could be read on both sides.
    """

    base: "Facts"
    head: "Facts"
    changed: frozenset[str]
    renames: Mapping[str, str]
    comparisons: tuple[Comparison, ...] = ()


Kind = TypeVar("Kind", covariant=False)


class Facts(Protocol):
    """The facts of one snapshot. Everything is computed on demand and remembered."""

    snapshot: Snapshot

    def of(self, kind: type[Kind]) -> Sequence[Kind]:
        """The facts of this kind that the review is about, sorted by place."""

    def all(self, kind: type[Kind]) -> Sequence[Kind]:
        """The facts of this kind in the whole project (Endpoint, Model, Table, Migration, Published), sorted by place."""

    def project(self) -> Project:
        """What the project declares and imports."""

    def contracts(self) -> Sequence[Contract]:
        """The contracts of the snapshot's applications, the likeliest first.

        None where a change cannot alter them, or where they cannot be read.
        """

    def module(self, path: str) -> syntax.Module | None:
        """The syntax of one file."""

    def function(self, key: str | None) -> Function | None:
        """The function with this key."""

    def cls(self, key: str | None) -> Class | None:
        """The class with this key."""

    def model(self, key: str | None) -> Model | None:
        """The Pydantic model with this key."""

    def table(self, key: str | None) -> Table | None:
        """The table whose class has this key."""

    def endpoint(self, function: str) -> Endpoint | None:
        """The endpoint that this function handles."""

    def functions(self, path: str) -> Sequence[Function]:
        """All functions and methods of one file, nested ones too."""

    def calls(self, function: Function) -> Sequence[Call]:
        """The calls in the function's own body, in source order."""

    def callers(self, function: Function) -> "Sequence[tuple[Function, Call]]":
        """The functions that call this one, each with its first call of it, sorted by place."""

    def handles(self, function: Function) -> bool:
        """Whether the function serves requests itself: a handler, or a dependency of one."""

    def reach(self, start: Function | Call, effect: Effect) -> tuple[Step, ...] | None:
        """The shortest chain of calls from here to one that has the effect, None if there is none."""

    def resolve(self, path: str, expr: syntax.Expr, function: Function | None = None) -> str | None:
        """What a name or dotted name stands for, seen from this file (and function)."""

    def type_of(self, function: Function, expr: syntax.Expr) -> Type | None:
        """The type of an expression in a function's own body."""

    def annotation(self, path: str, expr: syntax.Expr | None) -> Type | None:
        """The type that an annotation in this file denotes."""

    def constant(self, path: str, expr: syntax.Expr | None) -> str | int | float | bool | None:
        """The value of an expression that the source fixes: literals, constants, settings' defaults."""

    def is_subclass(self, target: str | None, ancestors: frozenset[str] | set[str]) -> bool:
        """Whether the class (key or dotted name) is one of these or derives from one."""
