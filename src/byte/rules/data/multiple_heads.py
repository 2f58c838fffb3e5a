"""Migration history with two ends or a missing parent.

## What it does

Finds Alembic revisions that follow the same revision without a merge after them, so that the history has two heads,
and revisions whose `down_revision` does not exist.

## Why is this bad?

`alembic upgrade head` refuses to run with more than one head ("Multiple head revisions are present"), and no command
at all works when a parent is missing. It happens when two branches are merged that both added a revision; git sees
no conflict, and the deployment fails.

## Bad

```python title="alembic/versions/1_users.py"
revision = "1"
down_revision = None


def upgrade():
    pass
```

```python title="alembic/versions/2_orders.py"
revision = "2"  # finding
down_revision = "1"


def upgrade():
    pass
```

```python title="alembic/versions/3_items.py"
revision = "3"  # finding
down_revision = "1"


def upgrade():
    pass
```

One revision names a parent that is not there:

```python title="alembic/versions/2_orders.py"
revision = "2"  # finding
down_revision = "1"


def upgrade():
    pass
```

## Good

```python title="alembic/versions/1_users.py"
revision = "1"
down_revision = None


def upgrade():
    pass
```

```python title="alembic/versions/2_orders.py"
revision = "2"
down_revision = "1"


def upgrade():
    pass
```

```python title="alembic/versions/3_items.py"
revision = "3"
down_revision = "2"


def upgrade():
    pass
```

## Limits

Histories that are apart on purpose (`branch_labels`, `depends_on`, no revision in common) are not reported.

```python title="alembic/versions/1_users.py"
revision = "1"
down_revision = None
branch_labels = ("users",)


def upgrade():
    pass
```

```python title="alembic/versions/2_orders.py"
revision = "2"
down_revision = "1"


def upgrade():
    pass
```

```python title="alembic/versions/3_items.py"
revision = "3"
down_revision = "1"


def upgrade():
    pass
```

## References

- Alembic: Working with Branches
"""

from collections.abc import Iterator, Mapping

from byte.model import syntax as s
from byte.model.facts import Facts, Migration
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step
from byte.model.tables import folder


def check(migration: Migration, facts: Facts) -> Iterator[Evidence]:
    """The revision as an end of its folder's history, and its parents."""
    place = folder(migration.path)
    history = [m for m in facts.all(Migration) if folder(m.path) == place]
    everywhere = {m.revision for m in facts.all(Migration)}
    last = not any(migration.revision in other.down for other in history)
    missing = [d for d in migration.down if d not in everywhere and d.isalnum()]
    if not (last or missing) or any(_apart(facts, m) for m in history):
        return
    if last:
        yield from _heads(migration, history, {m.revision: m for m in history})
    for parent in missing if _whole(facts, place, history) else ():
        yield Evidence(
            message=f"`{migration.revision}` follows revision `{parent}`, which does not exist: "
            "every Alembic command fails",
            at=migration.at,
            symbol=migration.revision,
            key=f"down {parent}",
            fix=f"Set `down_revision` of `{migration.revision}` to the head of the history.",
        )


def _heads(migration: Migration, history: list[Migration], known: Mapping[str, Migration]) -> Iterator[Evidence]:
    mine = _ancestors(migration, known)
    parents = {d for m in history for d in m.down}
    for other in history:
        if other.path == migration.path or other.revision in parents or other.revision == migration.revision:
            continue
        common = mine & _ancestors(other, known)
        if not common:
            continue
        yield Evidence(
            message=f"`{migration.revision}` and `{other.revision}` are both heads of the history: "
            "`alembic upgrade head` fails",
            at=migration.at,
            symbol=migration.revision,
            key="head",
            because=(Step(other.path, other.at.line, f"head {other.revision}"),),
            fix=f"Set `down_revision` of the newer one to the other, or add a merge revision for `{folder(other.path)}`.",
            cause=f"heads of {folder(migration.path)}",
        )
        return


def _ancestors(migration: Migration, known: Mapping[str, Migration]) -> set[str]:
    out: set[str] = set()
    stack = list(migration.down)
    while stack:
        name = stack.pop()
        if name not in out:
            out.add(name)
            stack.extend(known[name].down if name in known else ())
    return out


def _apart(facts: Facts, migration: Migration) -> bool:
    """Whether the revision declares a branch label or a dependency."""
    module = facts.module(migration.path)
    for stmt in module.body if module is not None else ():
        if isinstance(stmt, s.Assign) and s.dotted(stmt.targets[0]) in ("branch_labels", "depends_on"):
            empty = isinstance(stmt.value, s.Constant) and stmt.value.kind == "none"
            if stmt.value is not None and not empty and s.text(stmt.value) not in ("()", "[]"):
                return True
    return False


def _whole(facts: Facts, place: str, history: list[Migration]) -> bool:
    """Whether every Python file of the folder was read as a revision."""
    read = {m.path for m in history}
    return all(
        path in read or path.endswith("/__init__.py")
        for path in facts.snapshot.files
        if folder(path) == place and path.endswith(".py")
    )


RULE = Rule(
    id="BYT203",
    name="multiple-heads",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.BLOCKER,
    on=Migration,
    check=check,
)
