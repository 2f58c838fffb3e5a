"""SQLAlchemy and SQLModel tables: columns, keys, indexes, relationships.

A table's name is empty where the source does not fix it (a naming function, a prefix from the settings).
"""

from collections.abc import Iterator, Sequence

import msgspec

from byte.extract.linker import Linker, internal, key, split
from byte.extract.types import Types
from byte.model import syntax as s
from byte.model.facts import Class, Column, Relationship, Table, Type
from byte.model.review import Location

MENTIONS = ("__tablename__", "mapped_column", "Column", "SQLModel", "DeclarativeBase", "declarative_base")

_DECLARATIVE = frozenset(
    {
        "sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.declarative_base()", "sqlalchemy.orm.MappedAsDataclass",
        "sqlalchemy.orm.DeclarativeBaseNoMeta", "flask_sqlalchemy.SQLAlchemy", "advanced_alchemy.base.UUIDBase",
        "sqlalchemy.orm.registry",
    }
)  # fmt: skip
_SQLMODEL = frozenset({"sqlmodel.SQLModel"})
_LIBRARIES = ("sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.")
_COLUMN = frozenset({"Column", "mapped_column", "MappedColumn"})
_RELATION = frozenset({"relationship", "Relationship", "relation", "dynamic_loader"})
_NO_COLUMN = frozenset(
    {"column_property", "synonym", "composite", "association_proxy", "query_expression", "hybrid_property"}
)
_MAPPED = frozenset({"sqlalchemy.orm.Mapped", "sqlalchemy.orm.attributes.Mapped", "sqlalchemy.orm.base.Mapped"})
_MANY = frozenset(
    {
        "builtins.list", "builtins.set", "typing.Sequence", "typing.Collection", "typing.Iterable", "typing.List",
        "sqlalchemy.orm.WriteOnlyMapped", "sqlalchemy.orm.DynamicMapped", "sqlalchemy.ext.orderinglist.OrderingList",
    }
)  # fmt: skip
_SINGLE = frozenset({"sqlalchemy.orm.WriteOnlyMapped", "sqlalchemy.orm.DynamicMapped"})
_INDEXED = frozenset({"Index", "UniqueConstraint", "PrimaryKeyConstraint"})
_SERVER = frozenset({"Identity", "Computed", "FetchedValue"})
_NO_TYPE = _SERVER | {"Sequence", "CheckConstraint", "ForeignKey", "ColumnDefault", "DefaultClause"}
_MAX_DEPTH = 8


class _Parts(msgspec.Struct):
    """What one class body or `Table(...)` declares."""

    columns: dict[str, Column] = {}
    relations: dict[str, Relationship] = {}
    indexes: list[tuple[str, ...]] = []
    foreign: list[tuple[str, str, str | None]] = []


class Tables:
    """Tables by class key (a core table: by its variable); every answer is remembered."""

    def __init__(self, linker: Linker, types: Types) -> None:
        self.linker = linker
        self.types = types
        self._tables: dict[str, Table | None] = {}
        self._parts: dict[tuple[str, bool], _Parts] = {}
        self._depth = 0

    def table(self, target: str | None) -> Table | None:
        """The table of the class with this key, None if the class maps none."""
        if target is None or not internal(target):
            return None
        if target not in self._tables:
            self._tables[target] = None
            cls = self.linker.cls(target)
            self._tables[target] = self._read(cls) if cls is not None else self._core(target)
        return self._tables[target]

    def of_file(self, path: str) -> Iterator[Table]:
        """The tables that one file defines; the stand-ins that a revision file makes for itself are none."""
        symbols = self.linker.symbols(path)
        if "down_revision" in symbols.bindings:
            return
        core = [name for name, binding in symbols.bindings.items() if _last(binding.expr) == "Table"]
        for name in (*symbols.classes, *core):
            found = self.table(key(path, name))
            if found is not None:
                yield found

    # --- classes -------------------------------------------------------------------------------

    def _read(self, cls: Class) -> Table | None:
        sqlmodel = self.linker.is_subclass(cls.key, _SQLMODEL)
        if sqlmodel:
            if not any(k.name == "table" and s.text(k.value) == "True" for k in cls.node.keywords):
                return None
        elif not self._declarative(cls):
            return None
        parts = _Parts({}, {}, [], [])
        apart = self._elsewhere(cls)
        for base in self.linker.mro(cls.key):
            owner = self.linker.cls(base)
            if owner is None:
                continue
            own = self._own(owner, sqlmodel)
            for name, relation in own.relations.items():
                parts.relations.setdefault(name, relation)
            if base in apart:
                continue
            for name, column in own.columns.items():
                parts.columns.setdefault(name, column)
            parts.indexes.extend(own.indexes)
            parts.foreign.extend(own.foreign)
        return self._table(
            cls.key,
            self._name(cls, sqlmodel),
            cls.node.name,
            cls.at,
            parts,
            abstract=s.text(_assigned(cls.node, "__abstract__")) == "True",
            sqlmodel=sqlmodel,
        )

    def _table(
        self, target: str, name: str, cls: str, at: Location, parts: _Parts, *, abstract: bool, sqlmodel: bool
    ) -> Table:
        columns = {name: _with_foreign(column, parts.foreign) for name, column in parts.columns.items()}
        keys = tuple(c.name for c in columns.values() if c.primary_key)
        indexes = [*parts.indexes, keys] if len(keys) > 1 else parts.indexes
        return Table(
            key=target,
            name=name,
            cls=cls,
            at=at,
            columns=tuple(columns.values()),
            relationships=tuple(parts.relations.values()),
            indexes=tuple(indexes),
            abstract=abstract,
            sqlmodel=sqlmodel,
        )

    def _elsewhere(self, cls: Class) -> frozenset[str]:
        """The ancestors whose columns stand in the parent's table (joined inheritance)."""
        if s.string(_assigned(cls.node, "__tablename__")) is None:
            return frozenset()
        out: set[str] = set()
        for base in self.linker.mro(cls.key)[1:]:
            owner = self.linker.cls(base)
            if owner is None or _assigned(owner.node, "__tablename__") is None:
                continue
            if s.text(_assigned(owner.node, "__abstract__")) != "True" and self._declarative(owner):
                out.update(self.linker.mro(base))
        return frozenset(out)

    def _declarative(self, cls: Class) -> bool:
        mro = self.linker.mro(cls.key)
        mapped = any(b in _DECLARATIVE for b in mro) or any(
            b.endswith(("declarative_base()", ".Model")) for b in mro[1:]
        )
        if _assigned(cls.node, "__tablename__") is not None or _assigned(cls.node, "__table__") is not None:
            return mapped or bool(self._own(cls, False).columns)
        direct = any(b in _DECLARATIVE or (b or "").endswith("declarative_base()") for b in cls.bases)
        if not mapped or direct:
            return False
        owners = (self.linker.cls(b) for b in mro)
        return any(c.primary_key for o in owners if o is not None for c in self._own(o, False).columns.values())

    def _name(self, cls: Class, sqlmodel: bool) -> str:
        for base in self.linker.mro(cls.key):
            owner = self.linker.cls(base)
            if owner is None:
                continue
            given = _assigned(owner.node, "__tablename__")
            if given is not None:
                return self._string(owner.path, given) or ""
            made = _assigned(owner.node, "__table__")
            if isinstance(made, s.Call):
                return self._string(owner.path, s.argument(made, 0, "name")) or ""
            for stmt in owner.node.body:
                if isinstance(stmt, s.Function) and stmt.name == "__tablename__":
                    return _derived(stmt, cls.node.name) or ""
        return cls.node.name.lower() if sqlmodel else ""

    def _string(self, path: str, expr: s.Expr | None) -> str | None:
        """A literal, or a constant of some module."""
        if isinstance(expr, (s.Name, s.Attribute)):
            target = self.types.resolve(path, expr)
            if target is None or not internal(target):
                return None
            home, name = split(target)
            binding = self.linker.symbols(home).bindings.get(name) if not home.endswith("/") else None
            return s.string(binding.expr) if binding is not None else None
        return s.string(expr)

    # --- the parts of a class ------------------------------------------------------------------

    def _own(self, cls: Class, sqlmodel: bool) -> _Parts:
        place = (cls.key, sqlmodel)
        if place not in self._parts:
            parts = self._parts[place] = _Parts({}, {}, [], [])
            for stmt in cls.node.body:
                self._member(cls, stmt, sqlmodel, parts)
            self._constraints(cls.path, self._arguments(cls), parts)
            self._constraints(cls.path, self._later(cls), parts)
        return self._parts[place]

    def _member(self, cls: Class, stmt: s.Stmt, sqlmodel: bool, parts: _Parts) -> None:
        if isinstance(stmt, s.Function):
            value, annotation = self._declared(cls.path, stmt), stmt.returns
            name: str | None = stmt.name
            at = Location(cls.path, stmt.line, stmt.end)
            if value is None:
                return
        elif isinstance(stmt, s.Assign):
            value, annotation, name = stmt.value, stmt.annotation, s.dotted(stmt.targets[0])
            at = Location(cls.path, stmt.line, stmt.end)
        else:
            return
        if name == "__table__" and isinstance(value, s.Call):
            self._table_arguments(cls.path, value, parts)
        if name is None or name.startswith("__") or "." in name:
            return
        self._attribute(cls, name, value, annotation, at, sqlmodel, parts)

    def _attribute(
        self,
        cls: Class,
        name: str,
        value: s.Expr | None,
        annotation: s.Expr | None,
        at: Location,
        sqlmodel: bool,
        parts: _Parts,
    ) -> None:
        call = value if isinstance(value, s.Call) else None
        kind = self._kind(cls.path, call)
        if kind == "deferred" and call is not None:
            value = call = next((a for a in call.args if isinstance(a, s.Call)), None)
            kind = self._kind(cls.path, call)
        if kind in _NO_COLUMN:
            first = call.args[0] if call is not None and call.args else None
            if kind != "column_property" or not isinstance(first, s.Call) or self._kind(cls.path, first) != "Column":
                return
            value = call = first
            kind = "Column"
        if kind in _RELATION and call is not None:
            parts.relations[name] = self._relation(cls, name, call, annotation, at)
        elif kind in _COLUMN or self._mapped(cls.path, annotation):
            parts.columns[name] = self._column(cls.path, name, value, annotation, at, sqlmodel)
        elif sqlmodel and annotation is not None and self._is_field(cls.path, name, annotation):
            parts.columns[name] = self._column(cls.path, name, value, annotation, at, True)

    def _is_field(self, path: str, name: str, annotation: s.Expr) -> bool:
        expr = annotation.value if isinstance(annotation, s.Subscript) else annotation
        return (
            name != "model_config" and not name.startswith("_") and self.types.resolve(path, expr) != "typing.ClassVar"
        )

    def _kind(self, path: str, call: s.Expr | None) -> str | None:
        """The last name of what SQLAlchemy or SQLModel call makes the value."""
        if not isinstance(call, s.Call):
            return None
        target = self.types.resolve(path, call.func)
        if target is None or not target.startswith(_LIBRARIES):
            return None
        return target.rpartition(".")[2]

    def _declared(self, path: str, node: s.Function) -> s.Expr | None:
        """What a `declared_attr` method returns, if it is one call."""
        names = (s.dotted(d) or "" for d in node.decorators)
        if not any("declared_attr" in name.split(".") for name in names):
            return None
        returned = [x.value for x in s.walk(*node.body) if isinstance(x, s.Return)]
        return returned[0] if len(returned) == 1 and isinstance(returned[0], s.Call) else None

    def _mapped(self, path: str, annotation: s.Expr | None) -> bool:
        if not isinstance(annotation, s.Subscript) or self.types.resolve(path, annotation.value) not in _MAPPED:
            return False
        inner = self.types.annotation(path, annotation)
        item = inner.args[0] if inner is not None and inner.args else inner
        return item is None or not self._is_mapped_class(item.name)

    def _is_mapped_class(self, target: str) -> bool:
        return internal(target) and any(
            b in _DECLARATIVE or b.endswith("declarative_base()") for b in self.linker.mro(target)
        )

    # --- columns -------------------------------------------------------------------------------

    def _column(
        self,
        path: str,
        name: str,
        value: s.Expr | None,
        annotation: s.Expr | None,
        at: Location,
        sqlmodel: bool,
    ) -> Column:
        call = value if isinstance(value, s.Call) else None
        given = s.keyword(call, "sa_column") if call is not None else None
        made = given if isinstance(given, s.Call) else None
        calls = [c for c in (made, call) if c is not None]
        calls.extend(self._annotated(path, annotation))
        options = _Options(calls)
        core = [c for c in calls if self._kind(path, c) in _COLUMN]
        types, foreign, ondelete, server = self._column_arguments(path, [a for c in core for a in c.args])
        more = options.value("sa_column_args")
        if isinstance(more, s.Sequence):
            extra = self._column_arguments(path, more.items)
            foreign, ondelete, server = foreign or extra[1], ondelete or extra[2], server or extra[3]
        foreign = foreign or s.string(options.value("foreign_key"))
        ondelete = ondelete or s.string(options.value("ondelete"))
        annotated = self.types.annotation(path, annotation)
        primary = options.flag("primary_key") is True
        default = options.value("default") or options.value("insert_default") or options.value("default_factory")
        if default is None and sqlmodel:
            default = (call.args[0] if call.args else None) if call is not None else value
        return Column(
            name=name,
            at=at,
            type=types or _type_name(options.value("type_") or options.value("sa_type")) or _short(annotated),
            primary_key=primary,
            nullable=self._nullable(options, primary, annotation, annotated, made is not None),
            index=options.flag("index") is True,
            unique=options.flag("unique") is True,
            foreign_key=foreign,
            ondelete=ondelete,
            default=default,
            server_default=server or options.value("server_default") is not None,
            expr=value,
            annotation=annotation,
        )

    def _nullable(
        self, options: "_Options", primary: bool, annotation: s.Expr | None, annotated: Type | None, made: bool
    ) -> bool | None:
        flag = options.flag("nullable")
        if flag is not None or options.value("nullable") is not None:
            return flag
        if primary:
            return False
        if annotation is None or made:
            return True  # what `Column` does when nothing is said
        if annotated is not None:
            return annotated.optional
        return True if _says_optional(annotation) else None

    def _column_arguments(self, path: str, args: Sequence[s.Expr]) -> tuple[str | None, str | None, str | None, bool]:
        """Type name, foreign key, ondelete and whether the server makes the value."""
        kind: str | None = None
        foreign: str | None = None
        ondelete: str | None = None
        server = False
        for arg in args:
            name = (s.dotted(arg.func if isinstance(arg, s.Call) else arg) or "").rpartition(".")[2]
            if isinstance(arg, s.Call) and name == "ForeignKey":
                foreign = self._foreign(path, s.argument(arg, 0, "column"))
                ondelete = s.string(s.keyword(arg, "ondelete"))
            elif name in _SERVER:
                server = True
            elif kind is None and name and name not in _NO_TYPE:
                kind = name
        return kind, foreign, ondelete, server

    def _foreign(self, path: str, expr: s.Expr | None) -> str | None:
        """`table.column` of a foreign key; `User.id` is followed to its table."""
        text = s.string(expr)
        if text is not None or expr is None:
            return text
        if isinstance(expr, s.Lambda):
            expr = expr.body
        if isinstance(expr, s.Attribute):
            owner = expr.value
            if isinstance(owner, s.Attribute) and owner.attr in ("c", "columns", "__table__"):
                owner = owner.value
            target = self.types.resolve(path, owner)
            cls = self.linker.cls(target)
            name = self._name(cls, self.linker.is_subclass(cls.key, _SQLMODEL)) if cls is not None else ""
            if name:
                return f"{name}.{expr.attr}"
        return s.text(expr)

    def _annotated(self, path: str, annotation: s.Expr | None) -> Iterator[s.Call]:
        """The `mapped_column(...)` or `Field(...)` inside `Annotated[...]`, there or behind an alias."""
        if self._depth > _MAX_DEPTH:
            return
        if isinstance(annotation, s.Subscript):
            target = self.types.resolve(path, annotation.value)
            if target == "typing.Annotated" and isinstance(annotation.index, s.Sequence):
                for item in annotation.index.items[1:]:
                    if isinstance(item, s.Call) and self._kind(path, item) in (*_COLUMN, "Field"):
                        yield item
                yield from self._annotated(path, annotation.index.items[0])
            elif target in _MAPPED:
                yield from self._annotated(path, annotation.index)
        elif isinstance(annotation, (s.Name, s.Attribute)):
            target = self.types.resolve(path, annotation)
            home, name = split(target) if target is not None and internal(target) else ("/", "")
            binding = self.linker.symbols(home).bindings.get(name) if not home.endswith("/") else None
            if binding is not None and binding.kind == "value" and isinstance(binding.expr, s.Subscript):
                self._depth += 1
                try:
                    yield from self._annotated(home, binding.expr)
                finally:
                    self._depth -= 1

    # --- relationships -------------------------------------------------------------------------

    def _relation(self, cls: Class, name: str, call: s.Call, annotation: s.Expr | None, at: Location) -> Relationship:
        path = cls.path
        inner = s.keyword(call, "sa_relationship")
        if isinstance(inner, s.Call):
            call = inner
        options = {k.name: k.value for k in call.keywords if k.name}
        starred = [k.value for k in call.keywords if k.name is None]
        more = options.get("sa_relationship_kwargs")
        for given in (*starred, *((more,) if more is not None else ())):
            options.update(self._unpacked(cls, given))
        first = s.argument(call, 0, "argument")
        if isinstance(first, s.Lambda):
            first = first.body
        annotated = self.types.annotation(path, annotation)
        many = annotated.name in _MANY if annotated is not None else _uselist(options.get("uselist"))
        item = annotated.args[0] if annotated is not None and many and annotated.args else annotated
        if item is not None and annotated is not None and annotated.name in _SINGLE and item.name in _MANY:
            item = item.args[0] if item.args else None
        target = s.string(first) or s.dotted(first)
        if target is None:
            target = _short(item) or _written(annotation)
        return Relationship(
            name=name,
            at=at,
            target=target.rpartition(".")[2] if target else None,
            back_populates=s.string(options.get("back_populates")),
            options=options,
            many=many,
        )

    def _unpacked(self, cls: Class, given: s.Expr) -> Iterator[tuple[str, s.Expr]]:
        """The entries of a dict, there or behind a name; `**` stands for what is not known."""
        if isinstance(given, s.Name):
            binding = self.linker.symbols(cls.path).bindings.get(given.id)
            found = _assigned(cls.node, given.id) or (binding.expr if binding is not None else None)
            given = found if found is not None else given
        if isinstance(given, s.Mapping):
            for name, value in zip(given.keys, given.values, strict=True):
                text = s.string(name)
                if text is not None:
                    yield text, value
                else:
                    yield "**", value
        elif isinstance(given, s.Call) and s.dotted(given.func) == "dict" and not given.args:
            yield from ((k.name or "**", k.value) for k in given.keywords)
        else:
            yield "**", given

    # --- constraints ---------------------------------------------------------------------------

    def _arguments(self, cls: Class) -> Iterator[s.Expr]:
        """The items of `__table_args__`, through names of the class body and the method of a `declared_attr`."""
        found = _assigned(cls.node, "__table_args__")
        roots: list[s.Node] = [found] if found is not None else []
        for stmt in cls.node.body:
            if isinstance(stmt, s.Function) and stmt.name == "__table_args__":
                roots.extend(stmt.body)
        seen: set[str] = set()
        while roots:
            for node in s.walk(roots.pop()):
                if isinstance(node, s.Name) and node.id not in seen:
                    seen.add(node.id)
                    value = _assigned(cls.node, node.id)
                    if value is not None:
                        roots.append(value)
                        roots.extend(_extended(cls.node.body, node.id))
                elif isinstance(node, s.Call):
                    yield node

    def _later(self, cls: Class) -> Iterator[s.Expr]:
        """`Index("name", Item.owner_id)` after the class."""
        module = self.linker.load(cls.path)
        for stmt in module.body if module is not None else ():
            call = stmt.value if isinstance(stmt, (s.Expression, s.Assign)) else None
            if not isinstance(call, s.Call) or self._kind(cls.path, call) != "Index":
                continue
            if any((s.dotted(a) or "").startswith(f"{cls.qualname}.") for a in call.args):
                yield call

    def _constraints(self, path: str, items: Iterator[s.Expr] | Sequence[s.Expr], parts: _Parts) -> None:
        for node in items:
            if not isinstance(node, s.Call):
                continue
            name = (s.dotted(node.func) or "").rpartition(".")[2]
            if name in _INDEXED:
                args = node.args[1:] if name == "Index" else node.args
                if not any(k.name == "expression" for k in node.keywords):
                    parts.indexes.append(tuple(s.string(a) or s.text(a).rpartition(".")[2] for a in args))
            elif name == "ForeignKeyConstraint":
                own, other = s.argument(node, 0, "columns"), s.argument(node, 1, "refcolumns")
                if isinstance(own, s.Sequence) and isinstance(other, s.Sequence) and len(own.items) == 1:
                    column = s.string(own.items[0])
                    foreign = self._foreign(path, other.items[0]) if other.items else None
                    if column and foreign:
                        parts.foreign.append((column, foreign, s.string(s.keyword(node, "ondelete"))))

    # --- core tables ---------------------------------------------------------------------------

    def _core(self, target: str) -> Table | None:
        """`items = Table("items", metadata, Column(...), ...)`."""
        path, name = split(target)
        binding = self.linker.symbols(path).bindings.get(name) if not path.endswith("/") else None
        call = binding.expr if binding is not None and binding.kind == "value" else None
        if not isinstance(call, s.Call) or self._kind(path, call) != "Table" or len(call.args) < 2:
            return None
        parts = _Parts({}, {}, [], [])
        self._table_arguments(path, call, parts)
        at = Location(path, call.line, call.line)
        made = self._string(path, call.args[0]) or ""
        return self._table(target, made, name, at, parts, abstract=False, sqlmodel=False)

    def _table_arguments(self, path: str, call: s.Call, parts: _Parts) -> None:
        for arg in call.args[2:]:
            if isinstance(arg, s.Call) and self._kind(path, arg) == "Column":
                name = s.string(s.argument(arg, 0, "name"))
                if name is not None:
                    at = Location(path, arg.line, arg.end)
                    parts.columns[name] = self._column(path, name, arg, None, at, False)
        self._constraints(path, call.args[2:], parts)


class _Options:
    """The keyword arguments of a column's calls, the nearest first, `sa_column_kwargs` included."""

    def __init__(self, calls: Sequence[s.Call]) -> None:
        self._values: dict[str, s.Expr] = {}
        for call in calls:
            for item in call.keywords:
                if item.name:
                    self._values.setdefault(item.name, item.value)
        more = self._values.get("sa_column_kwargs")
        if isinstance(more, s.Mapping):
            for name, value in zip(more.keys, more.values, strict=True):
                text = s.string(name)
                if text:
                    self._values.setdefault(text, value)

    def value(self, name: str) -> s.Expr | None:
        return self._values.get(name)

    def flag(self, name: str) -> bool | None:
        value = self._values.get(name)
        return value.value if isinstance(value, s.Constant) and isinstance(value.value, bool) else None


def _last(expr: s.Expr | None) -> str:
    """The last name of what is called."""
    return (s.dotted(expr.func) or "").rpartition(".")[2] if isinstance(expr, s.Call) else ""


def _assigned(node: s.Class, name: str) -> s.Expr | None:
    for stmt in node.body:
        if isinstance(stmt, s.Assign) and any(s.dotted(t) == name for t in stmt.targets):
            return stmt.value
    return None


def _extended(body: Sequence[s.Stmt], name: str) -> Iterator[s.Node]:
    """`name.append(...)` and `name.extend(...)` in a class body."""
    for stmt in body:
        call = stmt.value if isinstance(stmt, s.Expression) else None
        if isinstance(call, s.Call) and (s.dotted(call.func) or "").rpartition(".")[0] == name:
            yield from call.args


def _with_foreign(column: Column, foreign: Sequence[tuple[str, str, str | None]]) -> Column:
    for name, target, ondelete in foreign:
        if name == column.name and column.foreign_key is None:
            return msgspec.structs.replace(column, foreign_key=target, ondelete=ondelete)
    return column


def _derived(node: s.Function, cls: str) -> str | None:
    """The name that `def __tablename__(cls): return cls.__name__.lower()` and its like give."""
    if len(node.body) > 2 or not node.body or not isinstance(node.body[-1], s.Return):
        return None
    return _evaluated(node.body[-1].value, cls)


def _evaluated(expr: s.Expr | None, cls: str) -> str | None:
    match expr:
        case s.Constant():
            return s.string(expr)
        case s.Attribute(attr="__name__"):
            return cls
        case s.Call(func=s.Attribute(attr="lower", value=inner), args=()):
            made = _evaluated(inner, cls)
            return made.lower() if made is not None else None
        case s.FString():
            parts = [_evaluated(part, cls) for part in expr.parts]
            return None if None in parts else "".join(p for p in parts if p is not None)
        case s.Binary(op="+"):
            left, right = _evaluated(expr.left, cls), _evaluated(expr.right, cls)
            return left + right if left is not None and right is not None else None
        case _:
            return None


def _says_optional(annotation: s.Expr) -> bool:
    """`Mapped[X | None]` or `Mapped[Optional[X]]`, read without knowing X."""
    inner = annotation.index if isinstance(annotation, s.Subscript) else annotation
    if isinstance(inner, s.Subscript):
        return (s.dotted(inner.value) or "").rpartition(".")[2] == "Optional"
    while isinstance(inner, s.Binary) and inner.op == "|":
        if any(isinstance(x, s.Constant) and x.kind == "none" for x in (inner.left, inner.right)):
            return True
        inner = inner.left
    return False


def _uselist(value: s.Expr | None) -> bool | None:
    return value.value if isinstance(value, s.Constant) and isinstance(value.value, bool) else None


def _type_name(expr: s.Expr | None) -> str | None:
    return (s.dotted(expr.func if isinstance(expr, s.Call) else expr) or "").rpartition(".")[2] or None


def _short(found: Type | None) -> str | None:
    return found.name.rpartition("::")[2].rpartition(".")[2] if found is not None else None


def _written(annotation: s.Expr | None) -> str | None:
    """The class name in `Mapped["Item"]` or `list["Item"]` whose class is not known here."""
    text = s.text(annotation, 400)
    for outer in ("Mapped[", "list[", "List[", "set[", "Sequence[", "Optional["):
        start = text.find(outer)
        if start >= 0:
            text = text[start + len(outer) :].rstrip("]")
    text = text.replace(" | None", "").strip("\"' ]")
    last = text.rpartition(".")[2]
    return last if last.isidentifier() else None
