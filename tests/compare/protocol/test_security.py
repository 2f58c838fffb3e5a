"""Security: oasdiff tells what was added and removed, Byte whether whoever was let in before still is."""

from typing import Any

import pytest

from byte.model.contract import Document
from tests.compare.protocol.made import changes, document, listing, operation, told

KEY: Document = {"type": "apiKey", "in": "header", "name": "X-Key"}
BEARER: Document = {"type": "http", "scheme": "bearer"}
OAUTH: Document = {
    "type": "oauth2",
    "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {"read": "r", "write": "w"}}},
}
SCHEMES: Document = {"key": KEY, "token": BEARER, "oauth": OAUTH}
NONE: Any = object()


def secured(own: Any = NONE, whole: Any = NONE, schemes: Document | None = None) -> Document:
    """`GET /orders` with requirements of its own and of the document."""
    said = {} if own is NONE else {"security": own}
    rest = {} if whole is NONE else {"security": whole}
    return document({"/orders": {"get": operation(**said)}}, components={"securitySchemes": schemes or SCHEMES}, **rest)


@pytest.mark.parametrize(
    "base,revision,expected",
    [
        (secured(), secured([{"key": []}]), [("api-security-added", "INFO", "breaking")]),
        (secured([]), secured([{"key": []}]), [("api-security-added", "INFO", "breaking")]),
        (secured([{"key": []}]), secured(), [("api-security-removed", "INFO", "info")]),
        (secured([{"key": []}]), secured([{"key": []}, {"token": []}]), [("api-security-added", "INFO", "info")]),
        (secured([{"key": []}, {"token": []}]), secured([{"key": []}]), [("api-security-removed", "INFO", "breaking")]),
        (
            secured([{"key": []}]),
            secured([{"key": [], "token": []}]),
            [("api-security-added", "INFO", "info"), ("api-security-removed", "INFO", "breaking")],
        ),
        (
            secured([{"key": [], "token": []}]),
            secured([{"key": []}]),
            [("api-security-added", "INFO", "info"), ("api-security-removed", "INFO", "info")],
        ),
        (
            secured([{"oauth": ["read"]}]),
            secured([{"oauth": ["read", "write"]}]),
            [("api-security-scope-added", "INFO", "breaking")],
        ),
        (
            secured([{"oauth": ["read", "write"]}]),
            secured([{"oauth": ["write"]}]),
            [("api-security-scope-removed", "INFO", "info")],
        ),
        (
            secured([{"oauth": ["read"]}, {"oauth": ["write"]}]),
            secured([{"oauth": ["write"]}, {"oauth": ["read"]}]),
            [],
        ),
        (secured([{"key": []}]), secured([{}, {"key": []}]), [("api-security-loosened", None, "info")]),
        (secured([{}, {"key": []}]), secured([{"key": []}]), [("api-security-narrowed", None, "breaking")]),
    ],
)
def test_an_operation_s_requirements(base: Document, revision: Document, expected: list[Any]) -> None:
    assert told(base, revision) == expected


@pytest.mark.parametrize(
    "base,revision,expected",
    [
        (
            secured(),
            secured(whole=[{"key": []}]),
            [("api-global-security-added", "INFO", "info"), ("api-security-narrowed", None, "breaking")],
        ),
        (secured([], [{"key": []}]), secured(whole=[{"key": []}]), [("api-security-narrowed", None, "breaking")]),
        (secured([]), secured([], [{"key": []}]), [("api-global-security-added", "INFO", "info")]),
        (secured(whole=[{"key": []}]), secured(), [("api-global-security-removed", "INFO", "info")]),
        (
            secured(whole=[{"oauth": []}]),
            secured(whole=[{"oauth": ["read"]}]),
            [("api-global-security-scope-added", "INFO", "info"), ("api-security-narrowed", None, "breaking")],
        ),
        (
            secured(whole=[{"oauth": ["read"]}]),
            secured(whole=[{"oauth": []}]),
            [("api-global-security-scope-removed", "INFO", "info")],
        ),
        (
            secured([{"key": []}]),
            secured(whole=[{"key": []}]),
            [("api-global-security-added", "INFO", "info"), ("api-security-removed", "INFO", "info")],
        ),
    ],
)
def test_requirements_of_the_document_count_where_an_operation_has_none(
    base: Document, revision: Document, expected: list[Any]
) -> None:
    assert told(base, revision) == expected


def scheme(**said: Any) -> Document:
    """A document whose operation needs `key`, defined as said."""
    return secured([{"key": []}], schemes={"key": said})


FLOWS = {"implicit": {"authorizationUrl": "https://a.example", "tokenUrl": "t", "scopes": {"a": "A", "b": "B"}}}
OTHER = {"implicit": {"authorizationUrl": "https://b.example", "tokenUrl": "u", "scopes": {"b": "C", "c": "D"}}}


@pytest.mark.parametrize(
    "base,revision,expected",
    [
        (scheme(**KEY), scheme(**{**KEY, "name": "x-key", "description": "new"}), []),
        (
            scheme(**KEY),
            scheme(**{**KEY, "name": "X-Other"}),
            [("api-security-component-name-changed", None, "info"), ("api-security-narrowed", None, "breaking")],
        ),
        (
            scheme(**KEY),
            scheme(**BEARER),
            [("api-security-component-type-changed", "INFO", "info"), ("api-security-narrowed", None, "breaking")],
        ),
        (
            secured([{"key": []}]),
            secured([{"tenant": []}], schemes={"tenant": KEY}),
            [
                ("api-security-added", "INFO", "info"),
                ("api-security-component-added", "INFO", "info"),
                ("api-security-component-removed", "INFO", "info"),
                ("api-security-component-removed", "INFO", "info"),
                ("api-security-component-removed", "INFO", "info"),
                ("api-security-removed", "INFO", "info"),
            ],
        ),
        (
            scheme(type="oauth2", flows=FLOWS),
            scheme(type="oauth2", flows=OTHER),
            [
                ("api-security-component-oauth-scope-added", "INFO", "info"),
                ("api-security-component-oauth-scope-changed", "INFO", "info"),
                ("api-security-component-oauth-scope-removed", "INFO", "info"),
                ("api-security-component-oauth-token-url-changed", "INFO", "info"),
                ("api-security-component-oauth-url-changed", "INFO", "info"),
            ],
        ),
    ],
)
def test_a_scheme_is_what_it_puts_on_the_wire(base: Document, revision: Document, expected: list[Any]) -> None:
    assert told(base, revision) == expected


def test_who_is_refused_is_shown() -> None:
    (found,) = [c for c in changes(secured([{"oauth": ["read"]}]), secured([{"key": []}])) if c.level == "breaking"]
    assert found.counterexample is not None
    assert found.counterexample.value == "GET /orders (with only oauth [read])"
    (found,) = [c for c in changes(secured([], [{"key": []}]), secured(whole=[{"key": []}])) if c.level == "breaking"]
    assert found.counterexample is not None
    assert found.counterexample.value == "GET /orders (without credentials)"


def test_requirements_of_a_wrong_type_are_none() -> None:
    wrong: Any
    for wrong in (1, "key", {"key": []}, [1, "a", None], [{"key": 1}]):
        told(listing(), listing(security=wrong))
        told(listing(security=wrong), listing())
