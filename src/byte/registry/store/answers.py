"""Answers in the store: what was said to requests that may be sent again (`Idempotency-Key`).

An answer is kept in the transaction of what it answers, so that both are there or neither. It is kept sealed, since some
answers have secrets that are shown once: the store has no key to it (`registry.once`).
"""

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from byte.registry.store.connection import Read, Write
from byte.registry.store.tables import answers

_NEW: Final = insert(answers)
_ADD: Final = _NEW.on_conflict_do_update(
    index_elements=[answers.c.who, answers.c.key],
    set_={name: _NEW.excluded[name] for name in ("fingerprint", "at", "answer")},
)
_FIND: Final = select(answers.c.fingerprint, answers.c.at, answers.c.answer).where(
    answers.c.who == bindparam("who"), answers.c.key == bindparam("key")
)
_OLD: Final = select(answers.c.who, answers.c.key).where(answers.c.at < bindparam("before")).limit(bindparam("limit"))
_FORGET: Final = delete(answers).where(answers.c.who == bindparam("w"), answers.c.key == bindparam("k"))
_ALONE: Final = text("SELECT pg_try_advisory_xact_lock(:number)")


class Kept(msgspec.Struct, frozen=True):
    """An answer: what the request was (a digest), when it was answered, and the answer, sealed."""

    fingerprint: bytes
    at: int
    answer: bytes


def find(read: Read, who: str, key: bytes) -> Kept | None:
    """The answer to a key of somebody's, None where there is none."""
    row = read.row(_FIND, {"who": who, "key": key})
    return None if row is None else Kept(*row)


def alone(write: Write, digest: bytes) -> bool:
    """Whether nobody else answers what has this digest now; nobody does then before the transaction ends.

    SQLite has one writer anyway.
    """
    number = int.from_bytes(digest[:8], signed=True)
    return write.kind != "postgresql" or bool(write.value(_ALONE, {"number": number}))


def add(write: Write, who: str, key: bytes, kept: Kept) -> None:
    """Keeps an answer; one that was there is replaced."""
    write.run(_ADD, {"who": who, "key": key, **msgspec.structs.asdict(kept)})


def forget(write: Write, before: int, limit: int = 10_000) -> int:
    """Removes up to `limit` of the answers from before a time; how many."""
    old = [{"w": row[0], "k": row[1]} for row in write.rows(_OLD, {"before": before, "limit": limit})]
    write.run(_FORGET, old)
    return len(old)
