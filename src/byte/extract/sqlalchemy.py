"""SQLAlchemy and SQLModel tables: columns, keys, indexes, relationships."""

from collections.abc import Iterator

from byte.extract.linker import Linker, key
from byte.extract.types import Types
from byte.model import syntax as s
from byte.model.facts import Class, Column, Relationship, Table
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
_COLUMN = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"})
_FOREIGN = "sqlalchemy.ForeignKey"
_RELATION = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship", "sqlalchemy.orm.relation"})
_INDEXED = ("Index", "UniqueConstraint", "PrimaryKeyConstraint")


class Tables:
    """Tables by class key; every answer is remembered."""

    def __init__(self, linker: Linker, types: Types) -> None:
        self.linker = linker
        self.types = types
        self._tables: dict[str, Table | None] = {}

    def table(self, target: str | None) -> Table | None:
        """The table of the class with this key, None if the class maps none."""
        if target is None:
            return None
        if target not in self._tables:
            cls = self.linker.cls(target)
            self._tables[target] = self._read(cls) if cls is not None else None
        return self._tables[target]

    def of_file(self, path: str) -> Iterator[Table]:
        """The tables that one file defines."""
        for name in self.linker.symbols(path).classes:
            found = self.table(key(path, name))
            if found is not None:
                yield found

    def _read(self, cls: Class) -> Table | None:
        sqlmodel = self.linker.is_subclass(cls.key, _SQLMODEL)
        own_name = self._assigned(cls.node, "__tablename__")
        if sqlmodel:
            if not any(k.name == "table" and s.text(k.value) == "True" for k in cls.node.keywords):
                return None
        elif not self._declarative(cls, own_name):
            return None
        columns: dict[str, Column] = {}
        relations: dict[str, Relationship] = {}
        indexes: list[tuple[str, ...]] = []
        for base in self.linker.mro(cls.key):
            owner = self.linker.cls(base)
            if owner is None:
                continue
            for column in self._columns(owner, sqlmodel):
                columns.setdefault(column.name, column)
            for relation in self._relations(owner):
                relations.setdefault(relation.name, relation)
            indexes.extend(self._indexes(owner))
        name = s.string(own_name) or self._inherited_name(cls) or _default_name(cls.node.name)
        return Table(
            key=cls.key,
            name=name,
            cls=cls.node.name,
            at=cls.at,
            columns=tuple(columns.values()),
            relationships=tuple(relations.values()),
            indexes=tuple(indexes),
            abstract=s.text(self._assigned(cls.node, "__abstract__")) == "True",
            sqlmodel=sqlmodel,
        )

    def _declarative(self, cls: Class, own_name: s.Expr | None) -> bool:
        mapped = any(b in _DECLARATIVE for b in self.linker.mro(cls.key)) or any(
            b.endswith("declarative_base()") or b.endswith(".Model") for b in self.linker.mro(cls.key)[1:]
        )
        direct = any(b in _DECLARATIVE or (b or "").endswith("declarative_base()") for b in cls.bases)
        if own_name is not None:
            return mapped or any(True for _ in self._columns(cls, False))
        if not mapped or direct:
            return False
        return any(c.primary_key for base in self.linker.mro(cls.key) for c in self._class_columns(base))

    def _class_columns(self, base: str) -> Iterator[Column]:
        cls = self.linker.cls(base)
        if cls is not None:
            yield from self._columns(cls, False)

    def _inherited_name(self, cls: Class) -> str | None:
        for base in self.linker.mro(cls.key)[1:]:
            owner = self.linker.cls(base)
            found = s.string(self._assigned(owner.node, "__tablename__")) if owner is not None else None
            if found is not None:
                return found
        return None

    def _assigned(self, node: s.Class, name: str) -> s.Expr | None:
        for stmt in node.body:
            if isinstance(stmt, s.Assign) and any(s.dotted(t) == name for t in stmt.targets):
                return stmt.value
        return None

    def _columns(self, cls: Class, sqlmodel: bool) -> Iterator[Column]:
        for stmt in cls.node.body:
            if not isinstance(stmt, s.Assign):
                continue
            name = s.dotted(stmt.targets[0])
            if name is None or name.startswith("__"):
                continue
            call = stmt.value if isinstance(stmt.value, s.Call) else None
            target = self.types.resolve(cls.path, call.func) if call is not None else None
            if target in _RELATION:
                continue
            is_column = target in _COLUMN
            mapped = self._mapped(cls, stmt.annotation)
            if is_column or mapped or (sqlmodel and stmt.annotation is not None and name != "model_config"):
                yield self._column(cls, name, stmt, call if is_column or sqlmodel else None, sqlmodel)

    def _mapped(self, cls: Class, annotation: s.Expr | None) -> bool:
        if not isinstance(annotation, s.Subscript):
            return False
        if self.types.resolve(cls.path, annotation.value) != "sqlalchemy.orm.Mapped":
            return False
        inner = self.types.annotation(cls.path, annotation)
        item = inner.args[0] if inner is not None and inner.args else inner
        return item is None or not self._is_mapped_class(item.name)

    def _is_mapped_class(self, target: str) -> bool:
        return "::" in target and any(
            b in _DECLARATIVE or b.endswith("declarative_base()") for b in self.linker.mro(target)
        )

    def _column(self, cls: Class, name: str, stmt: s.Assign, call: s.Call | None, sqlmodel: bool) -> Column:
        inner = s.keyword(call, "sa_column") if call is not None else None
        outer = call
        if isinstance(inner, s.Call):
            call = inner
        args = call.args if call is not None else ()
        foreign = s.string(s.keyword(outer, "foreign_key")) if outer is not None else None
        ondelete = s.string(s.keyword(outer, "ondelete")) if outer is not None else None
        kind: str | None = None
        for arg in args:
            if isinstance(arg, s.Call) and self.types.resolve(cls.path, arg.func) == _FOREIGN:
                first = arg.args[0] if arg.args else None
                foreign = s.string(first) or s.text(first)
                ondelete = s.string(s.keyword(arg, "ondelete"))
            elif kind is None and not isinstance(arg, s.Constant) and (not sqlmodel or call is not outer):
                kind = (s.dotted(arg.func if isinstance(arg, s.Call) else arg) or "").rpartition(".")[2] or None
        annotated = self.types.annotation(cls.path, stmt.annotation)
        flag = _flag(call, "nullable")
        if kind is None and call is not None:
            given = s.keyword(call, "type_") or s.keyword(call, "sa_type")
            kind = (s.dotted(given) or "").rpartition(".")[2] or None
        if kind is None and annotated is not None:
            kind = annotated.name.rpartition(".")[2].rpartition("::")[2]
        return Column(
            name=name,
            at=Location(cls.path, stmt.line, stmt.end),
            type=kind,
            primary_key=_flag(call, "primary_key") is True or _flag(outer, "primary_key") is True,
            nullable=flag if flag is not None else (annotated.optional if annotated is not None else None),
            index=_flag(call, "index") is True or _flag(outer, "index") is True,
            unique=_flag(call, "unique") is True or _flag(outer, "unique") is True,
            foreign_key=foreign,
            ondelete=ondelete,
            default=(s.keyword(call, "default") if call is not None else stmt.value),
            server_default=call is not None and s.keyword(call, "server_default") is not None,
            expr=stmt.value,
            annotation=stmt.annotation,
        )

    def _relations(self, cls: Class) -> Iterator[Relationship]:
        for stmt in cls.node.body:
            if not isinstance(stmt, s.Assign) or not isinstance(stmt.value, s.Call):
                continue
            if self.types.resolve(cls.path, stmt.value.func) not in _RELATION:
                continue
            name = s.dotted(stmt.targets[0])
            if name is None:
                continue
            call = stmt.value
            first = s.argument(call, 0, "argument")
            annotated = self.types.annotation(cls.path, stmt.annotation)
            many = annotated.name in ("builtins.list", "builtins.set", "typing.Sequence") if annotated else None
            inner = annotated.args[0] if annotated is not None and many and annotated.args else annotated
            target = s.string(first) or s.dotted(first)
            if target is None and inner is not None:
                target = inner.name.rpartition("::")[2].rpartition(".")[2]
            yield Relationship(
                name=name,
                at=Location(cls.path, stmt.line, stmt.end),
                target=target.rpartition(".")[2] if target else None,
                back_populates=s.string(s.keyword(call, "back_populates")),
                options={k.name: k.value for k in call.keywords if k.name},
                many=many,
            )

    def _indexes(self, cls: Class) -> Iterator[tuple[str, ...]]:
        args = self._assigned(cls.node, "__table_args__")
        for node in s.walk(args) if args is not None else ():
            if isinstance(node, s.Call):
                name = (s.dotted(node.func) or "").rpartition(".")[2]
                if name in _INDEXED:
                    items = node.args[1:] if name == "Index" else node.args
                    yield tuple(s.string(a) or s.text(a) for a in items)


def _flag(call: s.Call | None, name: str) -> bool | None:
    value = s.keyword(call, name) if call is not None else None
    return value.value if isinstance(value, s.Constant) and isinstance(value.value, bool) else None


def _default_name(cls: str) -> str:
    """SQLModel's default table name; declarative bases that derive names usually agree."""
    return cls.lower()
