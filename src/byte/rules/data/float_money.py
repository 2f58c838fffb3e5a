"""Money as a binary float.

## What it does

Finds a column or a model's field with a floating point type whose name says that it is an amount of money.

## Why is this bad?

A float cannot hold 0.10 exactly. Sums of prices drift by cents, comparisons of amounts fail, and the difference shows
up in an invoice. `Numeric`/`Decimal`, or whole cents as integers, are exact.

## Bad

```python
from pydantic import BaseModel
from sqlalchemy import Float
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    total_price: Mapped[float] = mapped_column(Float)  # finding


class OrderIn(BaseModel):
    price: float  # finding
```

## Good

```python
from decimal import Decimal

from pydantic import BaseModel
from sqlalchemy import Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    total_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    price_cents: Mapped[int] = mapped_column()


class OrderIn(BaseModel):
    price: Decimal
```

## Limits

A name is a guess, so this is a note, and names that also say a rate, a ratio, a score or a unit other than money
(`cost_weight`, `price_change_percent`) are left alone.

```python
from pydantic import BaseModel


class Report(BaseModel):
    price_change_percent: float
    cost_weight: float
    fee_rate: float
```

## References

- SQLAlchemy: Numeric and Float; Python: decimal
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Module, Type
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.tables import classes, stands_in

_MONEY = frozenset("price prices cost costs fee fees salary revenue subtotal payout refund wage income".split())
_VAGUE = frozenset("amount balance deposit budget payment".split())
"""Money only where the class says so too."""
_CONTEXT = _MONEY | frozenset("currency payment invoice order wallet account bill billing checkout donation".split())
_OTHER = frozenset(
    "percent percentage pct rate ratio factor weight score threshold change multiplier index probability estimate "
    "days hours minutes seconds ms tokens count sat sats msat msats btc time quantity water food scale per growth "
    "avg average mean stddev median usage estimated".split()
)
_FLOATS = frozenset({"Float", "FLOAT", "REAL", "DOUBLE", "DOUBLE_PRECISION", "Double", "float"})


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """The fields and columns that the classes of this file declare."""
    for name, _ in classes(module.node):
        key = f"{module.path}::{name}"
        cls, table, model = facts.cls(key), facts.table(key), facts.model(key)
        if cls is None:
            continue
        found: list[tuple[str, Location]] = []
        if table is not None:
            found = [(c.name, c.at) for c in table.columns if c.type in _FLOATS]
        elif model is not None and model.kind in ("pydantic", "sqlmodel"):
            found = [(f.name, f.at) for f in model.fields if _float(f.type)]
        context = _words(name) | {w for f in cls.node.body for w in _declared(f)}
        for field, at in found:
            if not stands_in(at, cls) or not _money(field, context):
                continue
            yield Evidence(
                message=f"`{name}.{field}` holds money as a float, which cannot hold most amounts exactly",
                at=at,
                symbol=name,
                key=field,
                fix=f"Make `{field}` a `Decimal` (`Numeric` in a column), or an integer of the smallest unit.",
                cause=f"float money of {key}",
            )


def _float(found: Type | None) -> bool:
    return found is not None and found.name == "builtins.float"


def _money(name: str, context: set[str]) -> bool:
    words = _words(name)
    return bool(words & _MONEY or (words & _VAGUE and context & _CONTEXT)) and not words & _OTHER


def _words(name: str) -> set[str]:
    """The words of `snake_case` and `CamelCase`."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def _declared(stmt: s.Stmt) -> set[str]:
    return _words(s.dotted(stmt.targets[0]) or "") if isinstance(stmt, s.Assign) else set()


RULE = Rule(
    id="BYT209",
    name="float-money",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.NOTE,
    on=Module,
    check=check,
)
