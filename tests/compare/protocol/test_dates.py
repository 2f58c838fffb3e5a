"""Rules about sunset dates: decided by a date, undecided without one."""

from datetime import date
from typing import Any

import pytest

from byte.compare.announced import NO_DATE, day_of
from byte.model.contract import Document
from tests.compare.protocol.made import changes, document, listing, only, query

SUNSET = {"x-sunset": "2026-07-01"}
EARLIER = {"x-sunset": "2026-06-15"}


@pytest.mark.parametrize(
    "text,expected",
    [
        ("2026-07-01", date(2026, 7, 1)),
        ("2026-07-01T23:00:00Z", date(2026, 7, 1)),
        ("2026-07-01T23:00:00.5-05:00", date(2026, 7, 1)),
        ("2026-02-30", None),
        ("20260701", None),
        ("2026-W01-1", None),
        ("2026-07-01 23:00:00", None),
        ("2026-07-01T25:00:00Z", None),
        ("\u0662\u0660\u0662\u0666-07-01", None),
        (20260701, None),
        (None, None),
    ],
)
def test_a_day_is_a_full_date_or_a_moment(text: Any, expected: date | None) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    "base,revision",
    [
        (listing(), listing(deprecated=True, **SUNSET)),
        (listing(deprecated=True, **SUNSET), listing(deprecated=True, **EARLIER)),
        (listing(deprecated=True, **SUNSET), document()),
        (listing(parameters=[query(deprecated=True, **SUNSET)]), listing()),
        (listing(parameters=[query()]), listing(parameters=[query(deprecated=True, **SUNSET)])),
        (
            listing(parameters=[query(deprecated=True, **SUNSET)]),
            listing(parameters=[query(deprecated=True, **EARLIER)]),
        ),
    ],
)
def test_without_a_date_it_is_undecided_and_oasdiff_says_nothing(base: Document, revision: Document) -> None:
    found = only(base, revision, None)
    assert (found.undecided, found.oasdiff) == (NO_DATE, None)


def test_a_sunset_that_moves_to_a_later_day_is_no_news() -> None:
    assert changes(listing(deprecated=True, **EARLIER), listing(deprecated=True, **SUNSET), None) == []


def test_the_day_decides_before_and_after() -> None:
    base = listing(deprecated=True, **SUNSET)
    assert only(base, document(), "2026-06-30").id == "api-path-removed-before-sunset"
    assert only(base, document(), "2026-07-01").id == "api-path-removed-after-sunset"
