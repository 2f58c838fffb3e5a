"""Paths and answers of endpoints, as rules compare them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from weakref import WeakKeyDictionary

from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Function, Type
from byte.model.review import Location

UNKNOWN = "{?}"
"""Stands in a path for a part that the source does not fix."""

_PARAMETER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_CONVERTERS = {
    "": r"[^/]+",
    "str": r"[^/]+",
    "path": r".*",
    "int": r"[0-9]+",
    "float": r"[0-9]+(?:\.[0-9]+)?",
    "uuid": r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
}
_SAMPLES = {
    "path": "any~/thing~",
    "int": "7",
    "float": "7.5",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
}
_MACHINES = frozenset(
    {"health", "healthz", "ready", "readyz", "live", "livez", "liveness", "readiness", "ping", "status", "metrics",
     "version", "startup", "heartbeat", "robots.txt", "favicon.ico", "openapi.json", "docs", "redoc",
     "health-check", "healthcheck", "health_check"}
)  # fmt: skip


_PATHS = 20_000
_NEAR = 3


_Frame = tuple[int, str | None, str | None]
"""Number of segments of a path, and its first and last one where they are fixed."""


class _Table:
    """The endpoints of a project by what their paths can have in common."""

    def __init__(self, facts: Facts) -> None:
        self.by_template: dict[str, list[Endpoint]] = {}
        self.by_frame: dict[_Frame, list[Endpoint]] = {}
        self.surroundings: dict[tuple[str, int], tuple[object, ...]] = {}
        self.greedy: list[Endpoint] = []
        for endpoint in facts.all(Endpoint):
            self.by_template.setdefault(template(endpoint.path), []).append(endpoint)
            if ":path}" in endpoint.path:
                self.greedy.append(endpoint)
            elif "{" in endpoint.path:
                self.by_frame.setdefault(_frame(endpoint.path), []).append(endpoint)
        shown = [e for e in facts.all(Endpoint) if e.in_schema and not e.websocket and not for_machines(e)]
        self.declared = 3 * sum(e.declared for e in shown) >= 2 * len(shown) or len(shown) < 3


_TABLES: "WeakKeyDictionary[Facts, _Table]" = WeakKeyDictionary()
"""By facts, for as long as they live; what is remembered depends on them alone."""


def _table(facts: Facts) -> _Table:
    found = _TABLES.get(facts)
    if found is None:
        found = _TABLES[facts] = _Table(facts)
    return found


def alike(endpoint: Endpoint, facts: Facts) -> list[Endpoint]:
    """The endpoints whose paths answer the same requests, this one included, in their order."""
    return _table(facts).by_template.get(template(endpoint.path), [])


def general(endpoint: Endpoint, facts: Facts) -> list[Endpoint]:
    """The endpoints with parameters in their paths that could take this one's requests, in their order."""
    table = _table(facts)
    count, first, last = _frame(endpoint.path)
    # A fixed segment of the general path has to stand in this one too.
    frames = {(count, a, b) for a in (first, None) for b in (last, None)}
    found = [e for frame in frames for e in table.by_frame.get(frame, ())]
    return sorted([*found, *table.greedy], key=lambda e: e.order)


def _frame(path: str) -> _Frame:
    parts = path.split("/")
    inner = [part if "{" not in part else None for part in parts[1:]] or [None]
    return len(parts), inner[0], inner[-1]


def declared_by_most(facts: Facts) -> bool:
    """Whether at least two thirds of the project's endpoints declare what they answer."""
    return _table(facts).declared


def fixed(endpoint: Endpoint) -> bool:
    """Whether the source fixes the whole path."""
    return UNKNOWN not in endpoint.path


@lru_cache(_PATHS)
def template(path: str) -> str:
    """The path with its parameters nameless: equal for paths that answer the same requests."""
    return _PARAMETER.sub(lambda m: "{:path}" if m.group(2) == "path" else "{}", path)


def plain(path: str) -> str:
    """The path without converters, as a document has it."""
    return _PARAMETER.sub(lambda m: "{" + m.group(1) + "}", path)


def names(path: str) -> tuple[str, ...]:
    """The names of the parameters of a path template."""
    return tuple(m.group(1) for m in _PARAMETER.finditer(path))


def segments(path: str) -> list[str]:
    """The parts of a path between slashes that are not parameters."""
    return [part for part in path.split("/") if part and "{" not in part]


def matches(pattern: str, path: str) -> bool:
    """Whether every request for the second path template is one for the first, as Starlette matches them."""
    return _regex(pattern).fullmatch(_sample(path)) is not None


@lru_cache(_PATHS)
def _regex(path: str) -> re.Pattern[str]:
    out, end = [], 0
    for match in _PARAMETER.finditer(path):
        out.append(re.escape(path[end : match.start()]))
        out.append(_CONVERTERS.get(match.group(2) or "", r"(?!)"))
        end = match.end()
    return re.compile("".join(out) + re.escape(path[end:]))


def _sample(path: str) -> str:
    return _PARAMETER.sub(lambda m: _SAMPLES.get(m.group(2) or "", "any~"), path)


def for_machines(endpoint: Endpoint) -> bool:
    """Health checks, metrics, documentation: routes for operators and tools."""
    return for_tools(endpoint.path)


def for_tools(path: str) -> bool:
    """Whether a path is, by its last part, that of a health check, of metrics or of documentation."""
    parts = segments(path)
    return not parts or parts[-1].lower() in _MACHINES


# --- registration ------------------------------------------------------------------------------


def registered_before(first: Endpoint, second: Endpoint, facts: Facts) -> bool:
    """Whether the first is surely registered before the second, in the same application.

    Sure means: where their chains of includes part, both stand in one file and one function, and neither in a
    branch that the other is not in.
    """
    if first.app is None or first.app != second.app:
        return False
    one = [(step.path, step.line) for step in first.because] + [(first.at.path, first.at.line)]
    two = [(step.path, step.line) for step in second.because] + [(second.at.path, second.at.line)]
    for left, right in zip(one, two, strict=False):
        if left == right:
            continue
        if left[0] != right[0] or left[1] > right[1]:
            return False
        return _surroundings(left, facts) == _surroundings(right, facts)
    return False


def _surroundings(place: tuple[str, int], facts: Facts) -> tuple[object, ...]:
    """The functions and branches around a line, outermost first."""
    known = _table(facts).surroundings
    if place not in known:
        known[place] = _around(place, facts)
    return known[place]


def _around(place: tuple[str, int], facts: Facts) -> tuple[object, ...]:
    path, line = place
    module = facts.module(path)
    out: list[object] = []
    body: tuple[s.Stmt, ...] = module.body if module is not None else ()
    while body:
        # Only what starts above the line can hold it, and of that the last few statements do.
        first = bisect_right(body, line, key=lambda stmt: getattr(stmt, "start", stmt.line))
        near = body[max(0, first - _NEAR) : first]
        inner = next((b for stmt in reversed(near) for b in _blocks(stmt) if _holds(b[1], line)), None)
        if inner is None:
            break
        out.append(inner[0])
        body = inner[1]
    return tuple(out)


def _holds(body: tuple[s.Stmt, ...], line: int) -> bool:
    return bool(body) and getattr(body[0], "start", body[0].line) <= line <= _end(body[-1])


def _end(stmt: s.Node) -> int:
    """The last line of a statement, its blocks included."""
    return max([s.last_line(stmt), *(_end(b[-1]) for _, b in _blocks(stmt) if b)])


def _blocks(stmt: s.Node) -> Iterator[tuple[object, tuple[s.Stmt, ...]]]:
    if isinstance(stmt, (s.If, s.Try, s.For, s.While, s.With, s.Function, s.Class)):
        for name in ("body", "orelse", "final"):
            block = getattr(stmt, name, ())
            if block:
                yield (stmt.line, name), block
    if isinstance(stmt, s.Try):
        for handler in stmt.handlers:
            yield (handler.line, "handler"), handler.body
    if isinstance(stmt, s.Match):
        for case in stmt.cases:
            yield (case.line, "case"), case.body


def router_call(endpoint: Endpoint, facts: Facts) -> s.Call | None:
    """The constructor call of the router that the endpoint is registered on, if it stands at module level."""
    path, _, name = endpoint.router.rpartition("::")
    module = facts.module(path)
    for stmt in module.body if module is not None else ():
        made = stmt.value if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Call) else None
        if made is not None and name in map(s.dotted, getattr(stmt, "targets", ())):
            return made
    return None


def makers(endpoint: Endpoint, facts: Facts) -> Iterator[s.Call]:
    """The constructor calls of the endpoint's router and of the innermost application that includes it."""
    router = router_call(endpoint, facts)
    if router is not None:
        yield router
    for path in dict.fromkeys(step.path for step in reversed(endpoint.because)):
        module = facts.module(path)
        made = [stmt.value for stmt in module.body if isinstance(stmt, s.Assign)] if module is not None else []
        apps = [c for c in made if isinstance(c, s.Call) and (s.dotted(c.func) or "").endswith("FastAPI")]
        if apps:
            yield from apps
            return


def router_at(endpoint: Endpoint, facts: Facts) -> Location | None:
    """Where the endpoint's router is made, else the first line of its file; None if there is no such file."""
    path = endpoint.router.rpartition("::")[0]
    call = router_call(endpoint, facts)
    if call is not None:
        return Location(path, call.line, call.line)
    return Location(path, 1, 1) if facts.module(path) is not None else None


# --- answers -----------------------------------------------------------------------------------


def returned(function: Function) -> list[s.Expr]:
    """The values that a function's own `return` statements give, a bare `return` and `return None` left out."""
    out: list[s.Expr] = []
    for node in s.own(function.node):
        if isinstance(node, s.Return) and node.value is not None:
            for value in _choices(node.value):
                if not (isinstance(value, s.Constant) and value.kind == "none"):
                    out.append(value)
    return out


def _choices(expr: s.Expr) -> Iterator[s.Expr]:
    if isinstance(expr, s.Conditional):
        yield from _choices(expr.body)
        yield from _choices(expr.orelse)
    else:
        yield expr


def is_response(name: str | None) -> bool:
    """Whether the dotted name is that of a response class (or of what makes one)."""
    last = (name or "").rpartition("::")[2].rpartition(".")[2]
    return last.endswith(("Response", "_response"))


def gives_response(function: Function, value: s.Expr, facts: Facts) -> bool:
    """Whether a returned value is, by its type or the name of what makes it, a response object."""
    kind = facts.type_of(function, value)
    if kind is not None:
        return is_response(kind.name) and facts.model(kind.name) is None
    inner = value.value if isinstance(value, s.Await) else value
    if isinstance(inner, s.Call):
        name = s.dotted(inner.func) or (inner.func.attr if isinstance(inner.func, s.Attribute) else "")
        return is_response(name) or "redirect" in name.lower() or "render" in name.lower()
    return False


def raw(endpoint: Endpoint, facts: Facts) -> bool:
    """Whether the endpoint answers something else than a JSON document: a page, a file, a redirect, a stream."""
    if endpoint.websocket:
        return True
    if any(
        is_response(kind.name) and facts.model(kind.name) is None for kind in _alternatives(endpoint.response_model)
    ):
        return True
    router = router_call(endpoint, facts)
    for call, name in ((endpoint.decorator, "response_class"), (router, "default_response_class")):
        chosen = s.keyword(call, name) if call is not None else None
        if chosen is not None:
            return "json" not in s.text(chosen).lower()
    values = returned(endpoint.function)
    return bool(values) and all(gives_response(endpoint.function, v, facts) for v in values)


def _alternatives(kind: Type | None) -> tuple[Type, ...]:
    if kind is None:
        return ()
    return kind.args if kind.name == "typing.Union" else (kind,)


def parts(kind: Type | None) -> Iterator[Type]:
    """The type and its type arguments, all the way down."""
    if kind is not None:
        yield kind
        for arg in kind.args:
            yield from parts(arg)
