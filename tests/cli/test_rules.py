"""`byte rules`: the list and the pages."""

import json

import pytest

from byte import rules


def test_the_rules_are_listed_by_id(byte):
    done = byte("rules")
    assert done.code == 0
    assert [line.split()[:2] for line in done.out.splitlines()] == [[r.id, r.name] for r in rules.RULES]


@pytest.mark.parametrize("name", ["query-in-loop", "BYT401", "byt401"])
def test_a_page_is_printed_by_name_or_id(byte, name):
    done = byte("rules", name)
    assert done.code == 0
    assert done.out.startswith("# query-in-loop (BYT401)\n")
    assert "## Why is this bad?" in done.out


def test_the_rules_are_data_too(byte):
    rows = json.loads(byte("rules", "--format", "json").out)
    assert [row["id"] for row in rows] == [r.id for r in rules.RULES]
    assert all(row["summary"] and row["page"] for row in rows)


def test_an_unknown_rule_gets_its_neighbour(byte):
    done = byte("rules", "query-in-lop")
    assert (done.code, done.out) == (2, "")
    assert done.err == "byte: There is no rule `query-in-lop`; did you mean `query-in-loop`?\n"
    assert "`byte rules` lists them all" in byte("rules", "zzzzzzz").err
