"""Brings a document with all that it refers to into one, and makes sure of its structure, in place.

What is wrong is a problem, never the end: the part that cannot be read is replaced by the mark `x-unknown`, or has it
where only a field of it is wrong, so that nothing is decided about it.
"""

import posixpath
from typing import Any, Final

import msgspec

from byte.extract.documents import references, shape, swagger2
from byte.extract.documents.text import Parsed, parse
from byte.model.contract import METHODS, UNKNOWN, Document, Source, escaped, steps, unquoted, value_at
from byte.model.errors import SourceError

FILES: Final = "x-byte-files"
"""Where the other documents stand, by their names relative to the one that was named."""

_SUFFIXES: Final = (".json", ".yaml", ".yml")
_CHAIN: Final = 100
_OWN: Final = frozenset({"schema", "callback", "leaf"})
"""Kinds whose unknown parts leave the rest of an operation known."""
_IDENTIFYING: Final = (b"$id", b"$anchor", b"$dynamicAnchor")
_SEEN_ONCE: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", UNKNOWN})
_TEXTS: Final = frozenset({"type", "format", "pattern", "title", "description"})
_TEXT: Final = frozenset({str})
_SHOWN: Final = 80


Held = tuple[Any, Any, Any]
"""What holds a value, under which name, and where the value is."""


class Problem(msgspec.Struct, frozen=True, eq=False):
    """Something of a document that cannot be read: where, by JSON pointer, and why; the mark that stands for it."""

    pointer: str
    reason: str
    mark: dict[str, str]


class File(msgspec.Struct, eq=False):
    """One of the documents: where it is from, where it stands in the whole, and its value."""

    source: Source
    pointer: str
    parsed: Parsed
    moved: dict[str, str] = {}
    ids: references.Identifiers | None = None
    identified: bool | None = None


class Bundle:
    """A document that other documents are brought into; `problems` and `files` are what came of it.

    `placed` are the pointers of path items that were references, with those of what they stand for.
    """

    def __init__(self, source: Source, parsed: Parsed, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.files = [File(source, "", parsed)]
        self._named = {source.name: self.files[0]}
        self._fetched: dict[tuple[str, str], File | str] = {}
        self._old = swagger2.Converter(document) if "openapi" not in document else None
        self.placed: dict[str, str] = {}
        self._targets: dict[tuple[str, str], str | None] = {}
        self._reasons: dict[tuple[str, str], str] = {}
        # Kept with the objects themselves: that of one that is gone could be that of another.
        self._seen: dict[int, Any] = {}
        self._waiting: list[tuple[str, str, File]] = []
        self._siblings = not str(document.get("openapi", "")).startswith("3.0")

    def close(self) -> None:
        """Reads all that is referred to, and checks all that is used."""
        self._walk("document", {"": self.document}, "", (), self.files[0])
        # Grows while it is gone through.
        for kind, pointer, file in self._waiting:
            held = _held(self.document, pointer)
            if held is not None:
                self._walk(kind, *held, file)
        if self._old is not None:
            self._old.finish()
        self._break_circles()
        self._place_paths()
        if self.problems:
            self._mark_operations()
        self.problems.sort(key=lambda problem: (problem.pointer, problem.reason))

    @property
    def alone(self) -> bool:
        """Whether no other document was asked for."""
        return not self._fetched

    # --- structure -----------------------------------------------------------------------------

    def _walk(self, kind: str, holder: Any, key: Any, chain: Any, file: File) -> None:
        stack: list[tuple[str, Any, Any, Any]] = [(kind, holder, key, chain)]
        while stack:
            kind, holder, key, chain = stack.pop()
            node = holder[key]
            if type(node) is not dict:
                self._odd(kind, holder, key, chain)
                continue
            if id(node) in self._seen or (kind == "schema" and self._old is None and _says_little(node)):
                continue
            self._seen[id(node)] = node
            if self._old is not None:
                self._convert(self._old, kind, node, chain, file)
            if "$ref" in node and kind in shape.REFERABLE:
                if not self._reference(kind, holder, key, chain, file):
                    continue
                if kind != "schema" and kind != "path":
                    continue
            elif kind == "schema" and ("$dynamicRef" in node or "$recursiveRef" in node):
                self._dynamic(node, chain, file)
            if kind in shape.MAPS:
                stack += self._entries(node, shape.MAPS[kind], chain, True)
                continue
            inner = self._fields(kind, node, chain, file)
            stack += inner
            if not inner and kind == "schema" and self._old is None and _SEEN_ONCE.isdisjoint(node):
                # Most schemas of a large document hold no others: to look at them twice does no harm.
                del self._seen[id(node)]
            if kind in shape.REQUIRED and "$ref" not in node and UNKNOWN not in node:
                self._require(kind, holder, key, chain)

    def _fields(self, kind: str, node: dict[str, Any], chain: Any, file: File) -> list[tuple[str, Any, Any, Any]]:
        """What is held in the fields of an object; a field that is not what it must be is taken out."""
        rules = shape.FIELDS[kind]
        inner: list[tuple[str, Any, Any, Any]] = []
        wrong: list[str] = []
        for name, value in node.items():
            rule = rules.get(name)
            if rule is None:
                continue
            how = rule.how
            if how == "value":
                if type(value) not in rule.types and not rule.fits(value):
                    wrong.append(name)
            elif how == "one":
                inner.append((rule.kind, node, name, (chain, name)))
            elif how == "list":
                if type(value) is list:
                    inside = (chain, name)
                    inner += [(rule.kind, value, index, (inside, index)) for index in range(len(value))]
                else:
                    wrong.append(name)
            elif type(value) is dict:
                inner += self._entries(value, rule.kind, (chain, name), how == "open")
            else:
                wrong.append(name)
        for name in wrong:
            self._wrong(kind, node, name, rules[name], chain)
        if kind == "discriminator" and isinstance(node.get("mapping"), dict):
            self._mapping(node["mapping"], (chain, "mapping"), file)
        return inner

    def _entries(
        self, held: dict[str, Any], kind: str, chain: Any, extensible: bool
    ) -> list[tuple[str, Any, Any, Any]]:
        if kind == "schema" and self._old is None:
            # Most are looked at no further, and there are many.
            return [
                (kind, held, name, (chain, name))
                for name, node in held.items()
                if type(node) is not dict or not _says_little(node)
            ]
        return [(kind, held, name, (chain, name)) for name in held if not (extensible and name.startswith("x-"))]

    def _wrong(self, kind: str, node: dict[str, Any], name: str, rule: shape.Field, chain: Any) -> None:
        value = node.pop(name)
        if value is None and name != "type":
            return
        if name == "type" and type(value) is list and all(type(v) is str or v is None for v in value):
            # `[string, null]` is how YAML writes the type "null" by mistake.
            node[name] = ["null" if v is None else v for v in value]
            return
        self._told((chain, name), f"`{name}` is {_said(value)}, not {rule.what}", node)

    def _odd(self, kind: str, holder: Any, key: Any, chain: Any) -> None:
        """Something that is no object stands in the place of one."""
        value = holder[key]
        if kind == "schema" and type(value) is bool:
            return
        if value is None and kind in shape.BLANK:
            holder[key] = {}
        elif value is None and type(holder) is dict:
            del holder[key]
        elif kind == "discriminator":
            del holder[key]
            self._told(chain, f"the discriminator is {_said(value)}, not an object", holder)
        elif kind == "leaf":
            del holder[key]
            if type(holder) is list:
                holder.insert(key, {})
        else:
            holder[key] = self._told(chain, f"the {shape.NAMES.get(kind, kind)} is {_said(value)}, not an object", {})

    def _require(self, kind: str, holder: Any, key: Any, chain: Any) -> None:
        missing = [name for name in shape.REQUIRED[kind] if name not in holder[key]]
        if missing:
            said = f"the {shape.NAMES.get(kind, kind)} has no `{missing[0]}`"
            holder[key] = self._told(chain, said, {})

    def _told(self, chain: Any, reason: str, node: dict[str, Any]) -> dict[str, Any]:
        """Records a problem, and marks the object that has it."""
        pointer = references.pointer_of(chain)
        mark = {"reason": reason}
        self.problems.append(Problem(pointer, reason, mark))
        node[UNKNOWN] = mark
        return node

    # --- Swagger 2.0 ---------------------------------------------------------------------------

    def _convert(self, old: swagger2.Converter, kind: str, node: dict[str, Any], chain: Any, file: File) -> None:
        pointer = references.pointer_of(chain)[len(file.pointer) :]
        old.convert(kind, node, pointer, file.moved)
        if kind != "path":
            return

        def follow(held: Any) -> dict[str, Any] | None:
            return self._followed(held, chain, file)

        for method in METHODS:
            if isinstance(node.get(method), dict):
                old.operation(node, method, pointer, file.moved, follow)
        old.without_bodies(node, pointer, file.moved, follow)

    def _followed(self, held: Any, chain: Any, file: File) -> dict[str, Any] | None:
        """A parameter or response of a document of the older kind, its reference followed; not into what holds it."""
        origin = references.pointer_of(chain)
        for _ in range(_CHAIN):
            if not isinstance(held, dict) or not isinstance(held.get("$ref"), str):
                break
            found = self._find(held["$ref"], chain, file)
            if isinstance(found, str):
                return None
            within, pointer = found
            if _is_within(origin, within.pointer + pointer):
                return None
            held, chain, file = value_at(self.document, within.pointer + pointer)[1], (), within
            schema = held.get("schema") if isinstance(held, dict) else None
            if isinstance(schema, dict):
                # Its own references are relative to where it stands.
                self._walk("schema", held, "schema", ((), "schema"), within)
        return held if isinstance(held, dict) else None

    # --- references ----------------------------------------------------------------------------

    def _reference(self, kind: str, holder: Any, key: Any, chain: Any, file: File) -> bool:
        """Follows the reference of an object; one that names nothing makes the object unknown."""
        node = holder[key]
        reference = node["$ref"]
        if type(reference) is not str:
            holder[key] = self._told(chain, f"`$ref` is {_said(reference)}, not a text", {})
            return False
        target = self._resolved(kind, reference, chain, file)
        if target is None:
            reason = self._reasons[(self._scope(file, chain), reference)]
            holder[key] = self._told(chain, f"the reference `{_short(reference)}` is broken: {reason}", {})
            return False
        if target != reference:
            node["$ref"] = target
        return True

    def _resolved(self, kind: str, reference: str, chain: Any, file: File) -> str | None:
        """The reference as one within the whole; None for a broken one, whose reason is kept."""
        known = (self._scope(file, chain), reference)
        if known not in self._targets:
            found = self._find(reference, chain, file)
            if isinstance(found, str):
                self._targets[known] = None
                self._reasons[known] = found
            else:
                within, pointer = found
                whole = within.pointer + pointer
                reason = self._unfit(kind, within, pointer, whole)
                plain = within is file is self.files[0] and reference.startswith("#/") and file.ids is None
                plain = plain and self._old is None
                self._targets[known] = None if reason else reference if plain else f"#{references.quoted(whole)}"
                self._reasons[known] = reason
                if not reason and not (within is self.files[0] and pointer.startswith("/components/")):
                    self._waiting.append((kind, whole, within))
        return self._targets[known]

    def _unfit(self, kind: str, within: File, pointer: str, whole: str) -> str:
        """Why what a reference names cannot be in the place of an object, "" where it can."""
        exists, value = value_at(self.document, whole)
        if not exists:
            # The document itself is not named: the same fault is the same in a document of another name.
            which = "the document" if within is self.files[0] else f"`{within.source.name}`"
            return f"{which} has no `{_short(references.written(within.moved, pointer))}`"
        if type(value) is dict or value is None or (kind == "schema" and type(value) is bool):
            return ""
        return f"it names {_said(value)}, not a {shape.NAMES.get(kind, kind)}"

    def _find(self, reference: str, chain: Any, file: File) -> tuple[File, str] | str:
        """The file that a reference leads to and the pointer in it, or why there is none."""
        ids = self._ids(file)
        if ids is not None:
            pointer = ids.pointer(reference, references.pointer_of(chain)[len(file.pointer) :])
            if pointer is not None:
                return file, pointer
        url, _, fragment = reference.partition("#")
        within = self._file(url, file) if url else file
        if isinstance(within, str):
            return within
        fragment = unquoted(fragment)
        if not fragment or fragment.startswith("/"):
            return within, fragment if self._old is None or within is not self.files[0] else self._old.pointer(fragment)
        other = self._ids(within)
        named = other.pointer(f"#{fragment}", "") if other is not None else None
        return (within, named) if named is not None else f"`{within.source.name}` has no anchor `{_short(fragment)}`"

    def _ids(self, file: File) -> references.Identifiers | None:
        if file.ids is None and file.identified is None:
            file.identified = any(mark in file.parsed.data for mark in _IDENTIFYING)
            if file.identified:
                found = references.Identifiers(value_at(self.document, file.pointer)[1])
                file.ids = found if found.any else None
        return file.ids

    def _scope(self, file: File, chain: Any) -> str:
        """Within what a reference always names the same: its file, or its own place where there are identifiers."""
        return file.pointer if self._ids(file) is None else references.pointer_of(chain)

    def _file(self, url: str, holder: File) -> File | str:
        """The document that a reference names, brought in; else why it cannot be."""
        asked = (holder.source.name, url)
        if asked not in self._fetched:
            try:
                source = holder.source.fetch(url)
                self._fetched[asked] = self._named.get(source.name) or self._brought(source)
            except SourceError as error:
                self._fetched[asked] = str(error).rstrip(".")
        return self._fetched[asked]

    def _brought(self, source: Source) -> File:
        name = self._relative(source.path)
        parsed = parse(source.name, source.data)
        file = File(source, f"/{FILES}/{escaped(name)}", parsed)
        self.document.setdefault(FILES, {})[name] = parsed.value
        self.files.append(file)
        self._named[source.name] = file
        return file

    def _relative(self, path: str) -> str:
        """A document's name as seen from the one that was named, so that both sides of a comparison call it the same."""
        near = posixpath.dirname(self.files[0].source.path)
        if path.startswith(f"{near}/"):
            return path[len(near) + 1 :]
        alike = path.startswith("/") == near.startswith("/") and "://" not in path + near
        return posixpath.relpath(path, near or ".") if alike else path

    def _dynamic(self, node: dict[str, Any], chain: Any, file: File) -> None:
        """A dynamic reference is a plain one where only one schema can be meant."""
        ids = self._ids(file)
        named = node.get("$dynamicRef")
        pointer = ids.dynamic(named) if ids is not None and isinstance(named, str) else None
        if pointer is not None and "$ref" not in node and "$recursiveRef" not in node:
            del node["$dynamicRef"]
            node["$ref"] = f"#{references.quoted(file.pointer + pointer)}"
            return
        self._told(chain, "a dynamic reference may name more than one schema", node)

    def _mapping(self, mapping: dict[str, Any], chain: Any, file: File) -> None:
        """The values of a discriminator: names of schemas, or references."""
        for name in list(mapping):
            value = mapping[name]
            if not isinstance(value, str):
                del mapping[name]
                self._told((chain, name), f"the schema is {_said(value)}, not a name", {})
                continue
            exists, _ = value_at(self.document, f"{file.pointer}/components/schemas/{escaped(value)}")
            if exists:
                if file is not self.files[0]:
                    mapping[name] = f"#{references.quoted(file.pointer)}/components/schemas/{escaped(value)}"
            elif "#" in value or "/" in value or value.endswith(_SUFFIXES):
                target = self._resolved("schema", value, chain, file)
                if target is None:
                    reason = self._reasons[(self._scope(file, chain), value)]
                    said = f"the reference `{_short(value)}` is broken: {reason}"
                    self._told((chain, name), said, {})
                else:
                    mapping[name] = target

    def _break_circles(self) -> None:
        """References that only lead to each other stand for nothing."""
        done: set[str] = set()
        for start in sorted({target for target in self._targets.values() if target is not None}):
            path: dict[str, None] = {}
            at: str | None = unquoted(start[1:])
            while at is not None and at not in done and at not in path:
                path[at] = None
                at = self._onward(at)
            if at is not None and at in path:
                circle = list(path)
                for pointer in circle[circle.index(at) :]:
                    self._end_here(pointer)
            done.update(path)

    def _end_here(self, pointer: str) -> None:
        held = _held(self.document, pointer)
        if held is not None:
            held[0][held[1]] = self._told(held[2], "the reference leads back to itself", {})

    def _onward(self, pointer: str) -> str | None:
        """Where what stands at a pointer leads to, if it is nothing but a reference."""
        _, node = value_at(self.document, pointer)
        if type(node) is not dict or type(node.get("$ref")) is not str or not node["$ref"].startswith("#"):
            return None
        return unquoted(node["$ref"][1:]) if len(node) == 1 or not self._siblings else None

    # --- operations ----------------------------------------------------------------------------

    def _place_paths(self) -> None:
        """Puts path items that are references in their places: everything looks for operations there."""
        for field in ("paths", "webhooks"):
            items: Any = self.document.get(field)
            for name, item in items.items() if isinstance(items, dict) else ():
                target = self._end(item)
                if target is None:
                    continue
                _, found = value_at(self.document, target)
                chain = (((), field), name)
                if _is_within(references.pointer_of(chain), target):
                    items[name] = self._told(chain, "the reference leads back to what holds it", {})
                elif isinstance(found, dict):
                    items[name] = {**found, **{key: held for key, held in item.items() if key != "$ref"}}
                    self.placed[references.pointer_of(chain)] = target

    def _end(self, node: Any) -> str | None:
        """The pointer of what an object's reference, and those that it leads to, stand for; None without one."""
        target: str | None = None
        for _ in range(_CHAIN):
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            target = unquoted(reference[1:])
            _, node = value_at(self.document, target)
        return target

    def _mark_operations(self) -> None:
        """An operation is unknown where something outside of its schemas is: what is missing from it may be there."""
        for field in ("paths", "webhooks"):
            items = self.document.get(field)
            for item in items.values() if isinstance(items, dict) else ():
                if not isinstance(item, dict):
                    continue
                shared = self._marked([("parameter", held) for held in item.get("parameters") or ()])
                for method in METHODS:
                    operation = item.get(method)
                    if isinstance(operation, dict):
                        mark = shared or self._marked([("operation", operation)])
                        operation.update({UNKNOWN: mark} if mark is not None else {})

    def _marked(self, nodes: list[tuple[str, Any]]) -> dict[str, str] | None:
        """The first mark on some objects or what they are made of, schemas aside; references are followed."""
        stack = nodes
        seen: set[int] = set()
        while stack:
            kind, node = stack.pop()
            target = self._end(node) if kind in shape.REFERABLE else None
            node = value_at(self.document, target)[1] if target is not None else node
            if kind in _OWN or not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node.get(UNKNOWN), dict):
                mark: dict[str, str] = node[UNKNOWN]
                return mark
            for name, rule in shape.FIELDS.get(kind, {}).items():
                held = node.get(name)
                if rule.how == "one":
                    stack.append((rule.kind, held))
                elif isinstance(held, dict) and rule.how != "value":
                    stack += [(rule.kind, inner) for inner in held.values()]
                elif isinstance(held, list) and rule.how == "list":
                    stack += [(rule.kind, inner) for inner in held]
        return None


def _says_little(node: dict[str, Any]) -> bool:
    """Whether a schema has only texts where texts belong: most of a large document is such."""
    return _TEXTS.issuperset(node) and _TEXT.issuperset(map(type, node.values()))


def _is_within(pointer: str, other: str) -> bool:
    """Whether the value at a pointer lies in the one at another, or is it."""
    return f"{pointer}/".startswith(f"{other}/")


def _held(document: Document, pointer: str) -> Held | None:
    """What holds the value at a pointer, under which name, and the place as a chain; None where nothing is there."""
    node: Any = {"": document}
    chain: Any = ()
    key: Any = ""
    for part in steps(pointer):
        node = node[key]
        key = int(part[:9]) if isinstance(node, list) and part.isdecimal() else part
        chain = (chain, key)
        if not (
            (isinstance(node, dict) and key in node)
            or (isinstance(node, list) and type(key) is int and key < len(node))
        ):
            return None
    return node, key, chain


def _said(value: Any) -> str:
    """A value of the wrong type, for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the text "{_short(value)}"'
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
