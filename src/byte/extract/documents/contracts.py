"""A contract from an OpenAPI document, and the places of its parts."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from byte.extract.documents import lines
from byte.extract.documents.bundle import Bundle
from byte.extract.documents.references import written
from byte.extract.documents.text import Parsed, parse
from byte.model.contract import Contract, Document, Gap, Source, Text, origin
from byte.model.errors import SourceError

_VERSION: Final = re.compile(r"3\.[012](?:\.\d+)?(?:[-+].*)?")
_NUMBERS: Final = (3.0, 3.1, 3.2)
_SEEN: Final = 5


def read(source: Source, parsed: Parsed | None = None, *, seen: dict[bytes, Contract] | None = None) -> Contract:
    """The contract in a document, with all that it refers to below `x-byte-files`.

    Swagger 2.0 is converted. What is wrong with a part of it is a gap. `parsed` is its value where the caller has it
    already: it becomes the contract's document. `seen` are the contracts of texts that name no other document: the
    same text is read once, and its document shared. Raises `SourceError` for what is no OpenAPI document at all, or
    one that must not be read.
    """
    known = seen.get(source.data) if seen is not None else None
    if known is not None:
        texts = tuple(msgspec.structs.replace(text, path=source.path) for text in known.texts)
        return msgspec.structs.replace(known, texts=texts)
    parsed = parsed or parse(source.name, source.data)
    document = _checked(source.name, parsed.value)
    bundle = Bundle(source, parsed, document)
    bundle.close()
    texts = _texts(bundle)
    found = Contract(document=document, texts=texts)
    if not bundle.problems:
        if seen is not None and bundle.alone:
            seen[source.data] = found
        return found
    at = _locator(texts)
    gaps: dict[Gap, None] = {}
    for problem in bundle.problems:
        path, line = at(problem.pointer)
        problem.mark["at"] = f"{path}:{line}"
        gaps[Gap(path, line, problem.reason)] = None
    return msgspec.structs.replace(found, gaps=tuple(sorted(gaps)))


def places(contract: Contract) -> Callable[[str], str | None]:
    """Where the value at a JSON pointer stands, as "path:line": in the text, or in the source that it is read from.

    What has no place of its own has that of the nearest object around it; None where there is none. Only what the
    pointers lead through is looked at.
    """
    if not contract.texts:
        return lambda pointer: origin(contract.document, pointer)
    at = _locator(contract.texts)
    return lambda pointer: "{}:{}".format(*at(pointer))


def _texts(bundle: Bundle) -> tuple[Text, ...]:
    """The texts of all files, and once more of those that hold a path item of the document."""
    out = [Text(f.source.path, f.pointer, f.parsed.syntax, f.parsed.data, f.moved) for f in bundle.files]
    by_pointer = {text.pointer: text for text in out}
    for pointer, target in bundle.placed.items():
        text = by_pointer[_nearest(by_pointer, target)]
        moved = {"": written(text.moved, target[len(text.pointer) :])}
        out.append(Text(text.path, pointer, text.syntax, text.data, moved))
    return tuple(out)


def _nearest(known: Mapping[str, object], pointer: str) -> str:
    """The longest known pointer that another begins with; "" is one."""
    while pointer not in known:
        pointer = pointer.rpartition("/")[0]
    return pointer


def _checked(name: str, value: Any) -> Document:
    """The value as an OpenAPI document of a version that is known."""
    if not isinstance(value, dict):
        held = "a list, or several documents" if isinstance(value, list) else "a single value"
        raise SourceError(f"`{name}` is not an OpenAPI document: it holds {held}, not an object.")
    field = "openapi" if "openapi" in value else "swagger"
    if field not in value:
        seen = ", ".join(f"`{key[:40]}`" for key in list(value)[:_SEEN]) or "nothing"
        raise SourceError(
            f'`{name}` is not an OpenAPI document: it has no "openapi" or "swagger" field (seen: {seen}).'
        )
    version = value[field]
    if field == "openapi" and isinstance(version, str) and _VERSION.fullmatch(version):
        return value
    if field == "openapi" and isinstance(version, float) and version in _NUMBERS:
        # `openapi: 3.1` without quotes is a number in YAML.
        value["openapi"] = f"{version}.0"
        return value
    if field == "swagger" and str(version) in ("2", "2.0"):
        return value
    raise SourceError(
        f"`{name}` has `{field}: {str(version)[:40]}`, which is no version that Byte reads: 2.0, 3.0, 3.1 or 3.2."
    )


def _locator(texts: tuple[Text, ...]) -> Callable[[str], tuple[str, int]]:
    """The file and line of a pointer, looked for in the text that its part of the document was read from."""
    by_pointer = {text.pointer: text for text in texts}
    finders: dict[int, Callable[[str], int]] = {}

    def at(pointer: str) -> tuple[str, int]:
        known = _nearest(by_pointer, pointer)
        text = by_pointer[known]
        if id(text.data) not in finders:
            finders[id(text.data)] = lines.finder(text)
        return text.path, finders[id(text.data)](written(text.moved, pointer[len(known) :]))

    return at
