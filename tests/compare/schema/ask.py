"""Asks the kernel about two schemas, and a validator of its own about what it answers."""

from typing import Any

from byte.compare.document import Side
from byte.compare.schema.decider import Decider, Verdict
from tests.compare.schema.grammar import document, validator

ROOT = "/components/schemas/Root"


def decided(
    sent: Any,
    taken: Any,
    *,
    parts: dict[str, Any] | None = None,
    others: dict[str, Any] | None = None,
    direction: str = "request",
    version: str = "3.1.0",
) -> Verdict:
    """What is said of a sender and a receiver; the components of the receiver are the sender's unless given."""
    sender = document(sent, parts or {}, version)
    receiver = document(taken, (parts or {}) if others is None else others, version)
    base, revision = (sender, receiver) if direction == "request" else (receiver, sender)
    return Decider(Side(base, "base"), Side(revision, "revision")).decide(ROOT, ROOT, direction)  # type: ignore[arg-type]


def proved(sent: Any, taken: Any, **more: Any) -> bool:
    """Whether inclusion is proved."""
    return decided(sent, taken, **more).proved


def broken(sent: Any, taken: Any, **more: Any) -> list[tuple[str, str | None, Any]]:
    """The keyword, name and payload of each failure: nothing may be undecided, and every payload must hold (3.1 only)."""
    verdict = decided(sent, taken, **more)
    assert not verdict.doubts, verdict.doubts
    if more.get("version", "3.1.0") == "3.1.0" and not more.keys() & {"others", "direction"}:
        valid, invalid = (validator(document(s, more.get("parts") or {})) for s in (sent, taken))
        for failure in verdict.failures:
            assert valid.is_valid(failure.payload)
            assert not invalid.is_valid(failure.payload)
    return [(f.keyword, f.name, f.payload) for f in verdict.failures]
