"""Ignore and severity files of oasdiff: what a line means, what it covers, and what is wrong with a file."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.compare.levels import OASDIFF_LEVELS
from byte.model.difference import Difference, Row
from byte.model.errors import SettingsError, SourceError
from byte.sources.oasdiff_files import ignore_lines, relevelled, severities, without_ignored

KNOWN = OASDIFF_LEVELS.keys()


def difference(id="response-success-status-removed", reaches=("GET /orders",), rows=None, **fields):
    """One that oasdiff, too, tells of each operation; `rows` are its ids, where they are others."""
    names = (id,) if rows is None else rows
    return Difference(
        **{
            "id": id,
            "level": "breaking",
            "proof": "rule",
            "direction": "none",
            "operation": reaches[0] if reaches else "",
            "location": "response 200",
            "message": "status `200` removed",
            "reaches": reaches,
            "oasdiff": tuple(Row(name, "ERR", *reached.split(" ", 1)) for reached in reaches for name in names)
            or tuple(Row(name, "ERR") for name in names),
            **fields,
        }
    )


@pytest.fixture
def lines(tmp_path):
    """The lines of an ignore file that say something."""

    def read(text):
        file = tmp_path / "ignore.txt"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ignore_lines(file, KNOWN)

    return read


@pytest.fixture
def levels(tmp_path):
    def read(text):
        file = tmp_path / "levels.txt"
        file.write_text(text)
        return severities(file, KNOWN)

    return read


# --- what a line means -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,ids",
    [
        ("GET /a removed the success response with the status `200`", {"response-success-status-removed"}),
        ("GET /a Deleted the `query` request parameter `page`", {"request-parameter-removed"}),
        ("GET /a api removed without deprecation", {"api-removed-without-deprecation"}),
        ("API get /a api path removed without deprecation", {"api-path-removed-without-deprecation"}),
        ("POST /a added the new required request property `name`", {"new-required-request-property"}),
        ("POST /a the request's body maxLength was decreased to `5`", {"request-body-max-length-decreased"}),
        (
            "POST /a the `price` request property's exclusiveMinimum was increased to `5`",
            {"request-property-exclusive-min-increased"},
        ),
        (
            "GET /a the response's body `type` changed from `string` to `integer` for status `200`",
            {"response-body-type-changed"},
        ),
        ("POST /a removed `x` from the request body `oneOf` list", {"request-body-one-of-removed"}),
        ("POST /a removed 'else' subschema from the request body", {"request-body-else-removed"}),
        ("POST /a the request property `a` was restricted to a list of enum values", {"request-property-became-enum"}),
        (
            "GET /a ignore request-parameter-removed and api-tag-removed",
            {"request-parameter-removed", "api-tag-removed"},
        ),
        ("GET /a we do not care", set()),
    ],
)
def test_words_mean_a_check(lines, text, ids):
    (line,) = lines(text)
    assert line.ids == ids


def test_every_id_means_itself(lines):
    found = lines("\n".join(f"GET /a {name}" for name in sorted(KNOWN)))
    assert [line.ids for line in found] == [{name} for name in sorted(KNOWN)]


def test_a_file_may_be_prose(lines):
    text = "# What we changed\n\n- 12.01.2023 In GET /a we removed the success response with the status `200`\n\nThe end.\n"
    (line,) = lines(text)
    assert line.operation == "get /a"
    assert line.quoted == ("200",)
    assert line.at.endswith("ignore.txt:3")


def test_components_need_no_operation(lines):
    (line,) = lines("in components removed the schema `rules`\nremoved the schema `rules`\n")
    assert (line.operation, line.ids) == ("", {"api-schema-removed"})


# --- what a line covers ------------------------------------------------------------------------


def left(lines, text, *differences):
    kept = without_ignored(differences, lines(text))
    return [item.id for item in kept.differences], kept.ignored, len(kept.unused)


@pytest.mark.parametrize(
    "text,gone",
    [
        ("GET /orders removed the success response with the status `200`", True),
        ("get /ORDERS REMOVED the Success Response with the status `200`", True),
        ("GET /orders removed the success response with the status '200'", True),
        ("GET /orders response-success-status-removed", True),
        ("GET /orders removed the success response with the status `201`", False),
        ("GET /orders/{id} removed the success response with the status `200`", False),
        ("PUT /orders removed the success response with the status `200`", False),
        ("GET /orders removed the non-success response with the status `200`", False),
        ("GET /orders", False),
    ],
)
def test_a_line_covers_its_operation_check_and_values(lines, text, gone):
    assert left(lines, text, difference()) == (([], 1, 0) if gone else (["response-success-status-removed"], 0, 1))


def test_values_may_be_paths_of_properties(lines):
    nested = difference(
        "request-property-removed", message="request property removed", location="request body → items → price"
    )
    assert left(lines, "GET /orders removed the request property `items/price`", nested)[1] == 1
    assert left(lines, "GET /orders removed the request property `items/tax`", nested)[1] == 0


def test_values_are_found_in_pointers_too(lines):
    body = difference(
        "response-media-type-removed",
        message="a media type is gone",
        location="",
        base_pointer="/paths/~1orders/get/responses/200/content/application~1xml",
    )
    text = "GET /orders removed the media type `application/xml` for the response with the status `200`"
    assert left(lines, text, body)[1] == 1


def test_an_operation_at_a_time(lines):
    shared = difference(reaches=("GET /a", "GET /b"))
    kept = without_ignored([shared], lines("GET /a response-success-status-removed"))
    (rest,) = kept.differences
    assert (rest.operation, rest.reaches, kept.ignored) == ("GET /b", ("GET /b",), 0)
    assert rest.oasdiff == (Row("response-success-status-removed", "ERR", "GET", "/b"),)
    both = lines("GET /a response-success-status-removed\nGET /b response-success-status-removed")
    assert without_ignored([shared], both).differences == ()


def test_one_check_of_two_is_left(lines):
    two = difference(rows=("response-success-status-removed", "response-media-type-removed"), id="own-id")
    kept = without_ignored([two], lines("GET /orders response-success-status-removed"))
    assert [row.id for row in kept.differences[0].oasdiff] == ["response-media-type-removed"]
    assert kept.differences[0].reaches == ("GET /orders",)


def test_what_oasdiff_does_not_know_is_ignored_by_its_id(tmp_path):
    own = difference("request-property-format-changed", reaches=("GET /a", "GET /b"), rows=())
    file = tmp_path / "ignore.txt"
    file.write_text("GET /a request-property-format-changed")
    kept = without_ignored([own], ignore_lines(file, {*KNOWN, own.id}))
    assert kept.differences[0].reaches == ("GET /b",)


def test_the_whole_document_is_covered_by_its_section(lines):
    schema = difference("api-schema-removed", reaches=(), message="schema `Rules` removed", location="components")
    assert left(lines, "components removed the schema `rules`", schema)[1] == 1
    assert left(lines, "components removed the schema `others`", schema)[1] == 0
    assert left(lines, "removed the schema `rules`", schema) == (["api-schema-removed"], 0, 0)


def test_webhooks_have_names(lines):
    hook = difference("webhook-removed", reaches=("POST webhook:paid",), message="webhook removed")
    assert left(lines, "POST webhook:paid webhook-removed", hook)[1] == 1


def test_what_matches_nothing_is_told_with_its_reason(lines):
    unused = without_ignored([], lines("GET /a api-tag-added\nGET /b whatever\n")).unused
    assert re.sub(r"\S+ignore", "ignore", unused[0]) == "ignore.txt:1: GET /a api-tag-added"
    assert unused[1].endswith("ignore.txt:2: GET /b whatever (no check is meant by these words: name its id)")


@given(st.text())
def test_any_text_is_read(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("ignore") / "ignore.txt"
    file.write_bytes(text.encode("utf-8", "replace"))
    without_ignored([difference()], ignore_lines(file, KNOWN))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 4_000_001])
def test_what_is_no_text_is_refused(lines, content):
    with pytest.raises(SourceError, match=r"ignore\.txt is"):
        lines(content)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"gone\.txt cannot be read"):
        ignore_lines(tmp_path / "gone.txt", KNOWN)


# --- severity files ----------------------------------------------------------------------------


def test_levels_are_read_in_both_cases(levels):
    text = "# ours\n\nrequest-parameter-removed none\napi-tag-added\tERR\napi-tag-removed  warn \napi-schema-removed info\n"
    assert levels(text) == {
        "request-parameter-removed": "NONE",
        "api-tag-added": "ERR",
        "api-tag-removed": "WARN",
        "api-schema-removed": "INFO",
    }


@pytest.mark.parametrize(
    "text,said",
    [
        ("\napi-tag-added\n", r"levels\.txt:2: `api-tag-added` is not `id level`"),
        ("api-tag-added err now", r":1: `api-tag-added err now` is not"),
        ("api-tag-add err", r":1: there is no check `api-tag-add`; did you mean `api-tag-added`\?"),
        ("xyzzy err", r":1: there is no check `xyzzy`: write an id as"),
        ("api-tag-added error", r":1: `error` is no level: write err, warn, info or none"),
        ("api-tag-added \x1b[31m", r":1: `\\u001b\[31m` is no level"),
    ],
)
def test_a_wrong_line_is_named(levels, text, said):
    with pytest.raises(SettingsError, match=said):
        levels(text)


@pytest.mark.parametrize("level,become", [("ERR", "breaking"), ("WARN", "warning"), ("INFO", "info"), ("NONE", None)])
@pytest.mark.parametrize("own", ["breaking", "warning", "info"])
def test_levels_are_those_of_the_file(level, become, own):
    found = relevelled([difference(level=own)], {"response-success-status-removed": level})
    assert [item.level for item in found] == ([become] if become else [])
    assert [row.level for item in found for row in item.oasdiff] == ([level] if become else [])


def test_checks_that_the_file_does_not_name_keep_their_level():
    two = difference(rows=("api-tag-added", "response-success-status-removed"))
    (one,) = relevelled([two], {"response-success-status-removed": "NONE"})
    assert one.level == "breaking"
    assert [row.id for row in one.oasdiff] == ["api-tag-added"]
    (other,) = relevelled([msgspec.structs.replace(two, level="info")], {"api-tag-added": "WARN"})
    assert other.level == "warning"


def test_what_oasdiff_does_not_know_has_its_own_level():
    own = difference("request-property-format-changed", rows=())
    assert relevelled([own], {"request-property-format-changed": "INFO"})[0].level == "info"
    assert relevelled([own], {"api-tag-added": "INFO"}) == (own,)


def test_the_worst_comes_first_again():
    one, two = difference("api-tag-added", level="breaking"), difference("api-tag-removed", level="warning")
    found = relevelled([one, two], {"api-tag-added": "INFO", "api-tag-removed": "ERR"})
    assert [(item.id, item.level) for item in found] == [("api-tag-removed", "breaking"), ("api-tag-added", "info")]


def test_a_line_that_names_one_value_of_several_ignores_only_that(lines):
    item = difference("request-property-enum-value-removed", message="property `a`: enum values `x`, `y` were removed")
    one, two = (f"POST /orders request-property-enum-value-removed `{value}`\n" for value in "xy")
    item = msgspec.structs.replace(item, reaches=("POST /orders",), oasdiff=(Row(item.id, "ERR", "POST", "/orders"),))
    kept = without_ignored([item], lines(one))
    assert [d.message for d in kept.differences] == ["property `a`: enum value `y` was removed"]
    assert kept.unused == ()
    assert without_ignored([item], lines(one + two)).differences == ()
    assert without_ignored([item], lines(one.replace("`x`", ""))).differences == ()
