"""Webhooks in the store, and how far each has come."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, case, or_, select, update

from byte.registry.errors import NotFoundError
from byte.registry.records import Page, Webhook
from byte.registry.store import services
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.tables import webhooks

_KEPT: Final = Kept(
    Webhook, webhooks, "webhook", key=("id",), fixed=("delivered", "failures", "last_error", "retry_at")
)
_LISTING: Final = Listing(
    "webhooks", _KEPT.shape, {"id": [webhooks.c.id]}, {"service": webhooks.c.service == bindparam("service")}
)
_SECRETS: Final = select(webhooks.c.secret, webhooks.c.old_secret, webhooks.c.old_until).where(
    webhooks.c.id == bindparam("id")
)
_SET_SECRET: Final = (
    update(webhooks)
    .where(webhooks.c.id == bindparam("key"))
    .values(
        # The right sides are of the row as it was.
        old_secret=case((bindparam("until") > bindparam("now"), webhooks.c.secret), else_=None),
        old_until=case((bindparam("until") > bindparam("now"), bindparam("until")), else_=None),
        secret=bindparam("new"),
        revision=webhooks.c.revision + 1,
        updated_at=bindparam("now"),
    )
)
_DUE: Final = (
    select(*_KEPT.shape.columns)
    .where(
        webhooks.c.enabled.is_(True),
        or_(
            webhooks.c.retry_at.is_(None),
            webhooks.c.retry_at <= bindparam("at"),
            webhooks.c.retry_at > bindparam("far"),
        ),
    )
    .order_by(webhooks.c.id)
)
_PROGRESS: Final = (
    update(webhooks)
    .where(webhooks.c.id == bindparam("key"))
    .values({name: bindparam(f"v_{name}") for name in ("delivered", "failures", "last_error", "retry_at")})
)


def find(read: Read, id: str) -> Webhook | None:
    """A webhook, None where there is none."""
    return _KEPT.find(read, id)


def get(read: Read, id: str) -> Webhook:
    """A webhook. Raises `NotFoundError`."""
    return _KEPT.get(read, id)


def secrets(read: Read, id: str, at: int) -> tuple[bytes, ...]:
    """What a webhook's deliveries are signed with at a time: its secret, and the one before it while that holds.

    Raises `NotFoundError`.
    """
    row = read.row(_SECRETS, {"id": id})
    if row is None:
        raise NotFoundError(f"There is no webhook `{id}`.")
    secret, old, until = row
    return (secret, old) if old is not None and until is not None and at < until else (secret,)


def page(read: Read, service: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[Webhook]:
    """Webhooks by id. Raises `InvalidError` (cursor)."""
    return _LISTING.page(read, {"service": service}, "id", limit, cursor)


def due(read: Read, at: int, far: int) -> tuple[Webhook, ...]:
    """All enabled webhooks that do not wait for a time after `at`, and at most `far` microseconds after it."""
    return tuple(map(_KEPT.shape.load, read.rows(_DUE, {"at": at, "far": at + far})))


def add(write: Write, webhook: Webhook, secret: bytes) -> Webhook:
    """A new webhook. Raises `ExistsError`, and `NotFoundError` without the service."""
    if webhook.service is not None and services.find(write, webhook.service) is None:
        raise NotFoundError(f"There is no service `{webhook.service}`.")
    return _KEPT.add(write, webhook, {"secret": secret})


def replace(write: Write, webhook: Webhook, expected: int | None = None) -> Webhook:
    """An edited webhook, as it is kept; how far it has come stays. Raises `NotFoundError` and `StaleError`."""
    return _KEPT.replace(write, webhook, expected)


def set_secret(write: Write, id: str, secret: bytes, until: int = 0, expected: int | None = None) -> Webhook:
    """Gives a webhook another secret: an edit like any other. The one before it holds until a time.

    Raises `NotFoundError` and `StaleError`.
    """
    before = _KEPT.at(write, (id,), expected)
    now = write.now
    write.run(_SET_SECRET, {"key": id, "new": secret, "until": until, "now": now})
    return msgspec.structs.replace(before, revision=before.revision + 1, updated_at=now)


def progress(write: Write, webhook: Webhook) -> None:
    """Keeps `delivered`, `failures`, `last_error` and `retry_at` of a webhook: no edit, and nothing where it has gone."""
    names = ("delivered", "failures", "last_error", "retry_at")
    write.run(_PROGRESS, {"key": webhook.id, **{f"v_{name}": getattr(webhook, name) for name in names}})


def remove(write: Write, id: str, expected: int | None = None) -> Webhook:
    """Removes a webhook. Raises `NotFoundError` and `StaleError`."""
    return _KEPT.remove(write, (id,), expected)
