"""What is found, as the API and `byte search` write it."""

from typing import Any

from byte.registry.search.entry import Entry
from byte.registry.search.query import Hit, Results, Twin


def entry(one: Entry) -> dict[str, Any]:
    """An operation as the index has it."""
    return {
        "id": one.id,
        "service": one.service,
        "version": one.version,
        "kind": one.kind,
        "name": one.name,
        "method": one.method,
        "path": one.path,
        "operation_id": one.operation_id,
        "summary": one.summary,
        "description": one.description,
        "tags": one.tags,
        "parameters": one.parameters,
        "deprecated": one.deprecated,
        "state": one.state,
    }


def hit(found: Hit) -> dict[str, Any]:
    """An operation as searches answer it."""
    return {
        **entry(found.entry),
        "service_title": found.entry.service_title,
        "owner": found.entry.owner,
        "health": found.entry.health,
        "score": round(found.score, 4),
        "shares": {"lexical": round(found.lexical, 4), "semantic": round(found.semantic, 4)},
        "matched": found.matched,
        "others": found.others,
    }


def twin(pair: Twin) -> dict[str, Any]:
    """Two operations that say nearly the same."""
    return {"first": entry(pair.first), "second": entry(pair.second), "score": round(pair.score, 4)}


def results(found: Results, *, event: int, operations: int, embeddings: str) -> dict[str, Any]:
    """An answer, with the index that gave it."""
    return {
        "items": [hit(one) for one in found.hits],
        "next": None,
        "answer": found.answer,
        "reason": found.reason,
        "arms": found.arms,
        "index": {"last_event": event, "operations": operations, "embeddings": embeddings},
    }
