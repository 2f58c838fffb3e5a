"""Publishing: a version is appended to a service, and moves through its states. What was published never changes.

In one transaction: the service is locked and read, `_drafted` decides by what was read alone, and the version is kept
with its operations, its document and its event. Whatever judges a version by the one before it belongs in `_drafted`.
"""

from typing import Any, Final, Literal

import msgspec

from byte.registry.actors import Actor
from byte.registry.catalog import add_service
from byte.registry.documents import label_of
from byte.registry.errors import ConflictError, Fault, InvalidError
from byte.registry.faults import COMMIT, LABEL, LABEL_LENGTH, Faults
from byte.registry.records import NEXT, STATES, Content, Event, Service, State, Version
from byte.registry.store import Store, Write, events, services, versions

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
    """A version as it is kept, and what became of the document."""

    version: Version
    outcome: Outcome


class _Known(msgspec.Struct, frozen=True):
    """What the store has of a service before something is published."""

    service: Service
    same: Version | None
    latest: Version | None


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
    """Appends a version to a service. The same content under the same label again is the version that is there.

    Raises `ForbiddenError`, `NotFoundError`, `InvalidError`, and `ConflictError` where the label has another content,
    the service another kind, or `base` is no longer the latest version.
    """
    given = Publication(
        service=service, content=content, label=label, base=base, state=state, commit=commit, create=create
    )
    who.must("publish")
    with store.writing() as write:
        return append(write, who, given).version


def append(write: Write, who: Actor, given: Publication) -> Published:
    """`publish` within a transaction."""
    who.must("publish" if given.history is None else "admin")
    label = _label(given)
    new = services.find(write, given.service) is None and given.create
    if new:
        _add_service(write, who, given)
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
    kept = versions.add(write, given.service, draft, given.content)
    data = {key: value for key, value in _told(kept, given.content).items() if value not in (None, "")}
    _tell(write, who, "version.published", kept, data)
    return Published(kept, "created" if new else "updated")


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


def _add_service(write: Write, who: Actor, given: Publication) -> None:
    """Makes the service that a content is of."""
    content = given.content
    draft = Service(
        name=given.service,
        kind=content.kind,
        title=content.title,
        description=content.description,
        owner=given.owner,
        tags=content.tags,
        links=content.links,
        base_url=content.base_url,
    )
    add_service(write, who, draft)


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
    but for the sunset of a deprecated version. `expected` is the revision that it must have. Raises `ForbiddenError`, `NotFoundError`, `StaleError`, `InvalidError`, `ConflictError`.
    """
    who.must("publish")
    with store.writing() as write:
        who.must_own(services.lock(write, service).owner)
        old = versions.get(write, service, label)
        new = _moved(old, state or old.state, sunset, write.now)
        if new == old and expected in (None, old.revision):
            return old
        kept = versions.change(write, new, expected)
        data = {"from": old.state, "to": kept.state, "sunset": kept.sunset, "revision": kept.revision}
        _tell(write, who, _EVENTS[kept.state], kept, {key: value for key, value in data.items() if value is not None})
    return kept


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
