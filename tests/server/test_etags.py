"""Preconditions: what is taken for a revision, and what is refused."""

from typing import Any

import pytest
from fastapi import Request

from byte.registry.errors import InvalidError, StaleError
from byte.server import etags, paging
from byte.server.problems import ProblemError


def asking(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw})


def test_a_change_says_which_revision_it_expects():
    assert etags.expected('"3"') == 3
    assert etags.expected(etags.of(41)) == 41
    assert etags.expected("*") is None


def test_a_change_without_a_precondition_is_a_428():
    with pytest.raises(ProblemError) as refused:
        etags.expected(None)
    assert refused.value.kind.status == 428


@pytest.mark.parametrize("header", ['W/"3"', '"abc"', '""', '"-1"', '"1e3"', '"' + "9" * 40 + '"', '"\u00b3"'])
def test_what_was_never_given_as_a_revision_does_not_match(header: str):
    with pytest.raises(StaleError):
        etags.expected(header)


@pytest.mark.parametrize("header", ["3", "", '"1', '"1" "2"', '"1", "2"', ",", "abc"])
def test_what_is_no_single_etag_is_refused(header: str):
    with pytest.raises(InvalidError):
        etags.expected(header)


def test_a_put_creates_or_replaces():
    assert etags.upsert(None, "*") == (True, None)
    assert etags.upsert('"2"', None) == (False, 2)
    with pytest.raises(StaleError):
        etags.upsert('"2"', "*")
    with pytest.raises(InvalidError):
        etags.upsert(None, '"2"')
    with pytest.raises(ProblemError):
        etags.upsert(None, None)


@pytest.mark.parametrize(
    "header,same",
    [('"3"', True), ('W/"3"', True), ('"2", "3"', True), ("*", True), ('"2"', False), ("3", False), ("", False)],
)
def test_what_a_client_has_is_compared_weakly(header: str, same: bool):
    assert etags.unchanged(asking(if_none_match=header), '"3"') == same
    assert not etags.unchanged(asking(), '"3"')


def test_the_link_to_the_next_page_keeps_the_query_and_replaces_the_cursor():
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/v1/things",
        "headers": [(b"host", b"x")],
        "scheme": "http",
    }
    scope |= {"query_string": b"q=a%26b&limit=5&empty=&cursor=old", "server": ("x", 80), "root_path": ""}
    assert paging.link(Request(scope), "new=") == "/v1/things?q=a%26b&limit=5&empty=&cursor=new%3D"
    assert paging.link(Request(scope), None) is None
