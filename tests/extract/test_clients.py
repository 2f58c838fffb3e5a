"""Requests that source sends: where they go, which fields of the answer are read, which are sent."""

import textwrap

import pytest

from byte.extract.clients import read
from byte.model.clients import Request, Requests
from tests.extract.projects import project


def _all(source: str | dict[str, str]) -> Requests:
    return read(project(textwrap.dedent(source).lstrip() if isinstance(source, str) else source))


def _one(source: str | dict[str, str]) -> Request:
    (found,) = _all(source).found
    return found


# --- where a request goes ----------------------------------------------------------------------

BASE = """
import os
import aiohttp
import httpx
import requests
from urllib.parse import urljoin

BASE = "https://shop.test/api"
HOST = os.getenv("SHOP_URL", "https://shop.test")


class Wrapped(requests.Session):
    pass


def run(order_id: int, name, client: httpx.Client):
    {line}
"""


@pytest.mark.parametrize(
    "line, method, url",
    [
        ('requests.get("https://shop.test/orders")', "GET", "https://shop.test/orders"),
        ('httpx.delete(f"{BASE}/orders/{order_id}")', "DELETE", "https://shop.test/api/orders/{}"),
        ('requests.put(BASE + "/orders/" + str(order_id))', "PUT", "https://shop.test/api/orders/{}"),
        ('requests.get("%s/orders/%s" % (BASE, order_id))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get("{}/orders/{}".format(BASE, order_id))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get("{b}/orders/{i}".format(b=BASE, i=order_id))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get("%s/orders/%05d" % (BASE, order_id))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get(BASE + "/orders/%(id)s" % {"id": order_id})', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get(BASE + "/orders/{0}".format(order_id))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.get(urljoin(BASE, "/orders"))', "GET", "https://shop.test/orders"),
        ('requests.get(urljoin(BASE + "/", "orders"))', "GET", "https://shop.test/api/orders"),
        ('requests.get("/".join([BASE, "orders", name]))', "GET", "https://shop.test/api/orders/{}"),
        ('requests.request("post", f"{HOST}/orders")', "POST", "https://shop.test/orders"),
        ('httpx.stream("GET", f"{HOST.rstrip(\'/\')}/orders")', "GET", "https://shop.test/orders"),
        ('url = f"{BASE}/orders"; requests.get(url)', "GET", "https://shop.test/api/orders"),
        ('requests.get(f"{BASE}/orders?limit=5&after={name}")', "GET", "https://shop.test/api/orders"),
        ('httpx.Client(base_url=BASE).get("/orders")', "GET", "https://shop.test/api/orders"),
        ('httpx.Client(base_url=BASE).get("https://other.test/x")', "GET", "https://other.test/x"),
        ('aiohttp.ClientSession(base_url=BASE + "/").get("orders")', "GET", "https://shop.test/api/orders"),
        ('aiohttp.ClientSession(base_url=BASE + "/").get("/orders")', "GET", "https://shop.test/orders"),
        ('s = requests.Session(); s.patch(f"{BASE}/orders")', "PATCH", "https://shop.test/api/orders"),
        ('client.get("/orders")', "GET", "{}/orders"),
        ('client.get(f"{name}/orders")', "GET", "{}/orders"),
        ('Wrapped().get("/orders")', "GET", "{}/orders"),
        ("httpx.get(BASE)", "GET", "https://shop.test/api"),
    ],
)
def test_a_url_is_put_together_from_what_the_source_fixes(line: str, method: str, url: str) -> None:
    found = _one(BASE.replace("{line}", line))
    assert (found.method, found.url) == (method, url)


def test_a_query_in_the_url_names_what_is_sent() -> None:
    found = _one(BASE.replace("{line}", 'requests.get(f"{BASE}/orders?limit=5&after={name}")'))
    assert found.sends == ("after", "limit")


def test_a_beginning_with_a_default_keeps_the_names_that_the_source_gives_it() -> None:
    found = _one(BASE.replace("{line}", 'requests.get(f"{HOST}/orders")'))
    assert found.names == ("SHOP_URL", "HOST")


def test_a_setting_without_a_value_is_a_hole_with_a_name() -> None:
    found = _one(
        {
            "app/settings.py": "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    shop_url: str\n\nsettings = Settings()\n",
            "app/client.py": "import httpx\nfrom app.settings import settings\n\ndef run():\n    return httpx.get(f'{settings.shop_url}/orders').status_code\n",
        }
    )
    assert (found.url, found.names) == ("{}/orders", ("shop_url", "settings.shop_url"))


def test_a_url_that_nothing_shows_is_not_claimed() -> None:
    found = _all("import requests\n\ndef run(url):\n    return requests.get(url).json()['a']\n")
    assert found.found == ()
    assert [str(u.at) for u in found.unresolved] == ["app/main.py:4"]


@pytest.mark.parametrize("url", ['f"https://shop.test/{x}"', 'f"{x}/{y}"', "x"])
def test_a_path_of_which_nothing_is_fixed_is_not_claimed(url: str) -> None:
    assert _all(f"import requests\n\ndef run(x, y):\n    requests.get({url})\n").found == ()


def test_a_name_that_grows_by_a_path_is_not_claimed_and_one_that_grows_by_a_query_is() -> None:
    path = "import requests\n\ndef run(x):\n    url = 'https://shop.test/orders'\n    url += '/' + x\n    requests.get(url)\n"
    assert _all(path).found == ()
    found = _one(path.replace("'/' + x", "'?limit=5'"))
    assert (found.url, found.sends) == ("https://shop.test/orders", ("limit",))


def test_defaults_of_parameters_and_objects_are_no_parts_of_a_path() -> None:
    found = _all("""
        import requests
        from pydantic import BaseModel

        class Meta(BaseModel):
            project: str = ""

        class Job:
            def __init__(self, name=None):
                self.name = name or "none"

        def run(meta: Meta, job: Job, tag="latest", base="https://shop.test"):
            requests.get(f"{base}/p/{meta.project}/j/{job.name}/t/{tag or 'any'}")
    """).found
    assert [r.url for r in found] == ["https://shop.test/p/{}/j/{}/t/{}"]


# --- functions that stand between --------------------------------------------------------------

WRAPPED = """
    import httpx

    class Shop:
        def __init__(self, base_url: str = "https://shop.test/v1") -> None:
            self._client = httpx.Client(base_url=base_url, timeout=5)

        def _request(self, method: str, path: str, **kwargs):
            answer = self._client.request(method, path, **kwargs)
            answer.raise_for_status()
            return answer.json()

        def _get(self, path: str, params: dict | None = None):
            return self._request("GET", path, params=params)

        def order(self, order_id: int):
            return self._get(f"/orders/{order_id}")

        def orders(self):
            return [one["id"] for one in self._get("/orders", params={"limit": 5})["items"]]

        def create(self, sku: str):
            return self._request("POST", "/orders", json={"sku": sku, "address": {"city": "x"}})["id"]

    def run(shop: Shop):
        order = shop.order(7)
        print(order["total"], order["customer"]["name"])
"""


def test_wrappers_that_take_a_path_are_followed_to_who_calls_them() -> None:
    found = [(r.method, r.url, r.reads, r.sends, r.at.line) for r in _all(WRAPPED).found]
    assert found == [
        ("GET", "https://shop.test/v1/orders/{}", ("customer/name", "total"), (), 16),
        ("GET", "https://shop.test/v1/orders", ("items/id",), ("limit",), 19),
        ("POST", "https://shop.test/v1/orders", ("id",), ("address/city", "sku"), 22),
    ]
    assert {str(r.sent) for r in _all(WRAPPED).found} == {"app/main.py:8"}


def test_a_closure_that_takes_a_path_is_placed_where_the_path_is_written() -> None:
    found = _all("""
        import requests

        def main(base: str = "http://127.0.0.1:8080"):
            def post(path, json):
                return requests.post(f"{base}{path}", json=json).json()

            task = post("/tasks", {"kind": "any"})
            post(f"/tasks/{task['id']}/ack", {"message": 1})
    """).found
    assert [(r.url, r.reads, r.sends, r.at.line) for r in found] == [
        ("http://127.0.0.1:8080/tasks", ("id",), ("kind",), 7),
        ("http://127.0.0.1:8080/tasks/{}/ack", (), ("message",), 8),
    ]


def test_a_closure_in_a_method_takes_all_its_arguments() -> None:
    found = _one("""
        import requests

        class Job:
            def run(self):
                def get(path, limit):
                    return requests.get(f"https://shop.test{path}").json()

                return get("/orders", 5)["id"]
    """)
    assert (found.url, found.reads) == ("https://shop.test/orders", ("id",))


def test_a_client_of_the_projects_own_keeps_its_base_url() -> None:
    found = _one("""
        import httpx

        class Shop(httpx.AsyncClient):
            def __init__(self):
                super().__init__(base_url="https://shop.test/v2")

            async def order(self, id):
                answer = await self.get(f"/orders/{id}")
                return answer.json()["total"]
    """)
    assert (found.url, found.reads) == ("https://shop.test/v2/orders/{}", ("total",))


def test_the_base_url_of_a_client_is_found_where_the_object_is_made() -> None:
    found = _one("""
        import httpx

        class Shop:
            def __init__(self, url):
                self.url = url.rstrip("/")

            def order(self, id):
                return httpx.get(f"{self.url}/orders/{id}").json()["total"]

        def main():
            return Shop("https://shop.test/").order(1)
    """)
    assert found.url == "https://shop.test/orders/{}"


def test_functions_that_call_each_other_and_many_callers_come_to_an_end() -> None:
    calls = "".join(f"def c{i}(x):\n    return get(f'/p{i}/' + x, c{(i + 1) % 90}(x))\n\n" for i in range(90))
    source = f"import requests\n\ndef get(path, more):\n    return requests.get('https://x.test' + path, json=more).json()\n\n{calls}"
    found = _all(source)
    assert 50 <= len(found.found) <= 90
    assert all(one.url.endswith("/{}") for one in found.found)


@pytest.mark.parametrize(
    "first, more, request_",
    [
        ('"https://x.test"', 'f"{a0}{a0}{a0}{a0}{a0}{a0}{a0}{a0}"', "requests.get(a39)"),
        ('"https://x.test"', "a0 + a0 + a0", "requests.get(a39)"),
        ('{"b": 1}', "{**a0, **a0, **a0, **a0, **a0, **a0, **a0, **a0}", 'requests.get("https://x.test/p", json=a39)'),
        (
            'requests.get("https://x.test/p").json()',
            " or ".join(f'a0["k{key}"]' for key in range(20)),
            "print(a39)",
        ),
        (
            'requests.get("https://x.test/p").json()',
            'a0\n    while a0["x"]:\n        while a0["y"]:\n            for a1 in a0["z"]:\n                a0 = a1["w"]',
            "print(a39)",
        ),
    ],
)
def test_names_that_stand_for_ever_more_come_to_an_end(first: str, more: str, request_: str) -> None:
    lines = [f"    a{i} = {more.replace('a1', f'b{i}').replace('a0', f'a{i - 1}')}" for i in range(1, 40)]
    source = f"import requests\n\ndef run():\n    a0 = {first}\n" + "\n".join(lines) + f"\n    {request_}\n"
    found = _all(source)
    assert len(found.found) + len(found.unresolved) == 1
    for one in found.found:
        assert 0 < len(one.reads) + len(one.sends) < 1_000


def test_clients_that_everybody_hands_to_everybody_come_to_an_end() -> None:
    names = [f"f{i}" for i in range(30)]
    functions = "".join(
        f"def {name}(client):\n" + "".join(f"    {other}(client)\n" for other in names) + "\n" for name in names
    )
    found = _all(
        f"import httpx\n\ndef get(client: httpx.Client):\n    client.get('/orders')\n\n{functions}def run(client):\n    get(client)\n    f0(client)\n"
    )
    assert [one.url for one in found.found] == ["{}/orders"]


def test_a_project_with_very_many_requests_says_what_it_did_not_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byte.extract.clients.follow._ALL_FRAMES", 3)
    found = _all(
        "import requests\n\n" + "".join(f"def f{i}():\n    requests.get('https://x.test/p{i}')\n\n" for i in range(5))
    )
    assert len(found.found) == 3
    assert {one.reason for one in found.unresolved} == {"the project sends more requests than are followed"}


# --- what is read ------------------------------------------------------------------------------

READS = """
import json
from dataclasses import dataclass
import httpx
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel


class Line(BaseModel):
    price: int
    sku_code: str = Field(alias="sku")


class Order(BaseModel):
    id: int
    lines: list[Line]
    note: str | None = None


class Odd(BaseModel):
    model_config = ConfigDict(alias_generator=str.upper)
    id: int = Field(alias="id")
    other: int


class Either(BaseModel):
    id: int
    name: str = Field(validation_alias=AliasChoices("name", "title"))


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    order_id: int


@dataclass
class Plain:
    id: int
    total: int


def shown(data):
    return data["customer"]["name"]


def one_id(one):
    return one["id"]


def run(store, unknown):
    r = httpx.get("https://shop.test/orders")
    {line}
"""


@pytest.mark.parametrize(
    "line, reads",
    [
        ('print(r.json()["a"]["b"])', ("a/b",)),
        ('print(r.json().get("a", {}).get("b"))', ("a/b",)),
        ('data = r.json()\n    x = data["a"]\n    print(x[0]["b"], x[-1].get("c"))', ("a/b", "a/c")),
        ('for one in r.json()["items"]:\n        print(one["id"])', ("items/id",)),
        ('return [one["id"] for one in r.json() if one["open"]]', ("id", "open")),
        ('return {one["id"]: one for one in r.json()}["x"]["total"]', ("id", "total")),
        ('for key, value in r.json()["prices"].items():\n        print(value["net"])', ("prices/*/net",)),
        ('return sorted(r.json(), key=lambda one: one["date"])[0]["id"]', ("date", "id")),
        ('print("a" in r.json())', ("a",)),
        ('return Order(**r.json()).id', ("id", "lines/price", "lines/sku", "note")),
        ('return [Order.model_validate(one) for one in r.json()["items"]]', ("items/id", "items/lines/price", "items/lines/sku", "items/note")),
        ('return TypeAdapter(list[Line]).validate_python(r.json())', ("price", "sku")),
        ('return Order.model_validate_json(r.text)', ("id", "lines/price", "lines/sku", "note")),
        ('return Camel(**r.json())', ("orderId",)),
        ('return Plain(**r.json())', ("id", "total")),
        ('print(json.loads(r.text)["a"])', ("a",)),
        ('print(shown(r.json()))', ("customer/name",)),
        ('data = r.json()\n    a, b = data["a"], data["b"]', ("a", "b")),
        ('if (data := r.json()) and data["a"]:\n        pass', ("a",)),
        ('data = r.json() if r.status_code == 200 else {}\n    print(data["a"])', ("a",)),
        ('unknown(r.json())', ("*",)),
        ('store["x"] = r.json()["a"]', ("a",)),
        ('data = r.json()\n    unknown(data["a"])\n    print(data["a"]["b"])', ("a/*", "a/b")),
        ('return r.json()', ("*",)),
        ('return r.json()["items"]', ("items",)),
        ('r.raise_for_status()', ()),
        ('print(r.json())', ()),
        ("raise ValueError(r.text)", ()),
        ("store.write(r.content)", ("*",)),
        ("for line in r.iter_lines():\n        store.append(line)", ("*",)),
        ('print(json.loads(b"".join([part for part in r.iter_bytes()]))["a"])', ("a",)),
        ('out = []\n    for one in r.json():\n        out.append(one)\n    return out[0]["id"]', ("id",)),
        ('out = {}\n    for one in r.json():\n        out[one["id"]] = one\n    print(out["x"]["total"])', ("id", "total")),
        ('out = []\n    for one in r.json():\n        out.append(one)\n    return out', ("*",)),
        ('print(json.loads(r.content.decode())["a"])', ("a",)),
        ("store(r)", ("*",)),
        ("return r", ("*",)),
        ("return r.status_code", ()),
        ("return Odd(**r.json())", ("*", "id")),
        ("return Either(**r.json())", ("*", "id")),
        ('data = {}\n    while data.get("more"):\n        data = r.json()\n        print(data["a"])', ("a", "more")),
        ('last = None\n    for one in r.json():\n        if last and last["a"]:\n            pass\n        last = one', ("a",)),
        ('data = r.json()\n    def inner(x):\n        return data["b"]\n    print(data["a"])', ("a", "b")),
        ('data = r.json()\n    read = lambda: data["b"]\n    print(data["a"])', ("a", "b")),
        ('for one in map(one_id, r.json()["items"]):\n        print(one)', ("items",)),
        ('for one in sorted(r.json(), key=one_id):\n        print(one["a"])', ("*", "a")),
    ],
)  # fmt: skip
def test_what_is_read_of_an_answer(line: str, reads: tuple[str, ...]) -> None:
    assert _one(READS.replace("{line}", line)).reads == reads


def test_an_answer_of_aiohttp_is_read_through_its_contexts() -> None:
    found = _one("""
        import aiohttp

        async def run():
            async with aiohttp.ClientSession() as session:
                async with session.get("https://shop.test/orders") as answer:
                    data = await answer.json()
            return data["total"]
    """)
    assert (found.library, found.method, found.reads) == ("aiohttp", "GET", ("total",))


def test_an_answer_that_a_handler_passes_on_is_read_as_far_as_the_handler_declares() -> None:
    found = _one("""
        import httpx
        from fastapi import FastAPI
        from pydantic import BaseModel

        app = FastAPI()

        class Total(BaseModel):
            total: int

        @app.get("/total")
        def total() -> Total:
            return httpx.get("https://shop.test/orders/1").json()
    """)
    assert found.reads == ("total",)


# --- what is sent ------------------------------------------------------------------------------

SENDS = """
import httpx
import requests
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, Field

class New(BaseModel):
    sku: str
    amount: int = Field(alias="count")

DEFAULTS = {"source": "web"}

def run(new: New, given, extra: dict, either: New | list[str]):
    {line}
"""


@pytest.mark.parametrize(
    "line, sends",
    [
        ('httpx.post("https://x.test/o", json={"a": 1, "b": {"c": given}})', ("a", "b/c")),
        ('body = {"a": 1}\n    body["b"] = 2\n    httpx.post("https://x.test/o", json=body)', ("a", "b")),
        ('httpx.post("https://x.test/o", json=new.model_dump())', ("amount", "sku")),
        ('httpx.post("https://x.test/o", json=new.model_dump(by_alias=True))', ("count", "sku")),
        ('httpx.post("https://x.test/o", json=new.model_dump(exclude={"sku"}))', ("amount",)),
        ('httpx.post("https://x.test/o", content=new.model_dump_json())', ("amount", "sku")),
        ('httpx.post("https://x.test/o", json=new.model_dump(include={"sku"}))', ("sku",)),
        ('httpx.post("https://x.test/o", json=new.model_dump(exclude=given))', ("*",)),
        ('httpx.post("https://x.test/o", json=jsonable_encoder(new))', ("count", "sku")),
        ('httpx.post("https://x.test/o", json=jsonable_encoder(new, by_alias=False))', ("amount", "sku")),
        ('httpx.post("https://x.test/o", data={"a": 1}, files={"file": given})', ("a", "file")),
        ('requests.post("https://x.test/o", None, {"a": 1})', ("a",)),
        ('body = {"a": 1}\n    body.update(**given)\n    httpx.post("https://x.test/o", json=body)', ("*", "a")),
        ('httpx.get("https://x.test/o", params={"limit": 5})', ("limit",)),
        ('httpx.post("https://x.test/o", json={**DEFAULTS, "a": 1})', ("a", "source")),
        ('httpx.post("https://x.test/o", json=dict(a=1, b=2))', ("a", "b")),
        ('httpx.post("https://x.test/o", json=[{"a": 1}])', ("a",)),
        ('httpx.post("https://x.test/o", json=extra)', ("*",)),
        ('httpx.post("https://x.test/o", json=either)', ("*",)),
        ('httpx.post("https://x.test/o", json={**extra, "a": 1})', ("*", "a")),
        ('httpx.post("https://x.test/o")', ()),
        ('httpx.post("https://x.test/o", **extra)', ("*",)),
        ('httpx.post("https://x.test/o", **{"timeout": 5})', ()),
        ('options = {"timeout": 5, "json": {"a": 1}}\n    httpx.post("https://x.test/o", **options)', ("a",)),
        (
            'options = {"timeout": 5}\n    options["json"] = given\n    httpx.post("https://x.test/o", **options)',
            ("*",),
        ),
    ],
)
def test_what_is_sent(line: str, sends: tuple[str, ...]) -> None:
    assert _one(SENDS.replace("{line}", line)).sends == sends
