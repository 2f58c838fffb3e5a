"""Keyword that looks like a constraint and is none.

## What it does

Finds a keyword of a Pydantic `Field` that reads like a limit but that
Pydantic does not know: `min`, `max`, `minimum`, `min_value`, `maxlength`, `gte`.

## Why is this bad?

Unknown keywords go into the schema as an extra entry and check nothing. The code says that negative numbers are
refused, the documentation says so too, and they are stored.

## Bad

```python
from pydantic import BaseModel, Field


class ItemIn(BaseModel):
    amount: int = Field(0, min=0)  # finding
    name: str = Field(maxlength=80)  # finding
```

## Good

```python
from pydantic import BaseModel, Field


class ItemIn(BaseModel):
    amount: int = Field(0, ge=0)
    name: str = Field(max_length=80)
```

## Limits

A `Field` of another library, and one that is given `json_schema_extra`, are left alone.

```python
from pydantic import BaseModel, Field


class ItemIn(BaseModel):
    amount: int = Field(0, ge=0, le=10, multiple_of=2)
    note: str = Field("", json_schema_extra={"maximum": 3})
```

## References

- Pydantic: Fields, numeric and string constraints
"""

from collections.abc import Iterator, Mapping

from byte.model import syntax as s
from byte.model.facts import Facts, Model
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

MEANT = {
    "min": "ge", "max": "le", "minimum": "ge", "maximum": "le", "min_value": "ge", "max_value": "le", "gte": "ge",
    "lte": "le", "exclusive_minimum": "gt", "exclusive_maximum": "lt", "min_len": "min_length", "max_len": "max_length",
    "minlength": "min_length", "maxlength": "max_length", "minLength": "min_length", "maxLength": "max_length",
    "length": "max_length", "minItems": "min_length", "maxItems": "max_length", "patern": "pattern",
}  # fmt: skip
"""What people write, and what they mean."""


def check(model: Model, facts: Facts) -> Iterator[Evidence]:
    """The fields that the model's own class declares."""
    if model.kind == "dataclass":
        return
    for field in model.fields:
        if field.at.path == model.at.path and model.node.start <= field.at.line <= model.node.end:
            yield from wrong(model.name, field.name, field.at, field.constraints)


def wrong(owner: str, name: str, at: Location, constraints: Mapping[str, s.Expr]) -> Iterator[Evidence]:
    """One finding for each keyword of one declaration."""
    if "json_schema_extra" in constraints:
        return
    for word in constraints.keys() & MEANT.keys():
        yield Evidence(
            message=f"`{word}` of `{owner}.{name}` is no constraint: nothing checks it",
            at=at,
            symbol=owner,
            key=f"{name} {word}",
            fix=f"Write `{MEANT[word]}` in place of `{word}`.",
        )


RULE = Rule(
    id="BYT215",
    name="misnamed-constraint",
    area=Area.DATA,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.MAJOR,
    on=Model,
    check=check,
)
