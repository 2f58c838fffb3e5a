"""Libraries that add operations, parameters, security or schemas to an application: what is read is what runs.

Each file of `libraries` holds a small application and what it said of itself with the real libraries installed, without
titles, descriptions and examples.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.evaluate.source import STUBS
from byte.extract.library import Library
from byte.extract.python import parse
from byte.model.contract import Application, Target
from tests.extract.projects import snapshot

FOLDER = Path(__file__).parent / "libraries"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))
TEXT = ("description", "summary", "example", "examples", "title")
NAMED = ("properties", "paths", "schemas", "responses")


def bare(value: Any, names: bool = False) -> Any:
    """A document without its texts and marks of origin."""
    if isinstance(value, dict):
        return {
            key: bare(inner, key in NAMED)
            for key, inner in value.items()
            if names or (key not in TEXT and key != "x-origin")
        }
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value


def version(text: str) -> tuple[int, ...]:
    """A version as numbers."""
    return tuple(int(part) for part in text.split("."))


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Where two documents differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            yield from differences(left.get(key, "nothing"), right.get(key, "nothing"), f"{path}/{key}")
    elif left != right:
        yield f"{path}: {left} is read as {right}"


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_is_what_runs(name: str) -> None:
    case = json.loads((FOLDER / f"{name}.json").read_text())
    contract = read(
        snapshot({"main.py": "\n".join(case["application"]) + "\n"}),
        Library(Cache(None)),
        "",
        Application("main.py", "app", None, "given"),
        Target(version(case["fastapi"]), version(case["pydantic"])),
    )
    assert list(differences(case["document"], bare(contract.document))) == []


def test_every_model_of_a_library_can_be_read() -> None:
    unreadable = [path for path in sorted(STUBS.rglob("*.py")) if parse(path.read_bytes()).errors]
    assert unreadable == []


def test_every_folder_of_a_library_is_a_package() -> None:
    folders = sorted({path.parent for path in STUBS.rglob("*.py")} - {STUBS})
    lacking = [folder for folder in folders if not (folder / "__init__.py").is_file()]
    assert lacking == []
