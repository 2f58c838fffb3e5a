"""Findings and facts -> the twelve lines of the assessment."""

from collections.abc import Callable, Sequence

import msgspec

from byte.model import syntax as s
from byte.model.change import Unreadable
from byte.model.exchange import Described
from byte.model.facts import ChangeFacts, Effect, Endpoint, Facts, Function
from byte.model.review import Aspect, Finding, Location, Rating, Severity
from byte.review import compatibility, contract
from byte.review.touched import Touched

_CACHES = frozenset({"lru_cache", "cache", "cached", "cached_property", "alru_cache", "ttl_cache"})
_MAX_EXPONENT = 6
INPUTS = frozenset({"path", "query", "header", "cookie", "body", "form", "file"})
"""Where a parameter's value comes from when a client sends it."""


class Ground(msgspec.Struct, frozen=True):
    """What the lines are drawn from."""

    findings: Sequence[Finding]
    touched: Touched
    head: Facts
    base: Facts | None
    unreadable: Sequence[Unreadable]
    summaries: Callable[[str], str]
    both: ChangeFacts | None = None

    @property
    def audit(self) -> bool:
        """Whether there is no base to compare with."""
        return self.base is None


def rate(ground: Ground) -> tuple[Rating, ...]:
    """One rating for each aspect, in the report's order."""
    return tuple(_rate(aspect, ground) for aspect in Aspect)


def _rate(aspect: Aspect, ground: Ground) -> Rating:
    against = [f for f in ground.findings if f.aspect is aspect and f.severity is not Severity.NOTE]
    if aspect is Aspect.ALGORITHM_COMPLEXITY:
        return _complexity(ground, against)
    if aspect is Aspect.CACHING:
        return _caching(ground, against)
    good, bad = ("Good", "Needs Work")
    if aspect is Aspect.BACKWARD_COMPATIBILITY:
        good, bad = ("Maintained", "Breaking Changes")
    if against:
        return _against(aspect, bad, against, ground)
    evidence = _GOOD[aspect](ground)
    if evidence is None:
        return Rating(aspect=aspect, value=good, evidence="unchanged")
    text, places = evidence
    return Rating(aspect=aspect, value=good, evidence=text + _gaps(ground), places=places)


def _against(aspect: Aspect, value: str, against: Sequence[Finding], ground: Ground) -> Rating:
    """The line of the worst finding, with its chain."""
    first = against[0]
    return Rating(
        aspect=aspect, value=value, evidence=_worst(against, ground), places=(first.at,), because=first.because
    )


def _worst(against: Sequence[Finding], ground: Ground) -> str:
    first = against[0].brief or ground.summaries(against[0].rule)
    brief = first[:1].lower() + first[1:] if first[1:2].islower() or first[1:2] == " " else first
    more = sum(max(1, len(f.places)) for f in against) - 1
    return f"{brief}, and {more} more" if more else brief


def _gaps(ground: Ground) -> str:
    """What could not be read is said on every line that speaks of what was read."""
    if not ground.unreadable:
        return ""
    first = ground.unreadable[0]
    more = len(ground.unreadable) - 1
    others = f" and {more} more" if more else ""
    return f", `{first.path}:{first.line}`{others} unreadable"


def count(number: int, noun: str) -> str:
    """`1 model`, `2 models`, `2 queries`, `2 foreign keys`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{number} {noun}s"


_Evidence = tuple[str, tuple[Location, ...]] | None


def _endpoints(ground: Ground) -> _Evidence:
    endpoints = ground.touched.endpoints
    if not endpoints:
        return None
    new = sum(e.function.key in ground.touched.new for e in endpoints)
    text = count(len(endpoints), "endpoint") + " read"
    if new:
        text = (
            f"{count(new, 'new endpoint')}, {len(endpoints) - new} changed"
            if new < len(endpoints)
            else count(new, "new endpoint")
        )
    return f"{text}, no finding", (endpoints[0].at,)


def _models(ground: Ground) -> _Evidence:
    endpoints = [e for e in ground.touched.endpoints if not e.websocket]
    spoken = contract.operations(endpoints, ground.head)
    if spoken and len({e.function.key for e, _ in spoken}) == len({e.function.key for e in endpoints if e.in_schema}):
        return _declared(spoken)
    if endpoints:
        declared = [e for e in endpoints if e.declared]
        if not declared:
            return f"{count(len(endpoints), 'endpoint')} read, no finding", (endpoints[0].at,)
        verb = "declares" if len(declared) == 1 else "declare"
        return f"{len(declared)} of {count(len(endpoints), 'endpoint')} {verb} a response", (declared[0].at,)
    if ground.touched.models:
        return f"{count(len(ground.touched.models), 'model')} read, no finding", (ground.touched.models[0].at,)
    return None


def _declared(spoken: Sequence[tuple[Endpoint, Described]]) -> _Evidence:
    """What the contract says that the touched operations answer and take."""
    given, taken = contract.answers(spoken), contract.bodies(spoken)
    verb = "declares" if 1 in (given.number, given.of) else "declare"
    text = f"{given.number} of {count(given.of, 'operation')} {verb} a response"
    if taken.of:
        text += f", {taken.number} of {count(taken.of, 'body')} a schema"
    places = given.places or taken.places or (spoken[0][0].at,)
    return text + _unknown(spoken), places[:1]


def _unknown(spoken: Sequence[tuple[Endpoint, Described]]) -> str:
    """What the contract does not know of the operations."""
    number, first = contract.unknown(spoken)
    return f"; {count(number, 'part')} unknown, `{first}`" if first else ""


def _compatibility(ground: Ground) -> _Evidence:
    touched = ground.touched
    if ground.both is None:
        return "no base to compare with", ()
    open_ = compatibility.undecided(ground.both)
    if open_:
        return f"{count(compatibility.reached(open_), 'operation')} undecided", tuple(b.at for b in open_[:1])
    if not (touched.endpoints or touched.models):
        return None
    compared = compatibility.compared(ground.both)
    if compared:
        return f"{count(compared, 'operation')} compared, every difference proved compatible", ()
    parts = [
        count(len(items), noun)
        for items, noun in ((touched.endpoints, "operation"), (touched.models, "model"))
        if items
    ]
    return f"{' and '.join(parts)} compared by routes and fields, nothing removed or narrowed", ()


def _schema(ground: Ground) -> _Evidence:
    touched = ground.touched
    models = [m for m in touched.models if m.kind != "settings"]
    parts = [
        count(len(items), noun)
        for items, noun in ((models, "model"), (touched.tables, "table"), (touched.migrations, "migration"))
        if items
    ]
    places = [t.at for t in touched.tables] + [m.at for m in models] + [m.at for m in touched.migrations]
    changed = contract.changed(ground.head, ground.base)
    places += [at for at in changed if at is not None]
    told = f"{count(len(changed), 'schema')} of the contract changed" if changed else ""
    read = f"{', '.join(parts)} read" if parts else ""
    text = ", ".join(part for part in (read, told) if part)
    return (f"{text}, no finding", tuple(places[:1])) if text else None


def _validation(ground: Ground) -> _Evidence:
    inputs = inputs_of(ground)
    if not inputs:
        return None
    bounded = [at for constrained, at in inputs if constrained]
    told = f"{len(bounded)} constrained" if bounded else "no finding"
    text = f"{count(len(inputs), 'input')} read, {told}"
    return text + _unknown(contract.operations(ground.touched.endpoints, ground.head)), tuple(bounded[:1])


def inputs_of(ground: Ground) -> list[tuple[bool, Location]]:
    """What clients send to the touched endpoints: whether each parameter and body field is constrained, and where."""
    spoken = contract.operations(ground.touched.endpoints, ground.head)
    known = contract.inputs(spoken, ground.head)
    out: dict[Location, bool] = {}
    told = {endpoint.function.key for endpoint, _ in spoken}
    for endpoint in ground.touched.endpoints:
        for parameter in endpoint.parameters if endpoint.function.key not in told else ():
            if parameter.place in INPUTS:
                model = ground.head.model(parameter.type.name) if parameter.type is not None else None
                for field in model.fields if model is not None else ():
                    out[field.at] = bool(field.constraints)
                if model is None:
                    out[Location(parameter.path, parameter.line, parameter.line)] = bool(parameter.constraints)
    return [*known, *((constrained, at) for at, constrained in out.items())]


def _relationships(ground: Ground) -> _Evidence:
    tables = ground.touched.tables
    keys = [c for t in tables for c in t.columns if c.foreign_key]
    relations = [r for t in tables for r in t.relationships]
    if not keys and not relations:
        between = [] if tables else contract.references(ground.touched.models, ground.head)
        return (
            (f"{count(len(between), 'reference')} between schemas read, no finding", tuple(between[:1]))
            if between
            else None
        )
    parts = [count(len(items), noun) for items, noun in ((keys, "foreign key"), (relations, "relationship")) if items]
    indexed = bool(keys) and all(c.index or c.unique or c.primary_key for c in keys)
    text = f"{' and '.join(parts)} read, {'every key indexed' if indexed else 'no finding'}"
    places = [c.at for c in keys] + [r.at for r in relations]
    return text, tuple(places[:1])


def _functions(ground: Ground) -> _Evidence:
    functions = ground.touched.functions
    return (f"no finding in {count(len(functions), 'function')}", ()) if functions else None


def _queries(ground: Ground) -> _Evidence:
    functions = ground.touched.functions
    if not functions:
        return None
    calls = [(fn, c) for fn in functions for c in ground.head.calls(fn) if Effect.QUERY in c.effects]
    if not calls:
        own = "its" if len(functions) == 1 else "their"
        return f"{count(len(functions), 'function')} without a query of {own} own, no finding", ()
    first, call = calls[0]
    looped = sum(bool(c.loops) for _, c in calls)
    text = f"{count(len(calls), 'query')} in {count(len(functions), 'function')}"
    place = Location(first.path, call.line, call.line)
    return f"{text}, {f'no finding on the {looped} in a loop' if looped else 'none in a loop'}", (place,)


_GOOD: dict[Aspect, Callable[[Ground], _Evidence]] = {
    Aspect.ENDPOINT_STRUCTURE: _endpoints,
    Aspect.REQUEST_RESPONSE_MODELS: _models,
    Aspect.BACKWARD_COMPATIBILITY: _compatibility,
    Aspect.SCHEMA_DESIGN: _schema,
    Aspect.VALIDATION_RULES: _validation,
    Aspect.RELATIONSHIPS: _relationships,
    Aspect.ERROR_HANDLING: _functions,
    Aspect.EDGE_CASES: _functions,
    Aspect.QUERY_EFFICIENCY: _queries,
    Aspect.MEMORY_USAGE: _functions,
}


def _complexity(ground: Ground, against: Sequence[Finding]) -> Rating:
    """The loop nest of the touched functions: what is known until costs are measured."""
    aspect = Aspect.ALGORITHM_COMPLEXITY
    deepest: tuple[int, Location | None] = (0, None)
    for function in ground.touched.functions:
        for call_depth, line in _nests(function):
            if call_depth > deepest[0]:
                deepest = (call_depth, Location(function.path, line, line))
    depth, place = deepest
    if against:
        depth = max(depth, 2)
        value = _power(depth)
        return _against(aspect, value, against, ground)
    if not ground.touched.functions:
        return Rating(aspect=aspect, value="O(1)", evidence="unchanged")
    where = count(len(ground.touched.functions), "touched function")
    if place is None:
        return Rating(aspect=aspect, value="O(1)", evidence=f"no loop in {where}, complexity not measured")
    text = "deepest loop nest of the change" if not ground.audit else "deepest loop nest"
    return Rating(aspect=aspect, value=_power(depth), evidence=f"{text}, complexity not measured", places=(place,))


def _power(depth: int) -> str:
    return "O(1)" if depth == 0 else "O(n)" if depth == 1 else f"O(n^{min(depth, _MAX_EXPONENT)})"


def _nests(function: Function) -> list[tuple[int, int]]:
    """(depth, line) of each loop in the function's own body; loops over literals do not count."""
    out: list[tuple[int, int]] = []
    stack: list[tuple[s.Node, int]] = [(n, 0) for n in reversed(function.node.body)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, (s.Function, s.Class, s.Lambda)):
            continue
        inner = depth
        if isinstance(node, s.While) or (isinstance(node, s.For) and not _fixed(node.iter)):
            inner = depth + 1
        elif isinstance(node, s.Comprehension):
            inner = depth + sum(not _fixed(g.iter) for g in node.generators)
        if inner > depth:
            out.append((inner, node.line))
        stack.extend((child, inner) for child in s.children(node))
    return out


def _fixed(expr: s.Expr) -> bool:
    """A literal, or a range of a literal."""
    if isinstance(expr, s.Call):
        return s.dotted(expr.func) == "range" and all(isinstance(a, s.Constant) for a in expr.args)
    return isinstance(expr, (s.Constant, s.Sequence, s.Mapping))


def _caching(ground: Ground, against: Sequence[Finding]) -> Rating:
    aspect = Aspect.CACHING
    if against:
        misuse = "cache" in against[0].rule
        value = "Implemented" if misuse else "Should Add"
        return _against(aspect, value, against, ground)
    for function in ground.touched.functions:
        for decorator in function.node.decorators:
            expr = decorator.func if isinstance(decorator, s.Call) else decorator
            name = (s.dotted(expr) or "").rpartition(".")[2]
            if name in _CACHES:
                place = Location(function.path, function.node.start, function.node.line)
                return Rating(
                    aspect=aspect,
                    value="Implemented",
                    evidence=f"`{function.qualname}` by `{name}`, keyed by its arguments",
                    places=(place,),
                )
    if not ground.touched.functions:
        return Rating(aspect=aspect, value="Not Needed", evidence="unchanged")
    text = f"nothing constant is read again in {count(len(ground.touched.functions), 'function')}"
    return Rating(aspect=aspect, value="Not Needed", evidence=text)
