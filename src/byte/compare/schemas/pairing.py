"""Which schemas of two lists are the same one: the order of an `allOf`, `anyOf` or `oneOf` means nothing."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final

import msgspec

from byte.compare.document import Node
from byte.compare.schemas.view import Schema

_TRIES: Final = 1_000
"""How many pairs of one list are compared to find those that are the same."""
_TELLING: Final = ("title", "const", "format", "pattern", "description")
"""Keywords that tell two schemas apart before all of them is compared."""


class Item(msgspec.Struct, frozen=True, eq=False):
    """A schema of a list: where it is written, and what it stands for."""

    node: Node
    schema: Schema


class Pairing(msgspec.Struct, frozen=True):
    """The positions of schemas that belong together (base, revision), and of those that are on one side only."""

    pairs: Sequence[tuple[int, int]]
    added: Sequence[int]
    deleted: Sequence[int]


_Items = Mapping[int, Item]
_Asking = Generator[tuple[Node, Node], object, Sequence[tuple[int, int]]]


def paired(
    base: _Items, revision: _Items, equivalent: Callable[[Schema, Schema], bool]
) -> Generator[tuple[Node, Node], object, Pairing]:
    """Pairs the schemas of two lists; asks how two of them differ, and is sent None where they do not.

    References are paired by name. Schemas written out are paired where they are identical, else by title, else
    where one of each side is left. Last, one written out and a reference are the same where they mean the same.
    """
    pairs = _by_reference(base, revision)
    gone = [i for i, item in base.items() if not item.schema.reference]
    come = [j for j, item in revision.items() if not item.schema.reference]
    same = yield from _identical(base, revision, gone, come)
    gone, come = _left(gone, come, same)
    titled = _by_title(base, revision, gone, come)
    gone, come = _left(gone, come, titled)
    last = len(gone) == len(come) == 1 and not (_title(base[gone[0]]) or _title(revision[come[0]]))
    pairs = [*pairs, *titled, *([(gone[0], come[0])] if last else [])]
    gone, come = _left(list(base), list(revision), [*same, *pairs])
    deleted, added = _left(gone, come, _across(base, revision, gone, come, equivalent))
    return Pairing(pairs, added, deleted)


def named(index: int, item: Item) -> str:
    """How a schema of a list is called: "#2", "#2: its title", or the name of the component."""
    title = _title(item)
    if title:
        return f"#{index + 1}: {title}"
    return item.schema.reference.rpartition("/")[2] or f"#{index + 1}"


def _title(item: Item) -> str:
    return str(item.schema.read("title"))


def _left(gone: Sequence[int], come: Sequence[int], pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """What is not in a pair yet."""
    one, two = {i for i, _ in pairs}, {j for _, j in pairs}
    return [i for i in gone if i not in one], [j for j in come if j not in two]


def _by_reference(base: _Items, revision: _Items) -> list[tuple[int, int]]:
    waiting: dict[str, list[int]] = {}
    for j in reversed(list(revision)):
        waiting.setdefault(revision[j].schema.reference, []).append(j)
    waiting.pop("", None)
    names = ((i, item.schema.reference) for i, item in base.items())
    return [(i, waiting[name].pop()) for i, name in names if waiting.get(name)]


def _identical(base: _Items, revision: _Items, gone: Sequence[int], come: Sequence[int]) -> _Asking:
    """Pairs of schemas that do not differ. Those with the same text are tried first, and others not without end."""
    pairs: list[tuple[int, int]] = []
    waiting: dict[bytes, dict[int, bytes]] = {}
    for j in come:
        waiting.setdefault(_glance(revision[j].schema), {})[j] = _text(revision[j].node.value)
    tries = _TRIES
    for i in gone:
        text, free = _text(base[i].node.value), waiting.get(_glance(base[i].schema), {})
        for j in sorted(free, key=lambda j: free[j] != text):
            tries -= free[j] != text
            if tries < 0:
                break
            diff = yield base[i].node, revision[j].node
            if diff is None:
                pairs.append((i, j))
                del free[j]
                break
    return pairs


def _glance(schema: Schema) -> bytes:
    """What tells most schemas apart before all of them is compared: the same for schemas that do not differ."""
    properties = schema.map("properties")
    return _text(
        [
            *(_plain(schema.read(key)) for key in _TELLING),
            *(sorted(set(names)) for names in (schema.types, schema.required, properties)),
            sorted({_text(_plain(value)) for value in schema.enum or ()}),
            [_plain(_const(properties[name])) for name in sorted(properties)],
        ]
    )


def _const(node: Node) -> Any:
    """The one value that a schema allows, where it is written out."""
    return node.value.get("const") if isinstance(node.value, dict) and "$ref" not in node.value else None


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, order="deterministic")
    except (RecursionError, TypeError, ValueError, OverflowError):
        return b""


def _by_title(base: _Items, revision: _Items, gone: Sequence[int], come: Sequence[int]) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    for i in gone:
        first.setdefault(_title(base[i]), i)
    first.pop("", None)
    return [(first.pop(title), j) for j, title in ((j, _title(revision[j])) for j in come) if title in first]


def _across(
    base: _Items,
    revision: _Items,
    gone: Sequence[int],
    come: Sequence[int],
    equivalent: Callable[[Schema, Schema], bool],
) -> list[tuple[int, int]]:
    """Pairs of a schema written out and a reference that mean the same."""
    pairs: list[tuple[int, int]] = []
    free = list(come)
    tries = _TRIES
    for i in gone:
        for j in free:
            one, two = base[i].schema, revision[j].schema
            if bool(one.reference) == bool(two.reference):
                continue
            tries -= 1
            if tries < 0:
                return pairs
            if equivalent(one, two):
                pairs.append((i, j))
                free.remove(j)
                break
    return pairs
