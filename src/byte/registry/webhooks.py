"""Webhooks: events sent to others, signed, in their order, again until they arrive.

The messages are those of Standard Webhooks 1.0.0 (standardwebhooks.com): the headers `webhook-id` (the same each time
that one event is sent to one webhook), `webhook-timestamp` (of this attempt) and `webhook-signature` ("v1," and the
HMAC-SHA-256 of `ID.TIMESTAMP.BODY` under the secret, in base64). For a while after a webhook got another secret there are
two signatures, with a space between: receivers take a message of which one holds.

- A webhook gets its events one after the other; the next is sent when the one before it was answered with 2xx. An event
  may arrive twice (the receiver knows it by its `webhook-id`), and none is left out while the store has it.
- A failure is tried again after `DELAYS`, a little early or late, or when `Retry-After` says. After the last delay, about
  three days after the first failure, and at once after 410 (Gone), the webhook is disabled, and an event says so. Who
  enables it again gets what happened meanwhile.
- Webhooks do not wait for each other, and nothing else waits for them.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec

from byte.registry.actors import SYSTEM, Actor
from byte.registry.clock import SECOND, Clock, shown
from byte.registry.errors import Fault, InvalidError, NotFoundError, UnavailableError
from byte.registry.faults import NAME, NAME_LENGTH, URL, URL_LENGTH, Faults
from byte.registry.net import Answer, Client, Limits, NetError, RefusedError, literal, target
from byte.registry.records import Event, Page, Webhook
from byte.registry.store import Read, Store, events, services
from byte.registry.store import webhooks as kept
from byte.sources import addresses, paths
from byte.sources.addresses import Network

log: Final = logging.getLogger(__name__)

MINUTE: Final = 60
HOUR: Final = 3_600
DELAYS: Final = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds between an attempt that failed and the next; 75 hours altogether."""
JITTER: Final = 0.1
"""An attempt is up to this part of its delay early or late."""
FAR: Final = int(DELAYS[-1] * (1 + JITTER) * SECOND)
"""Nothing waits longer than this: an attempt that is due later is of a clock that has been set back since."""
SECRET_BYTES: Final = (24, 64)
GRACE: Final = 86_400
"""Seconds that a secret holds after another took its place, unless it is said otherwise."""
GRACE_MOST: Final = 7 * 86_400
TYPES_MOST: Final = 50
LIMITS: Final = Limits(seconds=20, body=64 << 10, redirects=0)

TYPE: Final = r"^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$"
"""The type of an event: "service.created"."""
SECRET: Final = (
    r"^whsec_(([A-Za-z0-9+/]{4}){8,20}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
    r"|([A-Za-z0-9+/]{4}){21}([A-Za-z0-9+/]{2}==)?)$"
)
"""A secret as it is written: "whsec_" and the base64 of 24 to 64 bytes."""
_TYPE: Final = re.compile(TYPE[1:-1])
_SECRET: Final = "whsec_"


# --- who is told -------------------------------------------------------------------------------


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What may be written of a webhook. `secret`: one of one's own ("whsec_" and base64 of 24 to 64 bytes), when it is made."""

    url: str
    types: tuple[str, ...] = ()
    service: str | None = None
    enabled: bool = True
    secret: str | None = None


Edit = Callable[[Webhook], Draft]
"""What a webhook becomes."""


def create(store: Store, who: Actor, draft: Draft, allow: Collection[Network] = ()) -> tuple[Webhook, str]:
    """Makes a webhook, for what happens from now on; it and its secret, which is shown this once.

    The first event that it is sent is that of its own making, where it takes that type: a receiver sees that it works.
    Raises `ForbiddenError`, `InvalidError`.
    """
    who.must("admin")
    draft = _tidy(draft)
    _check(draft, allow)
    secret = draft.secret or _fresh()
    with store.writing() as write:
        _known_service(write, draft.service)
        made = kept.add(
            write, _written(Webhook(id=secrets.token_hex(8), url="", delivered=events.last(write)), draft), _key(secret)
        )
        events.append(write, _event("webhook.created", made, who))
    return made, secret


def replace(
    store: Store,
    who: Actor,
    webhook_id: str,
    edit: Edit,
    expected: int | None,
    allow: Collection[Network] = (),
) -> Webhook:
    """Makes of a webhook what `edit` says; one that is enabled again is tried again at once. It keeps its secret.

    Raises `ForbiddenError`, `NotFoundError`, `StaleError`, `InvalidError`.
    """
    who.must("admin")
    with store.writing() as write:
        old = kept.get(write, webhook_id)
        draft = _tidy(edit(old))
        _check(draft, allow)
        _known_service(write, draft.service)
        new = _written(old, draft)
        if new == old and expected in (None, old.revision):
            return old
        made = kept.replace(write, new, expected)
        if (new.enabled and not old.enabled) or new.url != old.url:
            made = msgspec.structs.replace(made, failures=0, last_error="", retry_at=None)
            kept.progress(write, made)
        events.append(write, _event("webhook.updated", made, who))
    return made


def rotate(
    store: Store, who: Actor, webhook_id: str, secret: str | None, grace: int, expected: int | None
) -> tuple[Webhook, str, int | None]:
    """Gives a webhook another secret: the webhook, the secret (shown this once), and until when the one before it holds.

    For `grace` seconds messages are signed with both. Raises `ForbiddenError`, `NotFoundError`, `StaleError`,
    `InvalidError`.
    """
    who.must("admin")
    faults = Faults()
    _check_secret(faults, secret)
    if not 0 <= grace <= GRACE_MOST:
        faults.add("/grace_seconds", f"The old secret can be kept for 0 to {GRACE_MOST:,} seconds.")
    faults.settle("secret")
    new = secret or _fresh()
    with store.writing() as write:
        until = write.now + grace * SECOND
        made = kept.set_secret(write, webhook_id, _key(new), until, expected)
        events.append(write, _event("webhook.rotated", made, who, {"until": shown(until)} if grace else {}))
    return made, new, until if grace else None


def delete(store: Store, who: Actor, webhook_id: str, expected: int | None) -> None:
    """Removes a webhook. Raises `ForbiddenError`, `NotFoundError`, `StaleError`."""
    who.must("admin")
    with store.writing() as write:
        old = kept.get(write, webhook_id)
        kept.remove(write, webhook_id, expected)
        events.append(write, _event("webhook.deleted", old, who))


def get(store: Store, who: Actor, webhook_id: str) -> Webhook:
    """One webhook, without its secret. Raises `ForbiddenError`, `NotFoundError`."""
    who.must("admin")
    with store.reading() as read:
        return kept.get(read, webhook_id)


def page(store: Store, who: Actor, limit: int, cursor: str | None) -> Page[Webhook]:
    """Webhooks in the order of their ids. Raises `ForbiddenError`, `InvalidError`."""
    who.must("admin")
    with store.reading() as read:
        return kept.page(read, limit=limit, cursor=cursor)


def _written(webhook: Webhook, draft: Draft) -> Webhook:
    return msgspec.structs.replace(
        webhook, url=draft.url, types=draft.types, service=draft.service, enabled=draft.enabled
    )


def _tidy(draft: Draft) -> Draft:
    return msgspec.structs.replace(draft, types=tuple(sorted(set(draft.types))))


def _check(draft: Draft, allow: Collection[Network]) -> None:
    faults = Faults()
    faults.matches("/url", draft.url, URL, URL_LENGTH)
    if not faults.found:
        _check_url(faults, draft.url, allow)
    faults.few("/types", draft.types, TYPES_MOST)
    for index, kind in enumerate(draft.types):
        if len(kind) > NAME_LENGTH or not _TYPE.fullmatch(kind):
            faults.add(
                f"/types/{index}", f"`{paths.safe(kind[:60])}` is no type of events, such as `version.published`."
            )
    if draft.service is not None:
        faults.matches("/service", draft.service, NAME, NAME_LENGTH)
    _check_secret(faults, draft.secret)
    faults.settle("webhook")


def _check_secret(faults: Faults, secret: str | None) -> None:
    if secret is not None:
        try:
            _key(secret)
        except ValueError:
            least, most = SECRET_BYTES
            faults.add("/secret", f"A secret is `{_SECRET}` and the base64 of {least} to {most} random bytes.")


def _check_url(faults: Faults, url: str, allow: Collection[Network]) -> None:
    """What can be said without asking anybody: a name is resolved, and judged, each time that something is sent."""
    try:
        where = target(url)
    except RefusedError as error:
        faults.add("/url", str(error))
        return
    if where.scheme == "http" and not allow:
        faults.add("/url", "Events are sent over https: plain http is for networks that an admin allows.")
    address = literal(where.host)
    if address is not None and not addresses.public(address) and not addresses.named(address, allow):
        faults.add("/url", f"`{where.host}` is not public: an admin can allow its network.")


def _known_service(read: Read, service: str | None) -> None:
    if service is not None and services.find(read, service) is None:
        message = f"There is no service `{service}`."
        raise InvalidError(message, (Fault(message, "/service"),))


def _event(kind: str, webhook: Webhook, who: Actor, data: Mapping[str, str] | None = None) -> Event:
    # Not the path and the query: they may hold a secret of the receiver.
    about = {"host": target(webhook.url).authority, "types": list(webhook.types), "enabled": webhook.enabled}
    return Event(type=kind, service=webhook.service, subject=webhook.id, actor=who.name, data={**about, **(data or {})})


# --- what is sent ------------------------------------------------------------------------------


def _fresh() -> str:
    """A secret that nobody knows."""
    return _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def _key(secret: str) -> bytes:
    """The bytes of a secret. Raises `ValueError`."""
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("no base64") from None
    if not secret.startswith(_SECRET) or not SECRET_BYTES[0] <= len(key) <= SECRET_BYTES[1]:
        raise ValueError("no secret")
    return key


def message_id(webhook: Webhook, event: Event) -> str:
    """What a receiver knows an event by that comes again. Ids hold no dot: the signature parts by it."""
    return f"evt_{webhook.id}_{event.number}"


def body(event: Event) -> bytes:
    """An event as it is sent."""
    said = {"type": event.type, "timestamp": shown(event.at)} | {
        name: getattr(event, name) for name in ("number", "service", "version", "subject", "actor", "data")
    }
    return msgspec.json.encode(said)


def signature(key: bytes, message: str, timestamp: int, data: bytes) -> str:
    """The value of `webhook-signature`."""
    digest = hmac.digest(key, f"{message}.{timestamp}.".encode() + data, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def headers(keys: Sequence[bytes], webhook: Webhook, event: Event, data: bytes, timestamp: int) -> dict[str, str]:
    """The headers of a message, signed with each key; `timestamp` in seconds."""
    message = message_id(webhook, event)
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message, timestamp, data) for key in keys),
    }


def delay(webhook_id: str, failures: int) -> float | None:
    """Seconds until the next attempt after so many failures in a row; None where there is none."""
    if not 0 < failures <= len(DELAYS):
        return None
    share = int.from_bytes(hashlib.blake2b(f"{webhook_id}/{failures}".encode(), digest_size=8).digest()) / 2**64
    return DELAYS[failures - 1] * (1 + JITTER * (2 * share - 1))


# --- delivery ----------------------------------------------------------------------------------


class Trouble(msgspec.Struct, frozen=True):
    """Why an event did not arrive; when the receiver wants it again (seconds), and whether it wants no more at all."""

    reason: str
    retry_after: float | None = None
    gone: bool = False


class Deliverer:
    """Sends events to all webhooks, to several at once. `Deliverer.turn` is called again and again by `registry.work`."""

    LOOK: Final = 1.0
    """Seconds between two looks at what there is to send."""
    BATCH: Final = 50
    """Events that are read, and written down as delivered, at once."""
    AT_ONCE: Final = 20
    SKIP: Final = 1_000
    """Events that are not for a webhook are passed over in steps of so many."""

    def __init__(self, store: Store, client: Client, *, clock: Clock) -> None:
        self._store, self._client, self._clock = store, client, clock
        self._running: dict[str, asyncio.Task[None]] = {}

    async def turn(self) -> float:
        """Starts what is due, and says after how many seconds to call it again. Raises `UnavailableError`."""
        for webhook in await asyncio.to_thread(self._due):
            if webhook.id not in self._running and len(self._running) < self.AT_ONCE:
                self._running[webhook.id] = asyncio.create_task(self._run(webhook))
        return self.LOOK

    async def close(self) -> None:
        """Gives up what is being sent: it is sent again by whoever goes on."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _due(self) -> tuple[Webhook, ...]:
        with self._store.reading() as read:
            last = events.last(read)
            return tuple(webhook for webhook in kept.due(read, self._clock(), FAR) if webhook.delivered < last)

    async def _run(self, webhook: Webhook) -> None:
        try:
            while await self._batch(webhook):
                webhook = await asyncio.to_thread(self._read, webhook.id)
        except (UnavailableError, NotFoundError) as error:
            log.info("the webhook `%s` waits: %s", webhook.id, error)
        except Exception:  # one webhook's fault is not the others'
            log.exception("the delivery to the webhook `%s` failed", webhook.id)
            trouble = Trouble("Byte could not send it: its log says why.")
            await asyncio.to_thread(self._failed, webhook, webhook.delivered, trouble)
        finally:
            self._running.pop(webhook.id, None)

    def _read(self, webhook_id: str) -> Webhook:
        with self._store.reading() as read:
            return kept.get(read, webhook_id)

    async def _batch(self, webhook: Webhook) -> bool:
        """Sends up to `BATCH` events; whether there may be more to send now."""
        if not webhook.enabled or (webhook.retry_at is not None and 0 < webhook.retry_at - self._clock() <= FAR):
            return False
        keys, found, last = await asyncio.to_thread(self._next, webhook)
        sent = webhook.delivered
        trouble = None
        try:
            for event in found:
                trouble = await self._send(webhook, keys, event)
                if trouble is not None:
                    break
                sent = event.number
        finally:
            # Also where it is cancelled: what has arrived is not to be sent again.
            if trouble is not None:
                await asyncio.to_thread(self._failed, webhook, sent, trouble)
            else:
                whole = len(found) < self.BATCH and sent == (found[-1].number if found else sent)
                upto = last if whole and last - sent >= self.SKIP else sent
                if upto > webhook.delivered or webhook.failures:
                    await asyncio.to_thread(self._arrived, webhook, upto)
        return trouble is None and len(found) == self.BATCH

    def _next(self, webhook: Webhook) -> tuple[tuple[bytes, ...], tuple[Event, ...], int]:
        with self._store.reading() as read:
            found = events.after(read, webhook.delivered, self.BATCH, types=webhook.types, service=webhook.service)
            return kept.secrets(read, webhook.id, self._clock()), found, events.last(read)

    async def _send(self, webhook: Webhook, keys: Sequence[bytes], event: Event) -> Trouble | None:
        data = body(event)
        sent = headers(keys, webhook, event, data, self._clock() // SECOND)
        try:
            answer = await self._client.request(
                "POST", webhook.url, headers=sent, body=data, limits=LIMITS, enough=lambda _: True, private_http=True
            )
        except NetError as error:
            return Trouble(str(error)[:300])
        return judged(answer)

    def _arrived(self, webhook: Webhook, upto: int) -> None:
        with self._store.writing() as write:
            kept.progress(write, _stands(webhook, upto))

    def _failed(self, webhook: Webhook, upto: int, trouble: Trouble) -> None:
        failures = 1 if upto > webhook.delivered else webhook.failures + 1
        wait = None if trouble.gone else delay(webhook.id, failures)
        with self._store.writing() as write:
            if wait is not None:
                retry_at = self._clock() + int(max(wait, trouble.retry_after or 0) * SECOND)
                kept.progress(write, _stands(webhook, upto, failures, trouble.reason, retry_at))
                return
            kept.progress(write, _stands(webhook, upto, failures, trouble.reason))
            now = kept.get(write, webhook.id)
            if now.enabled and now.url == webhook.url:
                off = kept.replace(write, msgspec.structs.replace(now, enabled=False))
                events.append(write, _event("webhook.disabled", off, SYSTEM, {"reason": trouble.reason}))


def _stands(
    webhook: Webhook, delivered: int, failures: int = 0, last_error: str = "", retry_at: int | None = None
) -> Webhook:
    return msgspec.structs.replace(
        webhook, delivered=delivered, failures=failures, last_error=last_error, retry_at=retry_at
    )


def judged(answer: Answer) -> Trouble | None:
    """What an answer means: None where the event has arrived."""
    if 200 <= answer.status < 300:
        return None
    if answer.status == 410:
        return Trouble("It answered 410: it wants no more events.", gone=True)
    after = answer.headers.get("retry-after", "")
    seconds = min(float(after), DELAYS[-1]) if after.isascii() and after.isdigit() and len(after) < 10 else None
    moved = " Redirects are not followed: give the new address." if 300 <= answer.status < 400 else ""
    return Trouble(f"It answered {answer.status}.{moved}", seconds)
