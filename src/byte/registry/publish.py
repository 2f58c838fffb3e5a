"""Publishing: a version is appended to a service, and moves through its states. What was published never changes.

A version is judged by the one that is in use (`registry.gate`), and that takes as long as a comparison takes. So it is
decided outside of any transaction by what one snapshot shows; then, in one transaction, the service is locked, and where
what was decided by still holds, the version is kept with its operations, its document, its review and its events. Where
it does not, somebody else was faster: it is decided anew. What is refused leaves its review and an event, and no version.
"""

from typing import Any, Final, Literal, NoReturn

import msgspec

from byte.registry import contracts, gate, notices, policies, reviews
from byte.registry.actors import Actor
from byte.registry.catalog import add_service, checked_service
from byte.registry.contracts import Comparable
from byte.registry.documents import label_of
from byte.registry.errors import ConflictError, Fault, InvalidError, NotFoundError, RefusedError, StaleError
from byte.registry.faults import COMMIT, LABEL, LABEL_LENGTH, Faults
from byte.registry.gate import Case, Ruling
from byte.registry.policies import Leave
from byte.registry.records import (
    NEXT,
    STATES,
    Consumer,
    Content,
    Document,
    Event,
    Override,
    Policy,
    Review,
    Service,
    State,
    Version,
)
from byte.registry.store import Read, Store, Write, consumers, events, overrides, services, versions
from byte.registry.store import policies as kept_policies

Outcome = Literal["created", "updated", "unchanged"]
"""What became of a document: a new service with its first version, another version of a known one, or nothing new."""

FIRST: Final[tuple[State, ...]] = ("draft", "active")
"""The states that a version can be published in."""
_EVENTS: Final = {
    "draft": "version.drafted",
    "active": "version.activated",
    "deprecated": "version.deprecated",
    "retired": "version.retired",
}


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What is so of a version that was published elsewhere before: only an admin restores it."""

    state: State
    base: str | None = None
    sunset: int | None = None
    deprecated_at: int | None = None
    actor: str = ""
    commit: str | None = None
    created_at: int = 0


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A content and how it is to be published.

    - `label`: what the version is called; None for what the document calls it.
    - `base`: the label that the publisher took for the latest, "" for none at all; None publishes on any.
    - `create`: makes a service that is not there, of the content, for `owner` (else for the team of who publishes).
    - `history`: of a version that is restored; it is then in the state that it had, whatever `state` and `base` say.
    """

    service: str
    content: Content
    label: str | None = None
    base: str | None = None
    state: State = "active"
    commit: str | None = None
    create: bool = False
    owner: str | None = None
    history: History | None = None


class Published(msgspec.Struct, frozen=True):
    """A version as it is kept, what became of the document, and how it was judged (None: not at all)."""

    version: Version
    outcome: Outcome
    ruling: Ruling | None = None
    review: str | None = None


_ATTEMPTS: Final = 8
"""How often a version is judged anew because others published meanwhile."""
_REASONS: Final = 10
_REASON: Final = 500
_NAMES: Final = 50
"""How much of a refusal its event has; the review has more."""


class _Known(msgspec.Struct, frozen=True):
    """What the store has of a service before something is published."""

    service: Service
    same: Version | None
    latest: Version | None


class _Basis(msgspec.Struct, frozen=True):
    """What a version is judged by, but for its own contract: what is in use, what is asked, who uses it, what may pass.

    Two of them are equal where the same would be decided.
    """

    base: Version | None
    policy: Policy
    consumers: tuple[Consumer, ...]
    granted: tuple[Override, ...]


class _Decided(msgspec.Struct, frozen=True):
    """A ruling (None where the policy asks for nothing), by what it was made, and the leave that was used of the request."""

    ruling: Ruling | None
    basis: _Basis
    leave: Override | None = None


def publish(
    store: Store,
    who: Actor,
    service: str,
    content: Content,
    label: str | None = None,
    base: str | None = None,
    state: State = "active",
    commit: str | None = None,
    *,
    create: bool = False,
) -> Version:
    """Appends a version to a service: `submit` of what is given. Answers with the version alone."""
    given = Publication(
        service=service, content=content, label=label, base=base, state=state, commit=commit, create=create
    )
    return submit(store, who, given).version


def submit(
    store: Store, who: Actor, given: Publication, *, dry_run: bool = False, leave: Leave | None = None
) -> Published:
    """Appends a version to a service, if its policy lets it in. The same content under the same label again is the version that is there.

    `dry_run` decides the same and keeps nothing. `leave` lets in what is refused, where the policy lets the caller say so.
    Raises `ForbiddenError`, `NotFoundError`, `InvalidError`, `RefusedError`, and `ConflictError` where the label has
    another content, the service another kind, or `base` is no longer the latest version.
    """
    who.must("publish" if given.history is None else "admin")
    label = _label(given)
    head: Comparable | None = None
    for _ in range(_ATTEMPTS):
        with store.reading() as read:
            draft, there, basis, document = _looked_up(read, who, given, label)
        if draft == there:
            return Published(draft, "unchanged")
        decided = None
        if basis is not None and not gate.demands(basis.policy):
            decided = _Decided(None, basis)
        elif basis is not None:
            granted = policies.grant(who, basis.policy, given.service, label, leave, store.clock()) if leave else None
            head = head or contracts.of_content(f"{given.service}@{label}", given.content)
            decided = _decide(given.service, label, head, basis, document, granted, store.clock())
            ruling = decided.ruling
            if ruling is not None and ruling.refused and given.state == "active":
                _refuse(store, who, ruling, given.content.digest, given.commit, dry_run=dry_run)
        if dry_run:
            return Published(_preview(draft, given.content), "updated", decided.ruling if decided else None)
        try:
            with store.writing() as write:
                return append(write, who, given, decided)
        except _MovedError:
            store.anew()
    raise _busy(given.service)


def _busy(service: str) -> ConflictError:
    return ConflictError(
        f"Others publish versions of `{service}` at this moment: read what is there now and publish again."
    )


class _MovedError(Exception):
    """What was decided by is no longer so."""


class _EarlyError(Exception):
    """A version is to go before its policy lets it."""


def _looked_up(
    read: Read, who: Actor, given: Publication, label: str
) -> tuple[Version, Version | None, _Basis | None, Document | None]:
    """The version to be, the one that is there already, what it is judged by, and the document of its base.

    No basis: nothing is judged, what is restored or makes its service.
    """
    service = services.find(read, given.service)
    if service is None:
        if not given.create:
            raise NotFoundError(f"There is no service `{given.service}`.")
        service = checked_service(who, _service_of(given))
    who.must_own(service.owner)
    same, latest = versions.find(read, given.service, label), versions.latest(read, given.service)
    draft = _drafted(_Known(service, same, latest), who, given, label)
    if given.history is not None or draft == same:
        return draft, same, None, None
    basis = _basis(read, given.service)
    return draft, same, basis, versions.document(read, basis.base.document) if basis.base is not None else None


def _basis(read: Read, service: str) -> _Basis:
    return _Basis(
        versions.in_use(read, service),
        kept_policies.of(read, service),
        consumers.uses_of(read, service),
        overrides.live(read, service),
    )


def _decide(
    service: str,
    label: str,
    head: Comparable,
    basis: _Basis,
    document: Document | None,
    granted: Override | None,
    now: int,
) -> _Decided:
    """The ruling on a version. This may take seconds, and touches no store."""
    base = basis.base
    case = Case(
        service=service,
        label=label,
        head=head,
        policy=basis.policy,
        base=contracts.of_document(f"{service}@{base.label}", head.kind, document) if base and document else None,
        base_label=base.label if base is not None else None,
        consumers=basis.consumers,
        overrides=(*basis.granted, granted) if granted is not None else basis.granted,
        now=now,
    )
    ruling = gate.judged(case)
    used = granted if granted is not None and granted in ruling.used else None
    return _Decided(ruling, basis, used)


def _check_basis(write: Write, service: str, decided: _Decided) -> None:
    """Raises `_MovedError` where something else would be decided now, or an override has ended meanwhile."""
    if decided.ruling is None:
        if gate.demands(kept_policies.of(write, service)):
            raise _MovedError
        return
    until = decided.ruling.until
    if _basis(write, service) != decided.basis or (until is not None and until <= write.now):
        raise _MovedError


def _refuse(
    store: Store, who: Actor, ruling: Ruling, digest: str, commit: str | None, *, dry_run: bool = False
) -> NoReturn:
    """Tells that a version is refused; unless it is a trial, its review and an event are kept. Raises `RefusedError`."""
    said = {"id": None, "dry_run": dry_run, **gate.report(ruling)}
    if not dry_run:
        with store.apart() as write:
            said["id"] = _record_refusal(write, who, ruling, digest, commit)
    raise RefusedError(gate.sentence(ruling), said)


def _record_refusal(write: Write, who: Actor, ruling: Ruling, digest: str, commit: str | None) -> str | None:
    """Keeps the review of a version that is refused, and tells it; the review's id. A service that is not there has none."""
    known = services.find(write, ruling.service) is not None
    review = reviews.of_ruling(ruling, gate.report(ruling), commit, who) if known else None
    if review is not None:
        reviews.keep(write, review)
    data = {
        "base": ruling.base,
        "digest": digest,
        "commit": commit,
        "review": review.id if review is not None else None,
        "verdict": review.verdict if review is not None else None,
        "refusals": len(ruling.refusals),
        "reasons": [refusal.detail[:_REASON] for refusal in ruling.refusals[:_REASONS]],
        "consumers": sorted({hit.consumer for _, hit in ruling.affected})[:_NAMES],
    }
    event = Event(
        type="version.refused",
        service=ruling.service,
        version=ruling.label,
        subject=f"{ruling.service} {ruling.label}",
        actor=who.name,
        data={key: value for key, value in data.items() if value is not None},
    )
    events.append(write, event)
    return review.id if review is not None else None


def _preview(draft: Version, content: Content) -> Version:
    """A version as it would be kept."""
    return msgspec.structs.replace(
        draft,
        format=content.format,
        title=content.title,
        description=content.description,
        digest=content.digest,
        document=content.document.digest,
        operations=len(content.operations),
    )


def append(write: Write, who: Actor, given: Publication, decided: _Decided | None = None) -> Published:
    """Keeps a version within a transaction, as it was decided; without a decision it is not judged.

    Raises what `submit` does but for `RefusedError`.
    """
    who.must("publish" if given.history is None else "admin")
    label = _label(given)
    new = services.find(write, given.service) is None and given.create
    if new:
        add_service(write, who, _service_of(given))
    service = services.lock(write, given.service)
    who.must_own(service.owner)
    same, latest = versions.find(write, given.service, label), versions.latest(write, given.service)
    draft = _drafted(_Known(service, same, latest), who, given, label)
    if draft == same:
        return Published(draft, "unchanged")
    if same is not None:
        kept = versions.change(write, draft)
        _tell(write, who, _EVENTS[kept.state], kept, {"from": same.state, "to": kept.state, "revision": kept.revision})
        return Published(kept, "updated")
    if decided is not None:
        _check_basis(write, given.service, decided)
    kept = versions.add(write, given.service, draft, given.content)
    told = _told(kept, given.content)
    review = None
    if decided is not None:
        review = _keep_ruling(write, who, kept, decided)
        told |= {"review": review.id if review else None, "verdict": review.verdict if review else None}
    _tell(write, who, "version.published", kept, {key: value for key, value in told.items() if value not in (None, "")})
    if given.history is None and kept.state == "active":
        names = [operation.name for operation in given.content.operations if operation.deprecated]
        notices.of_operations(write, who, kept, names, kept.base)
    return Published(
        kept, "created" if new else "updated", decided.ruling if decided else None, review.id if review else None
    )


def _keep_ruling(write: Write, who: Actor, version: Version, decided: _Decided) -> Review | None:
    """Keeps the review of a version that was let in, and what it was let in by."""
    ruling = decided.ruling
    if ruling is None:
        return None
    if decided.leave is not None:
        policies.keep_override(write, who, decided.leave)
    review = reviews.of_ruling(ruling, gate.report(ruling), version.commit, who)
    if review is not None:
        reviews.keep(write, review)
    if ruling.used:
        told = [gate.overridden(override) for override in ruling.used[:_NAMES]]
        _tell(write, who, "version.overridden", version, {"base": ruling.base, "overrides": told})
    if version.state == "active":
        notices.of_breaks(write, who, version, ruling.affected)
    return review


def _drafted(known: _Known, who: Actor, given: Publication, label: str) -> Version:
    """The version to be kept, or the one that is there already. Decides by what it is given alone."""
    if known.service.kind != given.content.kind:
        raise ConflictError(
            f"`{given.service}` is a service of the kind `{known.service.kind}`, the document is one of `{given.content.kind}`."
        )
    if known.same is not None:
        if known.same.digest == given.content.digest:
            return known.same if given.history is None else _turned(known.same, given.history)
        raise ConflictError(
            f"`{given.service}` has a version `{label}` with another content. Versions are immutable: publish this one "
            "under another label."
        )
    latest = known.latest.label if known.latest is not None else None
    if given.base is not None and given.base != (latest or ""):
        raise ConflictError(
            f"The latest version of `{given.service}` is {f'`{latest}`' if latest else 'none'}, not `{given.base}`: "
            "compare with it and publish again."
        )
    draft = Version(
        service=given.service, label=label, state=given.state, base=latest, actor=who.name, commit=given.commit
    )
    return _restored(draft, given.history) if given.history is not None else draft


def _turned(version: Version, history: History) -> Version:
    """A version that is there already in the state that it has elsewhere."""
    return msgspec.structs.replace(
        version, state=history.state, sunset=history.sunset, deprecated_at=history.deprecated_at
    )


def _restored(version: Version, history: History) -> Version:
    """A version with what is known of it from elsewhere."""
    return msgspec.structs.replace(version, **msgspec.structs.asdict(history))


def _label(given: Publication) -> str:
    """The label of the version to be. Raises `InvalidError` with all that is wrong with what was given."""
    label = label_of(given.content.version, given.content.digest) if given.label is None else given.label
    faults = Faults()
    faults.matches("/label", label, LABEL, LABEL_LENGTH)
    faults.one_of("/state", given.state, FIRST)
    if given.commit is not None:
        faults.matches("/commit", given.commit, COMMIT, 64)
    faults.settle("version")
    return label


def _service_of(given: Publication) -> Service:
    """The service that a content is of, as it would be made."""
    content = given.content
    return Service(
        name=given.service,
        kind=content.kind,
        title=content.title,
        description=content.description,
        owner=given.owner,
        tags=content.tags,
        links=content.links,
        base_url=content.base_url,
    )


def _told(version: Version, content: Content) -> dict[str, Any]:
    return {
        "digest": version.digest,
        "format": version.format,
        "state": version.state,
        "sequence": version.sequence,
        "operations": version.operations,
        "base": version.base,
        "commit": version.commit,
        "warnings": len(content.warnings),
    }


# --- states ------------------------------------------------------------------------------------


def move(
    store: Store,
    who: Actor,
    service: str,
    label: str,
    state: State | None,
    sunset: int | msgspec.UnsetType | None = msgspec.UNSET,
    expected: int | None = None,
) -> Version:
    """Moves a version to another state (`records.NEXT`; None: it stays in its own).

    A deprecated one may say when it ends: `sunset`, to come; None takes that back. To stay in a state changes nothing,
    but for the sunset of a deprecated version. A draft passes the gate when it becomes active. `expected` is the revision
    that it must have.

    Raises `ForbiddenError`, `NotFoundError`, `StaleError`, `InvalidError`, `ConflictError`, `RefusedError`.
    """
    who.must("publish")
    for _ in range(_ATTEMPTS):
        decided = _activation(store, who, service, label, expected) if state == "active" else None
        try:
            with store.writing() as write:
                return _move(write, who, service, label, (state, sunset, expected), decided)
        except _MovedError:
            store.anew()
        except _EarlyError as error:
            _refuse_end(store, who, service, label, str(error))
    raise _busy(service)


_Step = tuple[State | None, int | msgspec.UnsetType | None, int | None]
"""The state that a version is to have, its sunset, and the revision that it must have."""


def _move(write: Write, who: Actor, service: str, label: str, step: _Step, decided: _Decided | None) -> Version:
    state, sunset, expected = step
    who.must_own(services.lock(write, service).owner)
    old = versions.get(write, service, label)
    new = _moved(old, state or old.state, sunset, write.now)
    if new == old and expected in (None, old.revision):
        return old
    if (decided is not None) != (old.state == "draft" and new.state == "active"):
        raise _MovedError
    if decided is not None:
        _check_basis(write, service, decided)
    used = _check_end(write, old) if new.state == "retired" and old.state != "draft" else None
    before = versions.in_use(write, service) if decided is not None else None
    kept = versions.change(write, new, expected)
    data: dict[str, Any] = {"from": old.state, "to": kept.state, "sunset": kept.sunset, "revision": kept.revision}
    if decided is not None and (review := _keep_ruling(write, who, kept, decided)) is not None:
        data |= {"review": review.id, "verdict": review.verdict}
    if used is not None:
        _tell(write, who, "version.overridden", kept, {"overrides": [gate.overridden(used)]})
    _tell(write, who, _EVENTS[kept.state], kept, {key: value for key, value in data.items() if value is not None})
    if kept.state == "deprecated":
        notices.of_deprecation(write, who, kept)
    elif decided is not None:
        names = notices.deprecated(write, service, label)
        notices.of_operations(write, who, kept, names, before.label if before is not None else None)
    return kept


def _activation(store: Store, who: Actor, service: str, label: str, expected: int | None) -> _Decided | None:
    """The ruling on a draft that is to become active: it passes the gate now; None for what is none."""
    with store.reading() as read:
        owner = services.get(read, service)
        who.must_own(owner.owner)
        version, basis = versions.get(read, service, label), _basis(read, service)
        if version.state != "draft":
            return None
        if expected not in (None, version.revision):
            raise StaleError(
                f"`{label}` of `{service}` is at revision {version.revision}, not {expected}: read it again."
            )
        if not gate.demands(basis.policy):
            return _Decided(None, basis)
        mine = versions.document(read, version.document)
        base = versions.document(read, basis.base.document) if basis.base is not None else None
    head = contracts.of_document(f"{service}@{label}", owner.kind, mine)
    decided = _decide(service, label, head, basis, base, None, store.clock())
    ruling = decided.ruling
    if ruling is not None and ruling.refused:
        _refuse(store, who, ruling, version.digest, version.commit)
    return decided


def _check_end(write: Write, version: Version) -> Override | None:
    """The override that lets a version go before its time; None where it needs none.

    Raises `_EarlyError` where the policy wants a version announced before it goes, and it was not.
    """
    if not kept_policies.of(write, version.service).sunset:
        return None
    if version.state == "deprecated" and version.sunset is not None and version.sunset <= write.now:
        return None
    for one in overrides.live(write, version.service):
        # One for an operation lets that go, and not all of them.
        if one.rule in (None, "sunset") and one.version in (None, version.label) and one.operation is None:
            return one
    raise _EarlyError(
        f"`{version.label}` of `{version.service}` cannot be retired yet: its policy wants it deprecated with a sunset that "
        "has passed."
    )


def _refuse_end(store: Store, who: Actor, service: str, label: str, said: str) -> NoReturn:
    """Tells that a version may not be retired yet. Raises `ConflictError`."""
    with store.apart() as write:
        version = versions.get(write, service, label)
        _tell(write, who, "version.refused", version, {"to": "retired", "refusals": 1, "reasons": [said]})
    raise ConflictError(said)


def _moved(old: Version, state: State, sunset: int | msgspec.UnsetType | None, now: int) -> Version:
    """The version in another state, if it may go there."""
    faults = Faults()
    faults.one_of("/state", state, STATES)
    faults.settle("state")
    if state != old.state and state not in NEXT[old.state]:
        ways = " or ".join(f"`{way}`" for way in NEXT[old.state])
        raise ConflictError(
            f"`{old.label}` of `{old.service}` is {old.state}: it "
            + (f"can become {ways}, not `{state}`." if ways else "stays so.")
        )
    if isinstance(sunset, int):
        _check_sunset(state, sunset, now)
    if state == "deprecated":
        since, until = (old.deprecated_at, old.sunset) if old.state == state else (now, None)
        return msgspec.structs.replace(
            old, state=state, deprecated_at=since, sunset=until if sunset is msgspec.UNSET else sunset
        )
    if state == "active":
        return msgspec.structs.replace(old, state=state, deprecated_at=None, sunset=None)
    return msgspec.structs.replace(old, state=state)


def _check_sunset(state: State, sunset: int, now: int) -> None:
    said = None
    if state != "deprecated":
        said = f"Only a deprecated version has a sunset, not one that is {state}."
    elif sunset <= now:
        said = "The sunset is in the past: say when the version will end, or retire it now."
    if said is not None:
        raise InvalidError(said, (Fault(said, "/sunset_at"),))


def _tell(write: Write, who: Actor, kind: str, version: Version, data: dict[str, Any]) -> None:
    subject = f"{version.service} {version.label}"
    event = Event(type=kind, service=version.service, version=version.label, subject=subject, actor=who.name, data=data)
    events.append(write, event)
