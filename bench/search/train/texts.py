"""How the texts of the corpus are written: operations as the index writes them, and what questions are made of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from byte.registry.search.entry import VERBS, plain
from byte.registry.search.words import split

RECIPE: Final = "VPNSDA"
"""Title, verb and path words, name, summary, description, parameters: the best of the recipes measured."""


def records(file: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines."""
    with file.open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line)


def parts(operation: dict[str, Any], description: int = 300) -> dict[str, str]:
    """The parts of an operation's text by letter; `description` is where its prose is cut."""
    path = operation.get("path") or ""
    return {
        "V": operation.get("service") or operation.get("title") or "",
        "P": f"{VERBS.get(operation.get('method') or '', '')} {split(path)}".strip() if path else "",
        "N": split(operation.get("name") or ""),
        "S": plain(operation.get("summary") or "", 300),
        "D": plain(operation.get("description") or "", description),
        "A": split(" ".join((operation.get("parameters") or [])[:12])),
    }


def text_of(pieces: dict[str, str], recipe: str = RECIPE) -> str:
    """The text of an operation: its parts, each said once."""
    out: dict[str, str] = {}
    for letter in recipe:
        if pieces[letter]:
            out.setdefault(pieces[letter].lower(), pieces[letter])
    return ". ".join(out.values())


def first_sentence(text: str, cut: int = 160) -> str:
    """Up to the first full stop."""
    return text.split(". ")[0][:cut]


def evaluation(folder: Path) -> tuple[list[str], list[str], list[str], list[str], dict[str, set[str]]]:
    """A set: ids and texts of its operations, ids and texts of its questions, and what is right for each."""
    operations = [json.loads(line) for line in (folder / "docs.jsonl").read_text("utf-8").splitlines()]
    questions = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    right: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        question, operation, _ = line.split("\t")
        right.setdefault(question, set()).add(operation)
    pieces = [parts(each | {"description": each.get("desc")}) for each in operations]
    texts = [text_of(each) or each["N"] or each["P"] for each in pieces]
    ids, asked = [each["id"] for each in operations], [each["id"] for each in questions]
    return ids, texts, asked, [each["text"] for each in questions], right
