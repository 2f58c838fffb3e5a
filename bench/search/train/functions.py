"""Functions of Python packages, and services of Home Assistant, written as operations: words that no web service says.

    python -m bench.search.train.functions WHEELS WORK

Writes WORK/functions.jsonl, in the form of operations.jsonl; the wheels are those that README.md lists. Nothing is
imported: the source is parsed.
"""

import ast
import random
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.search.train.corpus import LEFT_OUT

EACH: Final = 2_500
"""Functions of a package at most, by chance."""
SKIPPED: Final = re.compile(r"(^|/)(tests?|testing|benchmarks?|examples?|conftest|_?vendor[a-z]*)(/|\.py|_)|(^|/)test_")
_SECTION: Final = re.compile(r"\n\s*(Parameters|Args|Arguments|Returns|Raises|Examples?|Notes|See Also|Yields)\b|\n\s*:param|>>>|\.\. ")


def _operation(provider: str, title: str, name: str, prose: str, parameters: list[str]) -> dict[str, Any] | None:
    prose = re.sub(r":\w+:`~?([^`]*)`|``?([^`]*)``?", r"\1\2", _SECTION.split(prose)[0])
    paragraphs = [re.sub(r"\s+", " ", part).strip() for part in prose.split("\n\n")]
    first = paragraphs[0] if paragraphs else ""
    if not 12 <= len(first) <= 400:
        return None
    return {
        "provider": provider,
        "service": title,
        "title": title,
        "name": name,
        "summary": first,
        "description": " ".join(paragraphs[1:])[:600],
        "parameters": parameters[:12],
        "body": [],
        "fields": [],
        "tags": [],
        "method": "",
        "path": "",
    }


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Public functions and methods: name, docstring, names of parameters."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _functions(node, node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            names = [each.arg for each in node.args.args + node.args.kwonlyargs if each.arg not in ("self", "cls")]
            yield f"{within} {node.name}".strip(), ast.get_docstring(node) or "", names


def _services(provider: str, path: str, data: bytes) -> Iterator[dict[str, Any] | None]:
    """What Home Assistant lets be done, by a component's strings.json."""
    strings = msgspec.json.decode(data)
    title = strings.get("title") or path.split("/")[-2].replace("_", " ")
    for name, each in (strings.get("services") or {}).items():
        fields = each.get("fields") or {}
        said = f"{each.get('name', '')}\n\n{each.get('description', '')}"
        found = _operation(provider, title, name, said, list(fields))
        if found:
            yield found | {"fields": [str(one.get("description") or "")[:160] for one in fields.values()]}


def wheel(file: Path) -> Iterator[dict[str, Any]]:
    """The functions of a package, each said once."""
    provider = file.name.split("-")[0].lower()
    seen: set[str] = set()
    with zipfile.ZipFile(file) as archive:
        for path in sorted(archive.namelist()):
            if SKIPPED.search(path) or any(word in path.lower() for word in LEFT_OUT):
                continue
            found: list[dict[str, Any] | None] = []
            if path.endswith("/strings.json"):
                found = list(_services(provider, path, archive.read(path)))
            elif path.endswith(".py") and provider != "homeassistant":
                try:
                    tree = ast.parse(archive.read(path))
                except (SyntaxError, ValueError):
                    continue
                title = f"{provider} {path.rpartition('/')[2].removesuffix('.py')}".replace("_", " ").removesuffix(" init  ")
                found = [_operation(provider, title, name, prose, names) for name, prose, names in _functions(tree)]
            for each in found:
                if each and each["summary"].lower() not in seen:
                    seen.add(each["summary"].lower())
                    yield each


def main(wheels: Path, work: Path) -> None:
    """Writes the file."""
    total = 0
    with (work / "functions.jsonl").open("wb") as out:
        for file in sorted(wheels.glob("*.whl")):
            found = list(wheel(file))
            chosen = found if len(found) <= EACH else random.Random(0).sample(found, EACH)
            total += len(chosen)
            print(file.name.split("-")[0], len(found), len(chosen), flush=True)
            out.writelines(msgspec.json.encode(each) + b"\n" for each in chosen)
    print(total)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
