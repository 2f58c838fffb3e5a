"""Policies and overrides: what is asked of new versions, and who let in what it refuses, why and until when."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from byte import rules
from byte.compare.ids import IDS
from byte.registry import gate
from byte.registry.actors import Actor
from byte.registry.clock import DAY
from byte.registry.errors import ForbiddenError, NotFoundError, StaleError
from byte.registry.faults import COMMIT, LABEL, LABEL_LENGTH, LINE, Faults
from byte.registry.records import (
    COMPATIBILITIES,
    OVERRIDINGS,
    SCHEMES,
    VERDICTS,
    WEIGHTS,
    Event,
    Override,
    Policy,
)
from byte.registry.store import Store, Write, events, overrides, services
from byte.registry.store import policies as kept

DEFAULT: Final = kept.DEFAULT
"""The service of the default policy."""
SEVERITIES_MOST: Final = 200
REASON_LENGTH: Final = 1_000
RULE_LENGTH: Final = 100
OPERATION_LENGTH: Final = 2_000
LONGEST: Final = 366 * DAY
"""How long an override may last."""
_ID: Final = COMMIT
"""Hexadecimal digits, as of a commit."""
FIELDS: Final = ("compatibility", "verdict", "severities", "sunset", "scheme", "overriding")
"""What may be written of a policy."""


class Leave(msgspec.Struct, frozen=True):
    """Why a version is to be let in all the same, and until when that holds (microseconds)."""

    reason: str
    until: int


# --- policies ----------------------------------------------------------------------------------


def put_policy(store: Store, who: Actor, draft: Policy, expected: int | None, *, create: bool) -> tuple[Policy, bool]:
    """Keeps a policy in the place of another, or (`create`) where there is none yet; whether it is new.

    Raises `ForbiddenError`, `InvalidError`, `NotFoundError`, `StaleError`.
    """
    with store.writing() as write:
        old = kept.find(write, draft.service)
        if create and old is not None:
            raise StaleError("There is a policy already: replace it with `If-Match`.")
        if not create and old is None:
            _known(write, draft.service)
            raise NotFoundError("There is no policy of its own yet: make it with `If-None-Match: *`.")
        return keep_policy(write, who, draft, expected), old is None


def keep_policy(write: Write, who: Actor, draft: Policy, expected: int | None = None) -> Policy:
    """Keeps a policy, whether there is one or not. Only an admin may: it is what holds for those who publish."""
    who.must("admin")
    check_policy(draft)
    old = kept.find(write, draft.service)
    if old is None:
        _known(write, draft.service)
        made = kept.add(write, draft)
        _tell(write, who, "policy.created", made.service, _written(made))
        return made
    if expected not in (None, old.revision):
        raise StaleError(f"The policy is at revision {old.revision}, not {expected}: read it again.")
    wanted = msgspec.structs.replace(old, **{field: getattr(draft, field) for field in FIELDS})
    if wanted == old:
        return old
    made = kept.replace(write, wanted, expected)
    _tell(write, who, "policy.updated", made.service, {**_written(made), "revision": made.revision})
    return made


def delete_policy(store: Store, who: Actor, service: str, expected: int | None) -> None:
    """Takes a policy back: what is asked by default holds then. Raises `ForbiddenError`, `NotFoundError`, `StaleError`."""
    who.must("admin")
    with store.writing() as write:
        _known(write, service)
        old = kept.remove(write, service, expected)
        _tell(write, who, "policy.deleted", service, _written(old))


def check_policy(policy: Policy) -> None:
    """Raises `InvalidError` with everything that cannot be kept."""
    faults = Faults()
    faults.one_of("/compatibility", policy.compatibility, COMPATIBILITIES)
    faults.one_of("/verdict", policy.verdict, VERDICTS)
    faults.one_of("/scheme", policy.scheme, SCHEMES)
    faults.one_of("/overriding", policy.overriding, OVERRIDINGS)
    faults.few("/severities", policy.severities, SEVERITIES_MOST)
    for name in sorted(policy.severities)[:SEVERITIES_MOST]:
        if not is_rule(name):
            faults.add(
                "/severities", f"`{name[:60]}` is no rule and no kind of difference (`byte rules`, docs/diff.md)."
            )
        faults.one_of(f"/severities/{name[:60]}", policy.severities[name], WEIGHTS)
    faults.settle("policy")


def is_rule(name: str) -> bool:
    """Whether a name is a rule of the review, or a kind of difference."""
    return name in rules.BY_NAME or name in IDS


def _known(write: Write, service: str) -> None:
    if service != DEFAULT:
        services.get(write, service)


def _written(policy: Policy) -> dict[str, Any]:
    plain = Policy()
    found = {field: getattr(policy, field) for field in FIELDS}
    return {field: value for field, value in found.items() if value != getattr(plain, field)}


# --- overrides ---------------------------------------------------------------------------------


def add_override(store: Store, who: Actor, draft: Override) -> Override:
    """Lets in what the policy of a service refuses. Raises `ForbiddenError`, `NotFoundError`, `InvalidError`."""
    with store.writing() as write:
        service = services.get(write, draft.service)
        who.must_own(service.owner)
        check_may(who, kept.of(write, draft.service))
        made = msgspec.structs.replace(draft, id=secrets.token_hex(12), actor=who.name, created_at=write.now)
        return keep_override(write, who, made)


def grant(who: Actor, policy: Policy, service: str, label: str, leave: Leave, now: int) -> Override:
    """The override of all that stands against one version, as it would be kept. Raises `ForbiddenError`, `InvalidError`."""
    check_may(who, policy)
    made = Override(
        id=secrets.token_hex(12),
        service=service,
        version=label,
        reason=leave.reason,
        until=leave.until,
        actor=who.name,
        created_at=now,
    )
    check_override(made, now)
    return made


def keep_override(write: Write, who: Actor, override: Override) -> Override:
    """Keeps an override, and tells it."""
    check_override(override, write.now)
    made = overrides.add(write, override)
    _tell(write, who, "override.created", made.service, _said(made), made.id, made.version)
    return made


def restore_override(write: Write, who: Actor, override: Override) -> bool:
    """Keeps an override that was granted before, ended or not; whether it is new. Only an admin may."""
    who.must("admin")
    services.get(write, override.service)
    faults = Faults()
    faults.matches("/id", override.id, _ID, 24)
    faults.matches("/actor", override.actor, LINE, 200)
    _check_texts(faults, override)
    faults.settle("override")
    if overrides.find(write, override.id) is not None:
        return False
    overrides.add(write, override)
    _tell(write, who, "override.restored", override.service, _said(override), override.id, override.version)
    return True


def end_override(store: Store, who: Actor, service: str, id: str) -> None:
    """Ends an override before its time. Raises `ForbiddenError`, `NotFoundError`."""
    with store.writing() as write:
        who.must_own(services.get(write, service).owner)
        check_may(who, kept.of(write, service))
        found = overrides.get(write, id)
        if found.service != service:
            raise NotFoundError(f"There is no override `{id}` of `{service}`.")
        overrides.remove(write, id)
        _tell(write, who, "override.ended", service, _said(found), id, found.version)


def check_may(who: Actor, policy: Policy) -> None:
    """Raises `ForbiddenError` where a policy does not let them override it."""
    who.must("publish")
    if policy.overriding == "admin" and who.scope != "admin":
        raise ForbiddenError("The policy of this service is overridden by an admin only: ask one.")


def check_override(override: Override, now: int) -> None:
    """Raises `InvalidError` with everything that cannot be kept."""
    faults = Faults()
    if override.until <= now:
        faults.add("/until", "It is over already: name a time to come.")
    elif override.until > now + LONGEST:
        faults.add("/until", f"It is more than {LONGEST // DAY} days away: change the policy instead.")
    _check_texts(faults, override)
    faults.settle("override")


def _check_texts(faults: Faults, override: Override) -> None:
    faults.matches("/reason", override.reason, LINE, REASON_LENGTH)
    if not override.reason.strip():
        faults.add("/reason", "It says nothing: say why.")
    if override.version is not None:
        faults.matches("/version", override.version, LABEL, LABEL_LENGTH)
    if override.rule is not None and override.rule not in gate.RULES and not is_rule(override.rule):
        faults.add(
            "/rule", f"`{override.rule[:60]}` is no rule, no kind of difference and none of {', '.join(gate.RULES)}."
        )
    if override.operation is not None:
        faults.matches("/operation", override.operation, LINE, OPERATION_LENGTH)


def _said(override: Override) -> dict[str, Any]:
    told = gate.overridden(override)
    about = {"version": override.version, "rule": override.rule, "operation": override.operation}
    return {**told, **{key: value for key, value in about.items() if value is not None}}


def _tell(
    write: Write,
    who: Actor,
    kind: str,
    service: str,
    data: Mapping[str, Any],
    subject: str | None = None,
    version: str | None = None,
) -> None:
    of = service or None
    event = Event(
        type=kind, service=of, version=version, subject=subject or service or "default", actor=who.name, data=data
    )
    events.append(write, event)
