"""The straight line: Request -> facts of both sides -> findings -> ratings -> verdict -> Review."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from byte import rules
from byte.extract import libraries, requirements
from byte.extract.affected import Affected, affected, alters_contract
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model.change import Change, Snapshot, Unreadable
from byte.model.consulted import Consulted
from byte.model.errors import SettingsError
from byte.model.facts import ChangeFacts, Endpoint
from byte.model.ports import Registry
from byte.model.review import Accepted, Finding, Location, Review, Rule, Severity
from byte.model.review import Library as LibraryRow
from byte.review import consult, remembered, suppress, wording
from byte.review.aggregate import aggregate
from byte.review.check import check, check_change, order
from byte.review.compatibility import comparisons
from byte.review.introduced import mark
from byte.review.judge import judge
from byte.review.rate import Ground, count, rate
from byte.review.touched import Touched, touched
from byte.sources import baseline
from byte.sources.read import Request
from byte.sources.settings import Settings, check_rules

Progress = Callable[[str], None]


class _Sides(msgspec.Struct, frozen=True):
    """The facts of both sides, narrowed to what the change can alter."""

    head: ProjectFacts
    base: ProjectFacts | None
    changed: frozenset[str]
    affected: Affected | None
    both: ChangeFacts | None = None


class _Sorted(msgspec.Struct, frozen=True):
    """The findings by what becomes of them."""

    shown: list[Finding]
    existing: list[Finding]
    accepted: list[Accepted]
    fixed: list[Finding]
    silenced: int


def review(
    request: Request,
    library: Library,
    *,
    existing: bool = False,
    progress: Progress | None = None,
    registry: Registry | None = None,
) -> Review:
    """Review what is asked. `existing` also lists what was there before; it never moves the verdict.

    `registry` is asked who feels each break, and what is there already of what is new: then nothing is remembered.
    """
    tell = progress or (lambda _: None)
    check_rules(request.settings, rules.BY_NAME)
    chosen, severities = _chosen(request.settings)
    name = remembered.name_of(request, existing)
    known = remembered.recall(library, name) if registry is None else None
    if known is not None:
        return known
    tell("reading files")
    sides = _facts(request, library, whole=existing)
    consulted = None
    if registry is not None and sides.both is not None:
        tell("asking the registry")
        consulted = consult.consult(registry, sides.both.comparisons)
    tell("checking rules")
    found = _findings(request, sides, chosen, severities, consulted)
    tell("rating")
    made = _report(request, sides, found, existing)
    if consulted is not None:
        return consult.added(made, consulted)
    remembered.keep(library, name, made)
    return made


def fingerprints(request: Request, library: Library) -> dict[str, int]:
    """How often each finding of the head occurs: what a baseline holds."""
    check_rules(request.settings, rules.BY_NAME)
    chosen, severities = _chosen(request.settings)
    audit = msgspec.structs.replace(request, change=Change(base=None, head=request.change.head))
    sides = _facts(audit, library)
    found = _admitted(request, check(chosen, sides.head, severities))
    allowed = _allowances(sides.head)
    kept, _, used = suppress.suppress(found, allowed, rules.BY_NAME)
    kept = [*kept, *_complaints(request, sides.head, allowed, used, chosen)]
    return dict(sorted(Counter(f.fingerprint for f in kept).items()))


# --- rules and facts ---------------------------------------------------------------------------


def _chosen(settings: Settings) -> tuple[list[Rule], dict[str, Severity]]:
    def named(names: Sequence[str]) -> set[str]:
        return {rules.BY_NAME[n].name for n in names}

    selected, ignored = named(settings.select), named(settings.ignore)
    levels = {rules.BY_NAME[name].name: level for name, level in settings.severity.items()}
    off = ignored | {name for name, level in levels.items() if level == "off"}
    chosen = [r for r in rules.RULES if r.name not in off and (not selected or r.name in selected)]
    return chosen, {name: Severity(level) for name, level in levels.items() if level != "off"}


def _facts(request: Request, library: Library, whole: bool = False) -> _Sides:
    """Both sides; `whole` looks at all of the changed files, not only at what differs in them."""
    change = request.change
    head = _side(request, change.head, library)
    if change.base is None:
        head.judge_unused = True
        head.narrow(p for p in head.sources if request.admits(p))
        return _Sides(head, None, frozenset(head.sources), None)
    base = _side(request, change.base, library)
    changed = frozenset(change.changed()) | frozenset(change.removed())
    # A manifest that only one side has is judged on both, else what was always unused would look new.
    base.judge_unused = head.judge_unused = not changed.isdisjoint((*base.requirements[1], *head.requirements[1]))
    base.beside = head
    scoped = affected(change, base, head)
    head.read_contracts = base.read_contracts = whole or alters_contract(change, base, head, scoped)
    more = _functions(change, ((head, scoped.head_paths), (base, scoped.base_paths)), whole)
    head.narrow(scoped.head_paths, scoped.functions | more)
    base.narrow(scoped.base_paths, scoped.functions | more)
    both = ChangeFacts(base, head, changed, change.renames, comparisons(base, head, change.renames))
    return _Sides(head, base, changed, scoped, both)


def _functions(change: Change, sides: Iterable[tuple[ProjectFacts, frozenset[str]]], whole: bool) -> set[str]:
    """All functions of the changed files (`whole`), or of those with suppressions: a comment is no code that differs."""
    pairs = list(sides)
    loud = {a.path for facts, paths in pairs for a in _allowances(facts) if a.path in paths}
    back = {old: new for new, old in change.renames.items()}
    loud |= {change.renames.get(p, p) for p in loud} | {back.get(p, p) for p in loud}
    return {fn.key for facts, paths in pairs for p in sorted(paths) if whole or p in loud for fn in facts.functions(p)}


def _side(request: Request, snapshot: Snapshot, library: Library) -> ProjectFacts:
    unscoped = msgspec.structs.replace(request, scope=())
    facts = ProjectFacts.of_snapshot(
        snapshot, library, lambda path: not (unscoped.admits(path) or request.admits(path))
    )
    facts.requirements = requirements.read(snapshot)
    return facts


# --- findings ----------------------------------------------------------------------------------


def _findings(
    request: Request,
    sides: _Sides,
    chosen: list[Rule],
    severities: Mapping[str, Severity],
    consulted: Consulted | None = None,
) -> _Sorted:
    head = _admitted(request, check(chosen, sides.head, severities))
    allowed = _allowances(sides.head)
    kept, silenced, used = suppress.suppress(head, allowed, rules.BY_NAME)
    fixed: list[Finding] = []
    old: list[Finding] | None = None
    if sides.base is not None:
        then = _allowances(sides.base)
        before, _, used_then = suppress.suppress(
            _admitted(request, check(chosen, sides.base, severities)), then, rules.BY_NAME
        )
        renames = request.change.renames
        kept = mark(kept, before, renames)
        doubted = _doubted(kept, sides, chosen)
        if doubted:
            before = _everywhere(request, sides.base, before, doubted, severities)
            kept = mark(kept, before, renames)
        fixed = _fixed(request, sides.head, [*kept, *silenced], before)
        brought = _admitted(request, check_change(chosen, sides.both, severities) if sides.both is not None else [])
        if consulted is not None and sides.both is not None:
            brought = consult.with_consumers(brought, sides.both.comparisons, consulted)
        old = _complaints(request, sides.base, then, used_then, chosen)
        extra, quiet, used_too = suppress.suppress(brought, allowed, rules.BY_NAME)
        kept, silenced, used = [*kept, *extra], [*silenced, *quiet], used | used_too
    complaints = _complaints(request, sides.head, allowed, used, chosen)
    kept += complaints if old is None else mark(complaints, old, request.change.renames)
    kept, silent = _without_baseline(request, kept)
    shown, accepted = _accepted(request, [f for f in kept if f.introduced is not False])
    return _Sorted(
        shown=aggregate(shown),
        existing=sorted((f for f in kept if f.introduced is False), key=order),
        accepted=accepted,
        fixed=fixed,
        silenced=len(silenced) + silent,
    )


def _doubted(kept: Sequence[Finding], sides: _Sides, chosen: Sequence[Rule]) -> list[Rule]:
    """Endpoint rules with a finding in a file that did not change: another endpoint may have shown it before."""
    names = {f.rule for f in kept if f.introduced and f.path not in sides.changed}
    return [rule for rule in chosen if rule.name in names and rule.on is Endpoint]


def _everywhere(
    request: Request,
    base: ProjectFacts,
    before: Sequence[Finding],
    doubted: list[Rule],
    severities: Mapping[str, Severity],
) -> list[Finding]:
    """Base's findings, those of the doubted rules from all of base."""
    paths, functions = base.focus_paths, base.focus_functions
    base.narrow(base.sources, functions)
    found, _, _ = suppress.suppress(
        _admitted(request, check(doubted, base, severities)), _allowances(base), rules.BY_NAME
    )
    base.narrow(paths, functions)
    names = {rule.name for rule in doubted}
    return [*(f for f in before if f.rule not in names), *found]


def _admitted(request: Request, findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if not f.path or request.admits(f.path) or not f.path.endswith(".py")]


def _allowances(facts: ProjectFacts) -> list[suppress.Allowance]:
    """Suppressions of every file that findings can stand in; files without one are told by their digest."""
    out: list[suppress.Allowance] = []
    for path in facts.mentioning("byte"):
        module = facts.module(path)
        if module is not None and module.comments:
            out.extend(suppress.allowances(path, module))
    return out


def _complaints(
    request: Request,
    facts: ProjectFacts,
    allowed: Sequence[suppress.Allowance],
    used: set[suppress.Allowance],
    chosen: Sequence[Rule],
) -> list[Finding]:
    """What is wrong with the suppressions of one side; those of rules that did not run or see both sides are left."""
    ran = {name for rule in chosen if rule.on is not ChangeFacts for name in (rule.id, rule.name, *rule.aliases)}
    mine = [
        a
        for a in allowed
        if a.path in facts.focus_paths and request.admits(a.path) and (a.rule in ran or a.rule not in rules.BY_NAME)
    ]
    return suppress.complaints(mine, used, rules.BY_NAME)


def _fixed(request: Request, facts: ProjectFacts, head: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """Base's findings that head does not have any more although the code that had them is still there.

    A definition that has as many of a rule as before has another instead, and nothing is mended.
    """
    left = Counter(f.fingerprint for f in head)
    more = Counter((f.rule, f.symbol) for f in head)
    less = Counter((f.rule, f.symbol) for f in before)
    out: list[Finding] = []
    back = {old: new for new, old in request.change.renames.items()}
    for item in before:
        if left[item.fingerprint] > 0:
            left[item.fingerprint] -= 1
            continue
        path = back.get(item.path, item.path)
        if item.symbol and more[item.rule, item.symbol] >= less[item.rule, item.symbol]:
            continue
        if path in request.change.head.files and _still_there(facts, path, item.symbol):
            out.append(msgspec.structs.replace(item, path=path))
    return out


def _still_there(facts: ProjectFacts, path: str, symbol: str) -> bool:
    if path not in facts.digests:
        return not path.endswith(".py")
    table = facts.linker.symbols(path)
    return not symbol or symbol in table.functions or symbol in table.classes


def _without_baseline(request: Request, findings: list[Finding]) -> tuple[list[Finding], int]:
    if request.settings.baseline is None:
        return findings, 0
    entries = Counter(baseline.of(request.change.head, request.settings.baseline))
    fresh = entries - _entries_of_base(request, request.settings.baseline)
    out: list[Finding] = []
    for item in sorted(findings, key=order):
        left = fresh if item.introduced else entries
        if left[item.fingerprint] > 0:
            left[item.fingerprint] -= 1
        else:
            out.append(item)
    return out, len(findings) - len(out)


def _entries_of_base(request: Request, path: str) -> Counter[str]:
    """What base's baseline holds was there before, and is no licence for one more of the same."""
    base = request.change.base
    if base is None or path not in base.files:
        return Counter()
    try:
        return Counter(baseline.of(base, path))
    except SettingsError:
        return Counter()


def _accepted(request: Request, findings: list[Finding]) -> tuple[list[Finding], list[Accepted]]:
    kept: list[Finding] = []
    accepted: list[Accepted] = []
    for item in findings:
        entry = next((a for a in request.settings.accepted if a.covers(item) and not a.expired(request.as_of)), None)
        if entry is None:
            kept.append(item)
        else:
            accepted.append(Accepted(finding=item, reason=entry.reason, until=entry.until))
    return kept, accepted


# --- the review --------------------------------------------------------------------------------


def _report(request: Request, sides: _Sides, found: _Sorted, existing: bool) -> Review:
    change = request.change
    paths = sorted(p for p in sides.head.focus_paths if request.admits(p))
    differs, new = (sides.affected.differs, sides.affected.new) if sides.affected else (None, frozenset[str]())
    changed = touched(sides.head, paths, differs, new)
    unreadable = _unreadable(request, sides)
    ground = Ground(found.shown, changed, sides.head, sides.base, unreadable, _summary, sides.both)
    given = wording.answers(ground)
    rows = _libraries(sides)
    return Review(
        base=change.base.label if change.base is not None else None,
        head=change.head.label,
        summary=_read(sides, changed),
        ratings=rate(ground),
        strengths=wording.strengths(ground, found.fixed) if sides.base is not None else (),
        findings=tuple(found.shown),
        libraries=rows,
        alternatives=wording.alternatives(found.shown, _duplicates(sides, [r.name for r in rows])),
        recommendations=wording.recommendations(found.shown),
        questions=wording.questions(given, found.shown),
        answers=given,
        verdict=judge(found.shown),
        unreadable=tuple(unreadable),
        accepted=tuple(found.accepted),
        existing=tuple(found.existing) if existing else (),
        existing_count=len(found.existing) if existing else 0,
        suppressed=found.silenced,
    )


def _summary(name: str) -> str:
    rule = rules.BY_NAME.get(name)
    return rules.summary(rule) if rule is not None else name


def _read(sides: _Sides, changed: Touched) -> str:
    """One sentence on what was read."""
    audit = sides.base is None
    if not sides.head.sources and not (sides.base is not None and sides.base.sources):
        return "No backend change: there is no Python in the tree."
    if not audit and not sides.changed:
        return "No backend change: nothing changed."
    if not audit and changed.nothing and not _removed_python(sides):
        return "No backend change."
    parts = [
        count(len(items), noun)
        for items, noun in (
            (changed.files, "Python file"),
            (changed.functions, "function"),
            (changed.endpoints, "endpoint"),
            (changed.models, "model"),
            (changed.tables, "table"),
            (changed.migrations, "migration"),
        )
        if items
    ]
    gone = [p for p in sides.changed if p.endswith(".py") and p not in sides.head.snapshot.files]
    if gone and not audit:
        parts.append(f"{count(len(gone), 'Python file')} removed or renamed")
    verb = "Read" if audit else "Changed"
    tail = "" if _uses_fastapi(sides) else "; no FastAPI application was found"
    return f"{verb}: {', '.join(parts) or 'no Python definition'}{tail}."


def _removed_python(sides: _Sides) -> bool:
    return any(p.endswith(".py") for p in sides.changed)


def _uses_fastapi(sides: _Sides) -> bool:
    return any(d.mentions("fastapi", "FastAPI", "APIRouter") for d in sides.head.digests.values())


def _unreadable(request: Request, sides: _Sides) -> list[Unreadable]:
    """What the review is about and could not be read."""
    out = [
        u
        for u in request.change.head.unreadable
        if sides.base is None or u.path in sides.changed or u.path.endswith("pyproject.toml")
    ]
    for path in sorted(sides.head.focus_paths):
        found = sides.head.digests.get(path)
        if found is None or not request.admits(path):
            continue
        if found.errors:
            more = f" and {len(found.errors) - 1} more lines" if len(found.errors) > 1 else ""
            out.append(Unreadable(path=path, line=found.errors[0], reason=f"syntax error{more}"))
        elif found.cut:
            out.append(Unreadable(path=path, line=found.cut[0], reason="nested too deeply to be read"))
    return out


def _changed_imports(sides: _Sides) -> dict[str, tuple[Location, ...]]:
    out: dict[str, list[Location]] = {}
    for path in sorted(sides.head.focus_paths):
        found = sides.head.digests.get(path)
        for item in found.imports if found is not None else ():
            out.setdefault(item.name, []).append(Location(path, item.line, item.line))
    return {name: tuple(places) for name, places in sorted(out.items())}


def _libraries(sides: _Sides) -> tuple[LibraryRow, ...]:
    if sides.base is None:
        return ()
    return libraries.new_libraries(sides.base.project(), sides.head.project(), _changed_imports(sides))


def _duplicates(sides: _Sides, names: Sequence[str]) -> list[str]:
    """New libraries whose purpose another one already serves."""
    out = []
    declared = {r.name for r in sides.head.project().requirements}
    for name in names:
        known = libraries.same_purpose(sides.base.project() if sides.base is not None else None, name)
        others = [other for other in known if other in declared]
        if others:
            listed = ", ".join(f"`{o}`" for o in others)
            out.append(f"{listed} is already a dependency for what `{name}` does.")
    return out
