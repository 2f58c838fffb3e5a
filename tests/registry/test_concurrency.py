"""Many at once, by HTTP, on both databases: nobody's edit is lost, and nobody who is in no one's way is refused."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.store import Store
from byte.server.app import create_app
from tests.server.conftest import bearer, settings

T = TypeVar("T")


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    token = keys.first(store)
    assert token is not None
    with TestClient(create_app(settings(background=False), store), headers=bearer(token)) as opened:
        yield opened


def together(number: int, do: Callable[[int], T]) -> list[T]:
    """What each of so many threads came to."""
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(do, range(number)))


def contract(version: int) -> dict[str, Any]:
    path = {"get": {"responses": {"200": {"description": "OK"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": str(version)},
        "paths": {f"/p{version}": path, "/all": path},
    }


def test_of_a_hundred_edits_at_one_etag_one_succeeds(client: TestClient) -> None:
    client.post("/v1/services", json={"name": "orders"})

    def edit(number: int) -> int:
        body = {"title": f"title {number}"}
        return client.patch("/v1/services/orders", json=body, headers={"If-Match": '"1"'}).status_code

    assert Counter(together(100, edit)) == {200: 1, 412: 99}
    assert client.get("/v1/services/orders").json()["revision"] == 2


def test_no_field_is_lost_when_a_hundred_edit_one_record(client: TestClient) -> None:
    client.post("/v1/services", json={"name": "orders"})

    def tag(number: int) -> int:
        """Reads, adds a tag, and sends it; again when somebody else was faster."""
        for attempt in range(500):
            read = client.get("/v1/services/orders")
            tags = [*read.json()["tags"], f"t{number}"]
            answer = client.patch(
                "/v1/services/orders", json={"tags": tags}, headers={"If-Match": read.headers["etag"]}
            )
            if answer.status_code != 412:
                assert answer.status_code == 200, answer.text
                return attempt
        raise AssertionError("never came through")

    together(25, tag)
    said = client.get("/v1/services/orders").json()
    assert (said["revision"], len(said["tags"])) == (26, 25)


def test_edits_of_different_fields_with_any_etag_all_stay(client: TestClient) -> None:
    """Each thread counts in a field of its own, and finds in every answer what it wrote before."""
    client.post("/v1/services", json={"name": "orders"})
    fields = ("title", "description", "base_url")

    def count(number: int) -> list[str]:
        field = fields[number]
        lost, said = [], ""
        for step in range(20):
            told = client.patch("/v1/services/orders", json={"tags": [f"t{number}"]}, headers={"If-Match": "*"}).json()
            lost += [f"{field} of {step - 1}"] if step and told[field] != said else []
            said = f"https://{step}.example.com"
            client.patch("/v1/services/orders", json={field: said}, headers={"If-Match": "*"})
        return lost

    assert together(len(fields), count) == [[], [], []]


def test_fifty_publishes_of_different_services_all_succeed(client: TestClient) -> None:
    def publish(number: int) -> tuple[int, int]:
        made = client.post("/v1/services", json={"name": f"s{number}"})
        return made.status_code, client.post(f"/v1/services/s{number}/versions", json=contract(number)).status_code

    assert set(together(50, publish)) == {(201, 201)}
    assert len(client.get("/v1/operations?limit=200").json()["items"]) == 100
    events = client.get("/v1/events?limit=200").json()["items"]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert Counter(event["type"] for event in events)["version.published"] == 50


def growing(version: int) -> dict[str, Any]:
    """A contract that has all that the ones before it have."""
    path = {"get": {"responses": {"200": {"description": "OK"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": str(version)},
        "paths": {"/all": path, f"/new{version}": path},
    }


def whole(client: TestClient) -> list[str]:
    """The labels of a service whose versions are all complete, each with its base, its operations and its review."""
    found = client.get("/v1/services/orders/versions?sort=sequence&limit=200").json()["items"]
    assert [version["sequence"] for version in found] == list(range(1, len(found) + 1))
    assert [version["base"] for version in found] == [None, *(version["label"] for version in found[:-1])]
    reviewed = [review["version"] for review in client.get("/v1/reviews?outcome=published&limit=200").json()["items"]]
    labels = [version["label"] for version in found]
    assert sorted(reviewed) == sorted(labels[1:])
    told = client.get("/v1/events?types=version.published&limit=200").json()["items"]
    assert [event["version"] for event in told] == labels
    for version in found:
        operations = client.get(f"/v1/operations?service=orders&version={version['label']}").json()["items"]
        assert len(operations) == version["operation_count"]
    return labels


def test_of_fifty_publishes_on_one_base_one_succeeds(client: TestClient) -> None:
    client.post("/v1/services", json={"name": "orders"})
    client.post("/v1/services/orders/versions", json=contract(0))

    def publish(number: int) -> int:
        document = growing(number + 1)
        document["paths"]["/p0"] = document["paths"]["/all"]
        return client.post("/v1/services/orders/versions?base=0", json=document).status_code

    assert Counter(together(50, publish)) == {201: 1, 409: 49}
    assert len(whole(client)) == 2


def test_of_fifty_publishes_that_name_no_base_each_is_judged_by_the_one_before(client: TestClient) -> None:
    """Each lacks what the others add: one follows the first version, and all others break it."""
    client.post("/v1/services", json={"name": "orders"})
    client.post("/v1/services/orders/versions", json=growing(0))

    def publish(number: int) -> int:
        document = growing(number + 1)
        document["paths"]["/new0"] = document["paths"]["/all"]
        return client.post("/v1/services/orders/versions", json=document).status_code

    counts = Counter(together(50, publish))
    assert set(counts) <= {201, 409, 422}
    assert counts[201] == 1
    assert len(whole(client)) == 2
    refused = client.get("/v1/events?types=version.refused&limit=200").json()["items"]
    assert len(refused) == counts[422]


def test_a_name_is_given_once_however_many_want_it(client: TestClient) -> None:
    def create(_: int) -> int:
        return client.put("/v1/services/orders", json={}, headers={"If-None-Match": "*"}).status_code

    assert Counter(together(30, create)) == {201: 1, 412: 29}
