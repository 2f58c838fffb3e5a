"""Large documents: as many changes as anybody reads are told, and what more there is as one; nothing is quadratic."""

import pytest

from byte.compare.protocol import paths, requests
from tests.compare.protocol.made import body, changes, document, listing, only, operation, placing, query

MANY = 3_000


def test_what_is_beyond_the_limit_is_told_as_one_undecided_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_MOST", 3)
    base = document({f"/{n}": {"get": operation(parameters=[query()])} for n in range(5)})
    revision = document({f"/{n}": {"get": operation(parameters=[query(required=True)])} for n in range(5)})
    *told, last = changes(base, revision)
    assert [change.path for change in told] == ["/0", "/1", "/2"]
    assert (last.id, last.level) == ("document-unknown", "warning")
    assert last.message.startswith("2 more parts differ")
    assert "at most 3 changes" in last.undecided


def test_what_is_alike_beyond_the_limit_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_MOST", 1)
    base = document({f"/{n}": {"get": operation()} for n in range(5)})
    revision = document({**base["paths"], "/0": {"get": operation(tags=["new"])}})
    assert only(base, revision).id == "api-tag-added"


def test_thousands_of_parameters_are_matched_by_name() -> None:
    base = listing(parameters=[query(f"p{n}") for n in range(MANY)])
    revision = listing(parameters=[query(f"q{n}", required=True) for n in range(MANY)])
    found = changes(base, revision)
    assert len(found) == 2 * MANY
    assert changes(base, listing(parameters=[query(f"p{n}") for n in reversed(range(MANY))])) == []


def test_a_request_with_very_many_required_parameters_is_shown_in_part() -> None:
    named = [query(f"p{n}", required=True) for n in range(MANY)]
    change = only(listing(parameters=named), listing(parameters=[*named, query("new", required=True)]))
    assert change.counterexample is not None
    assert change.counterexample.value.count("=") == requests._MOST
    assert f"with {MANY - requests._MOST} more required parameters" in change.counterexample.value


def test_thousands_of_media_types_are_matched_by_their_parts() -> None:
    def placed(end: str) -> list[str]:
        return [f"a/b{n}{end}" for n in range(MANY)]

    def content(names: list[str]) -> dict[str, object]:
        return {"content": {name: body()["content"]["application/json"] for name in names}}

    base = placing(requestBody=content(placed("")))
    assert len(changes(base, placing(requestBody=content(placed("; charset=utf-8"))))) == MANY
    assert len(changes(base, placing(requestBody=content([f"a/c{n}+x" for n in range(MANY)])))) == 2 * MANY
