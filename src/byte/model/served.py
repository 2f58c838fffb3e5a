"""What runs while a request is served: the functions that handlers and their dependencies reach, and how."""

from collections import deque
from collections.abc import Callable

from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function
from byte.model.review import Step

_MAX_DEPTH = 10
_MAX_VISITED = 4000
_MAX_CALLERS = 300

_OFFLINE = frozenset(
    {
        "alembic", "benchmark", "benchmarks", "bin", "ci", "cli", "commands", "dev", "docs", "docs_src", "example",
        "examples", "fixes", "fixtures", "migration", "migrations", "scripts", "seed", "seeders", "seeds", "tools", "versions",
    }
)  # fmt: skip
_OFFLINE_FILES = ("cli.", "commands.", "manage.", "migrat", "seed", "initial_data.", "backend_pre_start.", "conftest.")

_INJECTS = frozenset({"fastapi.Depends", "fastapi.Security"})


def served(function: Function, facts: Facts) -> tuple[Step, ...] | None:
    """The chain of calls by which a request reaches this function: empty for a handler, None if none is seen."""
    if function.node.name == "dispatch" and any(p.name == "call_next" for p in function.node.params):
        return ()
    if _injected(function, facts):
        return ()
    return _upwards(function, facts)


def _injected(function: Function, facts: Facts) -> bool:
    """Whether a parameter asks for a dependency, which only FastAPI gives: to handlers and to other dependencies."""
    return any(
        isinstance(p.default, s.Call) and facts.resolve(function.path, p.default.func) in _INJECTS
        for p in function.node.params
    )


def _upwards(function: Function, facts: Facts) -> tuple[Step, ...] | None:
    """Breadth first from the function to its callers, so that the chain is a shortest one."""
    queue: deque[tuple[Function, tuple[Step, ...]]] = deque([(function, ())])
    seen = {function.key}
    while queue and len(seen) < _MAX_CALLERS:
        current, steps = queue.popleft()
        if facts.handles(current):
            return steps
        for caller, call in facts.callers(current) if len(steps) < _MAX_DEPTH else ():
            if caller.key not in seen:
                seen.add(caller.key)
                queue.append((caller, (step(caller, call), *steps)))
    return None


def step(function: Function, call: Call) -> Step:
    """The call as a link of a chain."""
    return Step(function.path, call.line, s.text(call.node.func, 60))


def offline(path: str) -> bool:
    """Whether a file is, by its place, code that people run by hand or once: scripts, migrations, benchmarks."""
    parts = path.lower().split("/")
    return any(part in _OFFLINE or part.endswith(("benchmark", "benchmarks")) for part in parts[:-1]) or parts[
        -1
    ].startswith(_OFFLINE_FILES)


def first_call(
    function: Function,
    start: Call,
    facts: Facts,
    wanted: Callable[[Call], bool],
    into: Callable[[Function], bool] = lambda _: True,
) -> tuple[tuple[Step, ...], Call] | None:
    """The nearest wanted call that this one runs, itself included, with the chain to it; `into` limits the search.

    A generator's body runs only when it is iterated, so it is not followed unless a decorator does that; a cached
    function runs once.
    """
    if wanted(start):
        return (step(function, start),), start
    queue: deque[tuple[Call, tuple[Step, ...]]] = deque([(start, (step(function, start),))])
    seen: set[str] = set()
    while queue and len(seen) < _MAX_VISITED:
        call, steps = queue.popleft()
        callee = facts.function(call.callee)
        if callee is None or callee.key in seen or len(steps) > _MAX_DEPTH or not into(callee):
            continue
        if cached(callee) or (callee.node.is_generator and not callee.node.decorators):
            continue
        seen.add(callee.key)
        for inner in facts.calls(callee):
            chain = (*steps, step(callee, inner))
            if wanted(inner):
                return chain, inner
            queue.append((inner, chain))
    return None


def cached(function: Function) -> bool:
    """Whether a decorator remembers what the function gives."""
    names = (s.text(d, 200).lower() for d in function.node.decorators)
    return any("cache" in name or "memo" in name for name in names)
