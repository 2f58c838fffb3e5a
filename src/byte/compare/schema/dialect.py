"""A schema as OpenAPI 3.0 or 3.1 reads it, in one direction: what it says, without what is annotation."""

from typing import Any, Final, Literal

from byte.compare.document import Node, Side
from byte.model.contract import CONDITIONAL, UNKNOWN, escaped, is_unknown

Way = Literal["request", "response"]

# What a `$ref` of 3.1 may have beside it without saying anything of its own.
_SILENT: Final = frozenset(
    """$ref $comment $schema title description default example examples deprecated readOnly writeOnly xml externalDocs
    discriminator nullable""".split()
)
_BEYOND: Final = ("$dynamicRef", "$recursiveRef")
_CHAIN: Final = 100
_ENDLESS: Final = 1 << 48  # counts beyond this limit nothing that exists
_HIDES: Final = {"request": "readOnly", "response": "writeOnly"}


class Reader:
    """The schemas of one document, each as one object however it is reached.

    `declares` says whether these are the sender's: only what the sender declares is written.
    """

    def __init__(self, side: Side, way: Way, *, declares: bool) -> None:
        self.side = side
        self.way: Way = way
        self.declares = declares
        self.old = side.dialect == "3.0"
        self._known: dict[str, Schema] = {}
        self._targets: dict[str, Schema | None] = {}
        self._hides = _HIDES[way]

    def schema(self, value: Any, pointer: str) -> "Schema":
        """The schema at a place."""
        known = self._known.get(pointer)
        if known is None:
            known = self._known[pointer] = Schema(self, value, pointer)
        return known

    def at(self, pointer: str) -> "Schema | None":
        """The schema that a pointer names, None where nothing is there."""
        node = self.side.at(pointer)
        return None if node is None else self.schema(node.value, node.pointer)

    def target(self, reference: str) -> "Schema | None":
        """The schema that a reference names, None where nothing is there."""
        if reference not in self._targets:
            node: Node | None = self.side.target(reference)
            self._targets[reference] = None if node is None else self.schema(node.value, node.pointer)
        return self._targets[reference]

    def hides(self, schema: "Schema") -> bool:
        """Whether a property with this schema does not exist in this direction (`readOnly`, `writeOnly`)."""
        for member in schema.closure():
            if isinstance(member.value, dict) and member.value.get(self._hides) is True:
                return True
        return False


class Schema:
    """One schema object or boolean. Compared by identity: a place has one of it.

    `said` are its keywords; those beside a `$ref` of 3.0 do not count, and a value that is no schema says nothing.
    """

    __slots__ = ("_closure", "_one", "_resolved", "pointer", "reader", "said", "value")

    def __init__(self, reader: Reader, value: Any, pointer: str) -> None:
        self.reader = reader
        self.value = value
        self.pointer = pointer
        self._resolved: Schema | None = None
        self._closure: tuple[Schema, ...] | None = None
        self._one: dict[str, Any] = {}
        said: dict[str, Any] = value if isinstance(value, dict) else {}
        self.said = {} if reader.old and isinstance(said.get("$ref"), str) else said

    @property
    def resolved(self) -> "Schema":
        """Itself, or what it stands for where it is nothing but a reference."""
        if self._resolved is None:
            node: Schema = self
            for _ in range(_CHAIN):
                target = node.target if node.is_reference else None
                if target is None:
                    break
                node = target
            self._resolved = node
        return self._resolved

    @property
    def is_reference(self) -> bool:
        """Whether it is a reference and says nothing else."""
        if not isinstance(self.value, dict) or not isinstance(self.value.get("$ref"), str):
            return False
        return self.reader.old or not any(key not in _SILENT and not key.startswith("x-") for key in self.value)

    @property
    def target(self) -> "Schema | None":
        """What its `$ref` names, None without one or where nothing is there."""
        if not isinstance(self.value, dict) or "$ref" not in self.value:
            return None
        reference = self.value["$ref"]
        return self.reader.target(reference) if isinstance(reference, str) else None

    @property
    def unknown(self) -> str:
        """Why it cannot be known what it says, "" where it can."""
        value = self.value
        if not isinstance(value, dict):
            return ""
        if "$ref" in value and self.resolved is self and self.target is None:
            return f"a reference that names nothing: {str(value['$ref'])[:200]}"
        if self.is_reference and self.resolved.is_reference:
            return f"more than {_CHAIN} references in a row"
        for mark in (UNKNOWN, CONDITIONAL):
            if mark in value:
                return _marked(mark, value[mark])
        for key, held in self.said.items():
            if is_unknown(held) and key not in _SILENT:
                return _marked(f"`{key}`", held[UNKNOWN])
            if key in _BEYOND:
                return f"`{key}` is not followed"
        return ""

    @property
    def nullable(self) -> bool:
        """Whether 3.0's `nullable` lets null in."""
        return self.reader.old and self.said.get("nullable") is True

    def one(self, keyword: str) -> "Schema | None":
        """The schema under a keyword, None where there is none."""
        held = self.said.get(keyword)
        if not isinstance(held, dict | bool):
            return None
        found: Schema | None = self._one.get(keyword)
        if found is None:
            found = self._one[keyword] = self.reader.schema(held, f"{self.pointer}/{keyword}")
        return found

    def several(self, keyword: str) -> "tuple[Schema, ...]":
        """The schemas in the list under a keyword."""
        held = self.said.get(keyword)
        if not isinstance(held, list) or not held:
            return ()
        found: tuple[Schema, ...] | None = self._one.get(keyword)
        if found is None:
            found = self._one[keyword] = tuple(
                self.reader.schema(item, f"{self.pointer}/{keyword}/{index}")
                for index, item in enumerate(held)
                if isinstance(item, dict | bool)
            )
        return found

    def named(self, keyword: str) -> "dict[str, Schema]":
        """The schemas by name in the map under a keyword."""
        held = self.said.get(keyword)
        if not isinstance(held, dict) or not held:
            return {}
        found: dict[str, Schema] | None = self._one.get(keyword)
        if found is None:
            found = self._one[keyword] = {
                name: self.reader.schema(item, f"{self.pointer}/{keyword}/{escaped(name)}")
                for name, item in held.items()
                if isinstance(name, str) and isinstance(item, dict | bool)
            }
        return found

    def names(self, keyword: str) -> tuple[str, ...]:
        """The texts in the list under a keyword."""
        held = self.said.get(keyword)
        return tuple(dict.fromkeys(n for n in held if isinstance(n, str))) if isinstance(held, list) else ()

    def count(self, keyword: str) -> int | None:
        """A number of characters, items or properties."""
        held = self.said.get(keyword)
        if isinstance(held, bool) or not isinstance(held, int | float) or not 0 <= held < _ENDLESS or held != held // 1:
            return None
        return int(held)

    def closure(self) -> "tuple[Schema, ...]":
        """What every value of it but 3.0's null satisfies: itself, what its references name, and the members of its allOf."""
        if self._closure is None:
            seen: dict[int, Schema] = {id(self): self}
            waiting = self.conjuncts()[::-1]
            while waiting:
                node = waiting.pop()
                if id(node) not in seen:
                    seen[id(node)] = node
                    waiting.extend(reversed(node.conjuncts()))
            self._closure = tuple(seen.values())
        return self._closure

    def conjuncts(self) -> "list[Schema]":
        """What it asks for beside its own keywords: the target of its `$ref`, the members of its allOf."""
        target = self.target
        own = [target] if target is not None else []
        return [*own, *self.several("allOf")]

    def hidden(self) -> frozenset[str]:
        """The properties of its own that do not exist in this direction."""
        found: frozenset[str] | None = self._one.get("")
        if found is None:
            found = self._one[""] = frozenset(
                name
                for member in self.closure()
                for name, held in member.named("properties").items()
                if self.reader.hides(held)
            )
        return found


def _marked(what: str, mark: Any) -> str:
    reason = mark.get("reason") if isinstance(mark, dict) else None
    at = mark.get("at") if isinstance(mark, dict) else None
    return f"{what}{f': {reason}' if reason else ''}{f' at {at}' if at else ''}"
