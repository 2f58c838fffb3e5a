"""The guarded way out: which addresses are asked, and that nothing of another machine can hold the registry up."""

import asyncio
import ipaddress
import shutil
import ssl
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from byte.registry import net
from byte.registry.net import Answer, Client, Limits, NetError, RefusedError
from byte.sources import addresses
from tests.registry.world import Handler, networks, serving

LOCAL = networks("127.0.0.0/8", "::1")

PUBLIC = """1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1 198.17.0.1
198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::8a 2620:4f:8000::1 64:ff9b::808:808 ::ffff:8.8.8.8""".split()
REFUSED = """0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.8.8.8
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::
2002:808:808:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1""".split()


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_internet_is_public(text):
    assert addresses.public(addresses.parsed(text))


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_of_no_use_to_strangers_is_not_public(text):
    assert not addresses.public(addresses.parsed(text))


@pytest.mark.parametrize("text", [text for text in REFUSED if "%" not in text])
def test_no_address_is_public_that_python_knows_to_be_private(text):
    """The other way round: what Python calls global and the table refuses is refused on purpose."""
    by_python = ipaddress.ip_address(text).is_global
    on_purpose = {"168.63.129.16", "192.88.99.1", "64:ff9b:1::1", "3fff::1", "5f00::1", "4000::1", "::7f00:1", "::"}
    tunnels = ("2001:", "2002:", "64:ff9b:", "::ffff:", "224.", "239.", "ff02:", "192.0.0.", "100::", "fec0:")
    assert not by_python or text in on_purpose or text.startswith(tunnels)


@pytest.mark.parametrize(
    "text,allow,expected",
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("::ffff:10.1.2.3", "10.0.0.0/8", True),
        ("64:ff9b::a01:203", "10.0.0.0/8", True),
        ("::1", "::1", True),
        ("fd00::1", "fc00::/7", True),
        ("169.254.169.254", "169.254.0.0/16", False),
        ("169.254.169.254", "0.0.0.0/0", False),
        ("::ffff:169.254.169.254", "::ffff:0:0/96", False),
        ("169.254.169.254", "169.254.169.254", True),
        ("169.254.7.7", "169.254.0.0/16", True),
    ],
)
def test_a_network_is_allowed_and_metadata_only_by_its_own_address(text, allow, expected):
    assert addresses.named(addresses.parsed(text), networks(allow)) is expected


@pytest.mark.parametrize(
    "url,said",
    [
        ("ftp://example.com/", "neither http nor https"),
        ("file:///etc/passwd", "neither http nor https"),
        ("//example.com/", "neither http nor https"),
        ("https://", "names no host"),
        ("https:///path", "names no host"),
        ("https://user:secret@example.com/", "carries credentials"),
        ("https://example.com:0/", "names no host"),
        ("https://example.com:99999/", "is no address"),
        ("https://[::1/", "is no address"),
        ("https://[fe80::1%25eth0]/", "names no host"),
        ("https://exa mple.com/", "is no address"),
        ("https://example.com\\@10.0.0.1/", "is no address"),
        ("https://example.com/\r\nHost: x", "is no address"),
        ("https://ex\u00e4mple.com/", "is no address"),
        ("https://%31%32%37.0.0.1/", "names no host"),
        ("http://2130706433/", "names no host"),
        ("http://0x7f000001/", "names no host"),
        ("http://0x7f.0.0.1/", "names no host"),
        ("http://127.1/", "names no host"),
        ("http://0177.0.0.1/", "names no host"),
        ("http://127.0.0.1./", "names no host"),
        ("http://1.2.3.4.5/", "names no host"),
        ("https://example.com/" + "a" * 4_000, "is too long"),
    ],
)
def test_an_address_that_hides_something_is_refused(url, said):
    with pytest.raises(RefusedError, match=said) as raised:
        net.target(url)
    assert "secret" not in str(raised.value)


# --- over the wire -----------------------------------------------------------------------------


def answers(*given: Iterable[str]) -> net.Resolve:
    """A resolver that says these addresses, one list a time, the last for ever."""
    left = [list(texts) for texts in given]

    async def resolve(host: str, port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok"


def asked(
    answer: bytes | Handler = OK,
    *,
    host: str = "service.test",
    path: str = "/",
    allow=LOCAL,
    resolve: net.Resolve | None = None,
    heard: list[bytes] | None = None,
    times: int = 1,
    **given,
) -> Answer:
    async def run() -> Answer:
        async with serving(answer, heard) as port, Client(allow, resolve=resolve or answers(["127.0.0.1"])) as client:
            for _ in range(times):
                found = await client.request(given.get("method", "GET"), f"http://{host}:{port}{path}", **rest)
            return found

    rest = {name: value for name, value in given.items() if name != "method"}
    return asyncio.run(run())


def test_a_service_is_asked_by_its_name_at_the_address_that_was_judged():
    heard: list[bytes] = []
    answer = asked(heard=heard, path="/health?deep=1", times=2, headers={"Host": "evil.test", "Accept": "text/plain"})
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"ok", "text/plain")
    first, second = (request.decode().lower() for request in heard)
    assert first == second
    assert first.startswith("get /health?deep=1 http/1.1\r\n")
    assert "host: service.test:" in first
    assert "evil" not in first
    assert "cookie" not in first
    assert "accept-encoding: identity" in first


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.0.0.1", "::1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["fe80::1%lo"]]
)
def test_a_name_of_a_private_address_is_refused_and_nothing_is_sent(found):
    heard: list[bytes] = []
    with pytest.raises(RefusedError, match="at an address that is not public"):
        asked(heard=heard, allow=(), resolve=answers(found))
    assert not heard


def test_a_private_address_in_the_url_is_refused():
    with pytest.raises(RefusedError, match=r"`127\.0\.0\.1` is at an address that is not public"):
        asked(host="127.0.0.1", allow=(), resolve=None or answers(["127.0.0.1"]))


def test_the_system_resolves_where_nobody_else_does():
    async def run() -> Answer:
        async with serving(OK) as port, Client(LOCAL) as client:
            return await client.request("GET", f"http://localhost:{port}/")

    assert asyncio.run(run()).body == b"ok"


def test_a_name_is_resolved_once_so_that_rebinding_gains_nothing():
    """The second answer of the resolver would be refused, and would not be connected to."""
    calls: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        calls.append(host)
        return ["127.0.0.1"] if len(calls) == 1 else ["10.0.0.1"]

    assert asked(resolve=resolve).body == b"ok"
    assert calls == ["service.test"]


def test_a_name_that_turns_private_is_refused_at_the_next_request_and_only_the_log_says_what_it_is(caplog):
    heard: list[bytes] = []
    caplog.set_level("INFO", "byte")
    with pytest.raises(RefusedError) as raised:
        asked(resolve=answers(["127.0.0.1"], ["10.0.0.1"]), times=2, heard=heard)
    assert len(heard) == 1
    assert "10.0.0.1" not in str(raised.value)
    assert "`service.test` is not asked: it is 10.0.0.1" in caplog.text


def test_of_several_addresses_only_those_that_may_be_asked_are_tried():
    assert asked(resolve=answers(["10.0.0.1", "169.254.169.254", "127.0.0.1"])).body == b"ok"


def test_the_next_address_is_tried_where_one_refuses():
    assert asked(resolve=answers(["127.9.9.9", "127.0.0.1"])).body == b"ok"


def test_plain_http_can_be_kept_to_the_networks_that_are_allowed():
    assert asked(private_http=True).body == b"ok"
    with pytest.raises(RefusedError, match="over https only"):
        asked(private_http=True, resolve=answers(["93.184.216.34"]))


def test_a_name_without_an_address_is_a_sentence():
    with pytest.raises(NetError, match=r"`service\.test:\d+` has no address\."):
        asked(resolve=answers([]))


def redirecting(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def test_a_redirect_within_the_host_is_followed():
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(OK if b"GET /new?a=1" in request else redirecting("/new?a=1#part"))

    assert asked(handle).body == b"ok"


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "http://other.test/",
        "//other.test/x",
        "http://service.test:1/",
        "https://service.test/",
    ],
)
def test_a_redirect_to_another_host_or_port_is_not_followed(location):
    with pytest.raises(NetError, match="another host is not followed to"):
        asked(redirecting(location))


def test_a_redirect_to_another_host_on_the_same_port_is_not_followed():
    asked_for: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked_for.append(await reader.readuntil(b"\r\n\r\n"))
        port = writer.get_extra_info("sockname")[1]
        writer.write(redirecting(f"http://other.test:{port}/"))

    with pytest.raises(NetError, match=r"redirects to `other\.test:\d+`: another host is not followed to"):
        asked(handle)
    assert len(asked_for) == 1


def test_a_redirect_is_judged_as_a_new_address():
    with pytest.raises(RefusedError, match="at an address that is not public"):
        asked(redirecting("/new"), resolve=answers(["127.0.0.1"], ["10.0.0.1"]))


def test_a_redirect_to_nonsense_is_a_sentence():
    with pytest.raises(NetError, match="which is no address"):
        asked(redirecting("file:///etc/passwd"))


def test_redirects_have_an_end():
    heard: list[bytes] = []
    with pytest.raises(NetError, match="redirects more than 3 times"):
        asked(redirecting("/again"), heard=heard)
    assert len(heard) == 4


def test_without_redirects_one_is_an_answer():
    assert asked(redirecting("/new"), limits=Limits(redirects=0)).status == 302


def test_a_redirect_of_a_post_is_the_answer():
    assert asked(redirecting("/new"), method="POST", body=b"{}").status == 302


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("handler", [_silent, _dripping])
def test_a_request_ends_whatever_the_other_side_does(handler):
    with pytest.raises(NetError, match=r"did not answer within 0\.05 seconds"):
        asked(handler, limits=Limits(seconds=0.05))


def test_a_resolver_that_hangs_is_given_up():
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(NetError, match="did not answer within"):
        asked(resolve=resolve, limits=Limits(seconds=0.02))


def test_an_answer_has_a_size():
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5_000
    with pytest.raises(NetError, match="sends more than 1,000 bytes"):
        asked(body, limits=Limits(body=1_000))
    assert len(asked(body).body) == 5_000


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_headers_have_a_size(length):
    with pytest.raises(NetError, match=r"more than 65,536 bytes of headers|does not speak HTTP|closed"):
        asked(b"HTTP/1.1 200 OK\r\nA: " + b"x" * length + b"\r\nContent-Length: 0\r\n\r\n")


def test_what_is_not_needed_is_not_read():
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 1_000
    assert asked(endless, enough=lambda _: True).body == b""
    assert asked(endless, enough=lambda data: len(data) >= 10).body[:10] == b"x" * 10


def test_compressed_bytes_stay_what_they_are():
    assert asked(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb").body == b"bomb"


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
def test_what_is_no_http_is_a_sentence(said):
    with pytest.raises(NetError, match=r"does not speak HTTP as it should \(.*\)\.$"):
        asked(said)


def test_a_closed_port_is_a_sentence():
    async def run() -> None:
        async with serving(OK) as port:
            pass
        async with Client(LOCAL, resolve=answers(["127.0.0.1"])) as client:
            await client.request("GET", f"http://service.test:{port}/")

    with pytest.raises(NetError, match=r"`service\.test:\d+` refuses the connection\."):
        asyncio.run(run())


async def _plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    await reader.read(1)


def test_what_does_not_speak_tls_is_a_sentence():
    async def run() -> None:
        async with serving(_plain) as port, Client(LOCAL, resolve=answers(["127.0.0.1"])) as client:
            await client.request("GET", f"https://service.test:{port}/")

    with pytest.raises(NetError, match=r"does not speak TLS as it should\.$"):
        asyncio.run(run())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate for service.test and its key, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=service.test"
    names = ["-addext", "subjectAltName=DNS:service.test", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    return made


def over_tls(certificate: tuple[Path, Path], host: str, *, trusted: bool) -> tuple[Answer, list[str | None]]:
    names: list[str | None] = []
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(*certificate)
    served.sni_callback = lambda _, name, __: names.append(name)
    trusting = ssl.create_default_context(cafile=certificate[0]) if trusted else None

    async def run() -> Answer:
        async with (
            serving(OK, tls=served) as port,
            Client(LOCAL, resolve=answers(["127.0.0.1"]), tls=trusting) as client,
        ):
            return await client.request("GET", f"https://{host}:{port}/", private_http=True)

    return asyncio.run(run()), names


def test_tls_is_spoken_with_the_name_of_the_url_at_the_address_that_was_judged(certificate):
    answer, names = over_tls(certificate, "service.test", trusted=True)
    assert (answer.body, names) == (b"ok", ["service.test"])


@pytest.mark.parametrize("host,trusted", [("other.test", True), ("service.test", False)])
def test_a_certificate_must_hold_for_the_name(certificate, host, trusted):
    with pytest.raises(NetError, match="has a certificate that does not hold"):
        over_tls(certificate, host, trusted=trusted)


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert asked().body == b"ok"


def test_a_header_cannot_carry_another_one():
    with pytest.raises(NetError, match=r"does not speak HTTP|cannot"):
        asked(headers={"x-one": "1\r\nx-two: 2"})
