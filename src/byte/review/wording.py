"""What the review says beyond its ratings: strengths, answers, questions, recommendations, alternatives."""

from collections.abc import Iterable, Sequence

from byte.model import syntax as s
from byte.model.facts import Effect, Endpoint, Facts, Function, Parameter
from byte.model.review import Answer, Aspect, Finding, Location, Severity, Strength
from byte.review import compatibility
from byte.review.rate import Ground, count, inputs_of

_SIZES = frozenset({"limit", "page_size", "per_page", "size", "perpage", "first", "take", "top"})

DATA_MODEL = "What's the data model for this feature?"
VALIDATION = "How do we validate incoming requests?"
PERFORMANCE = "What are the performance implications (O(n) vs O(log n))?"
CONCURRENCY = "How do we handle concurrent updates?"
ERRORS = "What's the error handling strategy?"
MIGRATIONS = "Do we need database migrations or schema changes?"
COMPATIBILITY = "How does this affect existing APIs (backward compatibility)?"

QUESTIONS = (DATA_MODEL, VALIDATION, PERFORMANCE, CONCURRENCY, ERRORS, MIGRATIONS, COMPATIBILITY)
"""The persona's seven, in their order."""


# --- strengths ---------------------------------------------------------------------------------


def strengths(ground: Ground, fixed: Sequence[Finding]) -> tuple[Strength, ...]:
    """True good things about the change, each with its places; none is said in an audit of nothing."""
    out = [*_fixed(ground, fixed), *_paged(ground), *_timeouts(ground), *_migrated(ground), *_keys(ground)]
    return tuple(item for item in out if item.places)


def _fixed(ground: Ground, fixed: Sequence[Finding]) -> Iterable[Strength]:
    """Findings of base that head no longer has, at the code that had them."""
    by_rule: dict[str, list[Finding]] = {}
    for item in fixed:
        if item.severity is not Severity.NOTE:
            by_rule.setdefault(item.rule, []).append(item)
    for rule, items in sorted(by_rule.items()):
        symbols = dict.fromkeys(f"`{i.symbol}`" for i in items if i.symbol)
        names = ", ".join(list(symbols)[:3]) or "the code"
        what = ground.summaries(rule)
        text = f"mends {what[:1].lower()}{what[1:]} in {names}"
        yield Strength(text=text, places=tuple(dict.fromkeys(_now(ground, item) for item in items)))


def _now(ground: Ground, item: Finding) -> Location:
    """Where the code of a finding of base stands in head."""
    found = f"{item.path}::{item.symbol}"
    function, cls = ground.head.function(found), ground.head.cls(found)
    return function.at if function is not None else cls.at if cls is not None else Location(item.path, 1, 1)


def _where(items: Sequence[Finding]) -> tuple[Location, ...]:
    return tuple(dict.fromkeys(item.at for item in items))


def _paged(ground: Ground) -> Iterable[Strength]:
    lists = [e for e in ground.touched.endpoints if "GET" in e.methods and _size(e) is not None]
    bounded = [e for e in lists if _bounded(_size(e))]
    if bounded and len(bounded) == len(lists):
        one = len(bounded) == 1
        what = f"`{bounded[0].name}` bounds its page" if one else f"all {len(bounded)} paged endpoints bound their page"
        yield Strength(text=what, places=tuple(e.at for e in bounded))


def _size(endpoint: Endpoint) -> Parameter | None:
    return next((p for p in endpoint.parameters if p.name.lower() in _SIZES and p.place == "query"), None)


def _bounded(parameter: Parameter | None) -> bool:
    return parameter is not None and bool({"le", "lt"} & set(parameter.constraints))


def _timeouts(ground: Ground) -> Iterable[Strength]:
    calls = [(fn, c) for fn in ground.touched.functions for c in ground.head.calls(fn) if Effect.HTTP in c.effects]
    timed = [(fn, c) for fn, c in calls if s.keyword(c.node, "timeout") is not None]
    if timed and len(timed) == len(calls):
        names = list(dict.fromkeys(s.text(c.node.func, 60) for _, c in timed))
        text = f"{_named(names, 2)} {'has' if len(names) == 1 else 'have'} a timeout"
        yield Strength(text=text, places=tuple(Location(fn.path, c.line, c.line) for fn, c in timed))


def _migrated(ground: Ground) -> Iterable[Strength]:
    created = {
        op.table: op.at for m in ground.touched.migrations for op in m.ops if op.kind == "create_table" and op.table
    }
    new = [t for t in ground.touched.tables if t.key in ground.touched.new and t.name in created]
    for table in new:
        yield Strength(text=f"table `{table.name}` comes with its migration", places=(created[table.name],))


def _keys(ground: Ground) -> Iterable[Strength]:
    if any(f.rule == "missing-foreign-key-index" for f in ground.findings):
        return
    columns = [c for t in ground.touched.tables if t.key in ground.touched.new for c in t.columns if c.foreign_key]
    indexed = [c for c in columns if c.index or c.unique or c.primary_key]
    if indexed and len(indexed) == len(columns):
        yield Strength(text=f"{count(len(indexed), 'foreign key')} indexed", places=tuple(c.at for c in indexed))


# --- answers and questions ---------------------------------------------------------------------


def answers(ground: Ground) -> tuple[Answer, ...]:
    """The persona's seven questions, answered from the facts where they can be."""
    return (
        _data_model(ground),
        _validated(ground),
        _performance(ground),
        _concurrent(ground),
        _errors(ground),
        _migrations(ground),
        _compatible(ground),
    )


def _named(items: Sequence[str], limit: int = 4) -> str:
    shown = ", ".join(f"`{i}`" for i in items[:limit])
    return f"{shown} and {len(items) - limit} more" if len(items) > limit else shown


def _data_model(ground: Ground) -> Answer:
    tables, models = ground.touched.tables, [m for m in ground.touched.models if m.kind != "settings"]
    places = tuple([t.at for t in tables] + [m.at for m in models])[:3]
    if not places:
        return Answer(question=DATA_MODEL, answer="no model or table changes", answered=True)
    parts = []
    if tables:
        parts.append(f"tables {_named([t.name for t in tables])}" if len(tables) > 1 else f"table `{tables[0].name}`")
    if models:
        parts.append(f"models {_named([m.name for m in models])}" if len(models) > 1 else f"model `{models[0].name}`")
    return Answer(question=DATA_MODEL, answer=" and ".join(parts), answered=True, places=places)


def _validated(ground: Ground) -> Answer:
    endpoints = ground.touched.endpoints
    if not endpoints:
        return Answer(question=VALIDATION, answer="no endpoint changes", answered=True)
    inputs = inputs_of(ground)
    constrained = [at for bounded, at in inputs if bounded]
    text = f"{count(len(inputs), 'input')} of {count(len(endpoints), 'endpoint')} read"
    places = tuple(constrained[:3])
    return Answer(question=VALIDATION, answer=f"{text}, {len(constrained)} constrained", answered=True, places=places)


def _by(ground: Ground, *aspects: Aspect) -> list[Finding]:
    return [f for f in ground.findings if f.aspect in aspects and f.severity is not Severity.NOTE]


def _performance(ground: Ground) -> Answer:
    found = _by(ground, Aspect.QUERY_EFFICIENCY, Aspect.MEMORY_USAGE, Aspect.ALGORITHM_COMPLEXITY, Aspect.CACHING)
    if found:
        return Answer(question=PERFORMANCE, answer=found[0].message, answered=True, places=(found[0].at,))
    number = len(ground.touched.functions)
    text = f"no finding in {count(number, 'function')}, complexity not measured" if number else "no code path changes"
    return Answer(question=PERFORMANCE, answer=text, answered=True)


def _concurrent(ground: Ground) -> Answer:
    """Whether an update is protected can be seen; whether it has to be, the author knows.

    Asked of the update of one record among many, when it is new or writes otherwise than before.
    """
    stale = [f for f in ground.findings if f.rule in ("stale-write", "non-atomic-file-write")]
    if stale:
        return Answer(question=CONCURRENCY, answer=stale[0].message, answered=True, places=(stale[0].at,))
    writing = [
        e
        for e in ground.touched.endpoints
        if {"PUT", "PATCH"} & set(e.methods) and "GET" not in e.methods and _of_many(e) and _writes_anew(ground, e)
    ]
    loose = [e for e in writing if not _locks(ground, e)]
    if loose:
        names = _named([e.name for e in loose], 3)
        verb = "updates" if len(loose) == 1 else "update"
        text = f"{names} {verb} without a lock, version or precondition: may the last write win?"
        return Answer(question=CONCURRENCY, answer=text, answered=False, places=tuple(e.at for e in loose)[:3])
    if writing:
        text = f"{count(len(writing), 'update')} under a lock, version or precondition"
        return Answer(question=CONCURRENCY, answer=text, answered=True, places=tuple(e.at for e in writing)[:3])
    return Answer(question=CONCURRENCY, answer="no update of existing records changes", answered=True)


def _of_many(endpoint: Endpoint) -> bool:
    """Whether the path names one record among many near its end: not `/me/settings`, whoever's they are."""
    return any("{" in part for part in endpoint.path.rstrip("/").split("/")[-2:])


def _writes_anew(ground: Ground, endpoint: Endpoint) -> bool:
    """Whether the handler writes, and base does not have it with the same writes."""
    after = _writes(ground.head, endpoint.function)
    before = ground.base.function(endpoint.function.key) if ground.base is not None else None
    if ground.base is None or before is None:
        return bool(after)
    return bool(after) and after != _writes(ground.base, before)


def _writes(facts: Facts, function: Function) -> frozenset[str]:
    """The calls that write, of a function and of what it calls to write."""
    own = [c for c in facts.calls(function) if facts.reach(c, Effect.WRITE) is not None]
    called = [fn for fn in (facts.function(c.callee) for c in own) if fn is not None]
    inner = (c for fn in called for c in facts.calls(fn) if facts.reach(c, Effect.WRITE) is not None)
    return frozenset(s.text(c.node, 500) for c in (*own, *inner))


def _locks(ground: Ground, endpoint: Endpoint) -> bool:
    for call in ground.head.calls(endpoint.function):
        name = s.text(call.node.func, 200).lower()
        if "lock" in name or "for_update" in name:
            return True
    names = {p.name.lower() for p in endpoint.parameters}
    return bool(names & {"if_match", "etag", "version"})


def _errors(ground: Ground) -> Answer:
    found = _by(ground, Aspect.ERROR_HANDLING)
    if found:
        return Answer(question=ERRORS, answer=found[0].message, answered=True, places=(found[0].at,))
    handlers = raised = 0
    places: list[Location] = []
    for function in ground.touched.functions:
        for node in s.own(function.node):
            if isinstance(node, s.Try):
                handlers += len(node.handlers)
            elif isinstance(node, s.Raise):
                raised += 1
                places.append(Location(function.path, node.line, node.line))
    if not ground.touched.functions:
        return Answer(question=ERRORS, answer="no code path changes", answered=True)
    text = (
        f"{count(raised, 'raise')}, {count(handlers, 'handler')} in {count(len(ground.touched.functions), 'function')}"
    )
    return Answer(question=ERRORS, answer=text, answered=True, places=tuple(places[:2]))


def _migrations(ground: Ground) -> Answer:
    missing = [f for f in ground.findings if f.rule == "missing-migration"]
    if missing:
        return Answer(question=MIGRATIONS, answer=missing[0].message, answered=True, places=_where(missing)[:3])
    revisions = ground.touched.migrations
    if revisions:
        text = f"{count(len(revisions), 'revision')}: {_named([m.revision for m in revisions])}"
        return Answer(question=MIGRATIONS, answer=text, answered=True, places=tuple(m.at for m in revisions)[:3])
    changed = [t for t in ground.touched.tables if _columns(ground.head, t.key) != _columns(ground.base, t.key)]
    if changed and not ground.audit:
        names = _named([t.name for t in changed])
        text = f"columns of {names} change without a revision: is the schema still the same?"
        return Answer(question=MIGRATIONS, answer=text, answered=False, places=tuple(t.at for t in changed)[:3])
    return Answer(question=MIGRATIONS, answer="no table changes", answered=True)


def _columns(facts: Facts | None, key: str) -> frozenset[tuple[object, ...]]:
    """What the database knows of a table's columns, as far as the source says."""
    table = facts.table(key) if facts is not None else None
    return frozenset(
        (c.name, c.type, c.primary_key, c.nullable, c.index, c.unique, c.foreign_key, c.ondelete)
        for c in (table.columns if table is not None else ())
    )


def _compatible(ground: Ground) -> Answer:
    if ground.audit:
        return Answer(question=COMPATIBILITY, answer="no base to compare with", answered=True)
    found = _by(ground, Aspect.BACKWARD_COMPATIBILITY)
    if found:
        text = found[0].message + (f", and {len(found) - 1} more" if len(found) > 1 else "")
        return Answer(question=COMPATIBILITY, answer=text, answered=True, places=_where(found)[:3])
    return _unsettled(ground) or Answer(
        question=COMPATIBILITY,
        answer="nothing removed or narrowed that the contract, routes and fields show",
        answered=True,
    )


def _unsettled(ground: Ground) -> Answer | None:
    """What only the author can tell of the contract."""
    found = compatibility.undecided(ground.both) if ground.both is not None else []
    if not found:
        return None
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    text = f"undecided: {found[0].told}{more}"
    return Answer(question=COMPATIBILITY, answer=text, answered=False, places=tuple(b.at for b in found[:3]))


def questions(given: Sequence[Answer], findings: Sequence[Finding]) -> tuple[str, ...]:
    """What the source cannot answer for this change."""
    out = [f"{a.question} {a.answer[:1].upper()}{a.answer[1:]}{_places(a.places)}" for a in given if not a.answered]
    out += [f.question for f in findings if f.question]
    return tuple(dict.fromkeys(out))


def _places(places: Sequence[Location]) -> str:
    return f" ({', '.join(str(p) for p in places)})" if places else ""


# --- recommendations ---------------------------------------------------------------------------


def recommendations(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What to do, in the order of the concerns, once for each cause. Notes come only where nothing is worse."""
    serious = [f for f in findings if f.severity is not Severity.NOTE]
    return tuple(dict.fromkeys(f.fix for f in serious or findings if f.fix))


def alternatives(findings: Sequence[Finding], duplicates: Sequence[str]) -> tuple[str, ...]:
    """Better structures that findings know of, and libraries that the project already has for a purpose."""
    known = [f.alternative for f in findings if f.alternative and f.severity is not Severity.NOTE]
    return tuple(dict.fromkeys([*known, *duplicates]))
