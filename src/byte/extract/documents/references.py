"""What the references of one document name: pointers, anchors, identifiers and other files."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

from byte.model.contract import escaped, unquoted

_IDENTIFYING: Final = frozenset({"$id", "$anchor", "$dynamicAnchor"})


def quoted(pointer: str) -> str:
    """A JSON pointer as a URI fragment that `unquoted` gives back."""
    return pointer.replace("%", "%25")


def pointer_of(chain: Any) -> str:
    """The JSON pointer of a place: a pair of the one around it and the name there; the whole document is ()."""
    out: list[str] = []
    while chain:
        chain, name = chain
        out.append(escaped(name) if type(name) is str else str(name))
    return "".join(f"/{part}" for part in reversed(out))


def written(moved: Mapping[str, str], pointer: str) -> str:
    """A pointer as its text has it, by the nearest of those that were moved."""
    known = pointer
    while known and known not in moved:
        known = known.rpartition("/")[0]
    return moved[known] + pointer[len(known) :] if known in moved else pointer


class Identifiers:
    """The schemas of a document that have an identifier or an anchor (JSON Schema 2020-12, section 8.2)."""

    def __init__(self, document: Any) -> None:
        self._resources: dict[str, str] = {"": ""}
        self._bases: dict[str, str] = {"": ""}
        self._anchors: dict[tuple[str, str], list[str]] = {}
        self._dynamic: dict[str, list[str]] = {}
        stack: list[tuple[Any, Any, str]] = [(document, (), "")]
        while stack:
            node, chain, base = stack.pop()
            if isinstance(node, dict) and not _IDENTIFYING.isdisjoint(node):
                base = self._identified(node, pointer_of(chain), base)
            inner = node.items() if isinstance(node, dict) else enumerate(node)
            stack += [(held, (chain, key), base) for key, held in inner if type(held) is dict or type(held) is list]

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return len(self._resources) > 1 or bool(self._anchors)

    def _identified(self, node: dict[str, Any], pointer: str, base: str) -> str:
        """Takes in what identifies a schema; what the references in it are relative to."""
        if isinstance(node.get("$id"), str):
            base = _joined(base, node["$id"])
            self._resources.setdefault(base, pointer)
            self._bases[pointer] = base
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.get(keyword), str):
                self._anchors.setdefault((base, node[keyword]), []).append(pointer)
        if isinstance(node.get("$dynamicAnchor"), str):
            self._dynamic.setdefault(node["$dynamicAnchor"], []).append(pointer)
        return base

    def pointer(self, reference: str, holder: str) -> str | None:
        """The pointer of what a reference in the object at `holder` names; None where it is not in this document."""
        while holder not in self._bases:
            holder = holder.rpartition("/")[0]
        url, fragment = urldefrag(_joined(self._bases[holder], reference))
        if url not in self._resources:
            return None
        fragment = unquoted(fragment)
        if not fragment or fragment.startswith("/"):
            return self._resources[url] + fragment
        named = self._anchors.get((url, fragment), [])
        return named[0] if len(named) == 1 else None

    def dynamic(self, reference: str) -> str | None:
        """The pointer of what a dynamic reference names, where only one schema can be it."""
        named = self._dynamic.get(reference.removeprefix("#"), [])
        return named[0] if len(named) == 1 else None


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
