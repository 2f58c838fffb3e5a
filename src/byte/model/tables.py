"""Questions about tables that several rules ask."""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Class, Column, Facts, Migration, MigrationOp, Relationship, Table
from byte.model.review import Location

_COLUMN = frozenset({"Column", "mapped_column", "MappedColumn"})
_MYSQL = frozenset({"pymysql", "aiomysql", "asyncmy", "MySQLdb", "mysql", "mariadb"})
_POSTGRES = frozenset({"psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000"})
_MYSQL_PACKAGES = frozenset({"pymysql", "aiomysql", "asyncmy", "mysqlclient", "mysql-connector-python", "mariadb"})


def stands_in(at: Location, cls: Class) -> bool:
    """Whether a place is in the body of this class."""
    return at.path == cls.path and cls.node.line <= at.line <= cls.node.end


def own(facts: Facts, table: Table, at: Location) -> bool:
    """Whether the table's own class (or `Table(...)`) declares what stands here, and no mixin does."""
    cls = facts.cls(table.key)
    return at.path == table.at.path if cls is None else stands_in(at, cls)


def column_calls(column: Column) -> Iterator[s.Call]:
    """The `Column(...)` or `mapped_column(...)` of a column, in `sa_column` too."""
    expr = column.expr
    if isinstance(expr, s.Call):
        if last_name(expr.func) in _COLUMN:
            yield expr
        inner = s.keyword(expr, "sa_column")
        if isinstance(inner, s.Call):
            yield inner


def column_name(column: Column) -> str:
    """The column's name in the database."""
    for call in column_calls(column):
        given = s.string(s.keyword(call, "name")) or s.string(call.args[0] if call.args else None)
        if given is not None:
            return given
    return column.name


def last_name(expr: s.Expr | None) -> str:
    """`c` of `a.b.c`, empty if the expression is no dotted name."""
    return (s.dotted(expr) or "").rpartition(".")[2]


def ancestry(facts: Facts, key: str) -> tuple[list[Class], bool]:
    """The class and its ancestors in the project, and whether every base is known as far as it matters."""
    out: list[Class] = []
    whole = True
    stack, seen = [key], set[str]()
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        cls = facts.cls(current)
        if cls is None:
            whole = whole and current.startswith(("sqlalchemy.", "sqlmodel.", "builtins.", "abc.", "typing."))
            continue
        out.append(cls)
        whole = whole and None not in cls.bases
        stack.extend(base for base in cls.bases if base is not None)
    return out, whole


def shares_table(facts: Facts, table: Table) -> bool:
    """Whether the class stands for some rows of an ancestor's table (single-table inheritance)."""
    classes, _ = ancestry(facts, table.key)
    for cls in classes:
        if any(isinstance(x, s.Assign) and s.dotted(x.targets[0]) == "__tablename__" for x in cls.node.body):
            return cls.key != table.key
    return any(facts.table(c.key) is not None for c in classes if c.key != table.key)


def mapped_class(facts: Facts, name: str | None) -> Table | None:
    """The one table whose class has this name, None if there are several or none."""
    found = [t for t in facts.all(Table) if t.cls == name and facts.cls(t.key) is not None]
    return found[0] if len(found) == 1 else None


def relationship(table: Table, name: str | None) -> Relationship | None:
    """The table's relationship with this name."""
    return next((r for r in table.relationships if r.name == name), None)


def upgrades(migration: Migration) -> Iterator[MigrationOp]:
    """The operations of `upgrade`, in order."""
    return (op for op in migration.ops if op.direction == "upgrade")


def folder(path: str) -> str:
    """The folder of a file, empty at the root."""
    return path.rpartition("/")[0]


def classes(module: s.Module, prefix: str = "") -> Iterator[tuple[str, s.Class]]:
    """The classes of a file with their qualified names; of two with one name the first."""
    seen: set[str] = set()
    stack: list[tuple[str, s.Stmt]] = [(prefix, stmt) for stmt in reversed(module.body)]
    while stack:
        outer, stmt = stack.pop()
        if isinstance(stmt, s.Class):
            name = outer + stmt.name
            if name not in seen:
                seen.add(name)
                yield name, stmt
            stack.extend((f"{name}.", inner) for inner in reversed(stmt.body))


def uses_mysql(facts: Facts) -> bool:
    """Whether the project declares, imports or migrates MySQL or MariaDB, whose rules differ in places."""
    project = facts.project()
    if _MYSQL & project.imports.keys() or _MYSQL_PACKAGES & {r.name.lower() for r in project.requirements}:
        return True
    modules = (facts.module(m.path) for m in facts.all(Migration))
    imports = (x for m in modules if m is not None for x in m.body if isinstance(x, s.ImportFrom))
    words = (word.lower() for x in imports for word in (x.module, *(name for name, _ in x.names)))
    return any("mysql" in word or "mariadb" in word for word in words)


def only_mysql(facts: Facts) -> bool:
    """Whether the project speaks MySQL and no PostgreSQL."""
    project = facts.project()
    named = project.imports.keys() | {r.name.lower() for r in project.requirements}
    return uses_mysql(facts) and not _POSTGRES & named


def is_view(facts: Facts, table: Table) -> bool:
    """Whether a revision creates a view of the table's name."""
    made = re.compile(rf"\bVIEW\s+(IF\s+NOT\s+EXISTS\s+)?[\"`]?{re.escape(table.name)}\b", re.IGNORECASE)
    for migration in facts.all(Migration):
        module = facts.module(migration.path) if migration.raw else None
        for node in s.walk(*module.body, into_scopes=True) if module is not None else ():
            if isinstance(node, s.Constant) and node.kind == "str" and made.search(str(node.value)):
                return True
    return False
