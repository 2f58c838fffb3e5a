"""Webhooks: who may be told, how a message is signed, and that every event arrives in order, however the receiver is."""

import asyncio
import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable, Mapping

import msgspec
import pytest

from byte.registry import webhooks
from byte.registry.actors import Actor
from byte.registry.clock import SECOND
from byte.registry.errors import ForbiddenError, InvalidError, NotFoundError, StaleError, UnavailableError
from byte.registry.net import Answer, Client, Limits, NetError
from byte.registry.records import Event, Service, Webhook
from byte.registry.store import Store, events, services
from byte.registry.store import webhooks as kept
from byte.registry.webhooks import Deliverer, Draft
from tests.registry.world import START, Time, networks, opened

ADMIN = Actor("admin", "admin")
URL = "https://receiver.test/hook?token=1"


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path)
    yield store
    store.close()


def happened(store: Store, *types: str, service: str | None = None) -> None:
    with store.writing() as write:
        events.append(write, *(Event(type=kind, service=service, actor="ann", data={"a": 1}) for kind in types))


def all_events(store: Store, *types: str) -> list[Event]:
    with store.reading() as read:
        return list(events.after(read, 0, 10_000, types=types))


# --- use cases ---------------------------------------------------------------------------------


def test_a_webhook_is_made_for_what_happens_from_now_on_and_its_secret_is_shown_once(store):
    happened(store, "service.created", "service.updated")
    made, secret = webhooks.create(store, ADMIN, Draft(url=URL, types=("b.c", "a.b", "b.c")))
    assert made.delivered == 2
    assert made.types == ("a.b", "b.c")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert webhooks.get(store, ADMIN, made.id) == made
    assert webhooks.page(store, ADMIN, 50, None).items == (made,)
    assert secret not in msgspec.json.encode(made).decode()
    [event] = all_events(store, "webhook.created")
    assert (event.subject, event.actor) == (made.id, "admin")
    assert event.data == {"host": "receiver.test", "types": ["a.b", "b.c"], "enabled": True}


def test_two_webhooks_have_secrets_of_their_own(store):
    secrets = {webhooks.create(store, ADMIN, Draft(url=URL))[1] for _ in range(3)}
    assert len(secrets) == 3


def test_a_secret_of_ones_own_is_taken(store):
    own = "whsec_" + base64.b64encode(b"k" * 24).decode()
    made, secret = webhooks.create(store, ADMIN, Draft(url=URL, secret=own))
    assert secret == own
    with store.reading() as read:
        assert kept.secrets(read, made.id, START) == (b"k" * 24,)


LOCAL = networks("10.0.0.0/8")


@pytest.mark.parametrize(
    "draft,allow,pointer,said",
    [
        (Draft(url="ftp://receiver.test"), (), "/url", "is no address"),
        (Draft(url="https://ann:secret@receiver.test"), (), "/url", "is no address"),
        (Draft(url="http://receiver.test"), (), "/url", "over https"),
        (Draft(url="https://169.254.169.254/"), LOCAL, "/url", "is not public"),
        (Draft(url="https://[::1]/"), (), "/url", "is not public"),
        (Draft(url="https://2130706433/"), (), "/url", "is no address"),
        (Draft(url="https://10.0.0.1/"), (), "/url", "is not public"),
        (Draft(url=URL, types=("Service.Created",)), (), "/types/0", "`Service.Created`"),
        (
            Draft(url=URL, types=tuple(f"a.{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(51))),
            (),
            "/types",
            "51",
        ),
        (Draft(url=URL, service="nobody"), (), "/service", "no service `nobody`"),
        (Draft(url=URL, service="Nobody!"), (), "/service", "is no name"),
        (Draft(url=URL, secret="password"), (), "/secret", "24 to 64"),
        (Draft(url=URL, secret="whsec_" + "A" * 24), (), "/secret", "24 to 64"),
        (Draft(url=URL, secret="whsec_!"), (), "/secret", "24 to 64"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_with_its_place(store, draft, allow, pointer, said):
    with pytest.raises(InvalidError) as raised:
        webhooks.create(store, ADMIN, draft, allow)
    [fault] = raised.value.faults
    assert fault.pointer == pointer
    assert said in str(fault)
    assert all_events(store) == []


def test_plain_http_and_private_addresses_are_for_networks_that_are_allowed(store):
    webhooks.create(store, ADMIN, Draft(url="http://10.0.0.1:8080/hook"), LOCAL)
    webhooks.create(store, ADMIN, Draft(url="http://inside.test/hook"), LOCAL)


@pytest.mark.parametrize("who", [Actor("ann", "publish", "team"), Actor("bob", "read")])
def test_only_an_admin_sees_and_makes_webhooks(store, who):
    made, _ = webhooks.create(store, ADMIN, Draft(url=URL))
    tries: list[Callable[[], object]] = [
        lambda: webhooks.create(store, who, Draft(url=URL)),
        lambda: webhooks.replace(store, who, made.id, lambda old: Draft(url=URL), None),
        lambda: webhooks.delete(store, who, made.id, None),
        lambda: webhooks.get(store, who, made.id),
        lambda: webhooks.get(store, who, "nothing"),
        lambda: webhooks.page(store, who, 50, None),
    ]
    for attempt in tries:
        with pytest.raises(ForbiddenError):
            attempt()


def test_a_webhook_is_edited_at_the_revision_that_was_read(store):
    made, _ = webhooks.create(store, ADMIN, Draft(url=URL))
    edited = webhooks.replace(store, ADMIN, made.id, lambda old: Draft(url=old.url, enabled=False), made.revision)
    assert (edited.enabled, edited.revision) == (False, made.revision + 1)
    with pytest.raises(StaleError):
        webhooks.replace(store, ADMIN, made.id, lambda old: Draft(url=old.url), made.revision)
    with pytest.raises(NotFoundError):
        webhooks.replace(store, ADMIN, "nothing", lambda old: Draft(url=URL), None)
    again = webhooks.replace(store, ADMIN, made.id, lambda old: Draft(url=URL, enabled=False), edited.revision)
    assert again.revision == edited.revision
    assert [event.type for event in all_events(store)] == ["webhook.created", "webhook.updated"]


def test_a_webhook_is_deleted(store):
    made, _ = webhooks.create(store, ADMIN, Draft(url=URL))
    with pytest.raises(StaleError):
        webhooks.delete(store, ADMIN, made.id, 7)
    webhooks.delete(store, ADMIN, made.id, made.revision)
    with pytest.raises(NotFoundError):
        webhooks.get(store, ADMIN, made.id)
    assert all_events(store)[-1].type == "webhook.deleted"


# --- messages ----------------------------------------------------------------------------------


def test_the_signature_is_that_of_standard_webhooks():
    """The example of its reference libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = webhooks.signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_is_sent_with_what_a_receiver_needs():
    event = Event(
        number=7, type="version.published", service="orders", version="1.0", actor="ann", at=START, data={"a": 1}
    )
    said = msgspec.json.decode(webhooks.body(event))
    assert said == {
        "type": "version.published",
        "timestamp": "2023-11-14T22:13:20.000000Z",
        "number": 7,
        "service": "orders",
        "version": "1.0",
        "subject": "",
        "actor": "ann",
        "data": {"a": 1},
    }
    webhook = Webhook(id="ab", url=URL)
    first, second = (webhooks.headers([b"k" * 24], webhook, event, b"{}", at) for at in (5, 6))
    assert first["webhook-id"] == second["webhook-id"] == "evt_ab_7"
    assert first["webhook-signature"] != second["webhook-signature"]


def test_delays_grow_to_a_documented_end():
    delays = [webhooks.delay("ab", failures) for failures in range(1, 11)]
    assert delays[-1] is None
    times = [delay for delay in delays if delay is not None]
    assert times == sorted(times)
    for time, nominal in zip(times, webhooks.DELAYS, strict=True):
        assert nominal * 0.9 <= time <= nominal * 1.1
        assert time != nominal
    assert sum(webhooks.DELAYS) / 86_400 == pytest.approx(3.15, abs=0.01)
    assert webhooks.delay("cd", 3) != webhooks.delay("ab", 3)


@pytest.mark.parametrize(
    "status,headers,expected",
    [
        (200, {}, None),
        (204, {}, None),
        (301, {}, "It answered 301. Redirects are not followed: give the new address."),
        (404, {}, "It answered 404."),
        (500, {"retry-after": "junk"}, "It answered 500."),
        (503, {"retry-after": "90"}, "It answered 503."),
        (503, {"retry-after": "999999999"}, "It answered 503."),
        (410, {}, "It answered 410: it wants no more events."),
    ],
)
def test_what_an_answer_means(status, headers, expected):
    trouble = webhooks.judged(Answer(status=status, headers=headers, body=b"", seconds=0.1, url=URL))
    assert (trouble and trouble.reason) == expected
    if trouble is not None:
        assert trouble.gone == (status == 410)
        assert trouble.retry_after == {"90": 90.0, "999999999": 86_400.0}.get(headers.get("retry-after", ""))


# --- delivery ----------------------------------------------------------------------------------


class Receiver(Client):
    """A network of one receiver a host: `says` has their answers (a status, an error or something to wait for)."""

    def __init__(self) -> None:
        super().__init__()
        self.says: dict[str, int | Exception | asyncio.Event] = {}
        self.retry_after: str | None = None
        self.got: dict[str, list[tuple[dict[str, str], bytes]]] = {}
        self.accepted: dict[str, list[int]] = {}
        self.waiting = 0

    async def request(  # type: ignore[override]
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, limits: Limits, **_: object
    ) -> Answer:
        await asyncio.sleep(0)
        host = url.split("/")[2]
        self.got.setdefault(host, []).append((dict(headers), body))
        said = self.says.get(host, 200)
        if isinstance(said, asyncio.Event):
            self.waiting += 1
            try:
                await said.wait()
            finally:
                self.waiting -= 1
            said = 200
        if isinstance(said, Exception):
            raise said
        if said == 200:
            self.accepted.setdefault(host, []).append(msgspec.json.decode(body)["number"])
        more = {"retry-after": self.retry_after} if self.retry_after else {}
        return Answer(status=said, headers=more, body=b"", seconds=0.1, url=url)


class World:
    """A store, a time, and receivers."""

    def __init__(self, folder) -> None:
        self.time = Time()
        self.store = opened(folder, self.time)
        self.net = Receiver()
        self.deliverer = self.fresh()

    def fresh(self) -> Deliverer:
        return Deliverer(self.store, self.net, clock=self.time.clock)

    def hook(self, host: str = "a.test", **fields) -> Webhook:
        return webhooks.create(self.store, ADMIN, Draft(url=f"https://{host}/", **fields))[0]

    def webhook(self, made: Webhook) -> Webhook:
        return webhooks.get(self.store, ADMIN, made.id)

    async def settled(self) -> None:
        """One turn, and all that it began."""
        await self.deliverer.turn()
        # What waits for its receiver goes on waiting.
        while len(self.deliverer._running) > self.net.waiting:
            await asyncio.sleep(0.001)

    async def passes(self, seconds: float, step: float) -> None:
        end = self.time.passed + seconds
        while self.time.passed < end:
            await self.settled()
            self.time.passed += step
        await self.settled()


def run(folder, scenario: Callable[[World], object]) -> World:
    async def live() -> World:
        world = World(folder)
        try:
            await scenario(world)  # type: ignore[misc]
        finally:
            await world.deliverer.close()
        return world

    world = asyncio.run(live())
    world.store.close()
    return world


def test_every_event_arrives_once_in_order_with_a_signature_that_holds(tmp_path):
    async def scenario(world: World) -> None:
        made = world.hook()
        happened(world.store, *(f"service.{'created' if n % 3 else 'updated'}" for n in range(170)))
        await world.settled()
        numbers = [event.number for event in all_events(world.store) if event.number > made.delivered]
        assert world.net.accepted["a.test"] == numbers
        assert world.webhook(made).delivered == numbers[-1]
        with world.store.reading() as read:
            (key,) = kept.secrets(read, made.id, START)
        for headers, body in world.net.got["a.test"]:
            text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
            assert headers["webhook-signature"] == f"v1,{expected}"
            assert headers["content-type"] == "application/json"
            assert headers["webhook-timestamp"] == str(START // SECOND)
        assert len({headers["webhook-id"] for headers, _ in world.net.got["a.test"]}) == len(numbers)

    run(tmp_path, scenario)


def test_only_what_was_asked_for_is_sent(tmp_path):
    async def scenario(world: World) -> None:
        with world.store.writing() as write:
            services.add(write, Service(name="orders"))
        world.hook("types.test", types=("version.published",))
        world.hook("service.test", service="orders")
        happened(world.store, "version.published", "service.updated")
        happened(world.store, "service.updated", service="orders")
        happened(world.store, "service.updated", service="billing")
        await world.settled()
        said = {
            host: [(m["type"], m["service"]) for m in (msgspec.json.decode(body) for _, body in got)]
            for host, got in world.net.got.items()
        }
        assert said["types.test"] == [("version.published", None)]
        assert said["service.test"][-1] == ("service.updated", "orders")
        assert {service for _, service in said["service.test"]} == {"orders"}

    run(tmp_path, scenario)


def signed(secret: str, headers: dict[str, str], body: bytes) -> str:
    """What a receiver that knows a secret computes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def test_messages_are_signed_with_the_old_secret_too_until_it_ends(tmp_path):
    async def scenario(world: World) -> None:
        made, first = webhooks.create(world.store, ADMIN, Draft(url="https://a.test/", types=("service.updated",)))
        _, second, until = webhooks.rotate(world.store, ADMIN, made.id, None, 60, made.revision)
        assert until == world.time.clock() + 60 * SECOND
        happened(world.store, "service.updated")
        await world.settled()
        headers, body = world.net.got["a.test"][-1]
        assert headers["webhook-signature"].split(" ") == [signed(second, headers, body), signed(first, headers, body)]

        world.time.passed += 60
        happened(world.store, "service.updated")
        await world.settled()
        headers, body = world.net.got["a.test"][-1]
        assert headers["webhook-signature"] == signed(second, headers, body)

        # At once, and no more than two: what leaked is not kept by rotating again.
        _, third, until = webhooks.rotate(world.store, ADMIN, made.id, None, 0, None)
        assert until is None
        _, fourth, _ = webhooks.rotate(world.store, ADMIN, made.id, None, 60, None)
        happened(world.store, "service.updated")
        await world.settled()
        headers, body = world.net.got["a.test"][-1]
        assert headers["webhook-signature"].split(" ") == [signed(fourth, headers, body), signed(third, headers, body)]

    run(tmp_path, scenario)


def test_a_secret_is_rotated_by_an_admin_at_a_revision_and_told_without_being_shown(store):
    made, first = webhooks.create(store, ADMIN, Draft(url=URL))
    own = "whsec_" + base64.b64encode(b"n" * 32).decode()
    rotated, secret, _ = webhooks.rotate(store, ADMIN, made.id, own, webhooks.GRACE, made.revision)
    assert (secret, rotated.revision) == (own, made.revision + 1)
    [event] = all_events(store, "webhook.rotated")
    assert (event.subject, event.actor) == (made.id, "admin")
    assert first not in str(event.data)
    assert own not in str(event.data)
    with pytest.raises(StaleError):
        webhooks.rotate(store, ADMIN, made.id, None, 0, made.revision)
    with pytest.raises(NotFoundError):
        webhooks.rotate(store, ADMIN, "nothing", None, 0, None)
    with pytest.raises(ForbiddenError):
        webhooks.rotate(store, Actor("ann", "publish", "team"), made.id, None, 0, None)
    for wrong, grace, pointer in (
        ("short", 0, "/secret"),
        (None, -1, "/grace_seconds"),
        (None, 10**9, "/grace_seconds"),
    ):
        with pytest.raises(InvalidError) as raised:
            webhooks.rotate(store, ADMIN, made.id, wrong, grace, None)
        assert raised.value.faults[0].pointer == pointer


def test_a_failure_is_tried_again_later_and_nothing_overtakes_it(tmp_path):
    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        happened(world.store, "service.updated", "service.updated")
        world.net.says["a.test"] = 500
        await world.settled()
        waits = world.webhook(made)
        assert (waits.failures, waits.last_error, waits.revision) == (1, "It answered 500.", made.revision)
        assert waits.retry_at is not None
        assert 4.5 <= (waits.retry_at - world.time.clock()) / SECOND <= 5.5
        await world.settled()
        assert len(world.net.got["a.test"]) == 1
        happened(world.store, "service.updated")
        world.net.says["a.test"] = 200
        await world.passes(6, 1)
        well = world.webhook(made)
        assert (well.failures, well.last_error, well.retry_at) == (0, "", None)

    world = run(tmp_path, scenario)
    numbers = world.net.accepted["a.test"]
    assert len(numbers) == 3
    assert numbers == sorted(numbers)
    ids = [headers["webhook-id"] for headers, _ in world.net.got["a.test"]]
    assert ids[0] == ids[1]
    assert ids[0].endswith(f"_{numbers[0]}")


@pytest.mark.parametrize("days", [400, -400])
def test_a_clock_that_was_off_for_a_while_holds_up_no_event(tmp_path, days):
    """What was to be tried again by a clock that was wrong is not waited for once it is right."""

    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        world.time.jumped = days * 86_400
        happened(world.store, "service.updated")
        world.net.says["a.test"] = 500
        await world.settled()
        assert world.webhook(made).failures == 1
        world.net.says["a.test"] = 200
        world.time.jumped = 0
        await world.settled()
        assert world.webhook(made).failures == 0

    world = run(tmp_path, scenario)
    assert len(world.net.accepted["a.test"]) == 1


def test_a_receiver_that_says_when_is_believed(tmp_path):
    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        happened(world.store, "service.updated")
        world.net.says["a.test"], world.net.retry_after = 429, "600"
        await world.settled()
        assert world.webhook(made).retry_at == world.time.clock() + 600 * SECOND

    run(tmp_path, scenario)


def test_a_webhook_that_fails_for_days_is_disabled_with_an_event_and_can_be_enabled_again(tmp_path):
    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        happened(world.store, "service.updated")
        world.net.says["a.test"] = NetError("`a.test` refuses the connection.")
        await world.passes(86_400 * 4, 1_000)
        off = world.webhook(made)
        assert (off.enabled, off.failures) == (False, len(webhooks.DELAYS) + 1)
        assert len(world.net.got["a.test"]) == len(webhooks.DELAYS) + 1
        [event] = all_events(world.store, "webhook.disabled")
        assert (event.subject, event.actor) == (made.id, "byte")
        assert event.data["reason"] == "`a.test` refuses the connection."
        world.net.says["a.test"] = 200
        webhooks.replace(world.store, ADMIN, made.id, lambda old: Draft(url=old.url, types=old.types), off.revision)
        await world.settled()
        assert world.webhook(made).failures == 0

    world = run(tmp_path, scenario)
    assert len(world.net.accepted["a.test"]) == 1


def test_a_receiver_that_is_gone_is_disabled_at_once(tmp_path):
    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        happened(world.store, "service.updated")
        world.net.says["a.test"] = 410
        await world.settled()
        assert not world.webhook(made).enabled

    run(tmp_path, scenario)


def test_a_receiver_that_hangs_holds_nobody_up(tmp_path):
    async def scenario(world: World) -> None:
        world.hook("slow.test", types=("service.updated",))
        world.hook("quick.test", types=("service.updated",))
        world.net.says["slow.test"] = asyncio.Event()
        happened(world.store, "service.updated")
        await world.settled()
        happened(world.store, "service.updated")
        await world.settled()

    world = run(tmp_path, scenario)
    assert len(world.net.accepted["quick.test"]) == 2
    assert len(world.net.got["slow.test"]) == 1


def test_what_has_arrived_before_a_stop_is_not_sent_again(tmp_path):
    async def scenario(world: World) -> None:
        world.hook(types=("service.updated",))
        happened(world.store, *["service.updated"] * 6)
        answers = itertools.chain([200, 200, 200], itertools.repeat(asyncio.Event()))

        class Steps(dict[str, object]):
            def get(self, *_: object) -> object:
                return next(answers)

        world.net.says = Steps()  # type: ignore[assignment]
        await world.settled()
        await world.deliverer.close()
        world.net.says = {}
        world.deliverer = world.fresh()
        await world.settled()

    world = run(tmp_path, scenario)
    assert len(world.net.accepted["a.test"]) == len(set(world.net.accepted["a.test"])) == 6
    assert len(world.net.got["a.test"]) == 7


def test_a_store_that_is_gone_while_something_is_sent_costs_no_event(tmp_path, monkeypatch):
    async def scenario(world: World) -> None:
        world.hook(types=("service.updated",))
        happened(world.store, "service.updated", "service.updated")

        def gone(self: Store) -> None:
            raise UnavailableError("The database cannot be reached.")

        with monkeypatch.context() as patch:
            patch.setattr(Store, "writing", gone)
            await world.settled()
        await world.settled()
        happened(world.store, "service.updated")
        await world.settled()

    world = run(tmp_path, scenario)
    assert len(set(world.net.accepted["a.test"])) == 3


def test_a_fault_of_the_registry_is_tried_again_later_too(tmp_path, caplog):
    async def scenario(world: World) -> None:
        made = world.hook(types=("service.updated",))
        happened(world.store, "service.updated")
        world.net.says["a.test"] = ZeroDivisionError("oh")
        await world.settled()
        assert world.webhook(made).failures == 1
        assert world.webhook(made).retry_at is not None

    run(tmp_path, scenario)
    assert "failed" in caplog.text


def test_events_for_others_are_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(Deliverer, "SKIP", 10)

    async def scenario(world: World) -> None:
        made = world.hook(types=("service.deleted",))
        happened(world.store, *["service.updated"] * 30)
        await world.settled()
        assert world.webhook(made).delivered == all_events(world.store)[-1].number

    world = run(tmp_path, scenario)
    assert world.net.got == {}
