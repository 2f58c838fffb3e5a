"""Unions that a field tells apart, turned into tagged unions as Pydantic does."""

from typing import Any, Final

from byte.extract.contract.pydantic2.constraints import FUNCTIONS, Core
from byte.extract.evaluate.values import Instance, Value

_VARIANTS: Final = (
    frozenset({"model", "typed-dict", "tagged-union", "lax-or-strict", "dataclass", "dataclass-args", "definition-ref"})
    | FUNCTIONS
)


class Undefined(Exception):  # noqa: N818 - told to the caller, who tries again later
    """A choice refers to a definition that is still being made."""


class Impossible(Exception):  # noqa: N818 - the text says why
    """The discriminator does not fit the union; Pydantic would refuse the model."""


class Discriminating:
    """One union and the field that tells its choices apart."""

    def __init__(self, field: str, definitions: dict[str, Core]) -> None:
        self.field = field
        self.definitions = definitions
        self.alias: str | None = None
        self.should_be_nullable = False
        self.is_nullable = False
        self.waiting: list[Core] = []
        self.choices: dict[Value, Core] = {}

    def apply(self, schema: Core) -> Core:
        """The union as a tagged union."""
        out = self._root(schema)
        if self.should_be_nullable and not self.is_nullable:
            out = {"type": "nullable", "schema": out}
        return out

    def _definition(self, ref: str) -> Core:
        found = self.definitions.get(ref)
        if found is None:
            raise Undefined(ref)
        return found

    def _root(self, schema: Core) -> Core:
        if schema["type"] == "nullable":
            self.is_nullable = True
            return {**schema, "schema": self._root(schema["schema"])}
        if schema["type"] == "definition-ref":
            found = self._definition(schema["schema_ref"])
            if found["type"] == "union":
                schema = {k: v for k, v in found.items() if k != "ref"}
        if schema["type"] != "union":
            schema = {"type": "union", "choices": [schema]}
        self.waiting += [_choice(c) for c in reversed(schema["choices"])]
        while self.waiting:
            self._handle(self.waiting.pop())
        discriminator: Any = self.field
        if self.alias is not None and self.alias != self.field:
            discriminator = [[self.field], [self.alias]]
        out: Core = {"type": "tagged-union", "choices": self.choices, "discriminator": discriminator}
        for key in ("ref", "metadata", "serialization"):
            if schema.get(key) is not None:
                out[key] = schema[key]
        return out

    def _handle(self, choice: Core) -> None:
        kind = choice["type"]
        if kind == "definition-ref":
            self._definition(choice["schema_ref"])
        if kind == "none":
            self.should_be_nullable = True
        elif kind == "nullable":
            self.should_be_nullable = True
            self._handle(choice["schema"])
        elif kind == "union":
            self.waiting += [_choice(c) for c in reversed(choice["choices"])]
        elif kind not in _VARIANTS:
            raise Impossible(f"a choice of type {kind} has no discriminator")
        else:
            if kind == "tagged-union" and self._shared(choice):
                self.waiting += reversed(choice["choices"].values())
                return
            for value in self._values(choice):
                self.choices.setdefault(value, choice)

    def _shared(self, choice: Core) -> bool:
        inner = choice["discriminator"]
        return bool(inner == self.field or (isinstance(inner, list) and (self.field in inner or [self.field] in inner)))

    def _values(self, choice: Core) -> list[Value]:
        kind = choice["type"]
        if kind in FUNCTIONS or kind in ("model", "dataclass"):
            return self._values(choice["schema"])
        if kind == "nullable":
            self.should_be_nullable = True
            return self._values(choice["schema"])
        if kind == "lax-or-strict":
            return self._values(choice["lax_schema"])
        if kind == "tagged-union":
            return [v for c in choice["choices"].values() for v in self._values(c)]
        if kind == "union":
            return [v for c in choice["choices"] for v in self._values(_choice(c))]
        if kind in ("model-fields", "typed-dict"):
            return self._of_field(choice["fields"].get(self.field))
        if kind == "dataclass-args":
            return self._of_field(next((f for f in choice["fields"] if f["name"] == self.field), None))
        if kind == "definition-ref":
            return self._values(self._definition(choice["schema_ref"]))
        raise Impossible(f"a choice of type {kind} has no discriminator")

    def _of_field(self, field: Core | None) -> list[Value]:
        if field is None:
            raise Impossible(f"a choice has no field {self.field}")
        alias = field.get("validation_alias", self.field)
        if isinstance(alias, str) and self.alias is None:
            self.alias = alias
        return self._literal(field["schema"])

    def _literal(self, schema: Core) -> list[Value]:
        kind = schema["type"]
        if kind == "literal":
            return list(schema["expected"])
        if kind == "none":
            return [None]
        if kind == "union":
            return [v for c in schema["choices"] for v in self._literal(_choice(c))]
        if kind in ("default", "function-after") or (kind == "model" and schema.get("root_model")):
            return self._literal(schema["schema"])
        if kind == "definition-ref":
            return self._literal(self._definition(schema["schema_ref"]))
        raise Impossible(f"the field {self.field} is no Literal")


def _choice(choice: Any) -> Core:
    found: Core = choice[0] if isinstance(choice, tuple) else choice
    return found


def key_text(value: Value, old: bool) -> str:
    """The discriminator value as a key of the mapping; before Pydantic 2.14 with Python's names for constants."""
    if isinstance(value, Instance):
        value = value.attributes.get("_value_")
    if not old and (isinstance(value, bool) or value is None):
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
