"""Many documents at once: each is read by itself, kept whole or not at all, and answered for.

Documents are read before the transaction that keeps them, and kept in transactions of several. What fails is told with
its reason and stops nothing else. To import the same again changes nothing: an import that was cut off is done again.

A version of a service that is there already passes the gate, as any other (`registry.gate`). What a service comes in with
when an import makes it, is its history and is not judged; nor is what was published elsewhere before, nor anything where an
admin says so (`Options.gate`).

What is imported are documents, or lines of NDJSON (`registry.lines`) as `registry.exports` writes them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from byte.model.contract import Source
from byte.model.errors import ByteError
from byte.registry import catalog, clock, policies
from byte.registry.actors import Actor
from byte.registry.consumers import keep_consumer
from byte.registry.documents import LIMITS, Limits, read
from byte.registry.errors import (
    InvalidError,
    RefusedError,
    RegistryError,
    TooLargeError,
    UnavailableError,
    UnreadableError,
)
from byte.registry.lines import (
    ConsumerLine,
    OverrideLine,
    OwnerLine,
    PolicyLine,
    ServiceLine,
    VersionLine,
    decoded,
    document_of,
    longest,
    probe_of,
    split,
)
from byte.registry.publish import FIRST, History, Publication, Published, append, submit
from byte.registry.records import Consumer, Kind, Override, Owner, Policy, Service, State
from byte.registry.store import Store, Write, consumers, owners, services
from byte.registry.store import policies as kept_policies

Outcome = Literal["created", "updated", "unchanged", "failed"]

BATCH: Final = 64
"""Documents that are kept in one transaction, at most."""
WEIGHT: Final = 4 << 20
"""Bytes of documents after which a transaction ends: others wait for it."""
_MAKERS: Final = ("service", "version")
"""Types of lines that make a service, where they make something."""
_ENCODER: Final = msgspec.json.Encoder()


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where (a JSON pointer)."""

    pointer: str
    detail: str


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one document or line. `warnings` are what could not be read of a document that is kept."""

    name: str
    outcome: Outcome
    type: str = ""
    line: int | None = None
    service: str | None = None
    version: str | None = None
    operations: int = 0
    warnings: tuple[str, ...] = ()
    reason: str = ""
    errors: tuple[Flaw, ...] = ()


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How documents are imported: for which team, as which kind (None: each as what it looks like), in which state.

    `gate`: whether versions of services that are there are judged; only an admin may leave that out.
    """

    owner: str | None = None
    kind: Kind | None = None
    state: State = "active"
    gate: bool = True
    limits: Limits = LIMITS


OPTIONS: Final = Options()

Apply = Callable[[Write], Result]


class Prepared(msgspec.Struct, frozen=True):
    """Something that was read: how it is kept within a transaction, and how much that is (bytes).

    `judged` keeps it in a transaction of its own once it was judged: of a version that passes the gate, of `service`.
    """

    apply: Apply
    weight: int
    service: str | None = None
    judged: Callable[[Store], Result] | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to import; `prepare` reads it."""

    name: str
    prepare: Callable[[], Prepared]
    line: int | None = None


def documents(
    store: Store, who: Actor, given: Iterable[tuple[str, Callable[[], Source]]], options: Options = OPTIONS
) -> Iterator[Result]:
    """Imports documents: names, and how each is read. One result each, in order, once it is kept.

    A document makes its service where there is none of its name. Raises `UnavailableError` where the store fails: what
    was answered for is kept, the rest is not.
    """
    return run(store, (document_task(who, name, opened, options) for name, opened in given))


def owned(store: Store, who: Actor, name: str) -> None:
    """Makes a team where there is none of that name: only an admin may."""
    with store.writing() as write:
        if owners.find(write, name) is None:
            _owner(write, who, OwnerLine(name=name))


def document_task(who: Actor, name: str, opened: Callable[[], Source], options: Options = OPTIONS) -> Task:
    """A document as something to import."""
    return Task(name=name, prepare=lambda: _document(who, name, opened(), options))


def run(store: Store, tasks: Iterable[Task], *, fail_fast: bool = False) -> Iterator[Result]:
    """Does what is to be done, in batches. `fail_fast` ends with the first that fails: nothing after it is kept."""
    batch: list[_Step] = []
    made: set[str] = set()
    for task in tasks:
        step = _prepared(task)
        alone = _is_judged(store, step, made)
        if not alone:
            batch.append(step)
        over = len(batch) >= BATCH or sum(step.weight for step in batch) >= WEIGHT
        if over or alone or (fail_fast and step.failed is not None):
            results = _kept(store, batch, fail_fast)
            batch = []
            if alone and not (fail_fast and any(result.outcome == "failed" for result in results)):
                results.append(_judged(store, step))
            made.update(one.service or "" for one in results if one.outcome == "created" and one.type in _MAKERS)
            yield from results
            if fail_fast and results and results[-1].outcome == "failed":
                return
    yield from _kept(store, batch, fail_fast)


class _Step(msgspec.Struct, frozen=True):
    """Something that is read: how it is kept, or why it cannot be."""

    task: Task
    prepared: Prepared | None = None
    failed: Result | None = None

    @property
    def weight(self) -> int:
        return self.prepared.weight if self.prepared is not None else 0


def _prepared(task: Task) -> _Step:
    try:
        return _Step(task, task.prepare())
    except UnavailableError:
        raise
    except ByteError as error:
        return _Step(task, failed=_failed(task, error))
    except Exception as error:  # noqa: BLE001  (one document that Byte falls over must not lose the others)
        return _Step(task, failed=_fell_over(task, error))


def _is_judged(store: Store, step: _Step, made: Collection[str]) -> bool:
    """Whether something is a version of a service that was there before this import."""
    prepared = step.prepared
    if prepared is None or prepared.judged is None or prepared.service is None or prepared.service in made:
        return False
    with store.reading() as read:
        return services.find(read, prepared.service) is not None


def _judged(store: Store, step: _Step) -> Result:
    """Judges a version and keeps it, in a transaction of its own."""
    assert step.prepared is not None
    assert step.prepared.judged is not None
    try:
        return msgspec.structs.replace(step.prepared.judged(store), line=step.task.line)
    except UnavailableError:
        raise
    except ByteError as error:
        return _failed(step.task, error)
    except Exception as error:  # noqa: BLE001  (a comparison that Byte falls over must not lose the other documents)
        return _fell_over(step.task, error)


def _kept(store: Store, batch: Sequence[_Step], fail_fast: bool) -> list[Result]:
    """Keeps what was read, in one transaction; what fails in it is undone alone."""
    if all(step.prepared is None for step in batch):
        return [step.failed for step in batch if step.failed is not None]
    results: list[Result] = []
    with store.writing() as write:
        for step in batch:
            results.append(_applied(write, step))
            if fail_fast and results[-1].outcome == "failed":
                break
    return results


def _applied(write: Write, step: _Step) -> Result:
    if step.prepared is None:
        return step.failed or _failed(step.task, UnreadableError("It was not read."))
    try:
        with write.part():
            return msgspec.structs.replace(step.prepared.apply(write), line=step.task.line)
    except UnavailableError:
        raise
    except RegistryError as error:
        return _failed(step.task, error)


def _fell_over(task: Task, error: Exception) -> Result:
    said = f"Byte fell over `{task.name}` ({type(error).__name__}): please report it with the document."
    return _failed(task, UnreadableError(said))


def _failed(task: Task, error: ByteError) -> Result:
    return Result(name=task.name, outcome="failed", line=task.line, reason=str(error), errors=flaws_of(error))


def flaws_of(error: ByteError) -> tuple[Flaw, ...]:
    """All that is wrong, where an error says more than its sentence."""
    if isinstance(error, RefusedError):
        return tuple(Flaw("", refusal["detail"]) for refusal in error.report.get("refusals", ()))
    faults = error.faults if isinstance(error, InvalidError) else ()
    return tuple(Flaw(fault.pointer, str(fault)) for fault in faults if fault.pointer or str(fault) != str(error))


def _document(who: Actor, name: str, source: Source, options: Options) -> Prepared:
    content = read(source.data, source.name, kind=options.kind, fetch=source.fetch, limits=options.limits)
    given = Publication(
        service=named(name, content.name), content=content, state=options.state, create=True, owner=options.owner
    )
    return _version_of(who, name, given, len(source.data), options.gate)


def _version_of(who: Actor, name: str, given: Publication, weight: int, gate: bool) -> Prepared:
    """A version as something that is kept, judged unless there is a reason not to."""
    if not gate:
        who.must("admin")
    return Prepared(
        lambda write: _published(name, given, append(write, who, given)),
        weight,
        given.service,
        (lambda store: _published(name, given, submit(store, who, given))) if gate and given.history is None else None,
    )


def named(name: str, service: str) -> str:
    """The name of a document's service. Raises `UnreadableError` where it has none."""
    if not service:
        raise UnreadableError(f"`{name}` names no service, by title or by file: give the service's name.")
    return service


def _published(name: str, given: Publication, done: Published) -> Result:
    return Result(
        name=name,
        type="version",
        outcome=done.outcome,
        service=done.version.service,
        version=done.version.label,
        operations=done.version.operations,
        warnings=given.content.warnings,
    )


# --- lines of NDJSON ---------------------------------------------------------------------------


def lines(store: Store, who: Actor, chunks: Iterable[bytes], options: Options = OPTIONS) -> Iterator[bytes]:
    """Imports NDJSON as it comes in; a line of NDJSON for each, in order, once it is kept, and one with the counts last.

    Where the store fails in between, the last line has the `reason` instead, and what was not answered for is not kept.
    """
    counts: dict[str, int] = dict.fromkeys(("created", "updated", "unchanged", "failed"), 0)
    try:
        for result in run(store, line_tasks(who, chunks, options)):
            counts[result.outcome] += 1
            yield _ENCODER.encode(result) + b"\n"
    except UnavailableError as error:
        yield _ENCODER.encode({"type": "interrupted", **counts, "reason": str(error)}) + b"\n"
        return
    yield _ENCODER.encode({"type": "summary", **counts}) + b"\n"


def line_tasks(who: Actor, chunks: Iterable[bytes], options: Options = OPTIONS) -> Iterator[Task]:
    """The lines of NDJSON as things to import. One that is longer than a document may be is passed over, and told."""
    for number, data in enumerate(split(chunks, longest(options.limits.bytes)), 1):
        if data is None or data.strip():
            yield _line_task(who, number, data, options)


def _line_task(who: Actor, number: int, data: bytes | None, options: Options) -> Task:
    return Task(name=f"line {number}", line=number, prepare=lambda: _line(who, number, data, options))


def _line(who: Actor, number: int, data: bytes | None, options: Options) -> Prepared:
    if data is None:
        raise TooLargeError(f"Line {number} is longer than a document may be ({options.limits.bytes:,} bytes).")
    given = decoded(number, data)
    if isinstance(given, VersionLine):
        return _version(who, number, given, options)
    keep: Callable[[Write, Actor, Any], Result] = _KEEPERS[type(given)]
    return Prepared(lambda write: keep(write, who, given), len(data))


def _version(who: Actor, number: int, given: VersionLine, options: Options) -> Prepared:
    data = document_of(number, given)
    content = read(data, f"line {number}", stem="", kind=given.kind, limits=options.limits)
    past = given.state not in FIRST or any(getattr(given, field) is not None for field in _PAST)
    if past:
        who.must("admin")
    publication = Publication(
        service=given.service or named(f"line {number}", content.name),
        content=content,
        label=given.label,
        state="active" if past else given.state,
        commit=given.commit,
        create=True,
        owner=given.owner,
        history=_history(given) if past else None,
    )
    name = f"{publication.service} {given.label or content.version}".strip()
    return _version_of(who, name, publication, len(data), options.gate)


_PAST: Final = ("base", "sunset", "deprecated_at", "actor", "created_at")
"""What only a version has that was published before."""


def _history(given: VersionLine) -> History:
    return History(
        state=given.state,
        base=given.base,
        sunset=_at(given.sunset),
        deprecated_at=_at(given.deprecated_at),
        actor=given.actor or "",
        commit=given.commit,
        created_at=_at(given.created_at) or 0,
    )


def _owner(write: Write, who: Actor, given: OwnerLine) -> Result:
    old = owners.find(write, given.name)
    draft = Owner(name=given.name, title=given.title, contacts=given.contacts, created_at=_at(given.created_at) or 0)
    kept = catalog.keep_owner(write, who, draft)
    return Result(name=given.name, type="owner", outcome=_outcome(old, kept))


def _service(write: Write, who: Actor, given: ServiceLine) -> Result:
    old = services.find(write, given.name)
    wanted = {field: getattr(given, field) for field in ServiceLine.__struct_fields__}
    wanted |= {"probe": probe_of(given), "created_at": _at(given.created_at) or 0}
    kept = catalog.keep_service(write, who, Service(**wanted))
    return Result(name=given.name, type="service", outcome=_outcome(old, kept), service=given.name)


def _consumer(write: Write, who: Actor, given: ConsumerLine) -> Result:
    services.get(write, given.service)
    old = consumers.find(write, given.service, given.name)
    draft = Consumer(
        service=given.service,
        name=given.name,
        uses=given.uses,
        evidence=given.evidence,
        created_at=_at(given.created_at) or 0,
    )
    kept = keep_consumer(write, who, draft)
    return Result(name=given.name, type="consumer", outcome=_outcome(old, kept), service=given.service)


def _policy(write: Write, who: Actor, given: PolicyLine) -> Result:
    service = given.service or policies.DEFAULT
    old = kept_policies.find(write, service)
    fields = {field: getattr(given, field) for field in policies.FIELDS}
    draft = Policy(service=service, created_at=_at(given.created_at) or 0, **fields)
    kept = policies.keep_policy(write, who, draft)
    return Result(name=f"policy {service}".strip(), type="policy", outcome=_outcome(old, kept), service=given.service)


def _override(write: Write, who: Actor, given: OverrideLine) -> Result:
    fields = {field: getattr(given, field) for field in Override.__struct_fields__}
    draft = Override(**{**fields, "until": clock.of(given.until), "created_at": clock.of(given.created_at)})
    new = policies.restore_override(write, who, draft)
    return Result(name=given.id, type="override", outcome="created" if new else "unchanged", service=given.service)


_KEEPERS: Final[Mapping[type, Callable[[Write, Actor, Any], Result]]] = {
    OwnerLine: _owner,
    ServiceLine: _service,
    ConsumerLine: _consumer,
    PolicyLine: _policy,
    OverrideLine: _override,
}


def _outcome(old: object, kept: object) -> Outcome:
    if old is None:
        return "created"
    return "unchanged" if kept == old else "updated"


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else clock.of(moment)
