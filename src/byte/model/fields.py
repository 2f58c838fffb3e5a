"""Fields of operations by their paths ("items/price"), and where the schemas that describe them stand in a document.

A path names properties only: arrays are looked through, so that the price of each item of an order is `items/price`, and
of each order of a list `items/price` as well. `*` stands for any property of a map; as the last part it stands for
everything below. References, `allOf`, `anyOf` and `oneOf` are looked through too.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from byte.model import routes
from byte.model.contract import Document, Operation, escaped, operations, steps, unquoted, value_at

Sent = Literal["request", "response"]
ALL: Final = "*"
"""As the last part of a path: everything below."""
_INDEX: Final = re.compile(r"\[[^\]]*\]")
_DEEPEST: Final = 60
_NODES_MOST: Final = 20_000
_PARTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_INNER: Final = ("items", "additionalItems", "contains")

Path = tuple[str, ...]
_HERE: Final[tuple[Path, ...]] = ((), (ALL,))
"""What is left of a path where its field is reached."""


def parsed(path: str) -> Path:
    """The parts of a path, without indexes ("items[0]/price", "items[]/price") and empty ones."""
    return tuple(part for part in _INDEX.sub("", path).split("/") if part)


def called(name: str) -> str:
    """The name of an operation ("get /orders/{order_id}/") as it compares: without the names of its parameters."""
    method, _, path = name.strip().partition(" ")
    if not path.startswith("/"):
        return name.strip()
    return f"{method.upper()} {routes.template(routes.plain(path)).rstrip('/') or '/'}"


class Fields:
    """The fields of the operations of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._operations = {called(op.name): op for op in operations(document)}
        self._chains: dict[tuple[str, Sent, Path], frozenset[str]] = {}
        self._known: dict[tuple[str, Path], frozenset[str] | None] = {}

    def operation(self, name: str) -> Operation | None:
        """The operation of a name, however its parameters are called."""
        return self._operations.get(called(name))

    def chain(self, name: str, sent: Sent, path: Path) -> frozenset[str]:
        """The JSON pointers of all schemas on the ways to a field, its own among them; none where there is no such field.

        Of a response those of success count where they have it.
        """
        key = (called(name), sent, path)
        if key not in self._chains:
            self._chains[key] = self._chain(name, sent, path)
        return self._chains[key]

    def has(self, name: str, sent: Sent, path: Path) -> bool:
        """Whether an operation has a field."""
        return bool(self.chain(name, sent, path))

    def below(self, name: str, sent: Sent, path: Path) -> frozenset[str]:
        """The JSON pointers of a field and of all that is below it."""
        parts: set[str] = set()
        self._ends(name, sent, path, parts)
        seen: set[str] = set()
        waiting = sorted(parts, reverse=True)
        while waiting and len(seen) < _NODES_MOST:
            pointer = waiting.pop()
            if pointer not in seen:
                seen.add(pointer)
                waiting.extend(self._within(pointer))
        return frozenset(seen)

    def _ends(self, name: str, sent: Sent, path: Path, out: set[str]) -> None:
        """The schemas of a field itself: level by level, each schema once a level."""
        level = {root for roots in self._roots(name, sent) for root in roots}
        for part in (*path, None):
            alike: set[str] = set()
            waiting = sorted(level)
            level = set()
            while waiting:
                at, value = self._at(waiting.pop())
                if at in alike or not isinstance(value, dict):
                    continue
                alike.add(at)
                waiting.extend(self._same_value(at, value))
                if part is not None:
                    level.update(held for held, _ in _named(at, value, (part, "")))
            if part is None:
                out.update(alike)

    # --- where schemas stand -------------------------------------------------------------------

    def _chain(self, name: str, sent: Sent, path: Path) -> frozenset[str]:
        for roots in self._roots(name, sent):
            found = [way for way in (self._ways(root, path, 0) for root in roots) if way is not None]
            if found:
                return frozenset().union(*found)
        return frozenset()

    def _roots(self, name: str, sent: Sent) -> list[list[str]]:
        """The schemas of what is sent, in the order in which fields are looked for: success before errors."""
        operation = self.operation(name)
        if operation is None:
            return []
        if sent == "request":
            return [list(self._media(f"{operation.pointer}/requestBody"))]
        answers = operation.body.get("responses")
        codes = [code for code in answers if isinstance(code, str)] if isinstance(answers, dict) else []
        groups = ([c for c in codes if c.startswith("2")], [c for c in codes if not c.startswith("2")])
        return [
            [root for code in group for root in self._media(f"{operation.pointer}/responses/{escaped(code)}")]
            for group in groups
        ]

    def _media(self, pointer: str) -> Iterator[str]:
        pointer, value = self._at(pointer)
        content = value.get("content") if isinstance(value, dict) else None
        for media, held in content.items() if isinstance(content, dict) else ():
            if isinstance(held, dict) and "schema" in held:
                yield f"{pointer}/content/{escaped(media)}/schema"

    def _at(self, pointer: str) -> tuple[str, Any]:
        """What stands at a pointer, references followed, and where."""
        for _ in range(_DEEPEST):
            found, value = value_at(self._document, pointer)
            reference = value.get("$ref") if found and isinstance(value, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                return pointer, value if found else None
            pointer = unquoted(reference[1:])
        return pointer, None

    # --- ways ----------------------------------------------------------------------------------

    def _ways(self, pointer: str, path: Path, depth: int) -> frozenset[str] | None:
        """The pointers of all schemas on the ways from one to a field below it, None where none leads there."""
        key = (pointer, path)
        if key not in self._known:
            # Who comes back here without a step on the path goes in a circle.
            self._known[key] = None
            self._known[key] = self._followed(pointer, path, depth) if depth < _DEEPEST else None
        return self._known[key]

    def _followed(self, pointer: str, path: Path, depth: int) -> frozenset[str] | None:
        at, value = self._at(pointer)
        if not isinstance(value, dict):
            return None
        onward = [(part, path) for part in self._same_value(at, value)]
        onward += _named(at, value, path)
        ways = [self._ways(part, rest, depth + 1) for part, rest in onward]
        found = [way for way in ways if way is not None]
        if not found and path not in _HERE:
            return None
        return frozenset((pointer, at)).union(*found)

    def _same_value(self, at: str, value: dict[str, Any]) -> Iterator[str]:
        """The schemas that describe the same field: parts and alternatives, and what an array holds."""
        for keyword in _PARTS:
            listed = value.get(keyword)
            yield from (f"{at}/{keyword}/{i}" for i in range(len(listed) if isinstance(listed, list) else 0))
        yield from (f"{at}/{keyword}" for keyword in _INNER if isinstance(value.get(keyword), dict))

    def _within(self, pointer: str) -> Iterator[str]:
        at, value = self._at(pointer)
        if at != pointer:
            yield at
        if not isinstance(value, dict):
            return
        yield from self._same_value(at, value)
        for keyword in ("properties", "patternProperties"):
            held = value.get(keyword)
            yield from (f"{at}/{keyword}/{escaped(name)}" for name in (held if isinstance(held, dict) else ()))
        if isinstance(value.get("additionalProperties"), dict):
            yield f"{at}/additionalProperties"


def _named(at: str, value: dict[str, Any], path: Path) -> Iterator[tuple[str, Path]]:
    """The schemas of the property that a path begins with, and what remains of the path."""
    if not path or path == (ALL,):
        return
    held = value.get("properties")
    known = held if isinstance(held, dict) else {}
    if path[0] in known:
        yield f"{at}/properties/{escaped(path[0])}", path[1:]
    elif isinstance(value.get("additionalProperties"), dict):
        yield f"{at}/additionalProperties", path[1:]
    if path[0] == ALL:
        yield from ((f"{at}/properties/{escaped(name)}", path[1:]) for name in known)


def owned(pointer: str, by: frozenset[str]) -> bool:
    """Whether what stands at a pointer is one of some schemas, or belongs to one itself and not to a property of it."""
    at = pointer
    while at:
        if at in by:
            return "properties" not in steps(pointer[len(at) :])
        at = at.rpartition("/")[0]
    return False
