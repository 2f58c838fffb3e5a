"""Versions as contracts that can be compared: OpenAPI documents as they are, tools and skills as operations of one.

A tool is an operation that is sent its input and answers its output, a skill one that takes and gives media of some
types: so what breaks their callers is decided as for any other operation. What was found bears the names of the tools and
skills then.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from byte.compare import compare
from byte.extract import documents as openapi
from byte.model.consulted import Affected
from byte.model.contract import Contract, Source, escaped
from byte.model.difference import Comparison, Difference
from byte.model.errors import SourceError
from byte.model.ports import Impact
from byte.registry import documents, impact
from byte.registry.records import Consumer, Content, Document, Kind, Operation

_DIALECT: Final = "3.1.0"
_ANY: Final = "application/json"


class Comparable(msgspec.Struct, frozen=True):
    """A contract, where in its document a JSON pointer leads ("name:line", None where there is no telling), and what its
    operations are called where that is not method and path.
    """

    name: str
    kind: Kind
    contract: Contract
    place: Callable[[str], str | None]
    names: Mapping[str, str] = {}


def of_content(name: str, content: Content) -> Comparable:
    """What was just read, as a contract. `name` is what places in it are called by."""
    if content.contract is None:
        return _described_all(name, content)
    texts = tuple(msgspec.structs.replace(text, path=name) for text in content.contract.texts)
    gaps = tuple(msgspec.structs.replace(gap, path=name) for gap in content.contract.gaps)
    contract = msgspec.structs.replace(content.contract, texts=texts, gaps=gaps)
    return Comparable(name, content.kind, contract, openapi.places(contract))


def of_document(name: str, kind: Kind, document: Document) -> Comparable:
    """A document that is kept, as a contract."""
    if kind == "rest":
        contract = openapi.read(Source(name, name, document.data, _alone))
        return Comparable(name, kind, contract, openapi.places(contract))
    return _described_all(name, documents.read(document.data, name, kind=kind))


def _described_all(name: str, content: Content) -> Comparable:
    """Tools or skills as the operations of a document."""
    made = [_described(operation) for operation in content.operations]
    value = {
        "openapi": _DIALECT,
        "info": {"title": content.title, "version": content.version},
        "paths": {path: {"post": body} for path, body, _ in made},
        "components": {"schemas": {key: held for _, _, schemas in made for key, held in schemas.items()}},
    }
    names = {f"POST {_path(operation)}": operation.name for operation in content.operations}
    return Comparable(name, content.kind, Contract(document=value), lambda _: None, names)


class Compared(msgspec.Struct, frozen=True):
    """What differs, by the names that the operations have, and whom of the consumers the breaks among it break."""

    differences: tuple[Difference, ...]
    impacts: tuple[Impact, ...]


def compared(base: Comparable, head: Comparable, day: date, consumers: Sequence[Consumer] = ()) -> Compared:
    """Compares two versions of a service. `day` is the one that sunset dates are measured by."""
    found = compare(base.contract, head.contract, as_of=day)
    names = {**head.names, **base.names}
    paths = {name: path for path, name in names.items()}
    asked = [_renamed_uses(consumer, paths) for consumer in consumers] if names else consumers
    impacts = impact.broken(Comparison(base.contract, head.contract, found), asked)
    if not names:
        return Compared(found, impacts)
    written = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
    known = {id(difference): _renamed(difference, names, written) for difference in found}
    return Compared(
        tuple(known[id(difference)] for difference in found),
        tuple(
            Impact(
                difference=known[id(one.difference)],
                affected=tuple(_renamed_hit(hit, names, written) for hit in one.affected),
            )
            for one in impacts
        ),
    )


def _alone(_target: str) -> Source:
    raise SourceError("the registry reads no other documents: bundle them into one")


def _path(operation: Operation) -> str:
    """A name as a path: braces would be a parameter."""
    return f"/{operation.name}".replace("{", "%7B").replace("}", "%7D")


def _described(operation: Operation) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A tool or a skill as an operation: its path, what it is, and its schemas by their names."""
    taken, given = _TYPES[operation.kind](operation)
    schemas = {}
    answer: dict[str, Any] = {"description": "The answer"}
    body: dict[str, Any] = {"responses": {"200": answer}}
    for held, word, side in ((taken, "input", "requestBody"), (given, "output", "200")):
        if held is None:
            continue
        content: dict[str, Any] = {}
        for media, schema in held.items():
            key = f"{operation.name}.{word}"
            content[media] = {}
            if isinstance(schema, dict):
                content[media]["schema"] = {"$ref": f"#/components/schemas/{escaped(key)}"}
                schemas[key] = _moved(schema, f"#/components/schemas/{escaped(key)}")
        if side == "requestBody":
            body["requestBody"] = {"required": True, "content": content}
        else:
            answer["content"] = content
    return _path(operation), body, schemas


_Media = dict[str, Any] | None
"""Schemas by media type (None: any value); None for nothing at all."""


def _tool(operation: Operation) -> tuple[_Media, _Media]:
    taken, given = operation.body.get("inputSchema"), operation.body.get("outputSchema")
    # A server that gives no schema for its answer promises nothing about it.
    return {_ANY: taken}, {_ANY: given} if given is not None else None


def _skill(operation: Operation) -> tuple[_Media, _Media]:
    return _modes(operation.body.get("inputModes")), _modes(operation.body.get("outputModes"))


def _modes(given: Any) -> _Media:
    listed = [mode for mode in given if isinstance(mode, str)] if isinstance(given, list) else []
    return dict.fromkeys(listed) or None


_TYPES: Final[Mapping[Kind, Callable[[Operation], tuple[_Media, _Media]]]] = {"mcp": _tool, "a2a": _skill}


def _moved(schema: Any, place: str) -> Any:
    """A schema with its references into itself as they are where it stands now."""
    if isinstance(schema, list):
        return [_moved(held, place) for held in schema]
    if not isinstance(schema, dict):
        return schema
    moved = {key: _moved(held, place) for key, held in schema.items()}
    reference = schema.get("$ref")
    if isinstance(reference, str) and (reference == "#" or reference.startswith("#/")):
        moved["$ref"] = f"{place}{reference[1:]}"
    return moved


def _renamed_uses(consumer: Consumer, paths: Mapping[str, str]) -> Consumer:
    uses = tuple(
        msgspec.structs.replace(use, operation=paths.get(use.operation, use.operation)) for use in consumer.uses
    )
    return msgspec.structs.replace(consumer, uses=uses)


def _renamed_hit(hit: Affected, names: Mapping[str, str], written: re.Pattern[str]) -> Affected:
    return msgspec.structs.replace(
        hit, operation=names.get(hit.operation, hit.operation), reason=_said(hit.reason, names, written)
    )


def _renamed(difference: Difference, names: Mapping[str, str], written: re.Pattern[str]) -> Difference:
    proof = difference.counterexample
    if proof is not None and proof.kind == "request" and isinstance(proof.value, str):
        proof = msgspec.structs.replace(proof, value=_said(proof.value, names, written))
    return msgspec.structs.replace(
        difference,
        operation=names.get(difference.operation, difference.operation),
        reaches=tuple(names.get(name, name) for name in difference.reaches),
        message=_said(difference.message, names, written),
        counterexample=proof,
    )


def _said(text: str, names: Mapping[str, str], written: re.Pattern[str]) -> str:
    return written.sub(lambda match: names[match[0]], text)
