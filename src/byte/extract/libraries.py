"""What is known of libraries without asking anybody: the curated table, and what follows from it for a project.

The table (`data/libraries.json`) names backend libraries with their imports, purpose and category, what each
brings along as part of its own interface (`provides`, `extras`), and what may need it although nothing imports it
(`runtime`). All lookups take distribution names in any spelling. Where the table is silent, so are the judgements.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec
from packaging.utils import canonicalize_name

from byte.extract.requirements import folder, governing, in_skipped_folder, parents
from byte.model.facts import Project, Requirement, Undeclared
from byte.model.review import Library, Location

UNKNOWN_PURPOSE = "not known offline"

_SHOWN_PLACES = 3
_FROZEN_SIGNS = 3
_TEST = re.compile(r"(?:^|/)(?:tests?/.*|testing/.*|test_[^/]*\.py|[^/]*_tests?\.py|conftest\.py)$")
_TOOLS = re.compile(r"^(?:types-.+|.+-stubs|pytest-.+|flake8-.+|mypy-.+|mkdocs-.+|sphinx-.+|.+-plugin)$")
_TYPES = re.compile(r"^(?:types-(?P<one>.+)|(?P<other>.+)-stubs)$")
_TRACES = "opentelemetry-instrumentation-"
_SHARED = frozenset({"google", "azure", "opentelemetry", "ruamel", "snowflake", "mpl_toolkits", "zope", "backports"})
"""Import names under which many distributions install: alone they say nothing."""
_PLUMBING = frozenset({
    "annotated-types", "charset-normalizer", "certifi", "cffi", "h11", "httpcore", "idna", "markupsafe", "mdurl",
    "pycparser", "pydantic-core", "six", "sniffio", "typing-inspection", "urllib3", "zipp",
})  # fmt: skip
"""What people rarely ask for by name: where several stand, the file lists what was installed."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table. `imports` is None where it is the name itself, with underscores."""

    category: str
    purpose: str
    imports: tuple[str, ...] | None = None
    provides: tuple[str, ...] = ()
    extras: dict[str, tuple[str, ...]] = {}
    runtime: str | None = None


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """`rivals` are the categories whose members do the same job, so that one project rarely wants two."""

    rivals: frozenset[str]
    libraries: dict[str, _Entry]


# --- the table ---------------------------------------------------------------------------------


@cache
def _table() -> _Table:
    data = files("byte.extract").joinpath("data", "libraries.json").read_bytes()
    return msgspec.json.decode(data, type=_Table)


@cache
def _stdlib() -> frozenset[str]:
    text = files("byte.extract").joinpath("data", "stdlib.txt").read_text(encoding="ascii")
    return frozenset(text.split())


@cache
def _by_import() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in _table().libraries:
        for module in imports_of(name):
            found.setdefault(module, []).append(name)
    return {module: tuple(sorted(names, key=_usual_first)) for module, names in found.items()}


_USUAL = (
    "fastapi", "psycopg2-binary", "databases", "opencv-python", "faiss-cpu", "python-slugify", "python-magic",
    "kafka-python", "pinecone", "python-ulid", "pydantic-ai", "phonenumbers", "llama-index", "levenshtein",
    "python-stdnum", "tornado",
)  # fmt: skip


def _usual_first(name: str) -> tuple[int, str]:
    return (0 if name in _USUAL else 1, name)


def _entry(distribution: str) -> _Entry | None:
    return _table().libraries.get(canonicalize_name(distribution))


def is_stdlib(name: str) -> bool:
    """Whether a module belongs to the standard library of any Python from 3.8 to 3.14."""
    return name.split(".", 1)[0] in _stdlib()


def distributions_for(import_name: str) -> tuple[str, ...]:
    """The distributions that install this module (dotted or not), the usual one first; () where not known."""
    return _by_import().get(_known_part(import_name), ())


def _known_part(import_name: str) -> str:
    """The longest beginning of a dotted module that the table knows, "" if none."""
    parts = import_name.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in beginnings if name in _by_import()), "")


def imports_of(distribution: str) -> tuple[str, ...]:
    """The modules that a distribution installs; () where not known."""
    entry = _entry(distribution)
    if entry is None:
        return ()
    return entry.imports or (canonicalize_name(distribution).replace("-", "_"),)


def purpose(distribution: str) -> str | None:
    """What it is for, in a few words."""
    entry = _entry(distribution)
    if entry is not None:
        return entry.purpose
    name = canonicalize_name(distribution)
    if match := _TYPES.match(name):
        return f"type stubs of {match['one'] or match['other']}"
    return f"traces of {name.removeprefix(_TRACES)}" if name.startswith(_TRACES) else None


def category(distribution: str) -> str | None:
    """The kind of job that it does."""
    entry = _entry(distribution)
    return entry.category if entry else None


def runtime(distribution: str) -> str | None:
    """What may need it although no code imports it, None where nothing is known to."""
    entry = _entry(distribution)
    if entry is not None:
        return entry.runtime
    name = canonicalize_name(distribution)
    if name.startswith(_TRACES):
        return "OpenTelemetry"
    return "development tools" if _TOOLS.match(name) else None


def provided(requirements: Iterable[Requirement]) -> frozenset[str]:
    """The distributions that these bring along as part of their interface, they themselves included."""
    found: set[str] = set()
    pending = [name for requirement in requirements for name in _brought(requirement)]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            entry = _entry(name)
            pending.extend(entry.provides if entry else ())
    return frozenset(found)


def _brought(requirement: Requirement) -> list[str]:
    """The requirement, what its extras install, and the extras' own names (`logfire[httpx]` has `httpx`)."""
    entry = _entry(requirement.name)
    known = entry.extras if entry else {}
    chosen = requirement.extras
    return [requirement.name, *chosen, *(name for extra in chosen for name in known.get(extra, ()))]


def same_purpose(project: Project | None, name: str) -> tuple[str, ...]:
    """The other main libraries of the project that do the same job, sorted. One built on the other is no rival."""
    entry = _entry(name)
    if project is None or entry is None or entry.category not in _table().rivals:
        return ()
    declared = {r.name for r in project.requirements if r.group is None}
    return tuple(
        sorted(
            other
            for other in declared - {canonicalize_name(name)}
            if category(other) == entry.category and not _related(canonicalize_name(name), other)
        )
    )


def _related(one: str, other: str) -> bool:
    """Whether one provides the other, or both install the same module."""
    return (
        other in provided([_plain(one)])
        or one in provided([_plain(other)])
        or not set(imports_of(one)).isdisjoint(imports_of(other))
    )


def _plain(name: str) -> Requirement:
    return Requirement(name=name, constraint="", at=Location("", 1, 1))


# --- new libraries -----------------------------------------------------------------------------


def new_libraries(
    base: Project | None, head: Project, changed_imports: Mapping[str, tuple[Location, ...]]
) -> tuple[Library, ...]:
    """A row for each library that head declares and base does not, sorted by name; none without a base.

    Libraries of extras and development groups are listed only where changed code outside tests imports them.
    """
    if base is None:
        return ()
    old_main = {r.name for r in base.requirements if r.group is None}
    old = {r.name for r in base.requirements}
    rows: dict[str, Library] = {}
    for requirement in sorted(head.requirements, key=lambda r: (r.name, r.group is not None, r.at)):
        places = tuple(p for p in _places(requirement.name, changed_imports) if not _is_test(p.path))
        main = requirement.group is None
        if requirement.name in rows or requirement.name in (old_main if main else old):
            continue
        if main or places:
            rows[requirement.name] = _row(requirement, base, head, places)
    return tuple(rows.values())


def _row(requirement: Requirement, base: Project, head: Project, places: tuple[Location, ...]) -> Library:
    name = requirement.name
    kept = {r.name for r in head.requirements if r.group is None}
    rivals = [other for other in same_purpose(base, name) if other in kept]
    known = category(name)
    note = f"; {_quoted(rivals)} already declared for {known}" if rivals and known else ""
    return Library(
        name=name,
        version=requirement.constraint,
        purpose=purpose(name) or UNKNOWN_PURPOSE,
        justification=_justification(requirement, head, places) + note,
        at=requirement.at,
    )


def _justification(requirement: Requirement, head: Project, places: tuple[Location, ...]) -> str:
    if places:
        return f"imported by {_listed(places)}"
    if older := _places(requirement.name, head.imports):
        return f"declared for what {_listed(older)} imports"
    if needs := _needed_by(requirement.name, head):
        return f"declared, not imported; may be needed at run time by {needs}"
    return "declared, not imported yet"


def _needed_by(name: str, project: Project) -> str | None:
    """What may need it at run time, unless that is a library that the project does not have."""
    needs = runtime(name)
    if needs is None or _entry(needs) is None or canonicalize_name(needs) in provided(project.requirements):
        return needs
    return None


def _quoted(names: Collection[str]) -> str:
    listed = " and ".join(f"`{name}`" for name in names)
    return f"{listed} {'is' if len(names) == 1 else 'are'}"


def _listed(places: tuple[Location, ...]) -> str:
    shown = ", ".join(str(place) for place in places[:_SHOWN_PLACES])
    more = len(places) - _SHOWN_PLACES
    return f"{shown} and {more} more" if more > 0 else shown


def _places(distribution: str, imports: Mapping[str, tuple[Location, ...]]) -> tuple[Location, ...]:
    """Where a distribution is imported: by the table, else by a module of the same normalised name."""
    names = imports_of(distribution)
    plain = canonicalize_name(distribution)
    found = {
        place
        for module, places in imports.items()
        if _installs(names, module) or (not names and canonicalize_name(module.split(".", 1)[0]) == plain)
        for place in places
    }
    return tuple(sorted(found))


def _installs(names: tuple[str, ...], module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def _is_test(path: str) -> bool:
    return _TEST.search(path) is not None


# --- imported but not declared -----------------------------------------------------------------


def undeclared(
    project: Project,
    imports: Mapping[str, tuple[Location, ...]],
    *,
    first_party: Collection[str],
    guarded: Collection[Location] = frozenset(),
    opaque: Collection[str] = frozenset(),
) -> tuple[Undeclared, ...]:
    """Libraries of the table that code imports and no manifest at or above it declares, in any group.

    `imports` maps modules (dotted where known, `google.cloud.storage`) to their import statements, `guarded` are
    those under TYPE_CHECKING or `except ImportError`, `first_party` the project's own top-level names, and
    `opaque` the manifests that could not be read whole: what they govern is not judged. A module that the table
    does not know is never reported, for nobody can tell offline which distribution brings it.
    """
    declared = _declared_by_folder(project.requirements)
    main = {folder(r.at.path) for r in project.requirements if r.group is None}
    closed = {folder(path) for path in opaque}
    found: dict[tuple[str, tuple[str, ...]], list[Location]] = {}
    for module, places in sorted(imports.items()):
        names = () if _never_judged(module, first_party) else distributions_for(module)
        for place in places if names else ():
            if place in guarded or _is_test(place.path) or in_skipped_folder(place.path):
                continue
            if place.path.rpartition("/")[2] == "setup.py":
                continue
            manifests = governing(project.manifests, place.path)
            around = list(parents(place.path))
            if not manifests or folder(manifests[0]) not in main or not closed.isdisjoint(around):
                continue
            if not any(_is_declared(module, names, declared.get(parent, frozenset())) for parent in around):
                found.setdefault((_known_part(module), manifests), []).append(place)
    return tuple(
        Undeclared(name=module, distributions=distributions_for(module), at=tuple(sorted(at)), manifests=manifests)
        for (module, manifests), at in sorted(found.items())
    )


def _never_judged(module: str, first_party: Collection[str]) -> bool:
    top = module.split(".", 1)[0]
    return is_stdlib(top) or top in first_party or module in _SHARED


def _declared_by_folder(requirements: Iterable[Requirement]) -> Mapping[str, frozenset[str]]:
    by_folder: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        by_folder.setdefault(folder(requirement.at.path), []).append(requirement)
    return {name: provided(members) for name, members in by_folder.items()}


def _is_declared(module: str, names: tuple[str, ...], declared: frozenset[str]) -> bool:
    """By the table, by equal names, or by a name that has the module's as a word: a fork or a plugin brings it."""
    if not declared.isdisjoint(names):
        return True
    words = {canonicalize_name(module.split(".", 1)[0]), *names}
    return any(f"-{word}-" in f"-{name}-" for name in declared for word in words)


# --- declared but not imported -----------------------------------------------------------------


def unused(project: Project, imports: Collection[str]) -> tuple[Requirement, ...]:
    """Main requirements that nothing in the project imports, sorted by place.

    `imports` are all modules that the project imports anywhere, tests, guarded and late imports included. Only
    libraries of the table whose every use is an import are judged, and no list of what was installed, no entry
    whose comment gives a reason, and none that is asked for with its command (`[cli]`).
    """
    frozen = _frozen_lists(project.requirements)
    return tuple(
        requirement
        for requirement in project.requirements
        if requirement.group is None
        and requirement.at.path not in frozen
        and runtime(requirement.name) is None
        and imports_of(requirement.name)
        and not _is_explained(requirement)
        and not _is_used(requirement.name, imports)
    )


def _is_explained(requirement: Requirement) -> bool:
    return requirement.explained or "cli" in requirement.extras


def _is_used(distribution: str, imports: Collection[str]) -> bool:
    """Whether it, or anything that it brings as its interface, is imported."""
    modules = [module for name in provided([_plain(distribution)]) for module in imports_of(name)]
    tops = {module.split(".", 1)[0] for module in modules}
    return any(_installs(tuple(modules), module) or (module in _SHARED and module in tops) for module in imports)


def _frozen_lists(requirements: Iterable[Requirement]) -> frozenset[str]:
    """The manifests that list an installation (`pip freeze`): what else installs is not told apart there."""
    plumbing: dict[str, int] = {}
    for requirement in requirements:
        if requirement.name in _PLUMBING and requirement.constraint.startswith("=="):
            plumbing[requirement.at.path] = plumbing.get(requirement.at.path, 0) + 1
    return frozenset(path for path, count in plumbing.items() if count >= _FROZEN_SIGNS)
