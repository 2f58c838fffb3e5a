"""Comparisons made by hand: a mixed one, one without differences, a compatible one and a hostile one."""

from collections.abc import Mapping

from byte.model.difference import Counterexample, Difference, Row
from byte.model.diffs import Comparison, Problem

REMOVED = Difference(
    id="api-removed-without-deprecation",
    level="breaking",
    proof="rule",
    direction="none",
    operation="DELETE /orders/{id}",
    location="",
    message="the operation was removed",
    counterexample=Counterexample(kind="request", value="DELETE /orders/7"),
    base_pointer="/paths/~1orders~1{id}/delete",
    base_origin="orders.yaml:61",
    reaches=("DELETE /orders/{id}",),
    oasdiff=(Row("api-removed-without-deprecation", "ERR", "DELETE", "/orders/{id}"),),
)
REQUIRED = Difference(
    id="request-property-became-required",
    level="breaking",
    proof="counterexample",
    direction="request",
    operation="POST /orders",
    location="request body → items → price",
    message="request property `items/price` became required",
    counterexample=Counterexample(kind="payload", value={"items": [{"sku": "a"}]}),
    base_pointer="/components/schemas/Item",
    revision_pointer="/components/schemas/Item",
    base_origin="orders.yaml:88",
    revision_origin="orders.yaml:90",
    reaches=("POST /orders", *(f"PUT /orders/{number}" for number in range(11))),
    oasdiff=(
        Row("request-property-became-required", "ERR", "POST", "/orders"),
        *(Row("request-property-became-required", "ERR", "PUT", f"/orders/{number}") for number in range(11)),
    ),
)
PATTERN = Difference(
    id="request-parameter-pattern-changed",
    level="warning",
    proof="undecided",
    direction="request",
    operation="GET /orders",
    location="query parameter `sku`",
    message="the pattern of the query parameter `sku` changed (`pattern`: it looks back)",
    base_pointer="/paths/~1orders/get/parameters/0/schema",
    revision_pointer="/paths/~1orders/get/parameters/0/schema",
    base_origin="orders.yaml:12",
    revision_origin="orders.yaml:12",
    reaches=("GET /orders",),
    oasdiff=(Row("request-parameter-pattern-changed", "WARN", "GET", "/orders"),),
)
WIDER = Difference(
    id="response-property-max-length-increased",
    level="breaking",
    proof="counterexample",
    direction="response",
    operation="GET /orders",
    location="response 200 → note",
    message="response property `note` may be longer",
    counterexample=Counterexample(kind="payload", value={"note": "a" * 400}, valid_for="revision", invalid_for="base"),
    base_pointer="/components/schemas/Order/properties/note",
    revision_pointer="/components/schemas/Order/properties/note",
    base_origin="orders.yaml:70",
    revision_origin="orders.yaml:72",
    reaches=("GET /orders",),
)
TAG = Difference(
    id="api-tag-added",
    level="info",
    proof="proved",
    direction="none",
    operation="GET /orders",
    location="tags",
    message="tag `sales` added",
    revision_pointer="/paths/~1orders/get/tags/0",
    revision_origin="orders.yaml:11",
    reaches=("GET /orders",),
    oasdiff=(Row("api-tag-added", "INFO", "GET", "/orders"),),
)
ADDED = Difference(
    id="endpoint-added",
    level="info",
    proof="rule",
    direction="none",
    operation="GET /invoices",
    location="",
    message="the operation was added",
    revision_pointer="/paths/~1invoices/get",
    revision_origin="orders.yaml:120",
    reaches=("GET /invoices",),
    oasdiff=(Row("endpoint-added", "INFO", "GET", "/invoices"),),
)
SCHEME = Difference(
    id="api-security-component-added",
    level="info",
    proof="rule",
    direction="none",
    operation="",
    location="components",
    message="security scheme `key` added",
    revision_pointer="/components/securitySchemes/key",
    revision_origin="orders.yaml:200",
    oasdiff=(Row("api-security-component-added", "INFO"),),
)

MIXED = Comparison(
    base="git:main:orders.yaml",
    revision="orders.yaml",
    as_of="2026-11-23",
    differences=(REMOVED, WIDER, REQUIRED, PATTERN, SCHEME, TAG, ADDED),
    problems=(Problem("revision", "orders.yaml", 33, "`$ref` to `#/components/schemas/Gone` leads nowhere"),),
    ignored=2,
    unused=("ignore.txt:4: GET /gone api-removed-without-deprecation",),
)
SAME = Comparison(base="a.yaml", revision="b.yaml", differences=())
COMPATIBLE = Comparison(base="a.yaml", revision="b.yaml", differences=(TAG, ADDED))

NASTY = "x`|]<b>*_$\\\n### Verdict\r::error::\x1b[31m\u202e[a](http://e) @org #1"


def everywhere(words: str) -> Comparison:
    """The same text in every place that a document can fill."""
    difference = Difference(
        id=f"request-{words}",
        level="breaking",
        proof="counterexample",
        direction="request",
        operation=f"GET /{words}",
        location=words,
        message=words,
        counterexample=Counterexample(kind="payload", value={words: words}),
        base_pointer=f"/paths/{words}",
        revision_pointer=f"/paths/{words}",
        base_origin=f"{words}:1",
        revision_origin=f"{words}:2",
        reaches=(f"GET /{words}", f"PUT /{words}"),
        oasdiff=(Row(f"request-{words}", "ERR", "GET", f"/{words}"),),
    )
    request = Difference(
        id="api-removed",
        level="warning",
        proof="rule",
        direction="none",
        operation=words,
        location=words,
        message=words,
        counterexample=Counterexample(kind="request", value=words),
        base_origin=words,
        reaches=(words,),
    )
    added = Difference(
        id="endpoint-added",
        level="info",
        proof="rule",
        direction="none",
        operation=words,
        location="",
        message=words,
        revision_origin=f"{words}:3",
        reaches=(words,),
    )
    return Comparison(
        base=words,
        revision=words,
        differences=(difference, request, added),
        problems=(Problem("base", words, 1, words),),
        unused=(words,),
    )


HOSTILE = everywhere(NASTY + "\udcff")

COMPARISONS: Mapping[str, Comparison] = {"mixed": MIXED, "same": SAME, "compatible": COMPATIBLE, "hostile": HOSTILE}
