"""What breaks asks for a new major version."""

import pytest

from tests.compare.protocol.made import changes, document, listing


@pytest.mark.parametrize(
    "one,two,expected",
    [
        ("1.2.3", "1.2.3", "api-version-not-bumped"),
        ("v1.2.3", "1.2.2", "api-version-decreased"),
        ("1.2.3", "1.3.0", "api-major-version-not-bumped"),
        ("0.2.0", "0.2.1", "api-major-version-not-bumped"),
        ("1.0.0-rc.1", "1.0.0+build", "api-version-decreased"),
        ("0.2.0", "0.3.0", None),
        ("1.2.3", "2.0.0", None),
        ("2026-05", "2026-05", None),
        ("1.2", "1.2", None),
        ("01.2.3", "01.2.3", None),
    ],
)
def test_a_version_that_hides_a_break_is_told(one: str, two: str, expected: str | None) -> None:
    base = {**listing(), "info": {"version": one}}
    found = changes(base, {**document(), "info": {"version": two}})
    assert found[0].id == "api-path-removed-without-deprecation"
    assert [c.id for c in found[1:]] == ([expected] if expected else [])


def test_where_nothing_breaks_the_version_is_not_looked_at() -> None:
    assert [c.id for c in changes(document(version="1.0.0"), {**listing(), "info": {"version": "1.0.0"}})] == [
        "endpoint-added"
    ]
