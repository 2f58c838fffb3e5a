"""NOT NULL column that existing rows cannot satisfy.

## What it does

Finds a migration that adds a NOT NULL column without a server default to a table that an earlier revision created,
or that sets an existing column NOT NULL without filling it first.

## Why is this bad?

The database refuses the change as soon as the table has a row without a value. It passes on the empty database of a
test run and stops the deployment in production.

## Bad

```python title="alembic/versions/2_note.py"
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.add_column("orders", sa.Column("note", sa.String(), nullable=False))  # finding
    op.alter_column("orders", "address", nullable=False)  # finding
```

## Good

```python title="alembic/versions/2_note.py"
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.add_column("orders", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE orders SET address = '' WHERE address IS NULL")
    op.alter_column("orders", "address", nullable=False)
```

## Limits

Only the rows in production decide whether an existing column can become NOT NULL: that finding is a note and a
question. A table that the same revision creates, or empties before, is not reported; nor is a column that any statement of the
revision before it may have filled. MySQL fills an added column with 0 or '' itself, so projects that use it are asked
about altered columns only.

```python title="alembic/versions/2_note.py"
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("orders", sa.Column("note", sa.String(), nullable=False))
    op.execute("DELETE FROM items")
    op.add_column("items", sa.Column("note", sa.String(), nullable=False))
    backfill(op.get_bind())
    op.alter_column("users", "address", nullable=False)
```

## References

- PostgreSQL: ALTER TABLE, notes on SET NOT NULL and ADD COLUMN
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function, Migration, MigrationOp
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import last_name, only_mysql, upgrades

_EMPTIES = frozenset({"delete", "truncate"})
_SERVER = frozenset({"Identity", "Computed", "FetchedValue"})


def check(migration: Migration, facts: Facts) -> Iterator[Evidence]:
    """The additions and changes of `upgrade`, against what stands before them."""
    created = {op.table for op in upgrades(migration) if op.kind == "create_table"}
    for op in upgrades(migration):
        if op.table is None or op.table in created:
            continue
        if op.kind == "add_column" and not only_mysql(facts):
            column = _required(op)
            if column is not None and not _emptied(migration, op, facts):
                yield _evidence(op, column, "is added NOT NULL without a server default", "rows")
        elif op.kind == "alter_column" and op.columns and s.text(s.keyword(op.call, "nullable")) == "False":
            column = op.columns[0]
            if not _filled(migration, op, column, facts):
                yield _evidence(op, column, "is set NOT NULL without filling it", "a row without it")


def _evidence(op: MigrationOp, column: str, what: str, rows: str) -> Evidence:
    altered = op.kind == "alter_column"
    return Evidence(
        message=f"`{op.table}.{column}` {what}: the migration fails if `{op.table}` has {rows}",
        at=op.at,
        symbol=f"{op.table}.{column}",
        key=f"{op.kind} {op.table}.{column}",
        fix=f"Fill `{column}` for the rows that exist (a `server_default`, or an UPDATE) before it is NOT NULL.",
        severity=Severity.NOTE if altered else None,
        question=f"Has every row of `{op.table}` a `{column}` in production?" if altered else None,
    )


def _required(op: MigrationOp) -> str | None:
    """The name of the added column if it is NOT NULL and nothing gives it a value."""
    for arg in (*op.call.args, *(k.value for k in op.call.keywords)):
        if not isinstance(arg, s.Call) or last_name(arg.func) != "Column":
            continue
        default = s.keyword(arg, "server_default")
        given = default is not None and not (isinstance(default, s.Constant) and default.kind == "none")
        made = any(isinstance(a, s.Call) and last_name(a.func) in _SERVER for a in arg.args)
        if s.text(s.keyword(arg, "nullable")) == "False" and not given and not made:
            return op.columns[0] if op.columns else None
    return None


def _emptied(migration: Migration, op: MigrationOp, facts: Facts) -> bool:
    """Whether anything before the operation may delete the rows."""
    for call in _calls_before(migration, op, facts):
        if isinstance(call.func, s.Attribute) and call.func.attr in _EMPTIES:
            return True
        for text in _texts(call):
            if any(word in text.lower() for word in _EMPTIES):
                return True
    return False


def _filled(migration: Migration, op: MigrationOp, column: str, facts: Facts) -> bool:
    """Whether anything before the operation, or an earlier revision, may have filled the column."""
    for call in _calls_before(migration, op, facts):
        name = last_name(call.func)
        if isinstance(call.func, s.Name) and name not in ("print", "str"):
            return True  # a helper
        if name in ("execute", "bulk_insert", "get_bind", "scalars", "commit", "add"):
            texts = list(_texts(call))
            if not texts or any(not t.strip().lower().startswith(("set ", "lock ")) for t in texts):
                return True
    for other in facts.all(Migration):
        if other.path == migration.path or other.revision not in migration.down:
            continue
        for earlier in upgrades(other):
            same = earlier.table == op.table and column in earlier.columns
            if other.raw or (same and earlier.kind == "add_column"):
                return True
    return any(
        o.kind == "add_column"
        and o.table == op.table
        and column in o.columns
        and "server_default" in s.text(o.call, 999)
        for m in facts.all(Migration)
        for o in upgrades(m)
    )


def _calls_before(migration: Migration, op: MigrationOp, facts: Facts) -> Iterator[s.Call]:
    for function in facts.functions(migration.path):
        if _runs(function):
            for node in s.own(function.node):
                if isinstance(node, s.Call) and (node.line < op.at.line or function.qualname != "upgrade"):
                    yield node


def _runs(function: Function) -> bool:
    return function.qualname != "downgrade" and "." not in function.qualname


def _texts(call: s.Call) -> Iterator[str]:
    for node in s.walk(*call.args):
        text = s.string(node)
        if text is not None:
            yield text


RULE = Rule(
    id="BYT202",
    name="unsafe-not-null",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.BLOCKER,
    on=Migration,
    check=check,
)
