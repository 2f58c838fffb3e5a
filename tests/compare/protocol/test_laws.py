"""What holds for every pair: a document is as itself, sides swap, order and references do not matter."""

import copy
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byte.compare.document import Side
from byte.compare.levels import OASDIFF_LEVELS
from byte.model.contract import Document
from tests.compare.protocol.made import changes, document, told

law = settings(
    deadline=None,
    max_examples=80,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SCHEMAS = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer"},
        {"type": "integer", "maximum": 5},
        {"type": ["string", "null"], "enum": ["a", "b"]},
        {"$ref": "#/components/schemas/Limit"},
    ]
)
FLAGS = st.sampled_from([True, False])
PARAMETERS = st.lists(
    st.builds(
        lambda name, place, schema, required: {"name": name, "in": place, "schema": schema, "required": required},
        st.sampled_from(["a", "b", "B"]),
        st.sampled_from(["query", "header", "cookie"]),
        SCHEMAS,
        FLAGS,
    ),
    max_size=4,
    unique_by=lambda p: (p["in"], p["name"].lower()),
)
HEADERS = st.dictionaries(st.sampled_from(["X-A", "X-B"]), st.builds(lambda s: {"schema": s}, SCHEMAS), max_size=2)
RESPONSES = st.dictionaries(
    st.sampled_from(["200", "201", "404", "2XX", "default"]),
    st.builds(lambda h, c: {"description": "", "headers": h, "content": {n: {} for n in c}}, HEADERS,
              st.lists(st.sampled_from(["a/json", "a/x+json", "a/*", "b/c"]), unique=True, max_size=2)),
    max_size=3,
)  # fmt: skip
OPERATIONS = st.fixed_dictionaries(
    {"responses": RESPONSES},
    optional={
        "parameters": PARAMETERS,
        "tags": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "deprecated": FLAGS,
        "operationId": st.sampled_from(["one", "two"]),
        "security": st.lists(st.sampled_from([{}, {"key": []}, {"oauth": ["r"]}]), max_size=2),
        "requestBody": st.builds(lambda r: {"required": r, "content": {"a/b": {}}}, FLAGS),
    },
)
ITEMS = st.fixed_dictionaries({}, optional={"get": OPERATIONS, "post": OPERATIONS, "parameters": PARAMETERS})
DOCUMENTS = st.builds(
    lambda paths, limit: document(paths, components={"schemas": {"Limit": limit}}),
    st.dictionaries(st.sampled_from(["/a", "/a/{x}", "/a/{y}/b"]), ITEMS, max_size=3),
    st.sampled_from([{"type": "integer"}, {"type": "integer", "maximum": 9}]),
)


def reordered(value: Any) -> Any:
    """The same with the keys of every object in another order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def written_out(value: Any, components: Document) -> Any:
    """The same with its references replaced by what they refer to."""
    if isinstance(value, dict):
        if "$ref" in value:
            return copy.deepcopy(components["schemas"][value["$ref"].rpartition("/")[2]])
        return {key: written_out(inner, components) for key, inner in value.items()}
    return [written_out(item, components) for item in value] if isinstance(value, list) else value


@law
@given(DOCUMENTS)
def test_a_document_is_as_itself(one: Document) -> None:
    assert changes(one, copy.deepcopy(one)) == []
    assert changes(one, reordered(one)) == []


@law
@given(DOCUMENTS)
def test_references_may_be_written_out(one: Document) -> None:
    components = one["components"]
    assert changes(one, {**one, "paths": written_out(one["paths"], components)}) == []


@law
@given(DOCUMENTS, DOCUMENTS)
def test_the_order_of_keys_changes_nothing(one: Document, two: Document) -> None:
    assert Counter(told(one, two)) == Counter(told(reordered(one), reordered(two)))


@law
@given(DOCUMENTS, DOCUMENTS)
def test_what_differs_differs_both_ways(one: Document, two: Document) -> None:
    assert bool(changes(one, two)) == bool(changes(two, one))


@law
@given(DOCUMENTS, DOCUMENTS)
def test_a_change_points_at_what_is_there(one: Document, two: Document) -> None:
    sides = Side(one, "base"), Side(two, "revision")
    for change in changes(one, two):
        for side, pointer in zip(sides, (change.base, change.revision), strict=True):
            assert side.at(pointer) is not None
        assert change.base or change.revision


@law
@given(DOCUMENTS, DOCUMENTS)
def test_a_break_is_shown_or_left_to_inclusion(one: Document, two: Document) -> None:
    for change in changes(one, two):
        assert change.level is not None or change.root is not None
        if change.level == "breaking":
            assert change.counterexample is not None or change.undecided
        assert change.oasdiff in (None, OASDIFF_LEVELS.get(change.id))


OPPOSITES = {
    "endpoint-added": {
        *("api-path-removed-without-deprecation", "api-path-removed-with-deprecation"),
        *("api-removed-without-deprecation", "api-removed-with-deprecation"),
    },
    "api-tag-added": {"api-tag-removed"},
    "endpoint-deprecated": {"endpoint-reactivated"},
    "response-success-status-added": {"response-success-status-removed"},
    "response-non-success-status-added": {"response-non-success-status-removed"},
    "response-header-added": {"optional-response-header-removed"},
    "response-media-type-added": {"response-media-type-removed"},
    "response-media-type-name-generalized": {"response-media-type-name-specialized"},
    "request-parameter-became-required": {"request-parameter-became-optional"},
    "request-parameter-max-set": {"request-parameter-max-removed"},
}


@law
@given(DOCUMENTS, DOCUMENTS)
def test_what_came_one_way_went_the_other(one: Document, two: Document) -> None:
    ahead, back = (Counter(id for id, _, _ in told(*pair)) for pair in ((one, two), (two, one)))
    for id, opposites in OPPOSITES.items():
        assert ahead[id] == sum(back[other] for other in opposites)
