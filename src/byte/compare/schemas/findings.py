"""What is said of a place where two schemas differ: ids put together from the place, a keyword, and what became of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.keywords import Values
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.compare.schemas.transitions import Kind
from byte.compare.schemas.view import Schema

Family = Literal["request", "response"]
Where = Literal["body", "property"]

WORDS: Final[Mapping[str, str]] = {
    "minimum": "min",
    "maximum": "max",
    "exclusiveMinimum": "exclusive-min",
    "exclusiveMaximum": "exclusive-max",
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "minContains": "min-contains",
    "maxContains": "max-contains",
    "minProperties": "min-properties",
    "maxProperties": "max-properties",
    "multipleOf": "multiple-of",
    "uniqueItems": "unique-items",
    "additionalProperties": "additional-properties",
    "unevaluatedProperties": "unevaluated-properties",
    "unevaluatedItems": "unevaluated-items",
    "propertyNames": "property-names",
    "patternProperties": "pattern-property",
    "dependentSchemas": "dependent-schema",
    "dependentRequired": "dependent-required",
    "contentSchema": "content-schema",
    "contentMediaType": "content-media-type",
    "contentEncoding": "content-encoding",
    "default": "default-value",
    "allOf": "all-of",
    "anyOf": "any-of",
    "oneOf": "one-of",
    "prefixItems": "prefix-items",
    "$dynamicRef": "dynamic-ref",
}
"""How ids spell a keyword, where that is not as it stands."""
_SHOWN: Final = 60
_NAMED: Final = 8


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a place, relative to it.

    - `text`: a clause about the place ("became nullable"), or about its property `name` where `own` is set.
    - `eases`: whether it can break nothing, so that it explains no break that another finding at the place explains.
    - `harmless`: whether it is only written in another way, so that not even a reader can miss anything.
    - `listed`: whether oasdiff says it too. `by_top`: whether a change of the body as a whole may explain it.
    """

    id: str
    text: str
    keywords: tuple[str, ...]
    base: str
    revision: str
    kind: Kind | None = None
    reports: str = ""
    name: str | None = None
    listed: bool = True
    by_top: bool = False
    eases: bool = False
    harmless: bool = False
    undecided: str = ""


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A place where schemas on both sides differ. `strongly`: a number and its text are two things there."""

    sides: Sides
    diff: SchemaDiff
    base: Schema
    revision: Schema
    family: Family
    where: Where
    strongly: bool

    @property
    def hidden(self) -> bool:
        """Whether it is a property that is not sent in this direction."""
        return self.where == "property" and bool(
            self.revision.read("readOnly" if self.family == "request" else "writeOnly")
        )

    def takes(self, more: bool) -> bool:
        """Whether a place that holds more values than before, or fewer, breaks nothing: who takes them may take more."""
        return more is (self.family == "request")

    def id(self, word: str, step: str) -> str:
        """`request-property-WORD-STEP`."""
        return f"{self.family}-{self.where}-{word}-{step}"

    def hidden_id(self, word: str, step: str) -> str:
        """`request-read-only-property-WORD-STEP`."""
        return f"{self.family}-{'read' if self.family == 'request' else 'write'}-only-property-{word}-{step}"

    def found(self, id: str, text: str, *keywords: str, kind: Kind | None = None, **more: Any) -> Finding:
        """A finding about the place itself; oasdiff's where it has the id."""
        values: dict[str, Any] = {
            "base": self.base.pointer,
            "revision": self.revision.pointer,
            "listed": id in OASDIFF_LEVELS,
        }
        return Finding(id=id, text=text, keywords=keywords, kind=kind, **(values | more))

    def either(self, word: str, step: str, text: str, *keywords: str, **more: Any) -> Finding:
        """A finding that oasdiff keeps to itself where the property is hidden."""
        if self.hidden:
            return self.found(self.hidden_id(word, step), text, *keywords, **(more | {"listed": False}))
        return self.found(self.id(word, step), text, *keywords, **more)


def became(step: str, values: Values) -> str:
    """What became of a value, for people."""
    if step in ("set", "added"):
        return f"was set to `{shown(values.revision)}`"
    if step == "removed":
        return f"`{shown(values.base)}` was removed"
    return f"{step} from `{shown(values.base)}` to `{shown(values.revision)}`"


def several(noun: str, values: Iterable[Any], did: str) -> str:
    """What was done to one or several: "enum values `a`, `b` were added"; of many the first."""
    names = [f"`{shown(value)}`" for value in values]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED + 1 else ""
    listed = ", ".join(names[:_NAMED] if more else names)
    return f"{noun} {listed} was {did}" if len(names) == 1 else f"{noun}s {listed}{more} were {did}"


def shown(value: Any) -> str:
    """A JSON value for people, cut where it is long. Texts stand without quotes."""
    try:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    except (RecursionError, TypeError, ValueError, OverflowError):
        text = "..."
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
