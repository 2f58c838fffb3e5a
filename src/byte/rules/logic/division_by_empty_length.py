"""Division by the length of something that may be empty.

## What it does

Finds a division by `len(x)`, or a `statistics.mean(x)`, where nothing on the way has looked whether `x` has elements.

## Why is this bad?

On the first day, for the new customer, in the empty month, there is nothing to divide by: `ZeroDivisionError`, and the
page of statistics answers 500.

## Bad

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def average(session: Session) -> float:
    prices = session.scalars(select(Item.price)).all()
    return sum(prices) / len(prices)  # finding


def share(values: list[int]) -> float:
    large = [v for v in values if v > 10]
    total = len(large)
    return sum(large) / total  # finding
```

## Good

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def average(session: Session) -> float:
    prices = session.scalars(select(Item.price)).all()
    return sum(prices) / len(prices) if prices else 0.0


def share(values: list[int]) -> float:
    large = [v for v in values if v > 10]
    return sum(large) / max(len(large), 1)
```

## Limits

It is a note where the function is handed the collection: the callers may know that there are elements. Any test that names the value or its length
counts as a guard, and so does a loop over it around the place. Only names are followed, not results of calls.

```python
def weights(values: list[float]) -> list[float]:
    return [value / len(values) for value in values]


def ratio(values: list[float]) -> float:
    count = len(values)
    if not count:
        return 0.0
    return sum(values) / count


def header(content: bytes) -> bytes:
    return b"blob %d" % len(content)
```

## References

- CWE-369: Divide By Zero
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_ERRORS = frozenset({"ZeroDivisionError", "ArithmeticError", "StatisticsError", "ValueError"})
_MEANS = frozenset({"mean", "fmean", "median", "mode", "geometric_mean", "harmonic_mean"})


class _Divisions(flow.Guards):
    def __init__(self, facts: Facts, function: Function) -> None:
        self.facts = facts
        self.function = function
        self.found: dict[tuple[int, str], str] = {}
        self.lengths = {
            name
            for name, item in flow.bindings(function.node)
            if isinstance(item, s.Assign) and item.value is not None and flow.measured_by(item.value) is not None
        }
        self.ending = flow.endings(facts, function)

    def see(self, node: s.Node, state: flow.Tested, walk: flow.Walk[flow.Tested]) -> flow.Tested:
        if not walk.reporting or flow.expects(walk.tries, _ERRORS):
            return state
        measured, text = self._divisor(node, state)
        if measured is None or measured.split(".")[0] in walk.hidden or measured.rpartition(".")[2].isupper():
            return state
        if ("tested", measured) not in state:
            self.found.setdefault((node.line, measured), text)
        return state

    def _divisor(self, node: s.Node, state: flow.Tested) -> tuple[str | None, str]:
        """The collection whose length a node divides by."""
        if isinstance(node, s.Binary) and node.op in ("/", "//", "%"):
            if node.op == "%" and _formats(node.left):
                return None, ""
            right = node.right
            if isinstance(right, s.Call) and s.dotted(right.func) == "float" and right.args:
                right = right.args[0]
            measured = flow.measured_by(right)
            if measured is not None:
                return measured, s.text(node.right, 40)
            name = right.id if isinstance(right, s.Name) else None
            for what, held in sorted(state):
                if what == "length" and held.split("=")[0] == name and ("tested", name) not in state:
                    return (held.split("=", 1)[1], s.text(node.right, 40)) if name in self.lengths else (None, "")
        elif isinstance(node, s.Call) and len(node.args) == 1:
            target = self.facts.resolve(self.function.path, node.func, self.function) or ""
            if target.startswith("statistics.") and target.rpartition(".")[2] in _MEANS:
                return s.dotted(node.args[0]), s.text(node, 40)
        return None, ""

    def ends(self, call: s.Call) -> bool:
        return self.ending(call)


def _formats(left: s.Expr) -> bool:
    """Whether `%` puts values into a text."""
    return isinstance(left, s.FString) or (isinstance(left, s.Constant) and left.kind in ("str", "bytes"))


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each division that may be by zero."""
    if not _divides(function.node):
        return
    domain = _Divisions(facts, function)
    flow.walk_function(function.node, domain, frozenset())
    for (line, measured), text in sorted(domain.found.items()):
        what = f"`{text}` fails" if "(" in text and "len" not in text else f"the division by `{text}` fails"
        rows = _rows(function, measured, facts)
        yield Evidence(
            message=f"{what} when `{measured}` is empty, and nothing has checked that",
            at=Location(function.path, line, line),
            symbol=function.qualname,
            key=text,
            because=rows or (),
            brief=f"{what} when `{measured}` is empty",
            fix=f"Answer the case that `{measured}` is empty in `{function.qualname}`, before the division.",
            severity=None if rows is not None else Severity.NOTE,
        )


def _rows(function: Function, name: str, facts: Facts) -> tuple[Step, ...] | None:
    """The chain to the query that gives the collection, if this function asks for it itself."""
    values = [
        node.value.value if isinstance(node.value, s.Await) else node.value
        for node in s.own(function.node)
        if isinstance(node, s.Assign) and any(s.dotted(t) == name for t in node.targets)
    ]
    if len(values) != 1:
        return None
    call = next((c for c in facts.calls(function) if c.node is values[0]), None)
    return facts.reach(call, Effect.QUERY) if call is not None else None


def _divides(node: s.Function) -> bool:
    lengths = means = divisions = False
    for item in s.own(node):
        if isinstance(item, s.Binary) and item.op in ("/", "//", "%"):
            divisions = True
        elif isinstance(item, s.Call):
            name = (s.dotted(item.func) or "").rpartition(".")[2]
            lengths |= name == "len"
            means |= name in _MEANS
    return means or (lengths and divisions)


RULE = Rule(
    id="BYT304",
    name="division-by-empty-length",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
