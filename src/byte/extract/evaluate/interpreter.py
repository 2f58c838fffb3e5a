"""A partial evaluator for Python: what a project's modules build when they are imported, told from their source.

Module bodies are followed import by import from the application's file, as Python would; calls of the project's own
functions are followed with what is known of their arguments. Nothing is ever run: a value is what `values` describes,
and whatever depends on the outside (a setting without default, a library that is not modelled) is `Unknown` with its
place and reason. A condition that is not decided has both its branches followed; what they make carries the condition.
Libraries that decide a contract are modelled as sources of their own (`byte/extract/stubs`), which are followed too.
"""

import dataclasses
import datetime
import decimal
import enum
import functools
import pathlib
import sys
import typing
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from byte.extract.evaluate import classes, dotted, objects, operators, signatures, typeforms
from byte.extract.evaluate.equality import as_set, hashable, same
from byte.extract.evaluate.natives import NATIVES
from byte.extract.evaluate.natives.base import NativeFunction, Needs
from byte.extract.evaluate.natives.methods import written_value
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotation,
    Bound,
    Class,
    ClassMethod,
    Condition,
    External,
    Forward,
    Function,
    Instance,
    Module,
    NamedAlias,
    Native,
    NewType,
    Parameter,
    Partial,
    Pending,
    Place,
    Property,
    Raised,
    Scope,
    StaticMethod,
    Stopped,
    Super,
    TypeVar,
    Unknown,
    Value,
    external,
)
from byte.extract.python import parse_expression
from byte.model import syntax as s

MAX_STEPS: Final = 1_500_000
"""Statements and calls that one evaluation may follow."""

MAX_STATEMENT: Final = 150_000
"""Those that one statement of a module may lead to, the modules that it imports apart."""

MAX_DEPTH: Final = 60
"""Calls that may be under way at once."""

MAX_RECURSION: Final = 40
"""Calls of one function inside itself that are followed; two where it is not decided that they happen."""

MAX_ROUNDS: Final = 2_000
"""Rounds of one loop."""

_FRAMES: Final = 12_000
"""Python frames that following imports inside imports may take."""


_STANDARD: Final = {m.__name__: m for m in (dataclasses, datetime, decimal, enum, functools, pathlib, typing, uuid)}
"""Modules of Python whose names `from module import *` binds."""


class Target(NamedTuple):
    """The versions that the contract is written for, and those of other libraries by distribution."""

    fastapi: tuple[int, ...]
    pydantic: tuple[int, ...]
    libraries: Mapping[str, tuple[int, ...]] = MappingProxyType({})


class Gap(NamedTuple):
    """Something that could not be known, and why."""

    at: Place
    reason: str


class Return:
    """The end of a function body."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


BREAK: Final = object()
CONTINUE: Final = object()
FAILED: Final = object()
"""The end of a branch that raises, where it is not decided whether the branch is taken."""

Signal = Any
"""How a block ended: None if at its end, else a `Return`, BREAK, CONTINUE or FAILED."""


_OF_SCOPE: Final = frozenset({"builtins.locals", "builtins.globals", "builtins.vars"})
"""Functions that give the names of where they are called."""


class Interpreter:
    """One evaluation of one application. Values that it gives belong to it.

    `natives` are functions beside those that the evaluator has itself.
    """

    def __init__(self, source: Source, target: Target, natives: Mapping[str, NativeFunction] | None = None) -> None:
        self.source = source
        self.target = target
        self.modules: dict[str, Module] = {}
        self.gaps: dict[tuple[Place, str], Gap] = {}
        self.conditions: tuple[Condition, ...] = ()  # those of the branch that is followed
        self.natives = {**NATIVES, **classes.NATIVES, **(natives or {})}
        self.path = ""
        self.line = 0
        self.depth = 0  # calls under way
        self.steps = 0
        self.limit = MAX_STEPS  # of steps, for the statement of a module that is followed
        self.guards = 0  # `try` statements with handlers around what is followed
        self.active: dict[int, int] = {}  # calls under way of each function
        self.asked: set[tuple[int, str]] = set()  # attributes that a `__getattr__` is being asked for
        self.lenient = 0  # above zero inside a type: what does not exist leaves the rest known
        self.annotated_line = 0  # of the annotation that is read: what a class binds later does not hide other names
        self.collecting: list[list[Value]] = []  # what each generator under way has yielded
        self._typing_names: dict[str, dict[str, Value]] = {}
        self._expressions = self._by_expression()
        self._statements = self._by_statement()

    def _by_expression(self) -> dict[type, Callable[[Any, Scope], Value]]:
        return {
            s.Name: self._name,
            s.Attribute: self._attribute,
            s.Constant: self._constant,
            s.FString: self._fstring,
            s.Call: self._call,
            s.Subscript: self._subscript,
            s.Slice: self._slice,
            s.Binary: self._binary,
            s.Boolean: self._boolean,
            s.Unary: self._unary,
            s.Compare: self._compare,
            s.Conditional: self._conditional,
            s.Lambda: self._lambda,
            s.Await: self._await,
            s.Yield: self._yield,
            s.Starred: self._starred,
            s.Sequence: self._sequence,
            s.Mapping: self._mapping,
            s.Comprehension: self._comprehension,
            s.Walrus: self._walrus,
            s.Opaque: self._opaque,
        }

    def _by_statement(self) -> dict[type, Callable[[Any, Scope], Signal]]:
        return {
            s.Function: self._def,
            s.Class: self._class,
            s.Import: self._import,
            s.ImportFrom: self._import_from,
            s.Assign: self._assign,
            s.Augment: self._augment,
            s.Expression: self._expression,
            s.Return: self._return,
            s.Raise: self._raise,
            s.If: self._if,
            s.For: self._for,
            s.While: self._while,
            s.Try: self._try,
            s.With: self._with,
            s.Match: self._match,
            s.Scope: self._declare,
            s.Delete: self._delete,
            s.Assert: self._assert,
            s.Jump: self._jump,
            s.TypeAlias: self._type_alias,
            s.Broken: self._broken,
        }

    # --- what others ask for -------------------------------------------------------------------

    @property
    def module(self) -> Module:
        """The module of the project whose code is being followed."""
        return self.modules.get(f"/{self.path}") or self._target_module()

    def new_class(
        self, name: str, bases: list[Value], namespace: dict[str, Value], keywords: dict[str, Value]
    ) -> Class:
        """A class made by a call, as `type(name, bases, namespace)` makes one."""
        return classes.make(self, name, bases, namespace, keywords)

    @property
    def at(self) -> Place:
        """The line of the project that is being followed."""
        return Place(self.path, self.line)

    def gap(self, reason: str, at: Place | None = None) -> None:
        """Note something that could not be known."""
        found = Gap(at or self.at, reason)
        self.gaps.setdefault((found.at, reason), found)

    def unknown(self, reason: str, text: str | None = None) -> Unknown:
        """A value that cannot be known, here."""
        return Unknown(reason, self.at, text=text)

    def exception(self, name: str, text: str) -> Raised:
        """An exception of Python's own, to be raised in the code that is followed."""
        cls = "json.JSONDecodeError" if name == "JSONDecodeError" else f"builtins.{name}"
        return Raised(external(cls), text, self.at)

    @contextmanager
    def deep(self) -> Iterator[None]:
        """Room for imports inside imports: Python's own limit is lifted for the time of an evaluation."""
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, _FRAMES))
        try:
            yield
        finally:
            sys.setrecursionlimit(before)

    def getattr(self, value: Value, name: str) -> Value:
        """The attribute; Raised AttributeError where it is known not to exist."""
        return objects.get(self, value, name)

    def getattr_or(self, value: Value, name: str, default: Value) -> Value:
        """The attribute, or the default where it does not exist."""
        try:
            return objects.get(self, value, name)
        except Raised:
            return default

    def setattr(self, value: Value, name: str, new: Value) -> None:
        """Set an attribute."""
        objects.put(self, value, name, new)

    def subscript(self, value: Value, index: Value, scope: Scope | None = None) -> Value:
        """`value[index]`; in a type, strings are forward references to names of the scope."""
        if typeforms.is_type(value) and value is not external("os.environ"):
            return typeforms.subscript(self, value, index, scope)
        return objects.item(self, value, index)

    def truth(self, value: Value) -> bool | None:
        """Whether it counts as true; None if that is not decided."""
        return objects.truth(self, value)

    def items(self, value: Value) -> list[Value] | None:
        """What iterating gives; None if unknown."""
        return objects.items(self, value)

    def isinstance(self, value: Value, cls: Value) -> bool | None:
        """`isinstance`; None if unknown."""
        return objects.is_instance(self, value, cls)

    def issubclass(self, value: Value, cls: Value) -> bool | None:
        """`issubclass`; None if unknown."""
        return objects.is_subclass(self, value, cls)

    def signature(self, value: Value) -> list[Parameter]:
        """The parameters as `inspect.signature` gives them; none where it cannot be known."""
        return signatures.of(self, value)

    def returns(self, value: Value) -> Value:
        """The return annotation, evaluated; EMPTY if there is none."""
        return signatures.returns(self, value)

    def docstring(self, value: Value) -> str | None:
        """`inspect.getdoc`."""
        return objects.docstring(self, value)

    def hints(self, cls: Class) -> dict[str, Value]:
        """The class's own annotations, evaluated, in order."""
        return {name: self.annotation(a) for name, a in cls.annotations.items()}

    def evaluate(self, text: str, scope: Scope) -> Value:
        """The value of an expression given as text."""
        expr = parse_expression(text)
        if expr is None:
            return self.unknown(f"cannot read the expression {text[:60]!r}")
        return self.expr(expr, scope)

    def annotation(self, found: Annotation | Value) -> Value:
        """The type that a stored annotation means; an unresolvable one is Unknown."""
        if not isinstance(found, Annotation):
            return self.resolve(found)
        path, line, annotated = self.path, self.line, self.annotated_line
        if found.scope.module.path:
            self.path, self.line = found.scope.module.path, found.line
        self.annotated_line = found.line
        self.lenient += 1
        try:
            return self.resolve(self._typed(found.expr, found.scope))
        except Raised as failed:
            return self.unknown(failed.text)
        finally:
            self.lenient -= 1
            self.path, self.line, self.annotated_line = path, line, annotated

    def _typed(self, expr: s.Expr, scope: Scope) -> Value:
        value = self.expr(expr, scope)
        if isinstance(value, str):
            return Forward(value, scope, self.at)
        return value

    def resolve(self, value: Value) -> Value:
        """A type with a forward reference at its top followed."""
        rounds = 0
        while isinstance(value, Forward) and rounds < 10:
            rounds += 1
            expr = parse_expression(value.text)
            if expr is None:
                return Unknown(f"cannot read the annotation {value.text[:60]!r}", value.at)
            scope, at, mapping = value.scope, value.at, value.mapping
            path, line = self.path, self.line
            self.lenient += 1
            # A string is evaluated when all of its module exists.
            annotated, self.annotated_line = self.annotated_line, sys.maxsize
            if at.path:
                self.path, self.line = at
            try:
                value = self._typed(expr, scope)
                if mapping:
                    value = typeforms.substitute(self, value, mapping)
            except Raised as failed:
                return Unknown(failed.text, at)
            finally:
                self.lenient -= 1
                self.path, self.line, self.annotated_line = path, line, annotated
        return value

    def alias_value(self, alias: NamedAlias) -> Value:
        """The type that a type alias stands for."""
        if alias.value is EMPTY:
            alias.value = Unknown(f"the type alias {alias.name} refers to itself", alias.at)
            alias.value = self.annotation(alias.annotation)
        return alias.value

    # --- modules -------------------------------------------------------------------------------

    def import_module(self, name: str, importer: Module | None = None) -> Module | External:
        """The module of this dotted name, evaluated. Raised ImportError for one that the project lacks."""
        if name == "byte_target":
            return self._target_module()
        parts = name.split(".")
        parent: Module | External | None = None
        for end in range(1, len(parts) + 1):
            part = ".".join(parts[:end])
            if isinstance(parent, External):
                return external(dotted.canonical(name))
            found: Module | External | None = self.module_named(part, importer)
            if found is None:
                if isinstance(parent, Module) and not parent.stub and not parent.path.endswith("/"):
                    raise self.exception("ModuleNotFoundError", f"the project has no module {part}")
                if isinstance(parent, Module):
                    return external(dotted.canonical(name))
                found = external(dotted.canonical(part))
            if isinstance(parent, Module) and isinstance(found, Module):
                parent.scope.names.setdefault(parts[end - 1], found)
            parent = found
        if parent is None:
            raise self.exception("ImportError", "an import without a name")
        return parent

    def _target_module(self) -> Module:
        module = self.modules.get("byte_target")
        if module is None:
            module = self.modules["byte_target"] = Module("byte_target", "", False, True)
            module.state = "done"
            known = {"FASTAPI": self.target.fastapi, "PYDANTIC": self.target.pydantic}
            module.scope.names.update(known, VERSIONS=dict(self.target.libraries))
        return module

    def library_class(self, module: str, name: str) -> Class | External:
        """A class of a library, out of its model; by its name alone where there is none."""
        found = self.import_module(module)
        made = found.scope.names.get(name) if isinstance(found, Module) else None
        return made if isinstance(made, Class) else external(f"{module}.{name}")

    def module_named(self, name: str, importer: Module | None) -> Module | None:
        """The module of exactly this name, evaluated; None where neither the project nor a stub has it."""
        known = self.modules.get(name)
        if known is not None:
            return self._run(known)
        stub = self.source.stub(name)
        if stub is not None:
            made = Module(name, "", stub.package, True)
        else:
            asking = importer if importer is not None and not importer.stub else None
            path = self.source.find(asking.path if asking else "", asking.name if asking else "", name)
            if path is None:
                return None
            known = self.modules.get(f"/{path}")
            if known is not None:
                self.modules[name] = known
                return self._run(known)
            made = Module(name, path, path.endswith(("/__init__.py", "/")) or path == "__init__.py", False)
            self.modules[f"/{path}"] = made
        self.modules[name] = made
        return self._run(made)

    def module_at(self, path: str) -> Module:
        """The module of a file, evaluated under the name that its folder gives it."""
        known = self.modules.get(f"/{path}")
        if known is not None:
            return self._run(known)
        found = self.import_module(self.source.name(path))
        if isinstance(found, Module) and found.path == path:
            return found
        made = self.modules[f"/{path}"] = Module(self.source.name(path), path, path.endswith("__init__.py"), False)
        return self._run(made)

    def _run(self, module: Module) -> Module:
        """Evaluate a module's body, once; one that is being evaluated is given as far as it is."""
        if module.state != "new":
            return module
        module.state = "running"
        if module.stub:
            stub = self.source.stub(module.name)
            syntax = stub.syntax if stub is not None else None
        elif module.path.endswith("/"):
            syntax = s.Module(body=(), lines=0)
        else:
            syntax = self.source.syntax(module.path)
        if syntax is None:
            self.gap("the file cannot be read", Place(module.path, 1))
            module.state = "done"
            return module
        for line in syntax.errors:
            self.gap("not Python that can be read", Place(module.path, line))
        names = module.scope.names
        names["__name__"] = module.name
        names["__file__"] = f"/{module.path}"
        if module.package:
            names["__path__"] = [f"/{module.path}".removesuffix("/__init__.py").rstrip("/")]
        names["__package__"] = module.name if module.package else module.name.rpartition(".")[0]
        first = syntax.body[0] if syntax.body else None
        documented = isinstance(first, s.Expression) and isinstance(first.value, s.Constant)
        names["__doc__"] = first.value.value if documented and first.value.kind == "str" else None  # type: ignore[union-attr]
        steps = self.steps
        before = self.path, self.line, self.guards, self.conditions, self.lenient, self.depth
        self.guards, self.conditions, self.lenient, self.depth = 0, (), 0, 0
        if not module.stub:
            self.path = module.path
        try:
            self._body(syntax.body, module.scope)
        finally:
            self.path, self.line, self.guards, self.conditions, self.lenient, self.depth = before
            module.state = "done"
            self.limit = min(MAX_STEPS, self.limit + self.steps - steps)  # an import inside a call has its own
        return module

    def _body(self, body: Sequence[s.Stmt], scope: Scope) -> None:
        """The statements of a module: one that raises is noted, and the rest goes on."""
        before = self.limit
        for statement in body:
            importing = isinstance(statement, (s.Import, s.ImportFrom))
            self.limit = MAX_STEPS if importing else min(MAX_STEPS, self.steps + MAX_STATEMENT)
            try:
                self._statements[type(statement)](statement, scope)
            except Raised as failed:
                self._failed(statement, scope, failed)
            except Stopped:
                if self.steps > MAX_STEPS:
                    raise
                at = Place(scope.module.path, statement.line)
                self._failed(statement, scope, Raised(None, "this takes more steps than are followed", at))
            except (RecursionError, MemoryError):
                at = Place(scope.module.path, statement.line)
                self._failed(statement, scope, Raised(None, "this grows larger than is followed", at))
            except Exception as error:  # noqa: BLE001 - a fault of Byte's own is a gap too: the rest is still read
                where = f"{type(error).__name__} at {_innermost(error)}"
                fault = Raised(None, f"Byte fails to follow this ({where}), please report it", self.at)
                self._failed(statement, scope, fault)
        self.limit = before

    def _failed(self, statement: s.Stmt, scope: Scope, failed: Raised) -> None:
        if scope.module.stub:
            self.gap(f"the model of {scope.module.name} failed at its line {statement.line}: {failed.text}")
        else:
            self.gap(failed.text, failed.at)
        missing = Unknown(failed.text, failed.at)
        if isinstance(statement, s.Assign):
            for target in statement.targets:
                for name in s.bound_names(target):
                    scope.names.setdefault(name, missing)
        elif isinstance(statement, (s.Function, s.Class)):
            scope.names.setdefault(statement.name, missing)
        elif isinstance(statement, s.ImportFrom):
            for name, alias in statement.names:
                scope.names.setdefault(alias or name, missing)

    # --- statements ----------------------------------------------------------------------------

    def block(self, body: Sequence[s.Stmt], scope: Scope) -> Signal:
        """Follow statements until one ends the block."""
        for statement in body:
            signal = self._statements[type(statement)](statement, scope)
            if signal is not None:
                return signal
        return None

    def _step(self, line: int, scope: Scope) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise Stopped
        if scope.module.path:
            self.path = scope.module.path
            self.line = line

    def _assert(self, node: s.Assert, scope: Scope) -> Signal:
        self._step(node.line, scope)
        self.expr(node.test, scope)  # it may bind names

    def _jump(self, node: s.Jump, scope: Scope) -> Signal:
        return {"break": BREAK, "continue": CONTINUE}.get(node.kind)

    def _broken(self, node: s.Broken, scope: Scope) -> Signal:
        self.gap("not Python that can be read", Place(scope.module.path, node.line))

    def _expression(self, node: s.Expression, scope: Scope) -> Signal:
        if isinstance(node.value, s.Constant):
            return
        self._step(node.line, scope)
        try:
            self.expr(node.value, scope)
        except Raised as failed:
            if self.guards or scope.kind != "function":
                raise
            self.gap(failed.text, failed.at)  # a project that runs does not raise here: the rest is still read

    def _return(self, node: s.Return, scope: Scope) -> Signal:
        self._step(node.line, scope)
        return Return(self.expr(node.value, scope) if node.value is not None else None)

    def _raise(self, node: s.Raise, scope: Scope) -> Signal:
        self._step(node.line, scope)
        value = self.expr(node.exc, scope) if node.exc is not None else self.unknown("an exception raised again")
        raise Raised(value, f"the code raises {s.text(node.exc, 60)}", self.at)

    def _def(self, node: s.Function, scope: Scope) -> Signal:
        self._step(node.line, scope)
        made = self._function(node, scope)
        if not node.decorators:
            self.bind(node.name, made, scope, node.line)
            return
        value: Value = made
        for decorator in reversed(node.decorators):
            self.line = decorator.line if scope.module.path else self.line
            value = self._decorate(self.expr(decorator, scope), value)
        self.bind(node.name, value, scope, node.line)

    def _function(self, node: s.Function | s.Lambda, scope: Scope) -> Function:
        defaults = {}
        for param in node.params:
            if param.default is not None:
                defaults[param.name] = self.expr(param.default, scope)
        name = node.name if isinstance(node, s.Function) else "<lambda>"
        closure = self._with_variables(node.type_params, scope) if isinstance(node, s.Function) else scope
        made = Function(node, closure, f"{self._qualifier(scope)}{name}", defaults)
        owner = scope.names.get("__byte_class__") if scope.kind == "class" else None
        if isinstance(owner, Class):
            made.owner = owner
        made.conditions = self.conditions
        return made

    def _qualifier(self, scope: Scope) -> str:
        named = scope.names.get("__qualname__")
        if scope.kind == "class" and isinstance(named, str):
            return f"{named}."
        if scope.kind == "function":
            return f"{scope.names.get('__byte_function__', '')}.<locals>."
        return ""

    def _decorate(self, decorator: Value, value: Value) -> Value:
        """A decorator that cannot be followed is taken to keep what it decorates."""
        result = self.call(decorator, [value], {})
        if isinstance(result, Unknown) and isinstance(value, (Function, Class, Property, StaticMethod, ClassMethod)):
            if isinstance(value, Function):
                value.wrappers.append(decorator)
            return value
        return result

    def _class(self, node: s.Class, scope: Scope) -> Signal:
        self._step(node.line, scope)
        bases: list[Value] = []
        outer = self._with_variables(node.type_params, scope)
        for base in node.bases:
            if isinstance(base, s.Starred):
                bases += self.items(self.expr(base.value, outer)) or [self.unknown("base classes that are not known")]
            else:
                bases.append(self.expr(base, outer))
        keywords = {k.name: self.expr(k.value, scope) for k in node.keywords if k.name is not None}
        inner = Scope(scope.module, outer, "class")
        qualname = f"{self._qualifier(scope)}{node.name}"
        inner.names["__qualname__"] = qualname
        inner.names["__module__"] = scope.module.name
        at = Place(scope.module.path, node.start)
        made = classes.begin(self, node, bases, keywords, inner, qualname, at)
        self._class_body(made, node.body, inner)
        value = classes.finish(self, made)
        for decorator in reversed(node.decorators):
            self.line = decorator.line if scope.module.path else self.line
            value = self._decorate(self.expr(decorator, scope), value)
        self.bind(node.name, value, scope, node.line)

    def _with_variables(self, params: tuple[str, ...], scope: Scope) -> Scope:
        """The scope in which the type parameters of a definition (PEP 695) are known.

        A parameter is as written: `T`, `T: bound`, `T: (int, str)`, `*Ts`, `**P`; one with a default is `T =` and
        the default after it.
        """
        if not params:
            return scope
        inner = Scope(scope.module, scope, "function")
        last: TypeVar | None = None
        for param in params:
            if last is not None:
                last.default, last = Forward(param, inner, self.at), None
                continue
            text, has_default, _ = param.partition("=")
            head, bounded, bound = text.partition(":")
            name = head.strip().lstrip("*")
            kind = "ParamSpec" if head.startswith("**") else "TypeVarTuple" if head.startswith("*") else "TypeVar"
            made = TypeVar(name, kind=kind)
            if bounded:
                made.bound = Forward(bound.strip(), inner, self.at)
            inner.names[name] = made
            last = made if has_default else None
        return inner

    def _class_body(self, made: Class, body: Sequence[s.Stmt], scope: Scope) -> None:
        first = body[0] if body else None
        if isinstance(first, s.Expression) and isinstance(first.value, s.Constant) and first.value.kind == "str":
            scope.names["__doc__"] = first.value.value
        for statement in body:
            try:
                self.block((statement,), scope)
            except Raised as failed:
                self._failed(statement, scope, failed)

    def _import(self, node: s.Import, scope: Scope) -> Signal:
        self._step(node.line, scope)
        for name, alias in node.names:
            try:
                found = self.import_module(name, scope.module)
                if alias is None:
                    head = name.partition(".")[0]
                    self.bind(head, self.import_module(head, scope.module), scope, node.line)
                else:
                    self.bind(alias, found, scope, node.line)
            except Raised as failed:
                if self.guards:
                    raise
                self.gap(failed.text)
                self.bind(alias or name.partition(".")[0], Unknown(failed.text, self.at), scope, node.line)

    def _import_from(self, node: s.ImportFrom, scope: Scope) -> Signal:
        self._step(node.line, scope)
        if node.module == "__future__" and not node.level:
            return
        name = node.module
        try:
            if node.level:
                name = self._absolute(node, scope.module)
            module = self.import_module(name, scope.module)
        except Raised as failed:
            if self.guards:
                raise
            self.gap(failed.text)
            for bound, alias in node.names:
                if bound != "*":
                    self.bind(alias or bound, Unknown(failed.text, self.at), scope, node.line)
            return
        for bound, alias in node.names:
            if bound == "*":
                self._import_all(module, scope)
                continue
            try:
                value = self._member(module, name, bound, scope)
            except Raised as failed:
                if self.guards:
                    raise
                self.gap(failed.text)
                value = Unknown(failed.text, self.at)
            self.bind(alias or bound, value, scope, node.line)

    def _absolute(self, node: s.ImportFrom, module: Module) -> str:
        package = module.name if module.package else module.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        if not package and not node.module:
            raise self.exception("ImportError", "a relative import beyond the top of the project")
        return f"{package}.{node.module}" if node.module and package else node.module or package

    def _member(self, module: Module | External, name: str, bound: str, scope: Scope) -> Value:
        if isinstance(module, External):
            full = f"{name}.{bound}"
            if self.source.stub(full) is not None:
                return self.import_module(full, scope.module)
            return objects.get(self, module, bound)
        if bound in module.scope.names:
            return module.scope.names[bound]
        full = f"{module.name}.{bound}"
        if module.package:
            found = self.module_named(full, module)
            if found is not None:
                module.scope.names.setdefault(bound, found)
                return found
        if module.stub or module.path.endswith("/"):
            return dotted.named(full)  # a folder beside a library of the same name does not hide it
        hook = module.scope.names.get("__getattr__")
        if isinstance(hook, Function):
            return self.call(hook, [bound], {})
        starred = self._from_star(module, bound)
        if starred is not EMPTY:
            return starred
        if module.state == "running":
            raise self.exception("ImportError", f"{bound} is imported from {module.name} before it exists there")
        raise self.exception("ImportError", f"{module.name} has no {bound}")

    def _import_all(self, module: Module | External, scope: Scope) -> None:
        if isinstance(module, External):
            found = _STANDARD.get(module.name)
            if found is None and module not in scope.module.stars:
                scope.module.stars.append(module)
            for name in (getattr(found, "__all__", None) or vars(found)) if found is not None else ():
                if not name.startswith("_"):
                    scope.names[name] = dotted.named(f"{module.name}.{name}")
            return
        listed = self.items(module.scope.names["__all__"]) if "__all__" in module.scope.names else None
        names = module.scope.names
        if listed is not None:
            for name in listed:
                if isinstance(name, str):
                    try:
                        scope.names[name] = self._member(module, module.name, name, scope)
                    except Raised as failed:
                        self.gap(failed.text)
            return
        for name, value in list(names.items()):
            if not name.startswith("_"):
                scope.names[name] = value
        scope.module.stars += [m for m in module.stars if m not in scope.module.stars]

    def _from_star(self, module: Module, name: str) -> Value:
        """A name that only a library without a model can have given, EMPTY if there is none."""
        if not module.stars or name.startswith("_"):
            return EMPTY
        if len(module.stars) > 1:
            return self.unknown(f"{name} is of one of {', '.join(m.name for m in module.stars)}")
        return dotted.named(f"{module.stars[0].name}.{name}")

    def _assign(self, node: s.Assign, scope: Scope) -> Signal:
        self._step(node.line, scope)
        if node.annotation is not None and scope.kind == "class" and isinstance(node.targets[0], s.Name):
            name = node.targets[0].id
            self._owner(scope)[name] = Annotation(node.annotation, scope, node.line)
        if node.value is None:
            if scope.kind == "module" and isinstance(node.targets[0], s.Name):
                scope.names.setdefault("__annotations__", {})
            return
        try:
            value = self.expr(node.value, scope)
        except Raised as failed:
            if self.guards or scope.kind != "function":
                raise
            self.gap(failed.text, failed.at)
            value = Unknown(failed.text, failed.at)
        for target in node.targets:
            self.assign(target, value, scope)

    def _owner(self, scope: Scope) -> dict[str, Any]:
        found = scope.names.get("__byte_class__")
        return found.annotations if isinstance(found, Class) else {}

    def bind(self, name: str, value: Value, scope: Scope, line: int = 0) -> None:
        """Bind a name as an assignment in this scope does."""
        if scope.declared is not None and name in scope.declared:
            scope.declared[name].names[name] = value
            return
        scope.names[name] = value
        if scope.kind == "class":
            owner = scope.names.get("__byte_class__")
            if isinstance(owner, Class):
                owner.lines[name] = line or self.line

    def assign(self, target: s.Expr, value: Value, scope: Scope) -> None:
        """Assign to a name, an attribute, an item, or to several."""
        if isinstance(target, s.Name):
            self.bind(target.id, value, scope, target.line)
        elif isinstance(target, s.Attribute):
            objects.put(self, self.expr(target.value, scope), target.attr, value)
        elif isinstance(target, s.Subscript):
            objects.put_item(self, self.expr(target.value, scope), self.expr(target.index, scope), value)
        elif isinstance(target, s.Sequence):
            self._unpack(target, value, scope)
        elif isinstance(target, s.Starred):
            self.assign(target.value, value, scope)

    def _unpack(self, target: s.Sequence, value: Value, scope: Scope) -> None:
        found = self.items(value)
        star = next((i for i, t in enumerate(target.items) if isinstance(t, s.Starred)), None)
        if found is None or (star is None and len(found) != len(target.items)) or len(found) < len(target.items) - 1:
            missing = value if isinstance(value, Unknown) else self.unknown("one of several values that are not known")
            for item in target.items:
                self.assign(item, missing, scope)
            return
        if star is None:
            for item, part in zip(target.items, found, strict=True):
                self.assign(item, part, scope)
            return
        after = len(target.items) - star - 1
        for item, part in zip(target.items[:star], found, strict=False):
            self.assign(item, part, scope)
        self.assign(target.items[star], found[star : len(found) - after], scope)
        for item, part in zip(target.items[star + 1 :], found[len(found) - after :], strict=True):
            self.assign(item, part, scope)

    def _augment(self, node: s.Augment, scope: Scope) -> Signal:
        self._step(node.line, scope)
        before, value = self.expr(node.target, scope), self.expr(node.value, scope)
        self.assign(node.target, operators.augmented(self, before, node.op, value), scope)

    def _declare(self, node: s.Scope, scope: Scope) -> Signal:
        declared = scope.declared = scope.declared or {}
        for name in node.names:
            if node.kind == "global":
                declared[name] = scope.module.scope
            else:
                outer = scope.parent
                while outer is not None and (outer.kind != "function" or name not in outer.names):
                    outer = outer.parent
                declared[name] = outer or scope.module.scope

    def _delete(self, node: s.Delete, scope: Scope) -> Signal:
        self._step(node.line, scope)
        for target in node.targets:
            if isinstance(target, s.Name):
                scope.names.pop(target.id, None)
            elif isinstance(target, s.Attribute):
                objects.remove(self, self.expr(target.value, scope), target.attr)
            elif isinstance(target, s.Subscript):
                objects.remove_item(self, self.expr(target.value, scope), self.expr(target.index, scope))

    def _type_alias(self, node: s.TypeAlias, scope: Scope) -> Signal:
        self._step(node.line, scope)
        inner = self._with_variables(node.params, scope)
        params = tuple(v for v in inner.names.values() if isinstance(v, TypeVar)) if node.params else ()
        at = Place(scope.module.path, node.line)
        made = NamedAlias(node.name, scope.module, params, at, Annotation(node.value, inner, node.line))
        self.bind(node.name, made, scope, node.line)

    # --- branches ------------------------------------------------------------------------------

    def _if(self, node: s.If, scope: Scope) -> Signal:
        self._step(node.line, scope)
        if self._typing_only(node.test, scope):
            scope.module.typing_only.extend(node.body)
            return self.block(node.orelse, scope)
        decided = self.truth(self.expr(node.test, scope))
        if decided is not None:
            return self.block(node.body if decided else node.orelse, scope)
        asked = Condition(Place(scope.module.path, node.line), s.text(node.test))
        negated = Condition(asked.at, f"not ({asked.text})")
        return self._either([(asked, node.body), (negated, node.orelse)], scope)

    def _typing_only(self, test: s.Expr, scope: Scope) -> bool:
        name = test.attr if isinstance(test, s.Attribute) else test.id if isinstance(test, s.Name) else ""
        if name != "TYPE_CHECKING":
            return False
        try:
            value = self.expr(test, scope)
        except Raised:
            return True
        return value is False or isinstance(value, External)

    def _either(self, branches: Sequence[tuple[Condition, Sequence[s.Stmt]]], scope: Scope) -> Signal:
        """Follow branches of which one is taken; names that they bind differently are one of several values."""
        before = dict(scope.names)
        outcomes: list[tuple[dict[str, Value], Signal]] = []
        conditions = self.conditions
        for condition, body in branches:
            scope.names.clear()
            scope.names.update(before)
            self.conditions = (*conditions, condition)
            signal: Signal
            try:
                signal = self.block(body, scope)
            except Raised:
                signal = FAILED
            finally:
                self.conditions = conditions
            outcomes.append((dict(scope.names), signal))
        scope.names.clear()
        going = [names for names, signal in outcomes if signal is None]
        scope.names.update(self._joined(going, branches[0][0]) if going else before)
        signals = [signal for _, signal in outcomes if signal is not None]
        returned = [signal.value for signal in signals if isinstance(signal, Return)]
        if going:
            scope.returns += returned
            return None
        if returned:
            return Return(self._one_of(returned, branches[0][0]))
        if all(signal is FAILED for signal in signals):
            raise Raised(self.unknown("an exception"), f"every branch of {branches[0][0].text} raises", self.at)
        return next(signal for signal in signals if signal is not FAILED)

    def _joined(self, outcomes: list[dict[str, Value]], asked: Condition) -> dict[str, Value]:
        if len(outcomes) == 1:
            return outcomes[0]
        out: dict[str, Value] = {}
        for names in outcomes:
            for name in names:
                if name not in out:
                    out[name] = self._one_of([o[name] for o in outcomes if name in o], asked)
        return out

    def _one_of(self, values: list[Value], asked: Condition) -> Value:
        distinct: list[Value] = []
        for value in values:
            if not any(same(value, other) for other in distinct):
                distinct.append(value)
        if len(distinct) == 1:
            return distinct[0]
        known = [v for v in distinct if not isinstance(v, Unknown)]
        parts: list[Value] = []
        for value in distinct:
            parts += value.alternatives if isinstance(value, Unknown) else (value,)
        if (
            len(known) == 1
            and known[0] is not None
            and len(distinct) == 2
            and any(isinstance(v, Unknown) and not v.alternatives for v in distinct)
        ):
            return Unknown(f"it depends on {asked.text}", asked.at, (known[0],))
        return Unknown(f"it depends on {asked.text}", asked.at, tuple(parts[:8]))

    def _for(self, node: s.For, scope: Scope) -> Signal:
        self._step(node.line, scope)
        found = self.items(self.expr(node.iter, scope))
        if found is None:
            asked = Condition(Place(scope.module.path, node.line), f"for {s.text(node.target)} in {s.text(node.iter)}")
            conditions, self.conditions = self.conditions, (*self.conditions, asked)
            try:
                self.assign(node.target, self.unknown(f"an item of {s.text(node.iter)}"), scope)
                signal = self.block(node.body, scope)
            except Raised:
                signal = None
            finally:
                self.conditions = conditions
            return signal if isinstance(signal, Return) and scope.kind != "function" else None
        if len(found) > MAX_ROUNDS:
            self.gap(f"a loop over {len(found)} items is followed for {MAX_ROUNDS} of them")
        for item in found[:MAX_ROUNDS]:
            self.assign(node.target, item, scope)
            signal = self.block(node.body, scope)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal
        return self.block(node.orelse, scope)

    def _while(self, node: s.While, scope: Scope) -> Signal:
        self._step(node.line, scope)
        for _ in range(MAX_ROUNDS):
            decided = self.truth(self.expr(node.test, scope))
            if decided is False:
                return self.block(node.orelse, scope)
            if decided is None:
                asked = Condition(Place(scope.module.path, node.line), f"while {s.text(node.test)}")
                return self._either([(asked, [*node.body]), (asked, ())], scope)
            signal = self.block(node.body, scope)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal
        self.gap(f"a loop that goes on after {MAX_ROUNDS} rounds")
        return None

    def _try(self, node: s.Try, scope: Scope) -> Signal:
        self._step(node.line, scope)
        try:
            self.guards += bool(node.handlers)
            try:
                signal = self.block(node.body, scope)
            finally:
                self.guards -= bool(node.handlers)
            if signal is None:
                signal = self.block(node.orelse, scope)
        except Raised as failed:
            handler = next((h for h in node.handlers if self._catches(h, failed, scope)), None)
            if handler is None:
                self.block(node.final, scope)
                raise
            if handler.name:
                scope.names[handler.name] = (
                    Instance(failed.value, failed.at) if isinstance(failed.value, External) else failed.value
                )
            signal = self.block(handler.body, scope)
        final = self.block(node.final, scope)
        return final if final is not None else signal

    def _catches(self, handler: s.Handler, failed: Raised, scope: Scope) -> bool:
        if handler.catches is None:
            return True
        try:
            caught = self.expr(handler.catches, scope)
        except Raised:
            return True
        value = failed.value
        cls = value.cls if isinstance(value, Instance) else value
        for option in caught if isinstance(caught, tuple) else (caught,):
            if objects.is_subclass(self, cls, option) is not False:
                return True
        return False

    def _with(self, node: s.With, scope: Scope) -> Signal:
        self._step(node.line, scope)
        for context, target in node.items:
            value = self.expr(context, scope)
            entered = self._entered(value, node.is_async)
            if target is not None:
                self.assign(target, entered, scope)
        return self.block(node.body, scope)

    def _entered(self, value: Value, is_async: bool) -> Value:
        if isinstance(value, Instance):
            enter = self.getattr_or(value, "__aenter__" if is_async else "__enter__", EMPTY)
            if isinstance(enter, (Bound, Function, Native)):
                return self.awaited(self.call(enter, [], {}))
        if isinstance(value, Pending):
            found = self.items(value)
            if found:
                return found[0]
        return self.unknown("what entering a context gives")

    def _match(self, node: s.Match, scope: Scope) -> Signal:
        self._step(node.line, scope)
        subject = self.expr(node.subject, scope)
        open_: list[tuple[Condition, Sequence[s.Stmt]]] = []
        for case in node.cases:
            decided = self._matches(case, subject, scope)
            if decided is False:
                continue
            if decided and not open_:
                return self.block(case.body, scope)
            for name in case.binds:
                scope.names.setdefault(name, self.unknown("a part of a pattern"))
            at = Place(scope.module.path, case.line)
            open_.append((Condition(at, f"{s.text(node.subject)} matches {s.text(case.pattern)}"), case.body))
            if decided:
                break
        if not open_:
            return None
        if len(open_) == 1:
            open_.append((Condition(open_[0][0].at, f"not ({open_[0][0].text})"), ()))
        return self._either(open_, scope)

    def _matches(self, case: s.Case, subject: Value, scope: Scope) -> bool | None:
        text = case.pattern.text.strip()
        guard = case.guard
        if text == "_" or (text.isidentifier() and text in case.binds):
            if text != "_":
                scope.names[text] = subject
            return True if guard is None else self.truth(self.expr(guard, scope))
        if isinstance(subject, Unknown) or case.binds or guard is not None:
            return None
        for option in text.split("|"):
            expr = parse_expression(option)
            if not isinstance(expr, (s.Constant, s.Attribute)):
                return None
            equal = operators.compare(self, subject, "==", self.expr(expr, scope))
            if equal is not False:
                return True if equal is True else None
        return False

    # --- expressions ---------------------------------------------------------------------------

    def expr(self, node: s.Expr, scope: Scope) -> Value:
        """The value of an expression."""
        return self._expressions[type(node)](node, scope)

    def _name(self, node: s.Name, scope: Scope) -> Value:
        name = node.id
        if name in scope.names and not (self.annotated_line and self._later(name, scope)):
            return scope.names[name]
        if scope.declared is not None and name in scope.declared:
            found = scope.declared[name].names.get(name, EMPTY)
            if found is not EMPTY:
                return found
        outer = scope.parent
        while outer is not None:
            if outer.kind != "class" and name in outer.names:
                return outer.names[name]
            outer = outer.parent
        builtin = dotted.builtin(name)
        if builtin is not None:
            return builtin
        if name == "__debug__":
            return True
        if self.lenient:
            found = self._typing_name(name, scope)
            if found is not EMPTY:
                return found
        starred = self._from_star(scope.module, name)
        if starred is not EMPTY:
            return starred
        raise Raised(external("builtins.NameError"), f"the name {name} is not defined", self.at)

    def _later(self, name: str, scope: Scope) -> bool:
        """Whether a class binds the name only after the annotation that is being read."""
        if scope.kind != "class":
            return False
        owner = scope.names.get("__byte_class__")
        return isinstance(owner, Class) and owner.lines.get(name, 0) > self.annotated_line

    def _typing_name(self, name: str, scope: Scope) -> Value:
        """A name that exists only for type checkers."""
        module = scope.module
        names = self._typing_names.get(module.path or module.name)
        if names is None and module.state != "running":
            inner = Scope(module, module.scope, "function")
            self._typing_names[module.path or module.name] = names = inner.names
            self.guards += 1
            try:
                for statement in module.typing_only:
                    try:
                        self.block((statement,), inner)
                    except Raised:
                        continue
            finally:
                self.guards -= 1
        return (names or {}).get(name, EMPTY)

    def _attribute(self, node: s.Attribute, scope: Scope) -> Value:
        value = self.expr(node.value, scope)
        if type(value) is Instance:
            found = value.attributes.get(node.attr, EMPTY)
            if found is not EMPTY and value.cls.__class__ is not External and node.attr not in objects.GUARDED:
                descriptor = value.cls.lookup(node.attr) if isinstance(value.cls, Class) else EMPTY
                if not isinstance(descriptor, Property):
                    return found
        return objects.get(self, value, node.attr)

    def _constant(self, node: s.Constant, scope: Scope) -> Value:
        kind = node.kind
        if kind == "bytes":
            return str(node.value).encode("utf-8", "surrogateescape")
        if kind == "ellipsis":
            return ...
        if kind == "complex":
            return self.unknown("a complex number")
        if kind == "int" and isinstance(node.value, str):
            return int(node.value, 0) if len(node.value) < 40 else self.unknown("a number of more than 40 digits")
        return node.value

    def _fstring(self, node: s.FString, scope: Scope) -> Value:
        out: list[str] = []
        missing: Unknown | None = None
        formats = {index: (conversion, spec) for index, conversion, spec in node.formats}
        for index, part in enumerate(node.parts):
            if isinstance(part, s.Constant) and index not in formats:
                out.append(str(part.value))
                continue
            value = self.expr(part, scope)
            if index not in formats:
                shown = objects.shown(self, value)
            else:
                conversion, spec = formats[index]
                shown = None if spec == "{" else written_value(self, value, conversion or None, spec)
            if shown is None:
                missing = missing or (
                    value if isinstance(value, Unknown) else self.unknown(f"the text of {s.text(part)}")
                )
                inner = value.text if isinstance(value, Unknown) else None
                out.append(inner or "{?}")
            else:
                out.append(shown)
        text = "".join(out)
        if len(text) > operators.MAX_TEXT:
            return self.unknown("a text that is too long")
        return text if missing is None else Unknown(missing.reason, missing.at, text=text)

    def _call(self, node: s.Call, scope: Scope) -> Value:
        func = node.func
        if isinstance(func, s.Name) and func.id == "super" and "super" not in scope.names:
            return self._super(node, scope)
        callee = self.expr(func, scope)
        if isinstance(callee, External) and callee.name in _OF_SCOPE and not node.args:
            owner = scope.module.scope if callee.name == "builtins.globals" else scope
            return (
                owner.names
                if owner.kind in ("module", "class")
                else {k: v for k, v in owner.names.items() if not k.startswith("__byte")}
            )
        args: list[Value] = []
        for argument in node.args:
            if type(argument) is s.Starred:
                found = self.items(self.expr(argument.value, scope))
                if found is not None:
                    args += found
                elif not self._deaf(callee):
                    self.gap(f"the arguments *{s.text(argument.value)} are not known", Place(self.path, node.line))
            else:
                args.append(self.expr(argument, scope))
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.expr(keyword.value, scope)
            if keyword.name is not None:
                kwargs[keyword.name] = value
            else:
                self._spread(callee, value, kwargs, keyword, node)
        if scope.module.path:
            self.path, self.line = scope.module.path, node.line
        if isinstance(callee, (External, Unknown)) and any(a is scope.module.scope.names for a in args):
            scope.module.stars.append(external(scope.module.name))  # it may put any name among the module's
        return self.call(callee, args, kwargs)

    def _spread(self, callee: Value, value: Value, kwargs: dict[str, Value], keyword: s.Keyword, node: s.Call) -> None:
        mapping = value.held if isinstance(value, Instance) and isinstance(value.held, dict) else value
        if isinstance(mapping, dict):
            kwargs.update({key: item for key, item in mapping.items() if isinstance(key, str)})
        elif not self._deaf(callee):
            self.gap(f"the arguments **{s.text(keyword.value)} are not known", Place(self.path, node.line))

    def _deaf(self, callee: Value) -> bool:
        """Whether a call is not followed, so that no argument tells anything of what it gives."""
        return isinstance(callee, Unknown) or (isinstance(callee, External) and callee.name not in self.natives)

    def _super(self, node: s.Call, scope: Scope) -> Value:
        outer: Scope | None = scope
        while outer is not None and "__byte_owner__" not in outer.names:
            outer = outer.parent
        if outer is None:
            return self.unknown("super() outside of a class")
        owner, first = outer.names["__byte_owner__"], outer.names.get("__byte_first__", EMPTY)
        if node.args:
            first_arg = self.expr(node.args[0], scope)
            owner = first_arg if isinstance(first_arg, Class) else owner
            if len(node.args) > 1:
                first = self.expr(node.args[1], scope)
        return Super(owner, first)

    def _subscript(self, node: s.Subscript, scope: Scope) -> Value:
        value = self.expr(node.value, scope)
        if self.lenient and typeforms.is_type(value):
            found = self.subscript(value, self._type_index(node.index, scope), scope)
        else:
            found = self.subscript(value, self.expr(node.index, scope), scope)
        if type(found) is Alias and type(value) is External:
            found.written = dotted.spelled(s.dotted(node.value), value)
        return found

    def _type_index(self, index: s.Expr, scope: Scope) -> Value:
        """The arguments of a type; an item that does not exist leaves the others known."""
        if not (isinstance(index, s.Sequence) and index.kind == "tuple"):
            return self.expr(index, scope)
        return tuple(
            part
            for item in index.items
            for part in (
                (self.items(self.expr(item.value, scope)) or ())
                if isinstance(item, s.Starred)
                else (self._part(item, scope),)
            )
        )

    def _part(self, item: s.Expr, scope: Scope) -> Value:
        try:
            return self.expr(item, scope)
        except Raised as failed:
            return Unknown(failed.text, failed.at)

    def _slice(self, node: s.Slice, scope: Scope) -> Value:
        parts = [self.expr(p, scope) if p is not None else None for p in (node.lower, node.upper, node.step)]
        if all(p is None or isinstance(p, int) for p in parts):
            return slice(*parts)
        return self.unknown("a slice with bounds that are not known")

    def _binary(self, node: s.Binary, scope: Scope) -> Value:
        if self.lenient and node.op == "|":
            left, right = self._part(node.left, scope), self._part(node.right, scope)
        else:
            left, right = self.expr(node.left, scope), self.expr(node.right, scope)
        return operators.binary(self, left, node.op, right, scope)

    def _boolean(self, node: s.Boolean, scope: Scope) -> Value:
        left = self.expr(node.left, scope)
        decided = self.truth(left)
        if decided is None:
            right = self.expr(node.right, scope)
            if node.op == "and" and self.truth(right) is False and not isinstance(right, Unknown):
                return right  # whichever side it is, it counts as false
            if node.op == "or" and isinstance(left, Unknown) and right is True:
                return True
            return Unknown(f"it depends on {s.text(node.left)}", self.at, (*self._options(left), *self._options(right)))
        if decided is (node.op == "or"):
            return left
        return self.expr(node.right, scope)

    def _options(self, value: Value) -> tuple[Value, ...]:
        return value.alternatives if isinstance(value, Unknown) else (value,)

    def _unary(self, node: s.Unary, scope: Scope) -> Value:
        return operators.unary(self, node.op, self.expr(node.operand, scope))

    def _compare(self, node: s.Compare, scope: Scope) -> Value:
        left = self.expr(node.left, scope)
        result: Value = True
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.expr(comparator, scope)
            result = operators.compare(self, left, op, right)
            if result is False:
                return False
            if result is not True:
                return result
            left = right
        return result

    def _conditional(self, node: s.Conditional, scope: Scope) -> Value:
        decided = self.truth(self.expr(node.test, scope))
        if decided is not None:
            return self.expr(node.body if decided else node.orelse, scope)
        asked = Condition(Place(scope.module.path, node.line), s.text(node.test))
        return self._one_of([self._part(node.body, scope), self._part(node.orelse, scope)], asked)

    def _lambda(self, node: s.Lambda, scope: Scope) -> Value:
        return self._function(node, scope)

    def _await(self, node: s.Await, scope: Scope) -> Value:
        return self.awaited(self.expr(node.value, scope))

    def awaited(self, value: Value) -> Value:
        """The result of a coroutine."""
        if isinstance(value, Pending):
            return self.invoke(value.function, value.args, value.kwargs)
        return value

    def _yield(self, node: s.Yield, scope: Scope) -> Value:
        value = self.expr(node.value, scope) if node.value is not None else None
        if self.collecting:
            if node.delegates:
                self.collecting[-1] += self.items(value) or []
            else:
                self.collecting[-1].append(value)
        return self.unknown("what is sent to a generator")

    def _starred(self, node: s.Starred, scope: Scope) -> Value:
        return typeforms.unpacked(self, self.expr(node.value, scope))

    def _sequence(self, node: s.Sequence, scope: Scope) -> Value:
        out: list[Value] = []
        for item in node.items:
            if isinstance(item, s.Starred):
                value = self.expr(item.value, scope)
                found = self.items(value)
                if found is None:
                    return value if isinstance(value, Unknown) else self.unknown(f"the items of {s.text(item.value)}")
                if len(out) + len(found) > objects.MAX_ITEMS:
                    return self.unknown("a list with too many items")
                out += found
            elif self.lenient:
                out.append(self._part(item, scope))
            else:
                out.append(self.expr(item, scope))
        if node.kind == "tuple":
            return tuple(out)
        if node.kind == "list":
            return out
        return as_set(out)

    def _mapping(self, node: s.Mapping, scope: Scope) -> Value:
        out: dict[Value, Value] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.expr(item, scope)
            if key is not None:
                known = self.expr(key, scope)
                if hashable(known):
                    out[known] = value
                else:
                    self.gap(f"the key {s.text(key)} is not known")
            elif isinstance(value, dict):
                out.update(value)
            elif isinstance(value, Instance) and isinstance(value.held, dict):
                out.update(value.held)
            else:
                self.gap(f"the items **{s.text(item)} are not known")
        return out

    def _comprehension(self, node: s.Comprehension, scope: Scope) -> Value:
        inner = Scope(scope.module, scope, "function")
        if scope.kind == "function":
            inner.names["__byte_function__"] = scope.names.get("__byte_function__", "")
        elif scope.kind == "class":
            inner.names.update({k: v for k, v in scope.names.items() if not k.startswith("__byte")})
        out: list[tuple[Value, Value]] = []
        missing = self._rounds(node, 0, inner, out)
        if missing is not None:
            return missing
        if node.kind == "dict":
            return {k: v for k, v in out if hashable(k)}
        values = [v for _, v in out]
        return as_set(values) if node.kind == "set" else values

    def _rounds(
        self, node: s.Comprehension, depth: int, scope: Scope, out: list[tuple[Value, Value]]
    ) -> Unknown | None:
        if depth == len(node.generators):
            key = self.expr(node.key, scope) if node.key is not None else None
            out.append((key, self.expr(node.element, scope)))
            return None
        generator = node.generators[depth]
        outside = scope.parent if depth == 0 else None  # the first is evaluated where the comprehension stands
        source = self.expr(generator.iter, outside or scope)
        found = self.items(source)
        if found is None:
            return source if isinstance(source, Unknown) else self.unknown(f"the items of {s.text(generator.iter)}")
        for item in found[:MAX_ROUNDS]:
            self.steps += 1
            if self.steps > self.limit:
                raise Stopped
            self.assign(generator.target, item, scope)
            decided: bool | None = True
            for condition in generator.conditions:
                decided = self.truth(self.expr(condition, scope))
                if decided is None:
                    return Unknown(f"it depends on {s.text(condition)}", self.at)
                if not decided:
                    break
            if decided:
                missing = self._rounds(node, depth + 1, scope, out)
                if missing is not None:
                    return missing
        return None

    def _walrus(self, node: s.Walrus, scope: Scope) -> Value:
        value = self.expr(node.value, scope)
        self.bind(node.target, value, scope, node.line)
        return value

    def _opaque(self, node: s.Opaque, scope: Scope) -> Value:
        return Unknown("this source is not taken apart", Place(scope.module.path, node.line))

    # --- calls ---------------------------------------------------------------------------------

    def call(self, value: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """The result of a call."""
        kind = type(value)
        if kind is Function:
            return self._called(value, args, kwargs)
        if kind is Bound:
            return self.call(value.function, [value.self, *args], kwargs)
        if kind is Class:
            return classes.instantiate(self, value, args, kwargs)
        if kind is Native:
            return self.call_native(value.call, args, kwargs)
        if kind is External:
            native = self.natives.get(value.name)
            if native is not None:
                return self.call_native(native, args, kwargs)
            return self._foreign(value.name, args)
        if kind is Partial:
            return self.call(value.function, [*value.args, *args], {**value.keywords, **kwargs})
        if kind is Instance:
            return self._call_instance(value, args, kwargs)
        if kind is Alias:
            return self.call(value.origin, args, kwargs)
        if kind is StaticMethod:
            return self.call(value.function, args, kwargs)
        if kind is NewType:
            return args[0] if args else self.unknown(f"{value.name}() without a value")
        if kind is Unknown:
            return value
        return self.unknown("a call of something that is not known")

    def call_native(self, native: NativeFunction, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """The result of a function that Byte implements; what Python would raise is raised in the code that is followed."""
        try:
            return native(self, args, kwargs)
        except Needs as needs:
            return needs.value
        except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
            raise self.exception(type(error).__name__, f"{type(error).__name__}: {str(error)[:80]}") from None

    def _foreign(self, name: str, args: list[Value]) -> Value:
        if objects.is_exception(name):
            made = Instance(external(name), self.at, self.conditions)
            made.attributes["args"] = tuple(args)
            return made
        return self.unknown(f"the result of {name}()")

    def _call_instance(self, value: Instance, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if isinstance(value.cls, Class):
            method = value.cls.lookup("__call__")
            if isinstance(method, StaticMethod):
                return self.call(method.function, args, kwargs)
            if method is not EMPTY:
                return self.call(method, [value, *args], kwargs)
            return self.unknown(f"the result of calling an object of {value.cls.name}")
        native = self.natives.get(f"{value.cls.name}.__call__")
        if native is not None:
            return self.call_native(native, [value, *args], kwargs)
        return self._foreign(value.cls.name, args)

    def _called(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> Value:
        node = function.node
        if isinstance(node, s.Function) and (node.is_async or node.is_generator):
            return Pending(function, args, kwargs)
        memo = function.attributes.get("__memo__")
        if memo is None:
            return self.invoke(function, args, kwargs)
        for known_args, known_kwargs, result in memo:
            if (
                len(known_args) == len(args)
                and known_kwargs.keys() == kwargs.keys()
                and all(same(a, b) for a, b in zip(args, known_args, strict=True))
                and all(same(kwargs[k], known_kwargs[k]) for k in kwargs)
            ):
                return result
        result = self.invoke(function, args, kwargs)
        memo.append((args, kwargs, result))
        return result

    def invoke(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Follow the body of a function with these arguments."""
        if self.depth >= MAX_DEPTH:
            self.gap(f"calls nested deeper than {MAX_DEPTH} are not followed")
            return self.unknown(f"the result of {function.qualname}(), nested too deep")
        self.steps += 1
        if self.steps > self.limit:
            raise Stopped
        node = function.node
        active = self.active.get(id(node), 0)
        if active >= (MAX_RECURSION if not self.conditions else 2):
            if not self.conditions:
                self.gap(f"{function.qualname}() calls itself more often than is followed", function.at)
            return self.unknown(f"the result of {function.qualname}(), which calls itself")
        scope = Scope(function.scope.module, function.scope, "function")
        names = scope.names
        signatures.bind(self, function, args, kwargs, names)
        if function.owner is not None:
            names["__byte_owner__"] = function.owner
            names["__byte_first__"] = args[0] if args else EMPTY
        names["__byte_function__"] = function.qualname
        path, line, lenient, annotated, guards = self.path, self.line, self.lenient, self.annotated_line, self.guards
        self.depth += 1
        self.active[id(node)] = active + 1
        self.lenient = self.annotated_line = 0
        try:
            if isinstance(node, s.Lambda):
                return self.expr(node.body, scope)
            signal = self.block(node.body, scope)
        except Raised:
            # A project that runs does not raise here: it has taken one of the ways out that nothing decided.
            if guards or not scope.returns:
                raise
            signal = Return(scope.returns.pop())
        finally:
            self.depth -= 1
            self.active[id(node)] = active
            self.path, self.line, self.lenient, self.annotated_line, self.guards = (
                path,
                line,
                lenient,
                annotated,
                guards,
            )
        value = signal.value if isinstance(signal, Return) else None
        if scope.returns:
            value = self._returned([*scope.returns, value], function)
        return value

    def _returned(self, values: list[Value], function: Function) -> Value:
        """One result of several: an object that the function makes stands for the early ways out of it."""
        known = [v for v in values if not isinstance(v, Unknown) and v is not None]
        if known and all(same(v, known[0]) for v in known) and not isinstance(values[-1], Unknown):
            return known[0]
        if isinstance(values[-1], (Instance, Function, Class)):
            return values[-1]
        options = [p for v in values for p in self._options(v)]
        return Unknown(f"{function.qualname}() gives one of several values", function.at, tuple(options[:8]))

    def generate(self, pending: Pending) -> list[Value]:
        """What a generator yields."""
        if not (isinstance(pending.function.node, s.Function) and pending.function.node.is_generator):
            return []
        self.collecting.append([])
        try:
            self.invoke(pending.function, pending.args, pending.kwargs)
        finally:
            found = self.collecting.pop()
        return found


def _innermost(error: BaseException) -> str:
    """Where in Byte's own source an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
