"""What runs while a request is served: the functions that handlers and their dependencies reach, and how."""

from collections import deque
from collections.abc import Callable, Mapping
from weakref import WeakKeyDictionary

from byte.model import syntax as s
from byte.model.facts import Call, Endpoint, Facts, Function
from byte.model.review import Step

_MAX_DEPTH = 10
_MAX_VISITED = 4000

_OFFLINE = frozenset(
    {
        "alembic", "benchmark", "benchmarks", "bin", "ci", "cli", "commands", "dev", "docs", "docs_src", "example",
        "examples", "fixes", "fixtures", "migration", "migrations", "scripts", "seed", "seeders", "seeds", "tools", "versions",
    }
)  # fmt: skip
_OFFLINE_FILES = ("cli.", "commands.", "manage.", "migrat", "seed", "initial_data.", "backend_pre_start.", "conftest.")

_INJECTS = frozenset({"fastapi.Depends", "fastapi.Security"})

_ORIGINS: "WeakKeyDictionary[Facts, Mapping[str, tuple[str, Step] | None]]" = WeakKeyDictionary()
"""Remembered for as long as the facts live; what is remembered depends on the facts alone."""


def served(function: Function, facts: Facts) -> tuple[Step, ...] | None:
    """The chain of calls by which a request reaches this function: empty for a handler, None if none is seen."""
    if function.node.name == "dispatch" and any(p.name == "call_next" for p in function.node.params):
        return ()
    origins = _origins(facts)
    key, steps = function.key, list[Step]()
    if key not in origins:
        return () if _injected(function, facts) else None
    while (origin := origins[key]) is not None:
        key, step = origin
        steps.append(step)
    return tuple(reversed(steps))


def _injected(function: Function, facts: Facts) -> bool:
    """Whether a parameter asks for a dependency, which only FastAPI gives: to handlers and to other dependencies."""
    return any(
        isinstance(p.default, s.Call) and facts.resolve(function.path, p.default.func) in _INJECTS
        for p in function.node.params
    )


def _origins(facts: Facts) -> Mapping[str, tuple[str, Step] | None]:
    """Each function that a request reaches -> its caller and the call; None for handlers and dependencies."""
    found = _ORIGINS.get(facts)
    if found is None:
        found = _ORIGINS[facts] = _spread(facts)
    return found


def _spread(facts: Facts) -> Mapping[str, tuple[str, Step] | None]:
    """Breadth first from all handlers at once, so that every chain is a shortest one."""
    out: dict[str, tuple[str, Step] | None] = {}
    queue: deque[Function] = deque()
    for endpoint in facts.all(Endpoint):
        for name in (endpoint.function.key, *endpoint.dependencies):
            function = _provider(name, facts)
            if function is not None and function.key not in out:
                out[function.key] = None
                queue.append(function)
    while queue:
        function = queue.popleft()
        for call in facts.calls(function):
            callee = facts.function(call.callee)
            if callee is not None and callee.key not in out:
                out[callee.key] = (function.key, step(function, call))
                queue.append(callee)
    return out


def _provider(name: str, facts: Facts) -> Function | None:
    """The function that a dependency runs; for a class, its constructor."""
    return facts.function(name) or facts.function(f"{name}.__init__")


def step(function: Function, call: Call) -> Step:
    """The call as a link of a chain."""
    return Step(function.path, call.line, s.text(call.node.func, 60))


def offline(path: str) -> bool:
    """Whether a file is, by its place, code that people run by hand or once: scripts, migrations, command lines."""
    parts = path.lower().split("/")
    return any(part in _OFFLINE for part in parts[:-1]) or parts[-1].startswith(_OFFLINE_FILES)


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
