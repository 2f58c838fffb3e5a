"""Webhooks and callbacks: the provider is the one that asks."""

from typing import Any

from byte.model.contract import Document
from tests.compare.protocol.made import answer, body, changes, document, header, operation, query, told


def hook(**said: Any) -> Document:
    """A webhook that is sent when an order is paid."""
    return document(webhooks={"paid": {"post": operation(**said)}})


def calling(item: Document | None, **rest: Any) -> Document:
    """`POST /orders`, which calls back."""
    callbacks = {"callbacks": {"paid": {"{$request.body#/url}": item}}} if item is not None else {}
    return document({"/orders": {"post": operation(**callbacks)}}, **rest)


def test_webhooks_come_and_go() -> None:
    assert told(document(), hook()) == [("webhook-added", "INFO", "info")]
    (found,) = changes(hook(), document())
    assert (found.id, found.level, found.method, found.path) == ("webhook-removed", "breaking", "", "")
    assert found.counterexample is not None
    assert found.counterexample.value == "POST webhook:paid"


def test_what_a_webhook_sends_is_an_answer_for_byte_and_a_request_for_oasdiff() -> None:
    (found,) = changes(hook(requestBody=body()), hook(requestBody=body(required=True)))
    assert (found.id, found.oasdiff, found.level) == ("request-body-became-required", "ERR", "info")
    assert (found.method, found.path, found.direction) == ("POST", "webhook:paid", "response")


def test_what_a_webhook_may_leave_out_is_missed() -> None:
    assert told(hook(requestBody=body(required=True)), hook(requestBody=body())) == [
        ("request-body-became-optional", "INFO", "breaking")
    ]
    assert told(hook(parameters=[header()]), hook()) == [("request-parameter-removed", "WARN", "warning")]
    assert told(hook(), hook(parameters=[query(required=True)])) == [("new-required-request-parameter", "ERR", "info")]


def test_the_schema_of_a_webhook_s_parameter_is_decided_as_an_answer() -> None:
    base = hook(parameters=[query(schema={"type": "integer", "maximum": 5})])
    (found,) = changes(base, hook(parameters=[query(schema={"type": "integer", "maximum": 6})]))
    assert found.root is not None
    assert (found.root.direction, found.oasdiff) == ("response", "INFO")


def test_the_answer_to_a_webhook_is_a_request() -> None:
    ok = answer(headers={"X": {"schema": {"type": "integer", "maximum": 5}}})
    less = answer(headers={"X": {"schema": {"type": "integer", "maximum": 4}}})
    (found,) = changes(hook(responses=ok), hook(responses=less))
    assert found.root is not None
    assert found.root.direction == "request"


def test_operations_of_webhooks_are_compared_whatever_their_stability() -> None:
    base = document(webhooks={"paid": {"post": operation(), "put": operation(**{"x-stability-level": "draft"})}})
    found = [(c.id, c.oasdiff, c.path) for c in changes(base, hook(**{"x-stability-level": "draft"}, tags=["a"]))]
    assert found == [
        ("api-tag-added", "INFO", "webhook:paid"),
        ("api-removed-without-deprecation", "ERR", "webhook:paid"),
    ]


def test_oasdiff_says_nothing_of_callbacks_and_byte_does() -> None:
    base, revision = calling({"post": operation(requestBody=body())}), calling({"post": operation()})
    (found,) = changes(base, revision)
    assert (found.id, found.oasdiff, found.level) == ("request-body-removed", None, "breaking")
    assert (found.method, found.path) == ("POST", "/orders")
    assert found.location == "callback paid → POST {$request.body#/url} → request body"


def test_callbacks_come_and_go() -> None:
    item: Document = {"post": operation()}
    assert told(calling(None), calling(item)) == [("callback-added", None, "info")]
    assert told(calling(item), calling(None)) == [("callback-removed", None, "breaking")]
    assert told(calling(item), calling({})) == [("api-removed-without-deprecation", None, "breaking")]


def test_a_callback_that_calls_back_itself_ends() -> None:
    def circular(limit: int) -> Document:
        again = {"post": operation(callbacks={"again": {"$ref": "#/components/callbacks/again"}}, tags=[str(limit)])}
        return calling({"post": operation(callbacks={"again": {"$ref": "#/components/callbacks/again"}})}, components={
            "callbacks": {"again": {"{$url}": again}},
        })  # fmt: skip

    assert {id for id, _, _ in told(circular(1), circular(2))} == {"api-tag-added", "api-tag-removed"}
