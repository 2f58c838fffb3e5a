"""The shared sets of questions, as the evaluation reads them."""

from pathlib import Path
from typing import Final

import msgspec

from byte.registry.search.entry import DESCRIPTION, PARAMETERS, SUMMARY, TITLE, Entry, plain

NAMES: Final = (
    "restbench_tmdb",
    "restbench_spotify",
    "toolalpaca",
    "stabletoolbench",
    "sealtools",
    "metatool",
    "bfcl",
    "livemcp",
)


class Document(msgspec.Struct, frozen=True):
    """An operation or tool of a set."""

    id: str
    method: str
    path: str
    name: str
    summary: str
    desc: str
    params: list[str]
    tags: list[str]
    service: str


class Question(msgspec.Struct, frozen=True):
    """A question of a set."""

    id: str
    text: str


class Questions(msgspec.Struct, frozen=True):
    """A set: what is searched, questions, and the ids of the right answers of each."""

    name: str
    entries: list[Entry]
    questions: list[Question]
    right: list[frozenset[str]]


def load(folder: Path, name: str) -> Questions:
    """A set of a folder of sets."""
    documents = msgspec.json.decode(_array(folder / name / "docs.jsonl"), type=list[Document])
    questions = msgspec.json.decode(_array(folder / name / "queries.jsonl"), type=list[Question])
    right: dict[str, set[str]] = {}
    for line in (folder / name / "qrels.tsv").read_text().splitlines():
        question, document, _ = line.split("\t")
        right.setdefault(question, set()).add(document)
    return Questions(name, list(map(entry_of, documents)), questions, [frozenset(right[one.id]) for one in questions])


def _array(path: Path) -> bytes:
    return b"[" + b",".join(line for line in path.read_bytes().split(b"\n") if line.strip()) + b"]"


def entry_of(document: Document) -> Entry:
    """A document as the registry would have it: with a path an operation of REST, else a tool."""
    rest = bool(document.path)
    return Entry(
        id=document.id,
        service=document.service or "none",
        service_title=plain(document.service, TITLE),
        version="1",
        kind="rest" if rest else "mcp",
        name=document.name or f"{document.method} {document.path}",
        method=document.method if rest else "",
        path=document.path,
        operation_id=document.name if rest else "",
        summary=plain(document.summary, SUMMARY),
        description=plain(document.desc, DESCRIPTION),
        tags=tuple(document.tags),
        parameters=tuple(document.params[:PARAMETERS]),
    )
