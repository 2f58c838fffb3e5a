"""A publish on this machine's own store, as a command asks for it and answers it: in the words of the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from byte.registry import clock, gate
from byte.registry.actors import SYSTEM
from byte.registry.errors import InvalidError, RefusedError
from byte.registry.policies import Leave
from byte.registry.publish import FIRST, Publication, submit
from byte.registry.records import Content, State
from byte.registry.store import Store


def published(
    store: Store, service: str, content: Content, asked: Mapping[str, str], *, dry_run: bool
) -> dict[str, Any]:
    """What became of a version: `published`, `unchanged` or `refused` as `outcome`, with its review.

    `asked` are parameters of `POST /v1/services/{service}/versions`. Raises what `publish.submit` does but for a refusal.
    """
    given = Publication(
        service=service,
        content=content,
        label=asked.get("label"),
        base=asked.get("base"),
        state=_state(asked.get("state", "active")),
        commit=asked.get("commit"),
        create=True,
    )
    try:
        done = submit(store, SYSTEM, given, dry_run=dry_run, leave=_leave(asked))
    except RefusedError as error:
        return {"outcome": "refused", "detail": str(error), "review": dict(error.report)}
    version = done.version
    return {
        "outcome": "unchanged" if done.outcome == "unchanged" else "published",
        "label": version.label,
        "state": version.state,
        "operation_count": version.operations,
        "review": {"id": done.review, "dry_run": dry_run, **gate.report(done.ruling)} if done.ruling else None,
    }


def _state(word: str) -> State:
    for state in FIRST:
        if state == word:
            return state
    raise InvalidError(f"A version begins as {' or '.join(FIRST)}, not as `{word}`.")


def _leave(asked: Mapping[str, str]) -> Leave | None:
    if "override" not in asked:
        return None
    return Leave(asked["override"], clock.of(datetime.fromisoformat(asked["until"])))
