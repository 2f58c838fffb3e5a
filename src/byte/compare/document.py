"""One side of a comparison: a document, what its references stand for, and which of its parts are as on the other side."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import starmap
from typing import Any, Final, Literal

import msgspec

from byte.model.contract import UNKNOWN, Document, escaped, unquoted, value_at

_REFERENCE: Final = re.compile(rb'"\$ref":"((?:[^"\\]|\\.)*)"')
_CHAIN: Final = 100
_STEPS: Final = 2


class Node(msgspec.Struct, frozen=True):
    """A value of a document with the JSON pointer of the place where it stands."""

    value: Any
    pointer: str

    def __getitem__(self, key: str | int) -> "Node":
        part = escaped(key) if isinstance(key, str) else str(key)
        return Node(self.value[key], f"{self.pointer}/{part}")

    def get(self, key: str) -> "Node | None":
        """The value under a key, None where there is none."""
        return self[key] if isinstance(self.value, dict) and key in self.value else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The entries of an object, none for anything else."""
        for key in self.value if isinstance(self.value, dict) else ():
            yield key, self[key]

    def elements(self) -> Iterator["Node"]:
        """The elements of a list, none for anything else."""
        for index in range(len(self.value) if isinstance(self.value, list) else 0):
            yield self[index]


class Side:
    """A document to be compared, without `x-origin`."""

    def __init__(self, document: Document, name: Literal["base", "revision"]) -> None:
        self.document = document
        self.name = name
        version = str(document.get("openapi", ""))
        self.dialect: Literal["3.0", "3.1"] = "3.0" if version.startswith("3.0") else "3.1"
        self.root = Node(document, "")

    def at(self, pointer: str) -> Node | None:
        """The node at a JSON pointer, None where nothing is there. References on the way are not followed."""
        found, value = value_at(self.document, pointer)
        return Node(value, pointer) if found else None

    def resolved(self, node: Node) -> Node:
        """What a node stands for: itself, or the end of its chain of references; itself where that is broken.

        Keys beside `$ref` are not merged: who cares for them (descriptions; schemas of 3.1) looks at the node itself.
        """
        if type(node.value) is dict and "$ref" not in node.value:
            return node
        seen: set[str] = set()
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            target = self.target(node.value["$ref"])
            if target is None or target.pointer in seen or len(seen) > _CHAIN:
                return node
            seen.add(target.pointer)
            node = target
        return node

    def target(self, reference: str) -> Node | None:
        """The node that a reference within the document names."""
        if reference != "#" and not reference.startswith("#/"):
            return None
        return self.at(unquoted(reference[1:]))


_UNKNOWN: Final = UNKNOWN.encode()
_AT: Final = re.compile(rb'\{"at":"(?:[^"\\]|\\.)*","reason":')


class Sameness:
    """Which parts of two documents are the same, everything that they refer to included.

    Texts are compared as deterministic JSON, so that `1`, `1.0` and `true` stay three things.
    """

    def __init__(self, base: Side, revision: Side) -> None:
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._sides = (base, revision)
        self._nothing: dict[str, bool] = {}
        one, two = self._components(base), self._components(revision)
        self._same = self._alike(one, two)
        # References as texts have them, of which it is known already that they name the same.
        self._known: set[bytes] = set()

    def same(self, base: Any, revision: Any) -> bool:
        """Whether two values are equal, and so is all that they refer to."""
        one, two = self._text(base), self._text(revision)
        return one is not None and one == two and self._refers_to_same(one)

    def _refers_to_same(self, text: bytes) -> bool:
        """Whether all that a text refers to is the same on both sides."""
        found = _REFERENCE.findall(text)
        if self._known.issuperset(found):
            return True
        if not all(self._named_alike(_named(name)) for name in found):
            return False
        self._known.update(found)
        return True

    def _named_alike(self, reference: str) -> bool:
        return reference in self._same or self._names_nothing(reference)

    def _names_nothing(self, reference: str) -> bool:
        """Whether there is nothing of that name on either side: what is broken in both has not changed."""
        known = self._nothing.get(reference)
        if known is None:
            known = self._nothing[reference] = all(side.target(reference) is None for side in self._sides)
        return known

    def identical(self, base: Document, revision: Document) -> bool:
        """Whether two documents are written alike, the order of keys included. Part by part: they may be large."""
        return base is revision or all(starmap(self._written_alike, _parts(base, revision, 0)))

    def _written_alike(self, base: Any, revision: Any) -> bool:
        return bool(msgspec.json.encode(base) == msgspec.json.encode(revision))

    def _text(self, value: Any) -> bytes | None:
        """The value as deterministic JSON, None where it is nested too deeply or is none.

        What is not known for the same reason is the same, wherever it says so.
        """
        try:
            text = self._encode(value)
        except (RecursionError, TypeError, ValueError):
            return None
        return _AT.sub(b'{"reason":', text) if _UNKNOWN in text else text

    def _components(self, side: Side) -> dict[str, bytes]:
        """The text of everything that a reference usually names, by reference."""
        out: dict[str, bytes] = {}
        components = side.document.get("components")
        for kind, held in components.items() if isinstance(components, dict) else ():
            for name, value in held.items() if isinstance(held, dict) else ():
                text = self._text(value)
                if text is not None:
                    out[f"#/components/{escaped(str(kind))}/{escaped(str(name))}"] = text
        return out

    def _alike(self, base: dict[str, bytes], revision: dict[str, bytes]) -> set[str]:
        """The components that mean the same on both sides, by reference."""
        alike = {name for name, text in base.items() if revision.get(name) == text}
        users: dict[str, list[str]] = {}
        waiting = []
        for name in alike:
            for used in _references(base[name]):
                users.setdefault(used, []).append(name)
                if used not in alike and not self._names_nothing(used):
                    waiting.append(name)
        while waiting:
            name = waiting.pop()
            if name in alike:
                alike.discard(name)
                waiting.extend(users.get(name, ()))
        return alike


def _parts(base: Any, revision: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    """The values of two documents two steps down; the whole where the keys are not the same, in the same order."""
    if depth < _STEPS and type(base) is type(revision) is dict and list(base) == list(revision):
        for key, value in base.items():
            yield from _parts(value, revision[key], depth + 1)
    else:
        yield base, revision


def _references(text: bytes) -> set[str]:
    """What a text refers to; a part of a component stands for the whole of it."""
    return set(map(_named, _REFERENCE.findall(text)))


@lru_cache(maxsize=4096)
def _named(written: bytes) -> str:
    """What a reference names, from its text in JSON."""
    name = str(msgspec.json.decode(b'"' + written + b'"'))
    return "/".join(name.split("/")[:4]) if name.startswith("#/components/") else name
