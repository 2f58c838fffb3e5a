"""Date and time without a time zone.

## What it does

Finds `datetime.utcnow()`, `datetime.now()` without a zone, `datetime.today()` and `utcfromtimestamp()` where the value
is kept, compared or answered.

## Why is this bad?

Such a value says nothing about its zone: it is read as local time by the database driver, the JSON client and
`timestamp()`, also when it was made as UTC. Comparing it with an aware one raises `TypeError`.

## Bad

```python
from datetime import datetime, timedelta


def expires_at(days: int) -> datetime:
    return datetime.utcnow() + timedelta(days=days)  # finding


def is_expired(expires: float) -> bool:
    return datetime.utcnow().timestamp() >= expires  # finding
```

## Good

```python
from datetime import UTC, datetime, timedelta


def expires_at(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)
```

## Limits

Measuring how long something took, a name or text made by `strftime`, and a line of a log are left out. So is a value
that gets its zone at once.

```python
import logging
from datetime import UTC, datetime


def work() -> str:
    start = datetime.now()
    run()
    logging.info("took %s", datetime.now() - start)
    return f"report-{datetime.now().strftime('%Y%m%d')}-{datetime.utcnow().replace(tzinfo=UTC)}"
```

## References

- Python: datetime.utcnow is deprecated since 3.12
- ruff DTZ
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_CLASS = "datetime.datetime."
_LOGS = frozenset("debug info warning error exception critical log print echo".split())
_ENDS = frozenset({"strftime", "replace", "astimezone", "ctime", "date", "time", "total_seconds", "timestamp"})
_PARTS = frozenset({"year", "month", "day", "microsecond", "hour", "minute", "second"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding a function, at its first naive value."""
    found = [n for n in s.own(function.node) if isinstance(n, s.Call) and _naive(facts, function, n) is not None]
    if not found:
        return
    harmless = _harmless(function.node)
    kept = [call for call in found if id(call) not in harmless]
    if not kept:
        return
    first = min(kept, key=lambda call: call.line)
    name = s.text(first.func, 40)
    kind = _naive(facts, function, first)
    yield Evidence(
        message=f"`{name}()` has no time zone: it is read as local time where it is compared or stored",
        at=Location(function.path, first.line, first.line),
        symbol=function.qualname,
        key=name,
        fix="Use `datetime.now(UTC)`, and columns with a time zone.",
        cause=f"naive {kind}",
    )


def _naive(facts: Facts, function: Function, call: s.Call) -> str | None:
    """Which constructor of a naive value this is."""
    if not isinstance(call.func, s.Attribute) or call.func.attr not in ("utcnow", "now", "today", "utcfromtimestamp"):
        return None
    target = facts.resolve(function.path, call.func, function) or ""
    if not target.startswith(_CLASS):
        return None
    if call.func.attr == "now" and (call.args or call.keywords):
        return None
    return call.func.attr


def _harmless(node: s.Function) -> set[int]:
    """The calls whose value only measures, names or logs."""
    measured = {
        n.right.id for n in s.own(node) if isinstance(n, s.Binary) and n.op == "-" and isinstance(n.right, s.Name)
    }
    used = [n for n in s.own(node) if isinstance(n, s.Name) and n.id in measured]
    subtracted = [
        n.right for n in s.own(node) if isinstance(n, s.Binary) and n.op == "-" and isinstance(n.right, s.Name)
    ]
    only = {
        name
        for name in measured
        if sum(u.id == name for u in used) - sum(b == name for b, _ in flow.bindings(node))
        == sum(r.id == name for r in subtracted)
    }
    out: set[int] = set()
    for item in s.own(node):
        match item:
            case s.Assign() if len(item.targets) == 1 and isinstance(item.targets[0], s.Name):
                if item.targets[0].id in only and item.value is not None:
                    out.add(id(item.value))
            case s.Binary() if item.op == "-" and isinstance(item.right, s.Name) and item.right.id in only:
                out.add(id(item.left))
            case s.Call(func=s.Attribute() as func):
                if func.attr == "timestamp" and isinstance(func.value, s.Call) and _utc(func.value):
                    continue  # local time is subtracted from what is UTC already
                if func.attr in _ENDS:
                    out.update(id(n) for n in s.walk(func.value))
                elif func.attr in _LOGS:
                    out.update(id(n) for part in (*item.args, *item.keywords) for n in s.walk(part))
            case s.Call(func=s.Name() as func) if func.id in _LOGS:
                out.update(id(n) for part in item.args for n in s.walk(part))
            case s.FString():
                out.update(id(part) for part in item.parts)
            case s.Attribute() if item.attr in _PARTS:
                out.update(id(n) for n in s.walk(item.value))
            case _:
                pass
    return out


def _utc(call: s.Call) -> bool:
    return isinstance(call.func, s.Attribute) and call.func.attr in ("utcnow", "utcfromtimestamp")


RULE = Rule(
    id="BYT306",
    name="naive-datetime",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
