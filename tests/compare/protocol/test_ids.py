"""Ids: oasdiff's with their levels, and Byte's own, which are none of them."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.protocol.ids import OWN, kebab
from tests.compare.protocol.made import changes
from tests.compare.protocol.test_table import TABLE

CHECKS = Path("/work/shared/bench/compat/oasdiff_checks.csv")


def test_oasdiff_has_509_checks() -> None:
    assert Counter(OASDIFF_LEVELS.values()) == {"ERR": 213, "WARN": 30, "INFO": 266}


@pytest.mark.skipif(not CHECKS.is_file(), reason="the measuring sets are not on this machine")
def test_their_levels_are_those_of_oasdiff() -> None:
    with CHECKS.open() as file:
        assert {row["id"]: row["default_level"] for row in csv.DictReader(file)} == OASDIFF_LEVELS


def test_byte_s_own_ids_are_none_of_oasdiff_s() -> None:
    assert not OWN & OASDIFF_LEVELS.keys()


@pytest.mark.parametrize("name", TABLE)
def test_every_id_is_known(name: str) -> None:
    base, revision, _ = TABLE[name]
    for pair in ((base, revision), (revision, base)):
        assert {c.id for c in changes(*pair)} <= OWN | OASDIFF_LEVELS.keys()


def test_a_keyword_in_an_id_is_written_in_small_letters() -> None:
    assert [kebab(k) for k in ("uniqueItems", "enum", "$defs")] == ["unique-items", "enum", "defs"]
