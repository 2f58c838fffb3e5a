"""Default that is computed once, when the module is imported.

## What it does

Finds a field or column whose default is a call of the clock, of a random source or of a project function that returns
one: `created_at: datetime = datetime.now()`, `Column(default=uuid4())`.

## Why is this bad?

A class body runs once. Every object that the process makes gets the same moment or the same id, until the next
restart: wrong times, and identifiers and tokens that are not unique.

## Bad

```python
import uuid
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


def now():
    return datetime.now()


class Event(BaseModel):
    at: datetime = datetime.now()  # finding
    id: str = Field(default=str(uuid.uuid4()))  # finding


class Row(Base):
    __tablename__ = "rows"
    id = Column(String, primary_key=True, default=uuid.uuid4().hex)  # finding
    at = Column(DateTime, default=now())  # finding
```

## Good

```python
import uuid
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, String, func
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Event(BaseModel):
    at: datetime = Field(default_factory=datetime.now)
    id: str = Field(default_factory=lambda: str(uuid.uuid4()))


class Row(Base):
    __tablename__ = "rows"
    id = Column(String, primary_key=True, default=lambda: uuid.uuid4().hex)
    at = Column(DateTime, default=datetime.now)
    changed_at = Column(DateTime, server_default=func.now(), onupdate=func.now())
```

## Limits

Settings (a settings class, or a model named `...Settings` or `...Config`) are made once in a process, so a secret or a
start time that is computed there is left alone.

```python
import secrets

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str = secrets.token_urlsafe(32)
```

## References

- Pydantic: Fields, default factory; SQLAlchemy: Python-Executed Functions as defaults
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Module
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.tables import classes, last_name

_CHANGING = frozenset(
    {
        "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
        "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "uuid.uuid1", "uuid.uuid4", "uuid.uuid6",
        "uuid.uuid7", "os.urandom", "secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes",
        "secrets.randbelow", "secrets.choice", "random.random", "random.randint", "random.choice", "random.uniform",
        "random.randrange", "random.getrandbits", "random.choices", "random.sample", "pendulum.now", "pendulum.today",
        "arrow.now", "arrow.utcnow", "uuid_utils.uuid7", "uuid_utils.uuid4", "ulid.ULID", "ulid.new", "nanoid.generate",
    }
)  # fmt: skip
_HOLDERS = frozenset({"Field", "field", "Column", "mapped_column", "MappedColumn"})
_ARGUMENTS = ("default", "insert_default", "onupdate")


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """The statements of the models' and tables' own bodies."""
    for name, node in classes(module.node):
        key = f"{module.path}::{name}"
        model = facts.model(key)
        if model is not None and (model.kind == "settings" or name.endswith(("Settings", "Config"))):
            continue
        if model is None and facts.table(key) is None and not _mixin(node):
            continue
        for stmt in node.body:
            if not isinstance(stmt, s.Assign) or stmt.value is None:
                continue
            for default in _defaults(stmt, model is not None):
                found = _changing(default, module.path, facts)
                if found is None:
                    continue
                field = s.dotted(stmt.targets[0]) or s.text(stmt.targets[0], 30)
                yield Evidence(
                    message=f"the default `{s.text(default, 40)}` of `{name}.{field}` is computed once, at import: "
                    "every object gets the same value",
                    at=Location(module.path, stmt.line, stmt.end),
                    symbol=name,
                    key=f"{field} {found}",
                    fix=f"Give `{field}` a function to call (`default_factory=` in a model, `default=` in a column).",
                )
                break


def _mixin(node: s.Class) -> bool:
    """A class with columns of its own, which tables inherit."""
    return any(
        isinstance(x, s.Assign)
        and isinstance(x.value, s.Call)
        and last_name(x.value.func) in ("mapped_column", "Column")
        for x in node.body
    )


def _defaults(stmt: s.Assign, model: bool) -> Iterator[s.Expr]:
    value = stmt.value
    if isinstance(value, s.Call) and last_name(value.func) in _HOLDERS:
        calls = [value]
        inner = s.keyword(value, "sa_column")
        if isinstance(inner, s.Call):
            calls.append(inner)
        for call in calls:
            if last_name(call.func) == "Field" and call.args:
                yield call.args[0]
            yield from (k.value for k in call.keywords if k.name in _ARGUMENTS)
    elif value is not None and model and stmt.annotation is not None and "ClassVar" not in s.text(stmt.annotation):
        yield value


def _changing(expr: s.Expr, path: str, facts: Facts, deep: bool = True) -> str | None:
    """The call in the expression whose value differs each time, if any (a lambda's body is not looked at)."""
    for node in s.walk(expr):
        if not isinstance(node, s.Call):
            continue
        target = facts.resolve(path, node.func)
        if target in _CHANGING:
            return target
        function = facts.function(target) if deep else None
        if function is not None and not function.node.is_async and not function.node.is_generator:
            values = [x.value for x in s.own(function.node) if isinstance(x, s.Return) and x.value is not None]
            if any(_changing(value, function.path, facts, deep=False) for value in values):
                return s.text(node.func)
    return None


RULE = Rule(
    id="BYT207",
    name="default-evaluated-once",
    area=Area.DATA,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.MAJOR,
    on=Module,
    check=check,
)
