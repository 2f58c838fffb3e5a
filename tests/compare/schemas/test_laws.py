"""What holds for every pair of schemas: as itself nothing differs, sides swap, memory and order change nothing."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.ids import OWN
from byte.compare.schemas.structure import SchemaDiff, within
from byte.compare.schemas.view import alike
from tests.compare.schemas.orders import compared, document, order, rows, told

law = settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from([None, True, 1, 1.0, 2, "a", "b", [1], {"a": 1}])
ODD = st.sampled_from([None, "x", -1, 2.5, True, [], {}, [None], {"a": None}])
LEAVES = st.one_of(
    st.sampled_from([{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}, {}, True, False]),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", ["string", "null"], "null", "object"]),
            "enum": st.lists(VALUES, max_size=3),
            "const": VALUES,
            "default": VALUES,
            "maximum": st.sampled_from([1, 2, 2.5]),
            "exclusiveMinimum": st.sampled_from([True, False, 1]),
            "minLength": st.sampled_from([0, 1, 2]),
            "maxLength": st.sampled_from([3, 4]),
            "pattern": st.sampled_from(["a", ".*"]),
            "format": st.sampled_from(["int32", "date"]),
            "nullable": st.booleans(),
            "readOnly": st.booleans(),
            "writeOnly": st.booleans(),
            "deprecated": st.booleans(),
            "title": st.sampled_from(["One", "Two"]),
            "additionalProperties": st.booleans(),
            "x-extensible-enum": st.lists(NAMES, max_size=2),
        },
    ),
)


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(NAMES, inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array"]),
            "properties": named,
            "required": st.lists(NAMES, max_size=2),
            "items": inner,
            "not": inner,
            "if": inner,
            "additionalProperties": inner,
            "contains": inner,
            "allOf": some,
            "anyOf": some,
            "oneOf": some,
            "prefixItems": some,
            "patternProperties": named,
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2), max_size=2),
            "discriminator": st.fixed_dictionaries({"propertyName": NAMES, "mapping": st.dictionaries(NAMES, NAMES)}),
            "maxItems": ODD,
            "minimum": ODD,
        },
    )


SCHEMAS = st.recursive(LEAVES, _composed, max_leaves=8)
TREES = st.recursive(LEAVES.filter(lambda s: not isinstance(s, dict) or "$ref" not in s), _composed, max_leaves=8)
COMPONENTS = st.fixed_dictionaries({"A": SCHEMAS, "B": TREES})


@law
@given(schema=SCHEMAS, components=COMPONENTS)
def test_nothing_differs_from_itself(schema: Any, components: Any) -> None:
    base = document(schema, components)
    assert compared(base, copy.deepcopy(base)) is None
    assert compared(base, copy.deepcopy(base), memo=False) is None
    assert told(base, copy.deepcopy(base)) == []


@law
@given(one=TREES, two=TREES)
def test_what_came_went_the_other_way_round(one: Any, two: Any) -> None:
    there = compared(document(one), document(two))
    back = compared(document(two), document(one))
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        _mirrored(there, back)


def _mirrored(there: SchemaDiff, back: SchemaDiff) -> None:
    for one, two in ((there.types, back.types), (there.required, back.required), (there.enum, back.enum)):
        assert (one is None) == (two is None)
        if one is not None and two is not None:
            assert alike(list(one.added), list(two.deleted))
            assert alike(list(one.deleted), list(two.added))
    assert {name: (v.base, v.revision) for name, v in there.values.items()} == {
        name: (v.revision, v.base) for name, v in back.values.items()
    }
    for keyword, held in there.maps.items():
        assert list(held.added) == list(back.maps[keyword].deleted)
        assert list(held.deleted) == list(back.maps[keyword].added)
    for keyword, listed in there.lists.items():
        assert len(listed.added) == len(back.lists[keyword].deleted)
        assert len(listed.deleted) == len(back.lists[keyword].added)
        assert len(listed.modified) == len(back.lists[keyword].modified)
    assert len(within(there)) == len(within(back))


@law
@given(one=SCHEMAS, two=SCHEMAS, before=COMPONENTS, after=COMPONENTS)
def test_what_is_remembered_changes_nothing_and_all_is_oasdiffs_or_not_listed(
    one: Any, two: Any, before: Any, after: Any
) -> None:
    base, revision = document(one, before), document(two, after)
    for direction in ("request", "response"):
        changes = told(base, revision, direction)
        assert changes == told(base, revision, direction, memo=False)
        for change in changes:
            assert change.oasdiff is None or change.oasdiff == OASDIFF_LEVELS[change.id]
            assert change.id in OASDIFF_LEVELS or change.id in OWN
            assert change.base or change.revision


@law
@given(one=TREES, two=TREES)
def test_the_order_of_keys_and_alternatives_means_nothing(one: Any, two: Any) -> None:
    base = document(one)
    assert rows(told(base, document(two))) == rows(told(base, document(_turned(two))))


def _turned(schema: Any) -> Any:
    """The same schema, keys and alternatives the other way round. What is told by its place keeps it."""
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in reversed(schema.items()):
        out[key] = value
        if key in ("properties", "patternProperties"):
            out[key] = {name: _turned(inner) for name, inner in reversed(value.items())}
        elif key in ("items", "not", "if", "contains", "additionalProperties"):
            out[key] = _turned(value)
        elif key == "required":
            out[key] = value[::-1]
    return out


@law
@given(one=TREES, two=TREES)
def test_whether_a_schema_is_written_out_or_referred_to_means_nothing(one: Any, two: Any) -> None:
    base = document(order(total=one))
    refers = document(order(total={"$ref": "#/components/schemas/Total"}), {"Total": two})
    for direction in ("request", "response"):
        written = told(base, document(order(total=two)), direction)
        assert rows(told(base, refers, direction)) == rows(written)
