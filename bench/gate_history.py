"""Successive versions of real services, published in their order: what the gate says of each step.

    python -m bench.gate_history OUT NAME=FOLDER/PREFIX*.json NAME=GIT_DIR:FILE NAME=GIT_DIR:FOLDER/ ...

A service is a pattern of documents (in the order of their names, numbers as such), a document in a repository (its last
distinct contents), or the application in a folder of a repository (a `/` at its end) as its tags have it. Up to eleven
distinct contracts make ten steps. Each is published under the policy of a fresh registry; where it is refused, that is
written down, and it is let in by an override, so that the next step is compared with what clients really had.

It prints a table, and writes OUT/NAME.md with everything that the gate said.
"""

import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from byte.cli import application, told
from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.contract import without_origins
from byte.model.errors import ByteError
from byte.registry import clock
from byte.registry.clock import DAY
from byte.registry.documents import read
from byte.registry.publishing import published
from byte.registry.records import Content
from byte.registry.store import Store
from byte.report.documents import to_json
from byte.sources import git

STEPS = 10
LOOKED_AT = 60
"""Tags or commits that are read at most to find distinct contracts."""
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?$")
_NUMBER = re.compile(r"(\d+)")


def main() -> None:
    """Publishes every history that is named, and prints what came of it."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    print("| service | steps | let in | refused | breaks | seconds (median) |\n|---|---|---|---|---|---|")
    for argument in sys.argv[2:]:
        name, _, where = argument.partition("=")
        steps, text = _history(name, _contents(where))
        (out / f"{name}.md").write_text(text)
        refused = [step for step in steps if step["outcome"] == "refused"]
        breaks = sum(step["review"]["counterexample_count"] for step in steps if step["review"])
        seconds = sorted(step["seconds"] for step in steps)
        median = seconds[len(seconds) // 2] if seconds else 0
        print(
            f"| {name} | {len(steps)} | {len(steps) - len(refused)} | {len(refused)} | {breaks} | {median:.2f} |",
            flush=True,
        )


def _history(name: str, contents: Iterator[tuple[str, Content]]) -> tuple[list[dict[str, Any]], str]:
    steps: list[dict[str, Any]] = []
    text = [f"# {name}\n"]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/registry.db")
        for number, (label, content) in enumerate(contents):
            asked = {"label": label}
            began = time.perf_counter()
            answer = published(store, name, content, asked, dry_run=False)
            answer |= {"service": name, "label": label, "seconds": time.perf_counter() - began}
            if answer["outcome"] == "refused":
                until = store.clock() + DAY
                leave = {"override": "So it was.", "until": clock.shown(until)}
                published(store, name, content, {**asked, **leave}, dry_run=False)
            if number:
                steps.append(answer)
                text.append(told.markdown(answer))
                rules = Counter(refusal["rule"] for refusal in answer["review"]["refusals"]) if answer["review"] else {}
                text.append(f"{answer['seconds']:.2f} s; {dict(rules)}\n")
        store.close()
    return steps, "\n".join(text)


# --- where versions are ------------------------------------------------------------------------


def _contents(where: str) -> Iterator[tuple[str, Content]]:
    if ":" not in where:
        yield from _documents(where)
        return
    place, _, path = where.partition(":")
    repository = git.find(Path(place))
    found = _applications(repository, path.rstrip("/")) if path.endswith("/") else _file(repository, path)
    yield from _distinct(found)


def _documents(pattern: str) -> Iterator[tuple[str, Content]]:
    files = sorted(Path(pattern).parent.glob(Path(pattern).name), key=lambda file: _numbers(file.name))
    for file in files[-STEPS - 1 :]:
        yield file.stem, read(file.read_bytes(), file.name)


def _numbers(name: str) -> list[Any]:
    return [int(part) if part.isdecimal() else part for part in _NUMBER.split(name)]


def _distinct(found: Iterator[tuple[str, Content]]) -> Iterator[tuple[str, Content]]:
    """The newest contents that differ from the one before, the oldest first."""
    kept: list[tuple[str, Content]] = []
    for label, content in found:
        if not kept or kept[-1][1].digest != content.digest:
            kept.append((label, content))
        if len(kept) > STEPS:
            break
    yield from reversed(kept)


def _file(repository: git.Repository, path: str) -> Iterator[tuple[str, Content]]:
    """A document at the commits that changed it, the newest first."""
    listed = repository.run("log", f"-{LOOKED_AT}", "--format=%H", "HEAD", "--", path).out.decode().split()
    for commit in listed:
        snapshot = repository.snapshot(commit, commit[:12])
        file = snapshot.files.get(path)
        data = snapshot.read([file])[0] if file is not None else None
        if data is not None:
            yield commit[:9], read(data, path)


def _applications(repository: git.Repository, folder: str) -> Iterator[tuple[str, Content]]:
    """The application of a folder at each release, the newest first."""
    facts = Library(Cache(None))
    tags = [tag for tag in repository.run("tag").out.decode().split() if _RELEASE.search(tag)]
    tags.sort(key=lambda tag: [int(part or 0) for part in (_RELEASE.search(tag) or re.match("", "")).groups()])  # type: ignore[union-attr]
    for tag in tags[::-1][:LOOKED_AT]:
        try:
            at = application.at_revision(repository, repository.commit(tag), folder)
            taken = application.chosen(at, facts, None, application.found(at, facts))
            contract = application.contract_of(at, facts, taken, None)
            yield tag.replace("/", "-"), read(to_json(without_origins(contract.document)).encode(), tag, stem="x")
        except ByteError as error:
            print(f"{tag}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
